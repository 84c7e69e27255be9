"""Codes of settings, machine, user, and of the doctor itself."""

from callbox.doctor.model.codes.code import Code, Severity

_FAILURE, _WARNING, _ = Severity

MACHINE = (
    Code(
        "SETTINGS-WRONG",
        "settings",
        _FAILURE,
        "The settings can't be used; bot and broker were not measured.",
        "Correct the lines that are named, until `callbox check FILE` says good.",
    ),
    Code(
        "SETTINGS-SECRET",
        "settings",
        _FAILURE,
        "A secret that the settings refer to can't be read. Credentials of systemd are there for the service only.",
        "Put it where the settings say, readable by this user; if it is the service's: `sudo callbox doctor`.",
    ),
    Code(
        "SETTINGS-EXTRA",
        "settings",
        _FAILURE,
        "The settings ask for something that is not installed.",
        "Run the command that is named.",
    ),
    Code(
        "SETTINGS-WARNING",
        "settings",
        _WARNING,
        "The settings can be used, and are unwise.",
        "Change the line that is named.",
    ),
    Code(
        "EXTRA-ECHO",
        "versions",
        _WARNING,
        "The echo canceller is not installed: the microphone is silent while the bot speaks.",
        "Install `pywebrtc-audio` into Callbox's virtual environment with pip (the Debian package brings it); or set "
        "`sound: {echo: half_duplex}` or `off`, and this is not said.",
    ),
    Code(
        "USER-AUDIO",
        "user",
        _WARNING,
        "This user may not use the sound card; the service may, by its own unit.",
        "`sudo usermod -aG audio $USER`, then log in again; or run the doctor with sudo.",
    ),
    Code(
        "USER-GPIO",
        "user",
        _WARNING,
        "This user may not use the GPIO chip; the service may, by its own unit.",
        "`sudo usermod -aG gpio $USER`, then log in again; or run the doctor with sudo.",
    ),
    Code(
        "CLOCK-YEAR",
        "clock",
        _FAILURE,
        "The clock is years behind: a Pi has none of its own. Every certificate looks as if it were not valid yet.",
        "Connect it to a network with time, `sudo timedatectl set-ntp true`, and wait a minute.",
    ),
    Code(
        "CLOCK-UNSYNCHRONISED",
        "clock",
        _WARNING,
        "Nothing keeps the clock right.",
        "`sudo timedatectl set-ntp true`; a network that blocks NTP needs a server in timesyncd.conf.",
    ),
    Code(
        "CLOCK-QUIET-HOURS",
        "clock",
        _WARNING,
        "Quiet hours don't apply: the machine has no real-time clock, and its clock was not set since the start.",
        "`sudo timedatectl set-ntp true` on a network with a time server, or add a real-time clock.",
    ),
    Code(
        "POWER-LOW",
        "power",
        _FAILURE,
        "The supply voltage is too low at this moment: sound cards drop out, the card's file system suffers.",
        "Use the Raspberry Pi's own supply and a short, thick cable.",
    ),
    Code(
        "POWER-WAS-LOW",
        "power",
        _WARNING,
        "The supply voltage has been too low since the start.",
        "Use the Raspberry Pi's own supply and a short, thick cable.",
    ),
    Code(
        "POWER-THROTTLED",
        "power",
        _WARNING,
        "The processor is slowed down at this moment, or was since the start.",
        "Cool it: a heat sink, a vent in the case; if `POWER-LOW` is there too, that first.",
    ),
    Code(
        "TEMPERATURE-HIGH",
        "power",
        _WARNING,
        "The processor is near the temperature at which it is slowed down.",
        "Cool it: a heat sink, a vent in the case.",
    ),
    Code(
        "MEMORY-LOW",
        "memory",
        _WARNING,
        "There is little memory left; in want of it the kernel ends programs.",
        "`ps aux --sort -rss | head` says who has it; stop what isn't needed.",
    ),
    Code(
        "DISK-FULL",
        "disk",
        _WARNING,
        "The disk is nearly full.",
        "`sudo journalctl --vacuum-size=50M`; `sudo du -xh / | sort -h | tail` says what else is big.",
    ),
    Code(
        "DISK-READ-ONLY",
        "disk",
        _WARNING,
        "The disk can't be written: on purpose (an overlay), or because the SD card is dying.",
        "`dmesg | grep -i -e mmc -e ext4` says which; a card with errors must be replaced.",
    ),
    Code(
        "CHECK-HANGS",
        "any",
        _FAILURE,
        "The check did not end within its time: what it asked doesn't answer.",
        "Run it alone (`callbox doctor --only NAME`); if it hangs again, restart the machine.",
    ),
    Code(
        "CHECK-BROKE",
        "any",
        _FAILURE,
        "The doctor itself has a defect here.",
        "Report it, with what is said above.",
    ),
)
