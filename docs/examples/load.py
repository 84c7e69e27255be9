"""Call a bot N times at once, and print the latencies: python load.py http://localhost:7860/start 10 question.wav"""

import asyncio
import sys
import time

from callbox.audio.wav_media import speech
from callbox.probe.call import Plan, ProbedCall, probe
from callbox.probe.load_media import LoadMedia
from callbox.probe.model.results import percentile
from callbox.probe.model.segments import ending_at_last_loud
from callbox.rtvi import APIRequest, RTVIError
from callbox.transports.small_webrtc import SmallWebRTCTransport


async def main(url: str, calls: int, wav: str) -> None:
    """Call, one turn each, and print percentiles."""
    plan = Plan(ending_at_last_loud(speech(wav, lead_s=0.0)), turns=1, interrupts=False)
    request = APIRequest(url, request_data={"transport": "webrtc"})
    cpu_s, began_s = time.process_time(), time.monotonic()
    done = await asyncio.gather(
        *(probe(SmallWebRTCTransport, request, plan, say=lambda _: None, media=LoadMedia()) for _ in range(calls)),
        return_exceptions=True,
    )
    cores = (time.process_time() - cpu_s) / (time.monotonic() - began_s)
    answered = [call for call in done if isinstance(call, ProbedCall)]
    latencies = [ms for call in answered for ms in call.results.latencies_ms]
    print(f"{len(answered)} of {calls} calls, {len(latencies)} answers, {cores:.2f} cores of this process")
    for error in {str(one) for one in done if isinstance(one, RTVIError)}:
        print("failed:", error)
    for name, values in (
        ("ready", [call.results.phases_ms["ready"] for call in answered]),
        ("voice-to-voice", latencies),
    ):
        p50, p95 = percentile(values, 50), percentile(values, 95)
        if p50 is not None and p95 is not None:
            print(f"{name}: median {p50:.0f} ms, 95 % {p95:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
