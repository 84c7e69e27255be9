"""A call in the page: pressed, seen and heard in a real browser, by the service that a Pi runs."""

from tests.rig.mosquitto import wait_for
from tests.rig.speech import RECEIVED_FROM, likeness

from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import TransportState
from callbox_device.wav import read_wav


def plays_the_answer(page, machine):
    page.until("#events", "the bot has said all")
    wait_for(lambda: likeness(read_wav(SPEECH), page.recording()) >= RECEIVED_FROM)  # the last of it is played
    return machine.received(read_wav(SPEECH), page.recording())


def test_press_ready_answer_press(demo, pages, machine):
    page = pages.open(demo.url)
    page.until_live()
    page.press()
    page.until_state("ready")
    page.until("#mqtt", '"transport": "ready"')
    page.until("#microphone-words", "lit")
    assert page.brightness("microphone") == 1
    assert plays_the_answer(page, machine)
    page.press()
    page.until_state("disconnected")
    page.until("#microphone-words", "dark")
    assert page.brightness("microphone") == 0
    phases = page.text("#phases")
    assert all(state in phases for state in ("initializing", "authenticating", "connecting", "connected")), phases
    assert page.text("#connect-total").startswith("ready after")
    assert "I heard you for" in page.text("#said")


def test_with_the_browsers_own_microphone(demo, pages, machine):
    page = pages.open(demo.url)
    page.until_live()
    page.page.select_option("#use-microphone", "browser")
    page.until("#sound-note", "exactly while")
    assert not page.captures
    page.press()
    page.until_state("ready")
    page.until("#microphone-words", "lit")
    assert page.captures
    assert plays_the_answer(page, machine)
    page.press()
    page.until_state("disconnected")
    page.until("#microphone-words", "dark")
    page.until_true("window.captured.every((track) => track.readyState === 'ended')")


_SLOW_MODULE = """() => {
const add = AudioWorklet.prototype.addModule;
let isFirst = true;
AudioWorklet.prototype.addModule = async function (name) {
  if (name === "capture.js" && isFirst) {
    isFirst = false;
    await new Promise((loaded) => { window.load = loaded; });
  }
  return add.call(this, name);
};
}"""


def test_a_microphone_that_was_closed_before_it_was_open_leaves_the_next_one_alone(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.page.select_option("#use-microphone", "browser")
    page.until("#sound-note", "exactly while")
    page.page.evaluate(_SLOW_MODULE)
    page.press()
    page.until_true("window.load")
    page.page.wait_for_timeout(500)
    page.press()
    page.until_state("disconnected")
    page.page.wait_for_timeout(500)
    page.press()
    page.until_state("ready")
    page.until("#microphone-words", "lit")
    page.page.wait_for_timeout(500)
    page.page.evaluate("window.load()")
    page.page.wait_for_timeout(500)
    assert page.captures
    assert page.page.is_hidden("#problem"), page.text("#problem")


def test_the_space_bar_presses(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.page.keyboard.press(" ", delay=60)
    page.until_state("ready")
    page.page.wait_for_timeout(500)  # sooner it would be a double press
    page.page.keyboard.press(" ", delay=60)
    page.until_state("disconnected")


def test_a_worn_contact_is_one_press(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.page.check("#bounces")
    page.press()
    page.until_state("ready")
    page.page.wait_for_timeout(500)
    assert page.text("#events").count("button pressed") == 1


def test_every_state_is_in_the_picture(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    drawn = page.page.eval_on_selector_all("#diagram g", "nodes => nodes.map((node) => node.id)")
    assert sorted(drawn) == sorted(f"state-{state.value}" for state in TransportState)


def test_the_page_has_the_further_buttons_and_the_mute_switch_of_the_box(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.until("#gestures", "button interrupt: press")
    assert page.page.locator("#contacts button").all_text_contents() == ["interrupt", "mute", "Mute switch"]
    page.press()
    page.until_state("ready")
    page.page.click("#contacts [data-contact=mute]", delay=60)
    page.until("#sentence", "The microphone is muted.")
    page.page.click("#mute-switch")
    page.until("#sentence", "switched off (hard mute)")
    page.until("#microphone-words", "dark")
    page.page.click("#mute-switch")
    page.until("#microphone-words", "lit")
    page.press()
    page.until_state("disconnected")


def test_an_old_telephone_in_the_page(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    assert page.text("#bot-name") == "kitchen"
    page.page.keyboard.press("2")  # with the handset on the hook a digit chooses
    page.until("#bot-name", "doctor")
    page.page.click("#hook-switch")
    page.until("#hook-switch", "Put the handset down")
    page.until_state("ready")
    page.until("#bot-name", "doctor, at")
    assert page.text("#volume-words") == "80 %"
    page.page.click("#knob [data-detents='1']")
    page.until("#volume-words", "84 %")
    page.page.reload()
    page.until_live()
    page.until("#hook-switch", "Put the handset down")
    page.page.click("#hook-switch")
    page.until_state("disconnected")
    page.page.select_option("#choose-bot", "kitchen")
    page.until("#bot-name", "kitchen")
    page.page.click("[data-digit='2']")
    page.until("#bot-name", "doctor")


def test_a_key_of_the_keypad_that_is_clicked_chooses_its_bot(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    assert page.page.locator("#keypad button").all_inner_texts() == list("123456789*0#")
    for key, bot in (("2", "doctor"), ("1", "kitchen")):
        page.page.click(f"#keypad button:text-is('{key}')")
        page.until("#bot-name", bot)
    page.page.click("#keypad button:text-is('9')")  # is no bot's
    page.page.click("#keypad button:text-is('2')")
    page.until("#bot-name", "doctor")
    assert page.errors == []


SLOW_RESUME = """() => {
  const resume = AudioContext.prototype.resume;
  AudioContext.prototype.resume = async function () {
    await new Promise((done) => { setTimeout(done, 5000); });
    return resume.call(this);
  };
}"""
PLAYS = "window.recording?.some((block) => block.some((sample) => sample))"


def test_a_browser_that_is_slow_to_play_plays_when_it_can(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.page.evaluate(SLOW_RESUME)
    page.press()
    page.until("#sound-note", "doesn’t play yet")
    page.until_true(PLAYS)
