"""Codes of alarms, timers and reminders."""

from callbox.doctor.model.codes.code import Code, Severity

_WARNING = Severity.WARNING

ALARMS = (
    Code(
        "ALARMS-CLOCK",
        "alarms",
        _WARNING,
        "The box doesn't know the time: alarms at a local time are refused, and those that are set ring late.",
        "`sudo timedatectl set-ntp true` on a network with a time server, or add a real-time clock.",
    ),
    Code(
        "ALARMS-ZONE",
        "alarms",
        _WARNING,
        "The time zone is unknown: alarms ring by UTC.",
        "`sudo timedatectl set-timezone Europe/Berlin`, or set `alarm.time_zone`; the zones are in Debian's `tzdata`.",
    ),
    Code(
        "ALARMS-KEPT",
        "alarms",
        _WARNING,
        "The alarms that were kept can't be read: those are lost, and new ones are lost with a restart.",
        "Look whether the disk is full or broken; else move the file that is named away, and restart the box.",
    ),
)
