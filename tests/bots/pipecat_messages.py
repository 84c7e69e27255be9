"""Prints, as JSON lines, one of every message that the installed Pipecat's RTVI server can send; or reads JSON lines of
client messages from standard input and says of each how the server's own models take it.

    .venv-pipecat/bin/python tests/bots/pipecat_messages.py send | receive
"""

import enum
import json
import sys
import types
import typing
from typing import Any

from pipecat.processors.frameworks.rtvi import models
from pydantic import BaseModel

_RECEIVED = {
    "client-ready": models.ClientReadyData,
    "client-message": models.RawClientMessageData,
    "send-text": models.SendTextData,
    "send-file": models.SendFileData,
    "dtmf": models.DTMFInputData,
    "llm-function-call-result": models.LLMFunctionCallResultData,
    "ui-event": models.UIEventData,
    "ui-snapshot": models.UISnapshotData,
    "ui-cancel-job-group": models.UICancelJobGroupData,
}
_TEXTS = {"spoken_status": "new", "input_type": "chat", "audio": "AAA=", "kind": "job_update"}


def example(model: type[BaseModel], *, full: bool) -> dict[str, Any]:
    """`model` with every field filled, or only those that must be."""
    return {
        name: sample(name, field.annotation, full=full)
        for name, field in model.model_fields.items()
        if full or field.is_required()
    }


def sample(name: str, kind: Any, *, full: bool) -> Any:
    """A value of `kind`."""
    if typing.get_origin(kind) is typing.Literal:
        return typing.get_args(kind)[0]
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return sample(name, next(part for part in typing.get_args(kind) if part is not type(None)), full=full)
    if name in _TEXTS:
        return _TEXTS[name]
    arguments = [argument for argument in typing.get_args(kind) if argument is not type(None)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return example(kind, full=full)
    origin = typing.get_origin(kind) or kind
    if origin in (list, tuple):
        return [sample(name, arguments[0], full=full)] if arguments else []
    if isinstance(origin, type) and issubclass(origin, typing.Mapping):
        return {"a": 1}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind)).value
    simple = {str: "text", int: 7, float: 0.5, bool: True}
    if origin in simple:
        return simple[origin]
    return {"any": "thing"}


def send() -> None:
    """Every ``…Message`` model that has a fixed type, full and bare."""
    for name in sorted(dir(models)):
        model = getattr(models, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or "type" not in model.model_fields:
            continue
        kind = model.model_fields["type"].default
        if not isinstance(kind, str) or kind in _RECEIVED or "label" not in model.model_fields:
            continue
        for full in (True, False):
            filled = model.model_validate(example(model, full=full) | {"label": "rtvi-ai", "type": kind})
            print(filled.model_dump_json(exclude_none=True))


def receive() -> None:
    """One line for each line: ``ok``, or what is wrong."""
    for line in sys.stdin:
        try:
            message = models.Message.model_validate(json.loads(line))
            _RECEIVED[message.type].model_validate(message.data)
            print("ok")
        except (ValueError, KeyError) as error:
            print(" ".join(f"{type(error).__name__}: {error}".split()))


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]]()
