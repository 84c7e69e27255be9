"""The virtual Pi's kernel: built once from Debian's source package, kept by what it was made of."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

CONFIG = Path(__file__).with_name("kernel.config")
DEVICE_TREE = Path(__file__).with_name("lights.dts")
HZ = 1000
"""UML's own 100 would give snd-aloop, which ticks on jiffies, a grain of 10 ms."""
SOURCES = ("linux-source-6.12", "linux-source-6.1")
"""Debian's packages that are known to do; Raspberry Pi OS is on 6.12."""
NEWER = ("CONFIG_HID_SUPPORT=y", "CONFIG_LEDS_GROUP_MULTICOLOR=y")
"""What Linux 6.1 has without being asked, or hasn't: LEDs in a group."""
UNREAD = """
arch/alpha/*.[chS] arch/arc/*.[chS] arch/arm/*.[chS] arch/arm64/*.[chS] arch/loongarch/*.[chS] arch/m68k/*.[chS]
arch/mips/*.[chS] arch/parisc/*.[chS] arch/powerpc/*.[chS] arch/riscv/*.[chS] arch/s390/*.[chS] arch/sh/*.[chS]
arch/sparc/*.[chS] arch/xtensa/*.[chS] drivers/clk/*.[ch] drivers/gpu/*.[ch] drivers/hwmon/*.[ch] drivers/iio/*.[ch]
drivers/infiniband/*.[ch] drivers/media/*.[ch] drivers/mtd/*.[ch] drivers/net/ethernet/*.[ch]
drivers/net/wireless/*.[ch] drivers/pinctrl/*.[ch] drivers/scsi/*.[ch] drivers/staging/*.[ch]
sound/soc/*.[ch] tools/testing/* tools/perf/* Documentation/*.rst arch/*.dts arch/*.dtsi
"""
"""What isn't unpacked, since this build never reads it."""


class NoKernel(Exception):
    """There is no kernel to boot, or it could not be built. The message says why and what to do."""


def source_package() -> str:
    """The Debian package that this system's apt offers to build from. Raises `NoKernel`."""
    for name in SOURCES:
        if subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0:
            return name
    raise NoKernel(f"apt offers none of {', '.join(SOURCES)}; does `apt-get update` help?")


def kernel() -> Path:
    """Where the kernel is, or would be after `build`: an executable file."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    made_of = hashlib.sha256(
        CONFIG.read_bytes() + DEVICE_TREE.read_bytes() + f"{HZ} {source_package()}".encode()
    ).hexdigest()[:12]
    return cache / "callbox" / "vpi" / f"kernel-{made_of}" / "linux"


def device_tree(program: Path) -> Path:
    """Device tree of the kernel `program`, with the chip that has LEDs and SPI."""
    return program.with_name("lights.dtb")


def build() -> Path:
    """Build the kernel unless it is there; `deploy/bootstrap.sh vpi` installs what this needs. Raises `NoKernel`."""
    done = kernel()
    if done.exists():
        return done
    done.parent.parent.mkdir(parents=True, exist_ok=True)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="build-", dir=done.parent.parent) as folder:
        work = Path(folder)
        print(f"callbox: building the virtual Pi's kernel, once; some minutes. Log: {work}/log", flush=True)
        made = _compile(work, _unpack(work))
        done.parent.mkdir(exist_ok=True)
        _sh(work, "out/scripts/dtc/dtc", "-q", "-O", "dtb", "-o", str(device_tree(done)), str(DEVICE_TREE))
        made.rename(done)  # at once or not at all: another build may be at it too
    print(f"callbox: built {done} in {time.monotonic() - began_s:.0f} s", flush=True)
    return done


def _unpack(work: Path) -> Path:
    """Fetch the source, and unpack what a build for UML reads of it."""
    package = source_package()
    # apt's own user may not write into this folder, and no other user needs it.
    _sh(work, "apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package)
    _sh(work, "dpkg-deb", "--extract", *(str(file) for file in work.glob("*.deb")), "deb")
    archive = work / "deb" / "usr" / "src" / f"{package}.tar.xz"
    _sh(work, "tar", "--extract", "--file", str(archive), *(f"--exclude=*/{pattern}" for pattern in UNREAD.split()))
    shutil.rmtree(work / "deb")
    return work / package


def _compile(work: Path, source: Path) -> Path:
    shutil.copy(CONFIG, work / "wanted")
    kconfig = source / "arch" / "um" / "Kconfig"
    text = kconfig.read_text()
    kconfig.write_text(text.replace("config HZ\n\tint\n\tdefault 100", f"config HZ\n\tint\n\tdefault {HZ}"))
    if text == kconfig.read_text():
        raise NoKernel(f"{source.name}: its HZ isn't where it was expected, in arch/um/Kconfig")
    make = ("make", "--silent", "-C", str(source), "ARCH=um", f"O={work}/out")
    (work / "out").mkdir()
    _sh(work, *make, f"KCONFIG_ALLCONFIG={work}/wanted", "allnoconfig")
    taken = (work / "out" / ".config").read_text().splitlines()
    wanted = [line for line in CONFIG.read_text().splitlines() if line.startswith("CONFIG_")]
    refused = [line for line in wanted if line not in taken and not (line in NEWER and source.name.endswith("-6.1"))]
    if refused:
        raise NoKernel(f"{source.name} would not take: {', '.join(refused)}")
    _sh(work, *make, f"-j{os.cpu_count() or 1}", "linux")
    _sh(work, "strip", f"{work}/out/linux")
    return work / "out" / "linux"


def _sh(work: Path, *command: str) -> None:
    with (work / "log").open("ab") as log:
        ended = subprocess.run(command, cwd=work, stdout=log, stderr=log, check=False)
    if ended.returncode:
        tail = "\n".join((work / "log").read_text(errors="replace").splitlines()[-30:])
        raise NoKernel(f"`{' '.join(command)}` failed:\n{tail}")
