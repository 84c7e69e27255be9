"""Keys: is there a device that has them, may it be read, does another program hold it."""

import errno
from collections.abc import Iterator, Sequence

from callbox.config.schema import ContactSettings
from callbox.control.gesture_actions import button_words
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.findings import Finding, Report, Value, finding
from callbox.doctor.probes import service
from callbox.text import one_line
from callbox_device.input_devices import FoundDevice, find_devices
from callbox_device.input_keys import InputReader, is_called


async def inputs(context: Context) -> Report:
    """Find each key that the settings name, and tell whether it is pressed."""
    wanted = list(_keys(context))
    if not wanted or not context.require_parts().board.has_gpio:
        return Report(skipped="the settings name no key")
    return await in_thread(lambda: _look(context, wanted))


def _look(context: Context, wanted: list[tuple[str, ContactSettings]]) -> Report:
    found = devices(context)
    names = [one_line(device.name) for device in found if device.error is None]
    measured: dict[str, Value] = {"devices": list(names)}
    findings: list[Finding] = []
    for name, contact in wanted:
        if problem := fault(context, contact, found):
            findings.append(problem)
            continue
        key = InputReader(context.input_devices).key(contact.key or "", contact.input)
        measured[name.replace(" ", "_")] = "pressed" if key.start(lambda _: None) else "not pressed"
        key.close()
    return Report(measured, tuple(findings))


def devices(context: Context) -> Sequence[FoundDevice]:
    """The input devices that there are. Blocks for some ms."""
    return tuple(find_devices(context.input_devices))


def fault(context: Context, contact: ContactSettings, found: Sequence[FoundDevice]) -> Finding | None:
    """Finding why the key of `contact` can't be read, of the devices `found`; None: it can. Blocks for some ms."""
    fitting = [device for device in found if contact.key in device.keys and is_called(device.name, contact.input)]
    for device in fitting:
        try:
            _open_and_take(context, device)
        except OSError as error:
            if error.errno != errno.EBUSY:  # it is pulled out in this moment
                return finding("INPUT-NOT-FOUND", f"{one_line(device.name)} ({device.path}): {error.strerror or error}")
            if pid := service.running(context.root):
                return finding("INPUT-IN-USE", f"{one_line(device.name)}: held by process {pid}")
            return finding("INPUT-BUSY", f"{one_line(device.name)} ({device.path})")
    if fitting:
        return None
    closed = [str(device.path) for device in found if isinstance(device.error, PermissionError)]
    if closed:
        return finding("INPUT-NO-PERMISSION", ", ".join(closed))
    there = ", ".join(one_line(device.name) for device in found if device.name) or "no input device"
    return finding("INPUT-NOT-FOUND", f"{contact.key} of {one_line(contact.input)}; there is: {there}")


def _open_and_take(context: Context, device: FoundDevice) -> None:
    opened = context.input_devices.open(device.path)
    try:
        opened.take()
    finally:
        opened.close()


def _keys(context: Context) -> Iterator[tuple[str, ContactSettings]]:
    board = context.require_parts().board
    contacts: dict[str, ContactSettings | None] = {
        **{button_words(name): button for name, button in board.all_buttons.items()},
        "mute switch": board.mute_switch,
        "hook switch": board.hook_switch,
    }
    for name, contact in contacts.items():
        if contact and contact.key is not None:
            yield name, contact
