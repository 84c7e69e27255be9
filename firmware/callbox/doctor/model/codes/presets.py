"""Codes of the board's preset, and of what the board needs of the machine."""

from callbox.doctor.model.codes.code import Code, Severity

_FAILURE, _WARNING, _ = Severity

PRESETS = (
    Code(
        "BOARD-SEVERAL",
        "board",
        _WARNING,
        "Several boards were recognised, so the settings of none are used.",
        "Set `board.preset` to the one that is wired as its page says, or to `none`; `callbox boards` lists them.",
    ),
    Code(
        "BOARD-OVERLAY",
        "board",
        _FAILURE,
        "The board's sound card isn't there, and the line that loads its driver isn't in config.txt.",
        "Add the line that is named to `/boot/firmware/config.txt`, and start the Raspberry Pi anew.",
    ),
    Code(
        "BOARD-NO-CARD",
        "board",
        _FAILURE,
        "The board's sound card isn't there: it isn't plugged in, or its driver didn't load.",
        "Plug it in; for a board on the header `dmesg | grep -i -e snd -e asoc` says what the driver misses. If it is "
        "another board: set `board.preset`.",
    ),
    Code(
        "BOARD-SPI-OFF",
        "board",
        _WARNING,
        "The board's LEDs are at the SPI, which is off.",
        "Add `dtparam=spi=on` to `/boot/firmware/config.txt`, and start the Raspberry Pi anew.",
    ),
    Code(
        "BOARD-I2C-OFF",
        "board",
        _WARNING,
        "The board's codec is at the I2C, which is off.",
        "Add `dtparam=i2c_arm=on` to `/boot/firmware/config.txt`, and start the Raspberry Pi anew.",
    ),
    Code(
        "BOARD-SPI-FORBIDDEN",
        "board",
        _WARNING,
        "This user may not use the SPI, where the board's LEDs are.",
        "`sudo usermod -aG spi $USER`, then log in again; or run the doctor with sudo.",
    ),
)
