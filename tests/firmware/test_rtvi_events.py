import pytest

from callbox.rtvi.errors import RTVIError
from callbox.rtvi.events import RTVICallbacks, RTVIEvent, event_of
from callbox.rtvi.inbound import ROWS


def test_every_event_has_its_callback_in_the_typed_list():
    assert set(RTVICallbacks.__annotations__) == {event.callback for event in RTVIEvent}


def test_values_are_those_of_the_official_client():
    assert RTVIEvent.TransportStateChanged == "transportStateChanged"
    assert RTVIEvent.BotReady == "botReady"
    assert RTVIEvent.BotReady.callback == "on_bot_ready"


@pytest.mark.parametrize("event", RTVIEvent)
def test_a_callback_may_be_spelt_as_in_python_or_as_in_javascript(event):
    javascript = "on" + event.name
    assert event_of(event.callback) is event_of(javascript) is event


def test_the_seed_spelling_means_the_same():
    assert event_of("onTransportStateChange") is RTVIEvent.TransportStateChanged


def test_an_unknown_name_is_refused():
    with pytest.raises(RTVIError, match="no callback 'on_bot_redy'"):
        event_of("on_bot_redy")


def test_each_message_type_has_an_event_of_its_own():
    assert len({row.event for row in ROWS.values()}) == len(ROWS)
