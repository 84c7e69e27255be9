"""Findings from the numbers of the machine. Pure."""

from callbox.control.clock_history import FIRST_YEAR
from callbox.doctor.model.findings import Finding, finding

HOT_C = 78.0
"""A Raspberry Pi slows down at 80."""
MEMORY_MIB = 64
"""A session needs some 40."""
DISK_MIB = 200
DISK_PERCENT = 3.0

_UNDERVOLTAGE, _CAPPED, _THROTTLED, _SOFT_LIMIT = (1 << bit for bit in range(4))
_SINCE_START = 16
"""The firmware keeps a second set of the same bits, this much higher: what has ever been since the start."""


def clock(year: int, synchronised: bool | None, *, no_quiet_hours: bool = False) -> list[Finding]:
    """`synchronised`: None: unknown. `no_quiet_hours`: quiet hours are set, and don't apply because of the clock."""
    if year < FIRST_YEAR:
        return [finding("CLOCK-YEAR", f"it says {year}")]
    if no_quiet_hours:
        return [
            finding("CLOCK-QUIET-HOURS", "the kernel's clock is not synchronised, and there is no /sys/class/rtc/rtc0")
        ]
    if synchronised is False:
        return [finding("CLOCK-UNSYNCHRONISED", "the kernel's clock is not synchronised")]
    return []


def power(throttled: int | None, temperature_c: float | None) -> list[Finding]:
    """`throttled`: the bits of the firmware's get_throttled; None: this machine has none."""
    findings = []
    bits = throttled or 0
    detail = f"get_throttled is {bits:#x}"
    if bits & _UNDERVOLTAGE:
        findings.append(finding("POWER-LOW", detail))
    elif bits & _UNDERVOLTAGE << _SINCE_START:
        findings.append(finding("POWER-WAS-LOW", detail))
    slowed = _CAPPED | _THROTTLED | _SOFT_LIMIT
    if bits & (slowed | slowed << _SINCE_START):
        findings.append(finding("POWER-THROTTLED", detail))
    if temperature_c is not None and temperature_c >= HOT_C:
        findings.append(finding("TEMPERATURE-HIGH", f"{temperature_c:.0f} °C, below {HOT_C:.0f} are right"))
    return findings


def memory(available_mib: float) -> list[Finding]:
    """Findings from the memory that can be had without swapping, as the kernel says."""
    if available_mib < MEMORY_MIB:
        return [finding("MEMORY-LOW", f"{available_mib:.0f} MiB available, at least {MEMORY_MIB} are right")]
    return []


def disk(free_mib: float, free_percent: float, *, read_only: bool) -> list[Finding]:
    """Of the root file system."""
    if read_only:
        return [finding("DISK-READ-ONLY", "/ is mounted read-only")]
    if free_mib < DISK_MIB or free_percent < DISK_PERCENT:
        left = f"{free_mib:.0f} MiB ({free_percent:.0f} %) are free"
        return [finding("DISK-FULL", f"{left}; {DISK_MIB} MiB and {DISK_PERCENT:g} % are right")]
    return []


def user(closed_sound: list[str], closed_gpio: list[str]) -> list[Finding]:
    """`closed_...`: device files that this user may not open."""
    return [
        finding(code, ", ".join(closed))
        for code, closed in (("USER-AUDIO", closed_sound), ("USER-GPIO", closed_gpio))
        if closed
    ]
