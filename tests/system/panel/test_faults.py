"""Each fault at a click: the lamps tell the truth, and the box recovers."""

import pytest


@pytest.fixture
def page(demo, pages):
    opened = pages.open(demo.url)
    opened.until_live()
    return opened


def call(page):
    page.press()
    page.until_state("ready")


def test_the_microphone_is_pulled_in_mid_call(page):
    call(page)
    page.turn("microphone")
    page.until("#status-words", "three quick blinks, then 5 slow ones")
    page.until("#microphone-words", "dark")
    assert page.brightness("microphone") == 0
    page.turn("microphone")
    page.until("#microphone-words", "lit")
    page.page.wait_for_selector("#problem", state="hidden")
    page.until_state("ready")


def test_the_network_is_cut_and_back(page):
    call(page)
    page.turn("network")
    page.until("#events", "the network is gone")
    page.turn("network")
    page.until("#events", "the network is back, with the same bot")
    page.until_state("ready")


def test_the_bot_is_stopped(page):
    page.turn("bot")
    page.until("[data-fault=bot]", "undo")
    page.press()
    page.until_state("error")
    page.until("#status-words", "three quick blinks, then 1 slow one")
    page.turn("bot")
    page.until_gone("[data-fault=bot]", "undo")  # it listens
    call(page)


def test_the_broker_is_stopped(page):
    page.until("#broker", "as it is sent to the broker")
    page.turn("broker")
    page.until("#broker", "no connection")
    call(page)
    page.turn("broker")
    page.until("#broker", "as it is sent to the broker")
    page.until("#mqtt", '"transport": "ready"')


def test_wrong_settings(page):
    page.turn("settings")
    page.until("#status-words", "three quick blinks, then 9 slow ones")
    page.until("#problem", "buton")
    call(page)  # the last good ones are in force
    page.press()
    page.until_state("disconnected")
    page.turn("settings")
    page.until("#status-words", "dark")
