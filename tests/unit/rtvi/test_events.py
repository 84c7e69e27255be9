import pytest

from callbox.rtvi.callbacks import RTVICallbacks
from callbox.rtvi.errors import RTVIError
from callbox.rtvi.protocol.events import RTVIEvent, event_of


def test_every_event_has_its_callback_in_the_typed_list():
    assert set(RTVICallbacks.__annotations__) == {event.callback for event in RTVIEvent}


def test_values_are_those_of_the_official_client():
    assert [RTVIEvent.TransportStateChanged, RTVIEvent.BotReady] == ["transportStateChanged", "botReady"]
    assert RTVIEvent.BotReady.callback == "on_bot_ready"


@pytest.mark.parametrize("event", RTVIEvent)
def test_a_callback_may_be_spelt_as_in_python_or_as_in_javascript(event):
    javascript = "on" + "".join(part.capitalize() for part in event.callback.split("_")[1:])
    assert event_of(event.callback) is event_of(javascript) is event


@pytest.mark.parametrize(
    ("javascript", "python"),
    [
        ("onLLMFunctionCallInProgress", "on_llm_function_call_in_progress"),
        ("onUICommand", "on_ui_command"),
        ("onUIJobGroup", "on_ui_job_group"),
        ("onParticipantJoined", "on_participant_joined"),
        ("onMediaStateChanged", "on_media_state_changed"),
    ],
)
def test_names_of_the_official_client_that_are_odd(javascript, python):
    assert event_of(javascript) is event_of(python)
    assert event_of(javascript).callback == python


def test_the_seed_spelling_means_the_same():
    assert event_of("onTransportStateChange") is RTVIEvent.TransportStateChanged


def test_an_unknown_name_is_refused():
    with pytest.raises(RTVIError, match="no callback 'on_bot_redy'"):
        event_of("on_bot_redy")
