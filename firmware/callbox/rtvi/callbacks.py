"""Callbacks and listeners, and what each is given. A test holds the keys against `RTVIEvent`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from callbox.rtvi.errors import DeviceError, UnsupportedFeatureError
from callbox.rtvi.media import MediaDeviceInfo
from callbox.rtvi.protocol import values
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.transport import Participant

Handler = Callable[..., Awaitable[None] | None]
"""A plain or async function. What it returns is not used; what it raises is logged."""
_Done = Awaitable[None] | None
_Silent = Callable[[], _Done]
_OnText = Callable[[values.Text], _Done]
_OnParticipant = Callable[[Participant], _Done]


@dataclass(frozen=True, slots=True)
class MediaState:
    """State of the devices: ``uninitialized``, ``initializing``, ``granted`` or ``error``."""

    mic: str = "uninitialized"
    speaker: str = "uninitialized"
    reason: str | None = None
    """For ``error``: a `DeviceError.type`."""


class RTVICallbacks(TypedDict, total=False):
    """The callbacks that `RTVIClient` accepts, all optional."""

    on_transport_state_changed: Callable[[TransportState], _Done]
    on_connected: _Silent
    on_disconnected: _Silent
    on_reconnecting: Callable[[str], _Done]  # why, for people
    on_reconnected: _Silent

    on_bot_started: Callable[[Mapping[str, Any]], _Done]  # the auth bundle
    on_bot_connected: _OnParticipant
    on_bot_ready: Callable[[values.BotReady], _Done]
    on_bot_disconnected: _OnParticipant
    on_participant_joined: _OnParticipant
    on_participant_left: _OnParticipant

    on_error: Callable[[values.ErrorData], _Done]
    on_message_error: Callable[[values.ErrorData], _Done]
    on_server_message: Callable[[Any], _Done]  # any JSON value
    on_server_response: Callable[[Message], _Done]
    on_generic_message: Callable[[Message], _Done]
    on_system_log: _OnText
    on_metrics: Callable[[values.Metrics], _Done]
    on_ui_command: Callable[[values.UICommand], _Done]
    on_ui_job_group: Callable[[values.UIJobGroup], _Done]

    on_user_started_speaking: _Silent
    on_user_stopped_speaking: _Silent
    on_vad_user_started_speaking: _Silent
    on_vad_user_stopped_speaking: _Silent
    on_user_mute_started: _Silent
    on_user_mute_stopped: _Silent
    on_bot_started_speaking: _Silent
    on_bot_stopped_speaking: _Silent
    on_bot_interrupted: _Silent

    on_user_transcript: Callable[[values.Transcript], _Done]
    on_user_input: Callable[[values.UserInput], _Done]
    on_user_llm_text: _OnText
    on_bot_output: Callable[[values.BotOutput], _Done]
    on_bot_transcript: _OnText
    on_bot_llm_started: _Silent
    on_bot_llm_stopped: _Silent
    on_bot_llm_text: _OnText
    on_bot_llm_marker: Callable[[values.BotLlmMarker], _Done]
    on_bot_llm_search_response: Callable[[values.SearchResponse], _Done]
    on_bot_tts_started: _Silent
    on_bot_tts_stopped: _Silent
    on_bot_tts_text: _OnText
    on_bot_tts_audio: Callable[[values.Audio], _Done]
    on_stt_raw_text: Callable[[values.Transcript], _Done]
    on_llm_raw_text: _OnText
    on_tts_raw_text: _OnText

    on_llm_function_call: Callable[[values.FunctionCall], _Done]
    on_llm_function_call_started: Callable[[values.FunctionCallStarted], _Done]
    on_llm_function_call_in_progress: Callable[[values.FunctionCall], _Done]
    on_llm_function_call_stopped: Callable[[values.FunctionCallStopped], _Done]

    on_track_started: Callable[[str, Participant], _Done]  # "audio", whose
    on_track_stopped: Callable[[str, Participant], _Done]
    on_local_audio_level: Callable[[float], _Done]  # 0.0 to 1.0
    on_remote_audio_level: Callable[[float, Participant], _Done]
    on_user_audio_level: Callable[[values.AudioLevel], _Done]
    on_bot_audio_level: Callable[[values.AudioLevel], _Done]
    on_available_mics_updated: Callable[[Sequence[MediaDeviceInfo]], _Done]
    on_available_speakers_updated: Callable[[Sequence[MediaDeviceInfo]], _Done]
    on_mic_updated: Callable[[MediaDeviceInfo], _Done]
    on_speaker_updated: Callable[[MediaDeviceInfo], _Done]
    on_media_state_changed: Callable[[MediaState], _Done]
    on_device_error: Callable[[DeviceError], _Done]
    on_unsupported_feature: Callable[[UnsupportedFeatureError], _Done]
