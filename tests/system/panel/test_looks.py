"""Layout and accessibility: desktop, telephone, dark colours, keyboard, screen reader, reduced motion."""

import pytest

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    from tests.rig.demo import Demo

    with Demo(tmp_path_factory.mktemp("looks")) as running:
        yield running


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE])
def test_axe_finds_no_violation(demo, pages, look):
    from axe_playwright_python.sync_playwright import Axe

    page = pages.open(demo.url, **look)
    page.until_live()
    page.until("#events", "disconnected")
    found = Axe().run(page.page)
    assert found.violations_count == 0, found.generate_report()


def test_page_fits_on_a_telephone(demo, pages):
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
    for _ in range(100):
        page.page.keyboard.press("Tab")
        reached.append(page.page.evaluate("document.activeElement.id || document.activeElement.dataset.fault"))
    for place in ("button", "use-microphone", "use-speaker", "microphone", "settings"):
        assert place in reached, reached


def test_reduced_motion_shows_a_still_lamp_and_its_rhythm_in_words(demo, pages):
    page = pages.open(demo.url, reduced_motion="reduce")
    page.until_live()
    page.turn("settings")
    page.until("#status-words", "three quick blinks")
    seen = {page.brightness("status") for _ in range(20) if page.page.wait_for_timeout(60) is None}
    page.turn("settings")
    page.until("#status-words", "dark")
    assert seen == {0.6}
    page.until_dark("status")


def test_a_lamp_follows_the_pattern_engine(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.turn("settings")
    page.until("#status-words", "three quick blinks")
    seen: set[float] = set()
    while seen != {0.0, 1.0}:  # else the test's time limit ends it
        seen.add(page.brightness("status"))
        page.page.wait_for_timeout(30)
    page.turn("settings")
    page.until("#status-words", "dark")


NOTEBOOK = {"viewport": {"width": 1366, "height": 768}}


def box_of(page, selector):
    found = page.page.locator(selector).bounding_box()
    assert found is not None, selector
    return found


def test_devices_are_in_view_on_a_notebook(demo, pages):
    page = pages.open(demo.url, **NOTEBOOK)
    page.until_live()
    for selector in ("#button", "#sentence", "#use-microphone", "#use-speaker", "#wave-microphone", "#wave-speaker"):
        place = box_of(page, selector)
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= 768, selector


@pytest.mark.parametrize("look", [PHONE, {"viewport": {"width": 390, "height": 844}}, NOTEBOOK])
def test_box_stays_in_view_beside_each_fault(demo, pages, look):
    page = pages.open(demo.url, **look)
    page.until_live()
    for fault in page.page.query_selector_all("[data-fault]"):
        fault.scroll_into_view_if_needed()
        for selector in ("#button", "#lamp-status", "#sentence"):
            place = box_of(page, selector)
            assert 0 <= place["y"] <= place["y"] + place["height"] <= look["viewport"]["height"], selector
        button = fault.bounding_box()
        assert page.page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.dataset.fault",
            [button["x"] + button["width"] / 2, button["y"] + button["height"] / 2],
        )  # and the box doesn't cover it


def test_grille_has_whole_holes_only(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    pattern, area = (
        page.page.eval_on_selector(
            selector, "node => ['x', 'y', 'width', 'height'].map((name) => +node.getAttribute(name))"
        )
        for selector in ("#grille", "#holes")
    )
    assert area[:2] == pattern[:2]
    assert area[2] % pattern[2] == area[3] % pattern[3] == 0


def test_each_move_in_the_diagram_has_an_arrow_head_that_no_state_covers(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.until("#events", "disconnected")
    heads = page.page.eval_on_selector_all(
        "#diagram > path", "nodes => nodes.map((node) => getComputedStyle(node).markerEnd)"
    )
    assert heads
    assert all("#arrow-" in head for head in heads)
    covered = page.page.evaluate("""() => {
      const states = [...document.querySelectorAll("#diagram rect")].map((node) => node.getBBox());
      return [...document.querySelectorAll("#diagram > path")].filter((path) => {
        const end = path.getPointAtLength(path.getTotalLength());
        return states.some((s) => end.x > s.x && end.x < s.x + s.width && end.y > s.y && end.y < s.y + s.height);
      }).length;
    }""")
    assert covered == 0


def test_waveforms_show_speech_and_are_flat_after_the_call(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.press()
    page.until_state("ready")
    for part in ("microphone", "speaker"):
        page.until_true(f"+document.querySelector('#wave-{part}').dataset.level > 0.4")
    page.press()  # in mid-speech
    page.until_state("disconnected")
    for part in ("microphone", "speaker"):
        page.until_true(f"+document.querySelector('#wave-{part}').dataset.level === 0")


def test_words_for_people(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.turn("settings")
    page.until("#problem", "buton")
    page.turn("bot")
    page.until("[data-fault=bot]", "undo")
    page.press()
    page.until_state("error")
    text = page.text("#box") + page.text("#faults-section") + page.text("#events")
    for word in ("SIGHUP", "bot_unreachable", "settings_wrong", "error, error", "connect()"):
        assert word not in text, word
    page.turn("settings")
    page.turn("bot")
    page.until_gone("[data-fault=bot]", "undo")
