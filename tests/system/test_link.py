"""The bad network itself: what it does, and that it does it again."""

import json
import subprocess
import sys
from itertools import islice

import pytest
from tests.rig.forwarder import is_sound
from tests.rig.link import FAR, Link

from callbox.probe.model.network_impairment import NetworkImpairment, Outage, packet_impairments

SO_RCVBUFFORCE = 33  # asm-generic/socket.h: of a process that has no time nothing is lost
ECHO = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, {SO_RCVBUFFORCE}, 1 << 22)
s.bind(({FAR!r}, 5004))
print("ready", flush=True)
while True:
    data, sender = s.recvfrom(2048)
    s.sendto(data, sender)
"""

RTP, STUN = 128, 0
READ, OVER = 0xFFFE, 0xFFFF
"""Numbers of two packets that are not lost: they are no sound. When the first is back, all before it were read in between;
when the second is back, which is sent `HELD_S` later, what has not come doesn't come."""
HELD_S = 0.7
"""No packet is held for longer, but by an outage."""
ASK = f"""
import json, socket, struct, sys, threading, time
first_byte, count, apart_s, end_comes = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, {SO_RCVBUFFORCE}, 1 << 22)
s.settimeout(120.0 if end_comes else 1.0)
sent, came = {{}}, []
def listen():
    try:
        while (number := struct.unpack_from("!H", s.recv(2048), 2)[0]) != {OVER}:
            if number == {READ}:
                time.sleep({HELD_S})
                s.sendto(struct.pack("!BBH", {STUN}, 96, {OVER}), ({FAR!r}, 5004))
            else:
                came.append((number, time.monotonic() - sent[number]))
    except TimeoutError:
        pass
s.bind(("", 0))
listening = threading.Thread(target=listen)
listening.start()
began = time.monotonic()
for number in range(count):
    time.sleep(max(0, began + number * apart_s - time.monotonic()))
    sent[number] = time.monotonic()
    s.sendto(struct.pack("!BBH", first_byte, 96, number) + bytes(160), ({FAR!r}, 5004))
s.sendto(struct.pack("!BBH", {STUN}, 96, {READ}), ({FAR!r}, 5004))
listening.join()
print(json.dumps([came, sent[count - 1] - began]))
"""


