"""Callbacks and listeners, and what each is given. A test holds the keys against `RTVIEvent`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from callbox.rtvi.arguments import described
from callbox.rtvi.errors import DeviceError, RTVIError, UnsupportedFeatureError
from callbox.rtvi.media import MediaDeviceInfo
from callbox.rtvi.protocol import values
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.transport import Participant

Handler = Callable[..., object]
"""A plain or async function. What it returns is not used; what it raises is logged."""
_Silent = Callable[[], object]
_OnText = Callable[[values.Text], object]
_OnParticipant = Callable[[Participant], object]


def callable_handler(handler: Any, of: str) -> Any:
    """`handler`, if it can be called. Raises `RTVIError`, with `of`: what it is registered for."""
    if not callable(handler):
        raise RTVIError(f"The handler of {of} must be a function, not {described(handler)}. Is a () behind its name?")
    return handler


@dataclass(frozen=True, slots=True)
class MediaState:
    """State of the devices: ``uninitialized``, ``initializing``, ``granted`` or ``error``."""

    mic: str = "uninitialized"
    speaker: str = "uninitialized"
    reason: str | None = None
    """For ``error``: a `DeviceError.type`."""


class RTVICallbacks(TypedDict, total=False):
    """The callbacks that `RTVIClient` accepts, all optional."""

    on_transport_state_changed: Callable[[TransportState], object]
    on_connected: _Silent
    on_disconnected: _Silent
    on_reconnecting: Callable[[str], object]  # why, for people
    on_reconnected: _Silent

    on_bot_started: Callable[[Mapping[str, Any]], object]  # the auth bundle
    on_bot_connected: _OnParticipant
    on_bot_ready: Callable[[values.BotReady], object]
    on_bot_disconnected: _OnParticipant
    on_participant_joined: _OnParticipant
    on_participant_left: _OnParticipant

    on_error: Callable[[values.ErrorData], object]
    on_message_error: Callable[[values.ErrorData], object]
    on_server_message: Callable[[Any], object]  # any JSON value
    on_server_response: Callable[[Message], object]
    on_generic_message: Callable[[Message], object]
    on_system_log: _OnText
    on_metrics: Callable[[values.Metrics], object]
    on_ui_command: Callable[[values.UICommand], object]
    on_ui_job_group: Callable[[values.UIJobGroup], object]

    on_user_started_speaking: _Silent
    on_user_stopped_speaking: _Silent
    on_vad_user_started_speaking: _Silent
    on_vad_user_stopped_speaking: _Silent
    on_user_mute_started: _Silent
    on_user_mute_stopped: _Silent
    on_bot_started_speaking: _Silent
    on_bot_stopped_speaking: _Silent
    on_bot_interrupted: _Silent

    on_user_transcript: Callable[[values.Transcript], object]
    on_user_input: Callable[[values.UserInput], object]
    on_user_llm_text: _OnText
    on_bot_output: Callable[[values.BotOutput], object]
    on_bot_transcript: _OnText
    on_bot_llm_started: _Silent
    on_bot_llm_stopped: _Silent
    on_bot_llm_text: _OnText
    on_bot_llm_marker: Callable[[values.BotLlmMarker], object]
    on_bot_llm_search_response: Callable[[values.SearchResponse], object]
    on_bot_tts_started: _Silent
    on_bot_tts_stopped: _Silent
    on_bot_tts_text: _OnText
    on_bot_tts_audio: Callable[[values.Audio], object]
    on_stt_raw_text: Callable[[values.Transcript], object]
    on_llm_raw_text: _OnText
    on_tts_raw_text: _OnText

    on_llm_function_call: Callable[[values.FunctionCall], object]
    on_llm_function_call_started: Callable[[values.FunctionCallStarted], object]
    on_llm_function_call_in_progress: Callable[[values.FunctionCall], object]
    on_llm_function_call_stopped: Callable[[values.FunctionCallStopped], object]

    on_track_started: Callable[[str, Participant], object]  # "audio", whose
    on_track_stopped: Callable[[str, Participant], object]
    on_local_audio_level: Callable[[float], object]  # 0.0 to 1.0
    on_remote_audio_level: Callable[[float, Participant], object]
    on_user_audio_level: Callable[[values.AudioLevel], object]
    on_bot_audio_level: Callable[[values.AudioLevel], object]
    on_available_mics_updated: Callable[[Sequence[MediaDeviceInfo]], object]
    on_available_speakers_updated: Callable[[Sequence[MediaDeviceInfo]], object]
    on_mic_updated: Callable[[MediaDeviceInfo], object]
    on_speaker_updated: Callable[[MediaDeviceInfo], object]
    on_media_state_changed: Callable[[MediaState], object]
    on_device_error: Callable[[DeviceError], object]
    on_unsupported_feature: Callable[[UnsupportedFeatureError], object]
