"""Facts of this machine: board model, hardware address, operating system."""

import platform
from pathlib import Path


def os_name() -> str:
    """PRETTY_NAME of os-release(5), else the name of the kernel."""
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return platform.system()


def board_model(file: Path = Path("/proc/device-tree/model")) -> str:
    """The board's name (``Raspberry Pi Zero 2 W Rev 1.0``); empty where the kernel knows none: on a PC."""
    try:
        return file.read_text().rstrip("\0\n")
    except OSError:
        return ""


_NET, _MACHINE_ID = Path("/sys/class/net"), Path("/etc/machine-id")


def hardware_id(net: Path = _NET, machine_id: Path = _MACHINE_ID) -> str:
    """Six hex digits that stay with the machine: the end of a network card's address, or of what Debian made up."""
    if address := hardware_address(net):
        return address.replace(":", "")[-6:]
    try:
        return machine_id.read_text().strip()[-6:] or "000000"
    except OSError:
        return "000000"


def hardware_address(net: Path = _NET) -> str | None:
    """Of the first real network card, as ``b8:27:eb:1a:2b:3c``; None: there is none."""
    for interface in sorted(net.glob("*/device")):  # the real ones have a device
        address = (interface.parent / "address").read_text().strip()
        if address.strip("0:"):
            return address
    return None
