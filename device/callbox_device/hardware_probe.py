"""Reader of `HardwareIds` from /proc and /sys. Opens no device; light to import, since the first button comes before
all else.
"""

from pathlib import Path

from callbox_device.model.hardware_ids import HardwareIds, SoundCard, cards_in, pcm_id_in, unique, usb_id

MAX_CHARS = 4096
"""Of a file that is read; the longest is that of the cards, some 150 characters for each."""


def read_hardware_ids(root: Path = Path("/")) -> HardwareIds:
    """Read what is on this machine now. `root`: the folder that has ``proc`` and ``sys``. What can't be read is left
    out.
    """
    sound = root / "proc/asound"
    cards = tuple(_card(sound / f"card{number}", name) for number, name in cards_in(_text(sound / "cards")))
    devices = sorted((root / "sys/bus/usb/devices").glob("*/idVendor"))
    usb_ids = unique(usb_id(_text(vendor), _text(vendor.with_name("idProduct"))) for vendor in devices)
    return HardwareIds(read_hat_product(root), cards, usb_ids)


def read_hat_product(root: Path = Path("/")) -> str | None:
    """The product in the HAT's EEPROM, which the bootloader has put into the device tree; None: there is none."""
    return _text(root / "proc/device-tree/hat/product").strip("\0 \n") or None


def _card(folder: Path, name: str) -> SoundCard:
    pcm_ids = unique(pcm_id_in(_text(info)) for info in sorted(folder.glob("pcm*/info")))
    vendor, _, product = _text(folder / "usbid").partition(":")
    return SoundCard(name, pcm_ids, usb_id(vendor, product))


def _text(file: Path) -> str:
    try:
        with file.open(errors="replace") as opened:
            return opened.read(MAX_CHARS)
    except OSError:
        return ""
