"""A real Pipecat bot that needs no outside service: it says back what it heard, once the caller pauses.

    PYTHONPATH=firmware:device .venv-pipecat/bin/python tests/bots/pipecat_echo.py -t webrtc --port 7860

RTVI is Pipecat's own: the worker answers client-ready and tells who speaks. A client-message makes it do more:
``echo`` (answers with what it was given), ``session`` (answers with what tells this session from others), ``say``
(speaks so many seconds), ``call`` (calls a function of the client's), ``push`` (a server-message), ``end`` (ends the session), ``cancel`` (breaks it off), ``fatal``
(reports a fatal error).
"""

import itertools
import math
import struct
from typing import Any

import pipecat_session
from pipecat.frames.frames import (
    EndFrame,
    FatalErrorFrame,
    Frame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    InputDTMFFrame,
    LLMMessagesAppendFrame,
    TTSTextFrame,
    UserFileRawFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection
from pipecat.processors.frameworks.rtvi.frames import RTVIServerMessageFrame
from pipecat.processors.frameworks.rtvi.observer import RTVIFunctionCallReportLevel, RTVIObserverParams
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams
from pipecat.utils.text.base_text_aggregator import AggregationType
from pipecat_speaker import RATE_HZ, EchoSpeaker, speech

from callbox.demo.segmenter import Spoken


class ReportingEchoSpeaker(EchoSpeaker):
    """Also tells who speaks, what it says, and what the caller's client did."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if (noticed := noticed_in(frame)) is not None:
            await self.push_frame(RTVIServerMessageFrame(data=noticed))
        await super().process_frame(frame, direction)

    async def on_started(self) -> None:
        await self.broadcast_frame(UserStartedSpeakingFrame)
        await self.broadcast_interruption()

    async def on_ended(self, utterance: Spoken) -> None:
        await self.broadcast_frame(UserStoppedSpeakingFrame)
        for output in speech(
            utterance.sound, sentence(f"I heard you for {utterance.duration_s:.1f} seconds. You said:")
        ):
            await self.push_frame(output)


def noticed_in(frame: Frame) -> dict[str, Any] | None:
    """What the caller's client did, as the pipeline sees it; the bot tells it as a server-message."""
    match frame:
        case InputDTMFFrame():
            return {"dtmf": frame.button.value}
        case LLMMessagesAppendFrame():
            return {"said": frame.messages[0]["content"], "run": frame.run_llm}
        case UserFileRawFrame():
            return {"file": frame.filename, "format": frame.format, "text": frame.text}
        case FunctionCallResultFrame():
            return {"function": frame.function_name, "call": frame.tool_call_id, "result": frame.result}
    return None


def sentence(text: str) -> TTSTextFrame:
    """What a text-to-speech service says of the sentence that it speaks."""
    return TTSTextFrame(text, aggregated_by=AggregationType.SENTENCE)


def tone(seconds: float) -> bytes:
    """440 Hz."""
    values = (int(8000 * math.sin(2 * math.pi * 440 * place / RATE_HZ)) for place in range(int(RATE_HZ * seconds)))
    return b"".join(struct.pack("<h", value) for value in values)


async def bot(runner_args: RunnerArguments) -> None:
    """Called by Pipecat's runner for each session."""
    # {"audio_out_auto_silence": false} in the start request's body: no packets while the bot is silent.
    requested = runner_args.body if isinstance(runner_args.body, dict) else {}
    params = {
        "webrtc": lambda: TransportParams(audio_in_enabled=True, **{"audio_out_enabled": True, **requested}),
        "websocket": lambda: FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, serializer=ProtobufFrameSerializer()
        ),
    }
    transport = await create_transport(runner_args, params)
    worker = PipelineWorker(
        Pipeline([transport.input(), ReportingEchoSpeaker(), transport.output()]),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=24_000),
        rtvi_observer_params=RTVIObserverParams(
            function_call_report_level={"*": RTVIFunctionCallReportLevel.FULL},
            user_audio_level_enabled=True,
            bot_audio_level_enabled=True,
            vad_user_speaking_enabled=True,
            system_logs_enabled=False,
        ),
        idle_timeout_secs=None,
        cancel_on_idle_timeout=False,
    )

    calls = itertools.count(1)

    @worker.rtvi.event_handler("on_client_message")
    async def on_client_message(rtvi: Any, message: Any) -> None:
        match message.type:
            case "echo":
                await rtvi.send_server_response(message, message.data)
            case "say":
                await worker.queue_frames(speech(tone(float(message.data or 1)), sentence("a tone")))
            case "session":
                await rtvi.send_server_response(message, str(id(worker)))
            case "call":  # as a model would
                name, arguments = message.data["name"], message.data.get("arguments", {})
                call = FunctionCallInProgressFrame(
                    function_name=name, tool_call_id=f"call-{next(calls)}", arguments=arguments
                )
                await worker.queue_frames([call])
            case "push":
                await rtvi.send_server_message(message.data)
            case "end":
                await worker.queue_frames([EndFrame()])
            case "cancel":
                await worker.cancel()
            case "fatal":
                await worker.queue_frames([FatalErrorFrame(error="the bot was asked to fail")])
            case other:
                await rtvi.send_error_response(message, f"unknown {other}")

    await pipecat_session.hold(transport, worker, runner_args)


if __name__ == "__main__":
    pipecat_session.serve()
