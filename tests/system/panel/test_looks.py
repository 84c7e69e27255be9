"""The page for everybody: on a telephone, in the dark, by keyboard, with a screen reader, with less motion."""

import pytest

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    from tests.rig.demo import Demo

    with Demo(tmp_path_factory.mktemp("looks")) as running:
        yield running


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE])
def test_axe_finds_nothing(demo, pages, look):
    from axe_playwright_python.sync_playwright import Axe

    page = pages.open(demo.url, **look)
    page.until_live()
    page.until("#events", "disconnected")
    found = Axe().run(page.page)
    assert found.violations_count == 0, found.generate_report()


def test_a_telephone_is_wide_enough(demo, pages):
    page = pages.open(demo.url, **PHONE)
    page.until_live()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_touch_presses_the_button(demo, pages):
    page = pages.open(demo.url, **PHONE)
    page.until_live()
    page.page.tap("#button")
    page.until_state("ready")
    page.page.wait_for_timeout(400)
    page.page.tap("#button")
    page.until_state("disconnected")


def test_by_keyboard_alone(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    reached = []
    for _ in range(40):
        page.page.keyboard.press("Tab")
        reached.append(page.page.evaluate("document.activeElement.id || document.activeElement.dataset.fault"))
    for place in ("button", "use-microphone", "use-speaker", "microphone", "settings"):
        assert place in reached, reached


def test_who_wants_less_motion_sees_a_still_lamp_and_reads_its_rhythm(demo, pages):
    page = pages.open(demo.url, reduced_motion="reduce")
    page.until_live()
    page.turn("settings")
    page.until("#status-words", "three quick blinks")
    seen = {page.brightness("status") for _ in range(20) if page.page.wait_for_timeout(60) is None}
    page.turn("settings")
    page.until("#status-words", "dark")
    assert seen == {0.6}
    assert page.brightness("status") == 0


def test_a_lamp_follows_the_pattern_engine(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.turn("settings")
    page.until("#status-words", "three quick blinks")
    seen = {page.brightness("status") for _ in range(40) if page.page.wait_for_timeout(30) is None}
    page.turn("settings")
    page.until("#status-words", "dark")
    assert seen == {0.0, 1.0}
