"""Spoken causes of faults, for people who don't see the lamps. Pure.

`make speech` has espeak-ng speak these sentences into `assets/spoken_causes`.
"""

from collections.abc import Mapping

from callbox.control.faults import Fault

SENTENCES: Mapping[str, Mapping[Fault, str]] = {
    "en": {
        Fault.BOT_UNREACHABLE: "The bot can't be reached. Check the network.",
        Fault.BOT_REFUSED: "The bot's server has refused the call.",
        Fault.BOT_TIMEOUT: "The bot did not get ready in time.",
        Fault.BOT_FAILED: "The call was lost. Press again.",
        Fault.NO_MICROPHONE: "The microphone doesn't work.",
        Fault.NO_SPEAKER: "The loudspeaker doesn't work.",
        Fault.NO_GPIO: "A button or a lamp doesn't work.",
        Fault.INTERNAL: "The box has a defect in its program.",
        Fault.SETTINGS_WRONG: "The settings are wrong.",
    },
    "de": {
        Fault.BOT_UNREACHABLE: "Der Bot ist nicht erreichbar. Bitte das Netz prüfen.",
        Fault.BOT_REFUSED: "Der Server des Bots hat den Anruf abgelehnt.",
        Fault.BOT_TIMEOUT: "Der Bot war nicht rechtzeitig bereit.",
        Fault.BOT_FAILED: "Die Verbindung ist abgebrochen. Bitte noch einmal drücken.",
        Fault.NO_MICROPHONE: "Das Mikrofon geht nicht.",
        Fault.NO_SPEAKER: "Der Lautsprecher geht nicht.",
        Fault.NO_GPIO: "Ein Knopf oder eine Lampe geht nicht.",
        Fault.INTERNAL: "Das Gerät hat einen Programmfehler.",
        Fault.SETTINGS_WRONG: "Die Einstellungen sind falsch.",
    },
}
"""By language (ISO 639-1, as `chimes.speech` names it) and fault."""
