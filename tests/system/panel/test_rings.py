"""Rings, alarms and announcements in the page, outside a call: a real browser plays them."""

import subprocess

from tests.rig.espeak import needs_espeak
from tests.rig.mosquitto import wait_for
from tests.rig.speech import RECEIVED_FROM, likeness

from callbox.audio.playout.cues import ALARM, RING, Notes, periods
from callbox.audio.playout.sound_file import decode


def melody(notes: Notes) -> bytes:
    return b"".join(periods(notes, 80))


def until_played(page, sound, machine):
    wait_for(lambda: likeness(sound, page.recording()) >= RECEIVED_FROM)
    assert machine.received(sound, page.recording())


def in_touched_page(pages, demo):
    """The page of `demo`, whose loudspeaker is the box's."""
    page = pages.open(demo.url)
    page.until_live()
    page.page.click("h1")
    page.until_true("document.querySelector('#use-speaker').value === 'browser'")
    return page


def test_the_button_that_lets_the_bot_call_is_audible_at_its_first_round_and_a_press_answers(demo, pages, machine):
    page = pages.open(demo.url)
    page.until_live()
    page.page.click("#ring")  # is the first touch, with which the browser lets the page play
    page.until("#sentence", "It rings: You asked to be called")
    page.until("#microphone-words", "dark")
    until_played(page, melody(RING), machine)
    assert likeness(melody(ALARM), page.recording()) < RECEIVED_FROM
    page.press()
    page.until_state("ready")
    page.until("#microphone-words", "lit")
    page.until("#said", "I rang because: You asked to be called")
    page.press()
    page.until_state("disconnected")


def test_an_alarm_is_audible(demo, pages, machine):
    page = in_touched_page(pages, demo)
    page.page.fill("#alarm-time", "1")
    page.page.click("#alarm-form button")
    page.until("#alarms", "ringing")
    until_played(page, melody(ALARM), machine)
    page.until("#microphone-words", "dark")
    page.press(hold_ms=1500)
    page.until_gone("#alarms", "ringing")


@needs_espeak
def test_the_words_of_an_announcement_are_audible(demo, pages, machine):
    page = in_touched_page(pages, demo)
    page.page.fill("#announce", "Lunch is ready in the kitchen")
    page.page.click("#announce-form button")
    spoken = subprocess.run(
        ["espeak-ng", "--stdin", "--stdout", "-b", "1", "-v", "en"],
        input=b"Lunch is ready in the kitchen", capture_output=True, check=True,
    ).stdout  # fmt: skip
    until_played(page, b"".join(period for periods in decode(spoken, 80, 60) for period in periods), machine)
    page.until("#microphone-words", "dark")
