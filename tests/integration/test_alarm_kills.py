"""Alarms of a real process, real clocks and a real disk: killed again and again, none is lost, none rings after its stop."""

import asyncio
import random
import sys

import pytest

COUNT = 100
MAX_KILLS = 15


@pytest.mark.slow
async def test_none_is_lost_by_kills_and_none_rings_again(tmp_path):
    chance = random.Random(21)
    due_s: dict[str, float] = {}
    rang: set[str] = set()
    stopped: set[str] = set()
    late_ms: list[float] = []
    kills, left = 0, COUNT
    while left:
        ready_s = float("inf")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.rig.alarm_process", str(tmp_path), str(COUNT)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        rings_left = chance.randint(0, 10) if kills < MAX_KILLS else COUNT
        async for line in process.stdout:
            word, *fields = line.decode().split()
            match word:
                case "set":
                    due_s[fields[0]] = float(fields[1])
                case "ready":
                    ready_s = float(fields[0])
                case "ring":
                    id_, now_s = fields[0], float(fields[1])
                    assert id_ not in stopped
                    assert now_s >= due_s[id_] - 0.001
                    if ready_s < due_s[id_]:
                        late_ms.append((now_s - due_s[id_]) * 1000)
                    rings_left -= 1
                    rang.add(id_)
                case "stopped":
                    stopped.add(fields[0])
                case "left":
                    left = int(fields[0])
            if (rings_left < 0 and ready_s < float("inf")) or not left:
                process.kill()  # what it still writes to the pipe was before
        await process.wait()
        kills += 1
    assert rang == set(due_s)
    late_ms.sort()
    print(f"{kills} kills; {len(late_ms)} rang by themselves, p99 {late_ms[-1 - len(late_ms) // 100]:.1f} ms late")