@pytest.fixture(scope="module")
def link():
    with Link() as link:
        echo = link.start(1, [sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True)
        assert echo.stdout is not None
        echo.stdout.readline()
        yield link


def ask(link, count=400, apart_s=0.002, first_byte=RTP, *, end_comes=True):
    return ask_timed(link, count, apart_s, first_byte, end_comes=end_comes)[0]


def ask_timed(link, count, apart_s, first_byte=RTP, *, end_comes=True):
    """What came, and when the last one was sent, in s since the first."""
    options = [str(first_byte), str(count), str(apart_s), str(int(end_comes))]
    asking = link.start(0, [sys.executable, "-c", ASK, *options], stdout=subprocess.PIPE, text=True)
    answer, _ = asking.communicate(timeout=200)
    return json.loads(answer)


@pytest.mark.netns
def test_a_good_network_loses_and_reorders_nothing(link):
    link.change(NetworkImpairment(delay_ms=5), NetworkImpairment(delay_ms=15))
    came = ask(link)
    assert [number for number, _ in came] == list(range(400))
    assert min(took_s for _, took_s in came) >= 0.020


@pytest.mark.netns
def test_the_same_seed_loses_the_same_packets_and_another_does_not(link):
    impairment_ = NetworkImpairment(loss=0.1)
    link.change(impairment_, None, seed=1)
    first = [number for number, _ in ask(link)]
    link.change(impairment_, None, seed=1)
    again = [number for number, _ in ask(link, apart_s=0.001)]  # at another pace too
    seen = link.change(impairment_, None, seed=2)
    other = [number for number, _ in ask(link)]
    assert first == again != other
    assert seen[0].lost == sorted(set(range(400)) - set(first))
    assert 15 <= len(seen[0].lost) <= 65


@pytest.mark.netns
def test_each_direction_has_its_own_impairment(link):
    link.change(None, NetworkImpairment(loss=0.2), seed=3)
    ask(link)
    forth, back = link.change()
    assert not forth.lost
    assert back.lost


@pytest.mark.netns
def test_what_is_not_sound_is_not_lost(link):
    link.change(NetworkImpairment(loss=1.0), NetworkImpairment(loss=1.0))
    assert len(ask(link, count=50, first_byte=STUN)) == 50
    assert ask(link, count=50, first_byte=RTP) == []


@pytest.mark.netns
def test_jitter_reorders_only_where_it_may(link):
    link.change(NetworkImpairment(jitter_ms=(20, 80)), None, seed=4)
    came = ask(link, count=100, apart_s=0.02)
    assert sorted(number for number, _ in came) == list(range(100))
    assert [number for number, _ in came] != list(range(100))
    assert min(took_s for _, took_s in came) >= 0.020
    assert link.change(NetworkImpairment(jitter_ms=(20, 80), reorder=False), None, seed=4)[0].overtaken > 10
    assert [number for number, _ in ask(link, count=100, apart_s=0.02)] == list(range(100))


@pytest.mark.netns
def test_duplicates(link):
    link.change(NetworkImpairment(duplicate=0.5), None, seed=5)
    came = ask(link, count=200)
    assert {number for number, _ in came} == set(range(200))
    assert 60 <= len(came) - 200 <= 140


@pytest.mark.netns
def test_an_outage_loses_what_is_sent_meanwhile_or_holds_it(link):
    for _ in range(10):  # a busy machine may send nothing in these 0.3 s
        link.change(NetworkImpairment(outages=(Outage(0.2, 0.3),)))
        came = dict(ask(link, count=200, apart_s=0.01))
        lost = sorted(set(range(200)) - set(came))
        if lost and 199 in came:
            break
    assert lost == list(range(lost[0], lost[-1] + 1)), "one outage"
    assert {0, 199} <= set(came)
    for _ in range(10):
        link.change(NetworkImpairment(outages=(Outage(0.2, 0.3, delayed=True),)))
        came = dict(ask(link, count=200, apart_s=0.01))
        assert len(came) == 200
        if max(came.values()) >= 0.25:
            break
    assert max(came.values()) >= 0.25


@pytest.mark.netns
def test_an_outage_hits_everything(link):
    link.change(NetworkImpairment(outages=(Outage(0.0, 600),)))
    assert len(ask(link, count=10, first_byte=STUN)) == 10  # the first packet of sound starts the clock
    assert ask(link, count=1, first_byte=RTP, end_comes=False) == []
    assert ask(link, count=10, first_byte=STUN, end_comes=False) == []


@pytest.mark.netns
def test_a_slow_link_queues(link):
    link.change(NetworkImpairment(rate_kbps=200))
    came, sent_s = ask_timed(link, count=50, apart_s=0.002)  # 50 packets of 192 bytes need 384 ms
    assert sent_s + came[-1][1] >= 0.38


def test_bursts_are_of_their_length_and_lose_their_share():
    lost = [
        not impairment.extra_ms
        for impairment in islice(packet_impairments(NetworkImpairment(loss=0.05, burst=5), "seed"), 40_000)
    ]
    assert sum(lost) / len(lost) == pytest.approx(0.05, abs=0.006)
    runs = "".join("x" if one else " " for one in lost).split()
    assert {len(run) % 5 for run in runs[:-1]} == {0}


def test_one_setting_leaves_the_rest_of_the_pattern_alone():
    plain = [
        not impairment.extra_ms for impairment in islice(packet_impairments(NetworkImpairment(loss=0.1), "seed"), 500)
    ]
    mixed = NetworkImpairment(loss=0.1, duplicate=0.3, jitter_ms=(0, 50))
    assert plain == [not impairment.extra_ms for impairment in islice(packet_impairments(mixed, "seed"), 500)]


@pytest.mark.parametrize(
    ("first", "second", "sound"),
    [(128, 96, True), (144, 224, True), (128, 200, False), (0, 1, False), (22, 254, False)],
)
def test_sound_is_rtp_alone(first, second, sound):
    ip_header = bytes([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17]) + bytes(10)
    assert is_sound(ip_header + bytes(8) + bytes([first, second]) + bytes(20)) is sound
