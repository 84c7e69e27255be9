"""Findings about alarms, timers and reminders. Pure."""

from callbox.doctor.model.findings import Finding, finding


def alarms(*, clock_is_set: bool, has_zone: bool, unreadable: str | None) -> list[Finding]:
    """`unreadable`: why what is kept can't be read; None: it can."""
    found = []
    if unreadable is not None:
        found.append(finding("ALARMS-KEPT", unreadable))
    if not clock_is_set:
        found.append(finding("ALARMS-CLOCK", "the kernel's clock is not synchronised, and there is no /sys/class/rtc"))
    if not has_zone:
        found.append(finding("ALARMS-ZONE", "/etc/localtime names none"))
    return found
