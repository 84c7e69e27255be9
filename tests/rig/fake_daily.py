"""Stands in for daily-python 0.36: the same names and signatures, a room with one bot in it, callbacks on a foreign thread.

Daily's service can't be reached from a test; what is shown with this is that our side keeps to the module's interface.
"""

import queue
import threading
import time
import types
from collections.abc import Callable

RATE_HZ = 48_000


class Room:
    """What happens in the room, and what was done to it. One at a time: `Room.now`."""

    now: "Room"

    def __init__(self, mood="good"):
        Room.now = self
        self.mood = mood
        self.sent, self.received, self.settings, self.joined = [], bytearray(), None, None
        self.left = self.made = self.released = 0
        self.may_be_made = threading.Event()
        self.may_be_made.set()
        self.handler: EventHandler  # set by CallClient
        self._calls: queue.Queue[Callable[[], object] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="daily", daemon=True)
        self._thread.start()

    def _run(self):
        while (call := self._calls.get()) is not None:
            call()

    def later(self, call, *values, after_s=0.0):
        def run():
            time.sleep(after_s)
            call(*values)

        self._calls.put(run)

    def end(self):
        self._calls.put(None)
        self._thread.join()

    def bot(self, state):
        return {
            "id": "bot-1",
            "info": {"isLocal": False, "userName": "EchoSpeaker"},
            "media": {"microphone": {"state": state}, "camera": {"state": "off"}},
        }

    def say(self, type_, data=None, identity=None):
        message = {"label": "rtvi-ai", "type": type_, "data": data, "id": identity}
        self.later(self.handler.on_app_message, message, "bot-1")


class Daily:
    inits = 0

    @staticmethod
    def init(worker_threads=2, log_level=None):
        Daily.inits += 1


class EventHandler:
    def on_call_state_updated(self, state): ...
    def on_participant_joined(self, participant): ...
    def on_participant_updated(self, participant): ...
    def on_participant_left(self, participant, reason): ...
    def on_app_message(self, message, sender): ...
    def on_error(self, message): ...


class CustomAudioSource:
    def __init__(self, sample_rate, channels, auto_silence=True):
        assert (sample_rate, channels) == (RATE_HZ, 1)

    def write_frames(self, frame, completion=None):
        Room.now.received += frame
        Room.now.later(completion, len(frame) // 2)
        return 0


class CustomAudioTrack:
    def __init__(self, audio_source):
        self.id = "track-1"


class CallClient:
    def __init__(self, event_handler=None):
        self.room = Room.now
        self.room.handler = event_handler
        self.room.made += 1
        self.room.may_be_made.wait()

    def join(self, meeting_url, meeting_token=None, client_settings=None, completion=None):
        room = self.room
        room.joined, room.settings = (meeting_url, meeting_token), client_settings
        if room.mood == "no such room":
            room.later(completion, None, "room not found")
            return
        room.later(completion, {"participants": {}}, None)
        if room.mood == "empty":
            return
        room.later(room.handler.on_participant_joined, room.bot("loading"))
        if room.mood == "leaves at once":
            room.later(room.handler.on_participant_left, room.bot("off"), "leftCall", after_s=0.05)
        elif room.mood == "good":
            room.later(room.handler.on_participant_updated, room.bot("playable"), after_s=0.02)

    def participants(self):
        return {"local": {"id": "me", "info": {"isLocal": True}, "media": {}}}

    def update_subscription_profiles(self, profile_settings, completion=None): ...

    def send_app_message(self, message, participant_id=None, serialize_none=True, completion=None):
        self.room.sent.append(message)
        if message["type"] == "client-ready":
            self.room.say("bot-ready", {"version": "2.2.0"}, message["id"])

    def set_audio_renderer(
        self, participant_id, callback, audio_source="microphone", sample_rate=16000, callback_interval_ms=20
    ):
        assert sample_rate == RATE_HZ
        frames = types.SimpleNamespace(audio_frames=b"\x00\x40" * (RATE_HZ * callback_interval_ms // 1000))
        for _ in range(10):
            self.room.later(callback, participant_id, frames, audio_source, after_s=0.02)

    def leave(self, completion=None):
        self.room.left += 1
        self.room.later(self.room.handler.on_call_state_updated, "left")
        self.room.later(completion, None)

    def release(self):
        self.room.released += 1
