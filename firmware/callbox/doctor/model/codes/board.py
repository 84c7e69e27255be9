"""Codes of button and lamps."""

from callbox.doctor.model.codes.code import Code, Severity

_FAILURE, _WARNING, _SKIPPED = Severity

BOARD = (
    Code(
        "GPIO-NO-LIBRARY",
        "gpio",
        _FAILURE,
        "gpiozero, which drives the pins, is not installed.",
        "`sudo apt install python3-gpiozero python3-lgpio`; a virtual environment sees them if it was made with "
        "`--system-site-packages`.",
    ),
    Code(
        "GPIO-NO-CHIP",
        "gpio",
        _FAILURE,
        "The kernel shows no GPIO chip (/dev/gpiochip*): this is no Raspberry Pi, or its driver is missing.",
        "On a machine without GPIO set `board: {kind: simulated}`.",
    ),
    Code(
        "GPIO-NO-DRIVER",
        "gpio",
        _FAILURE,
        "There is a GPIO chip, but no library that gpiozero could use it with.",
        "`sudo apt install python3-lgpio`; a virtual environment sees it if it was made with `--system-site-packages`.",
    ),
    Code(
        "GPIO-NO-PERMISSION",
        "gpio",
        _FAILURE,
        "This user may not use the GPIO chip.",
        "`sudo usermod -aG gpio $USER`, then log in again.",
    ),
    Code(
        "GPIO-IN-USE",
        "gpio",
        _SKIPPED,
        "Callbox itself is running and holds the pins, as it should.",
        "To measure them: `sudo systemctl stop callbox`, run the doctor, `sudo systemctl start callbox`.",
    ),
    Code(
        "GPIO-BUSY",
        "gpio",
        _FAILURE,
        "A program that is not Callbox, or a driver of the kernel, holds a pin that the settings name.",
        "`gpioinfo` says who; end it, or give the part another pin in `board:`.",
    ),
    Code(
        "GPIO-FAILED",
        "gpio",
        _FAILURE,
        "The pin can't be what the settings want: one pin for two parts, or a pull that the board doesn't have.",
        "Compare `board:` with the wiring; pins and pulls that are sure to work are in device/README.md.",
    ),
    Code(
        "KEYPAD-SHORT",
        "gpio",
        _WARNING,
        "Contacts of the keypad are closed: a key is down or jammed, or a row and a column touch.",
        "Release every key and run `callbox doctor --only gpio`: if this stays, pull the keypad's wires off; if it "
        "goes then, the keypad is defective, else the pins in `board.keypad` have other wires on them.",
    ),
    Code(
        "INPUT-NOT-FOUND",
        "inputs",
        _FAILURE,
        "No input device has the key that the settings name, or none of that name: it isn't plugged in, or is another.",
        "`callbox devices` lists each device with its keys; correct `key` and `input`. "
        "The box uses it as soon as it is there.",
    ),
    Code(
        "INPUT-NO-PERMISSION",
        "inputs",
        _FAILURE,
        "This user may not read the input device that the settings name, or one that may be it.",
        "`sudo usermod -aG input $USER`, then log in again. The service: the chapter about keys in deploy/README.md.",
    ),
    Code(
        "INPUT-IN-USE",
        "inputs",
        _SKIPPED,
        "Callbox itself is running and holds the input device, as it should.",
        "To measure it: `sudo systemctl stop callbox`, run the doctor, `sudo systemctl start callbox`.",
    ),
    Code(
        "INPUT-BUSY",
        "inputs",
        _FAILURE,
        "A program that is not Callbox has the input device for itself.",
        "`sudo fuser -v /dev/input/event*` says who; end it.",
    ),
    Code(
        "BUTTON-STUCK",
        "button",
        _FAILURE,
        "The contact was closed all the time: a short circuit, a wrong pin, or a `pull` that doesn't fit the wiring.",
        "Pull the button's wire off its pin and run `callbox doctor --only button`: if this stays, correct "
        "`board.button.pin` and `pull`; if it goes, the button or its wire is short.",
    ),
    Code(
        "BUTTON-NOT-PRESSED",
        "button",
        _WARNING,
        "No press arrived while one was asked for: it was not pressed, or the wire is open, or it is another pin.",
        "Press while the doctor asks; if it doesn't notice, check the wire against `board.button.pin`.",
    ),
    Code(
        "BUTTON-NOISE",
        "button",
        _FAILURE,
        "The contact changed while no press was asked for, or in spikes too short for a press: a floating pin "
        "or a long wire beside a noisy one.",
        "Set `board.button.pull` to what the wiring needs (`up` for a button to ground); shorten the wire.",
    ),
    Code(
        "BUTTON-BOUNCE",
        "button",
        _WARNING,
        "The contact bounces longer than `board.button.debounce_ms`: one press may count as two.",
        "Set `board.button.debounce_ms` above the longest bounce, or change the button.",
    ),
    Code(
        "LAMP-HELD",
        "lamps",
        _FAILURE,
        "The pin doesn't follow: it was switched, and reads as before. Something outside holds it: a short circuit, "
        "or a lamp without its resistor, or a bell without its driver.",
        "Switch the power off, and look for a bridge between this pin and those beside it, ground or 3.3 V.",
    ),
    Code(
        "LIGHT-MISSING",
        "lamps",
        _FAILURE,
        "A light that `board.lamps` names isn't there: its driver isn't loaded, or it isn't plugged in.",
        "Compare with what is there, as the finding names it; docs/lamps.md says what each kind of light needs.",
    ),
    Code(
        "LIGHT-NO-PERMISSION",
        "lamps",
        _FAILURE,
        "This user may not use the light.",
        "Add the udev rule or the group that docs/lamps.md has for this kind of light.",
    ),
    Code(
        "LIGHT-FAILED",
        "lamps",
        _FAILURE,
        "The light is there, and can't be used as `board.lamps` has it.",
        "Compare `board.lamps` with the wiring; the finding says what was refused.",
    ),
)
