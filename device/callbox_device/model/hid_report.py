"""HID report descriptors: where in a report a usage is (Device Class Definition for HID 1.11, section 6.2.2). Pure.

Variables only, which are a bit or a number of their own; arrays, as a keyboard has them, are the kernel's matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

MAX_REPORT_BITS = 8 * 16384
"""HID_MAX_BUFFER_SIZE of the kernel. A descriptor that says more is wrong."""

_MAIN, _GLOBAL, _LOCAL = 0, 1, 2
_INPUT, _OUTPUT, _FEATURE = 0x8, 0x9, 0xB
_USAGE_PAGE, _REPORT_SIZE, _REPORT_ID, _REPORT_COUNT, _PUSH, _POP = 0x0, 0x7, 0x8, 0x9, 0xA, 0xB
_USAGE, _USAGE_MINIMUM, _USAGE_MAXIMUM = 0x0, 0x1, 0x2
_VARIABLE = 2
_LONG_ITEM = 0xFE
_KINDS: dict[int, Literal["input", "output", "feature"]] = {_INPUT: "input", _OUTPUT: "output", _FEATURE: "feature"}


@dataclass(frozen=True, slots=True)
class ReportField:
    """One usage in a report."""

    kind: Literal["input", "output", "feature"]
    report_id: int
    """0: reports have no ID."""
    usage: int
    """Page and number: 0x0B0020 is Hook Switch."""
    bit: int
    """Where it begins, behind the report ID."""
    size: int
    """In bits."""


@dataclass(frozen=True, slots=True)
class ReportDescriptor:
    """Contents of a device's reports."""

    fields: tuple[ReportField, ...]
    bits: Mapping[tuple[str, int], int]
    """How long each report is without its ID, by kind and ID."""

    def find(self, kind: str, usage: int) -> ReportField | None:
        """Place of `usage` in reports of `kind`; None: in none."""
        return next((field for field in self.fields if (field.kind, field.usage) == (kind, usage)), None)


@dataclass(frozen=True, slots=True)
class _Globals:
    page: int = 0
    size: int = 0
    report_id: int = 0
    count: int = 0


def parse_descriptor(descriptor: bytes) -> ReportDescriptor:
    """The variables of every report that `descriptor` describes. Raises ValueError for one that is damaged."""
    fields: list[ReportField] = []
    state, stack = _Globals(), list[_Globals]()
    usages: list[int] = []
    lowest = 0
    ends: dict[tuple[str, int], int] = {}
    for kind, tag, value, length in _items(descriptor):
        if kind == _GLOBAL:
            state = _with_global(state, stack, tag, value)
        elif kind == _LOCAL:
            usage = value if length == 4 else state.page << 16 | value
            if tag == _USAGE:
                usages.append(usage)
            elif tag == _USAGE_MINIMUM:
                lowest = usage
            elif tag == _USAGE_MAXIMUM and usage - lowest < MAX_REPORT_BITS:
                usages += range(lowest, usage + 1)
        elif kind == _MAIN:
            if tag in _KINDS:
                report = (_KINDS[tag], state.report_id)
                begin = ends.get(report, 0)
                ends[report] = begin + state.size * state.count
                if ends[report] > MAX_REPORT_BITS:
                    raise ValueError("a report is longer than any may be")
                variables = state.count if value & _VARIABLE and usages and state.size else 0
                for number in range(variables):  # constant ones too: a Jabra's hook switch says that it is one
                    usage = usages[min(number, len(usages) - 1)]
                    fields.append(ReportField(*report, usage, begin + number * state.size, state.size))
            usages = []
    return ReportDescriptor(tuple(fields), ends)


def _items(descriptor: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Type, tag, value and length of each short item."""
    place = 0
    while place < len(descriptor):
        head = descriptor[place]
        if head == _LONG_ITEM:
            if place + 1 >= len(descriptor):
                raise ValueError("it ends within an item")
            place += 3 + descriptor[place + 1]
            continue
        length = (0, 1, 2, 4)[head & 3]
        data = descriptor[place + 1 : place + 1 + length]
        if len(data) < length:
            raise ValueError("it ends within an item")
        yield head >> 2 & 3, head >> 4, int.from_bytes(data, "little"), length
        place += 1 + length


def _with_global(state: _Globals, stack: list[_Globals], tag: int, value: int) -> _Globals:
    if tag == _PUSH:
        stack.append(state)
    elif tag == _POP:
        if not stack:
            raise ValueError("it pops what was not pushed")
        return stack.pop()
    elif tag == _USAGE_PAGE:
        return replace(state, page=value)
    elif tag == _REPORT_SIZE:
        return replace(state, size=value)
    elif tag == _REPORT_ID:
        if not 1 <= value <= 255:  # one byte, and 0 is reserved (HID 1.11, 6.2.2.7); the kernel refuses it too
            raise ValueError(f"there is no report {value}")
        return replace(state, report_id=value)
    elif tag == _REPORT_COUNT:
        return replace(state, count=value)
    return state


def value_of(field: ReportField, report: bytes) -> int | None:
    """The value of `field` in `report` as hidraw has it, the ID first if there is one; None: it isn't in there."""
    if field.report_id:
        if not report or report[0] != field.report_id:
            return None
        report = report[1:]
    if field.bit + field.size > 8 * len(report):
        return None
    return int.from_bytes(report, "little") >> field.bit & (1 << field.size) - 1


def output_reports(descriptor: ReportDescriptor, values: Mapping[int, int]) -> tuple[bytes, ...]:
    """The output reports that the usages of `values` are in, each as hidraw takes it: its ID first, which is 0 for a
    device without any. Usages that aren't in `values` are 0.
    """
    outputs = [field for field in descriptor.fields if field.kind == "output"]
    reports: list[bytes] = []
    for report_id in sorted({field.report_id for field in outputs if field.usage in values}):
        number = 0
        for field in outputs:
            if field.report_id == report_id:
                number |= (values.get(field.usage, 0) & (1 << field.size) - 1) << field.bit
        length = (descriptor.bits["output", report_id] + 7) // 8
        reports.append(bytes([report_id]) + number.to_bytes(length, "little"))
    return tuple(reports)
