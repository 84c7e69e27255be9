"""Parts of Pipecat bots that say back what they heard. Only what every Pipecat since 0.0.95 has."""

from pipecat.frames.frames import Frame, InputAudioRawFrame, TTSAudioRawFrame, TTSStartedFrame, TTSStoppedFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from callbox.demo.segmenter import Spoken, Started, UtteranceSegmenter

RATE_HZ = 16_000


class EchoSpeaker(FrameProcessor):
    """Takes the caller's sound in, and lets it out again as speech of the bot."""

    def __init__(self) -> None:
        super().__init__()
        self._utterances = UtteranceSegmenter(RATE_HZ)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, InputAudioRawFrame):
            await self.push_frame(frame, direction)
            return
        for event in self._utterances.feed(frame.audio):
            if isinstance(event, Started):
                await self.on_started()
            else:
                await self.on_ended(event)

    async def on_started(self) -> None:
        """The caller begins to speak."""

    async def on_ended(self, utterance: Spoken) -> None:
        """The caller has spoken."""
        for output in speech(utterance.sound):
            await self.push_frame(output)


def speech(sound: bytes, *texts: Frame) -> list[Frame]:
    """The frames that a text-to-speech service would make of `sound`, with those of its text."""
    step = RATE_HZ // 50 * 2
    pieces = [sound[start : start + step] for start in range(0, len(sound), step)]
    return [
        TTSStartedFrame(),
        *texts,
        *(TTSAudioRawFrame(audio=piece, sample_rate=RATE_HZ, num_channels=1) for piece in pieces),
        TTSStoppedFrame(),
    ]
