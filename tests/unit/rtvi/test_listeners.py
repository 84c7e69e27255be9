"""The types that `RTVIClient.on` tells are those of the callbacks."""

import typing

from callbox.rtvi.callbacks import RTVICallbacks
from callbox.rtvi.listeners import AnyEventHandler, Listeners
from callbox.rtvi.protocol.events import RTVIEvent, event_of


def given(handler):
    return typing.get_args(handler)[0]


def test_every_event_gives_its_handler_what_the_callback_is_given():
    *overloads, fallback = typing.get_overloads(Listeners.on)
    hinted: dict[RTVIEvent, object] = {}
    for one in overloads:
        hints = typing.get_type_hints(one)
        hinted |= dict.fromkeys(typing.get_args(hints["event"]), given(hints["handler"]))
    callbacks = {event_of(name): given(kind) for name, kind in typing.get_type_hints(RTVICallbacks).items()}
    assert hinted == callbacks
    assert set(hinted) == set(RTVIEvent)
    assert typing.get_type_hints(fallback)["handler"] is AnyEventHandler
