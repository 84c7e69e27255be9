"""What the benchmarks of the cost say of processes, and how their tables are made."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks.cost import against, goals, tables
from benchmarks.cost.calls import Call
from benchmarks.cost.client_names import NAMES
from benchmarks.cost.processes import Memory, Window, cpu_s, family, memory, wake_ups
from benchmarks.cost.start import Start


@pytest.fixture
def child():
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'input()'], stdin=0); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_family_is_a_process_and_all_its_children(child):
    assert family(os.getpid())[0] == os.getpid()
    assert child.pid in family(os.getpid())
    assert len(family(child.pid)) == 2
    assert memory(family(child.pid)).rss > memory([child.pid]).rss > memory([child.pid]).pss > 1


def test_processor_time_is_that_of_the_process():
    before_s = cpu_s(os.getpid())
    window = Window([os.getpid()])
    while cpu_s(os.getpid()) < before_s + 0.05:
        pass
    assert 0 < window.share() <= 1.5


def test_a_process_that_sleeps_is_counted_as_woken():
    before = wake_ups(os.getpid())
    for _ in range(5):
        time.sleep(0.001)
    assert wake_ups(os.getpid()) >= before + 5


def facts():
    held = {"rss": 80.0, "pss": 50.0}
    calls = [
        {
            "client": client,
            "share": 0.05 * (2 if client == "stock" else 1) * round_,
            "own_share": 0.04,
            "wake_ups_per_s": 200.0,
            "memory": held,
            "idle": None,
            "load": 1,
        }
        for round_ in (1, 2, 3)
        for client in NAMES
    ]
    start = {"answered_cpu_ms": 100, "running_cpu_ms": 500, "armed_cpu_ms": 800}
    return {
        "calls": calls,
        "thousand": [
            {"calls": at, "rss_mib": 80 + at / 1000, "threads": 1, "descriptors": 7, "tasks": 5, "objects": 9}
            for at in (100, 1000)
        ],
        "start": [[start, start]],
        "rest": [{"share": 0.004, "wake_ups_per_min": 14.0, "memory": held}],
    }


def test_ratios_are_of_one_round_each():
    assert tables.ratios(facts(), "ours", "stock", "share") == [0.5, 0.5, 0.5]


def test_a_goal_that_is_missed_stays_with_its_reason():
    rows = {(claim, anchor): found for claim, anchor, _, found, _ in goals.rows(facts())}
    assert rows["start to the lamp that answers", "of start to armed"] == 0.125
    lines = goals.table(facts()).splitlines()
    assert any("of stock aiortc | 0.5 | 0.50 | reached" in line for line in lines)
    assert any("in a call, whole box as delivered | a second" in line and "| 200.00 | missed" in line for line in lines)
    assert any("at rest, armed | of a core | 0.3 % | 0.40 % | missed" in line for line in lines)


def test_figures_of_a_busy_machine_are_not_written():
    assert goals.too_busy(facts()) == "the load of the machine was 1.0, more than 0.7"
    calm = facts()
    for call in calm["calls"]:
        call["load"] = 0.7
    assert goals.too_busy(calm) is None


def test_starts_of_two_trees_are_compared_round_by_round():
    theirs, ours = Start(0, 0, 0, 100, 500, 800), Start(0, 0, 0, 100, 400, 600)
    lines = against.table([((theirs, theirs), (ours, ours))] * 2)
    assert "| every other start: armed | 800 (800 to 800) | 600 (600 to 600) | 0.75 |" in lines


def test_calls_of_two_trees_are_compared_pair_by_pair():
    theirs, ours = (Call("box", share, share / 2, 0, Memory(0, 0), None, 1.0) for share in (0.08, 0.06))
    lines = against.calls_table({"box": [(theirs, ours)] * 3}).splitlines()
    assert f"| {NAMES['box']} | 8.0 (8.0 to 8.0) | 6.0 (6.0 to 6.0) | 0.75 (0.75 to 0.75) | 3 |" in lines
    assert any("without the sound server's threads | 4.0 (4.0 to 4.0)" in line for line in lines)


def test_the_bot_of_the_benchmarks_tells_its_address():
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bot"], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as bot:
        assert bot.stdout is not None
        assert bot.stdout.readline().startswith("http://127.0.0.1:")
        bot.kill()
