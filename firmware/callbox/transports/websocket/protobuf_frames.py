"""Pipecat's frames for WebSockets: sound, RTVI messages, interruptions, as Protocol Buffers.

Source: Pipecat 1.14 ``frames/frames.proto``. The schema is built here, so that ``protoc`` is not needed. Kinds of
frames that aren't here (text, transcription) are unknown fields, which Protocol Buffers skip.
"""

import functools
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

from callbox.rtvi.errors import MalformedMessageError

_Field = descriptor_pb2.FieldDescriptorProto


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of sound, s16le."""

    pcm: bytes
    rate_hz: int
    channels: int = 1


@dataclass(frozen=True, slots=True)
class Interruption:
    """Interruption of the bot: drop what has not been played."""


def encode(content: Sound | str) -> bytes:
    """A frame with sound, or with the JSON text of an RTVI message."""
    frame = _frame_class()()
    if isinstance(content, str):
        frame.message.data = content
    else:
        frame.audio.audio = content.pcm
        frame.audio.sample_rate = content.rate_hz
        frame.audio.num_channels = content.channels
    return bytes(frame.SerializeToString())


def decode(data: bytes) -> Sound | Interruption | str | None:
    """Decode a frame; None: nothing that concerns a client. Raises `MalformedMessageError`."""
    try:
        frame = _frame_class().FromString(data)
    except message.DecodeError as error:
        raise MalformedMessageError(f"no Pipecat frame: {error}") from None
    match frame.WhichOneof("frame"):
        case "message":
            return str(frame.message.data)
        case "audio":
            return Sound(bytes(frame.audio.audio), frame.audio.sample_rate, frame.audio.num_channels)
        case "interruption":
            return Interruption()
    return None


@functools.cache
def _frame_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="callbox/pipecat_frames.proto", package="callbox", syntax="proto3")
    audio = file.message_type.add(name="AudioRawFrame")
    for number, (name, kind) in enumerate(
        (
            ("id", _Field.TYPE_UINT64),
            ("name", _Field.TYPE_STRING),
            ("audio", _Field.TYPE_BYTES),
            ("sample_rate", _Field.TYPE_UINT32),
            ("num_channels", _Field.TYPE_UINT32),
        ),
        start=1,
    ):
        audio.field.add(name=name, number=number, type=kind, label=_Field.LABEL_OPTIONAL)
    text = file.message_type.add(name="MessageFrame")
    text.field.add(name="data", number=1, type=_Field.TYPE_STRING, label=_Field.LABEL_OPTIONAL)
    file.message_type.add(name="InterruptionFrame")
    frame = file.message_type.add(name="Frame")
    frame.oneof_decl.add(name="frame")
    for part, tag, type_name in (
        ("audio", 2, "AudioRawFrame"),
        ("message", 4, "MessageFrame"),
        ("interruption", 5, "InterruptionFrame"),
    ):
        frame.field.add(
            name=part,
            number=tag,
            type=_Field.TYPE_MESSAGE,
            type_name=f".callbox.{type_name}",
            label=_Field.LABEL_OPTIONAL,
            oneof_index=0,
        )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("callbox.Frame"))
