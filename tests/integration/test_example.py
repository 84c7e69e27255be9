"""The example of docs/client.md, as users run it."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.rig.faulty_bot import FaultyBot

import callbox.rtvi
from callbox.audio.alsa_media import alsa_media
from callbox.audio.wav_media import wav_media
from callbox.demo.bot import Call, EchoBot
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import APIRequest, InvalidTransportParamsError, RTVIClient
from callbox.rtvi.http_pool import HttpPool
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC
from callbox_device.wav import read_wav

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs/examples/talk.py"


@pytest.fixture
def no_card(tmp_path):
    """Environment in which the card `default` is silent, and swallows what is played."""
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    return {**os.environ, "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}


def talk(url, answer, code=None):
    command = [
        sys.executable,
        "-W",
        "ignore",
        *(["-c", code] if code else [str(EXAMPLE)]),
        url,
        str(SPEECH),
        str(answer),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=200)


def test_it_talks_to_pipecat_from_a_wav_file(pipecat, tmp_path, machine):
    done = talk(pipecat.start_url, tmp_path / "answer.wav")
    assert done.returncode == 0, done.stderr
    assert "ready" in done.stdout.split()
    assert re.search(r"^bot: I heard you for \d", done.stdout, re.MULTILINE)
    assert machine.received(read_wav(SPEECH), read_wav(tmp_path / "answer.wav"))


async def test_prints_the_words_of_the_small_bot_and_imports_neither_gpio_nor_alsa_nor_mqtt(tmp_path):
    code = f"""
import runpy, sys
runpy.run_path({str(EXAMPLE)!r}, run_name="__main__")
loaded = {{"gpiozero", "lgpio", "alsaaudio", "paho", "yaml", "aiohttp", "numpy"}} & set(sys.modules)
sys.exit(f"loaded: {{loaded}}" if loaded else 0)
"""
    async with FaultyBot() as bot:
        done = await asyncio.to_thread(talk, bot.url, tmp_path / "answer.wav", code)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^bot: I heard you for \d", done.stdout, re.MULTILINE)) == 1


async def test_a_greeting_of_the_bot_is_no_answer(tmp_path):
    class Greeting(Call):
        def on_message(self, message):
            super().on_message(message)
            if message.type == "client-ready":
                self.tell("bot-started-speaking")
                self.tell("bot-stopped-speaking")

    class GreetingBot(EchoBot):
        def new_call(self):
            return Greeting()

    bot = GreetingBot()
    await bot.start()
    try:
        done = await asyncio.to_thread(talk, bot.url, tmp_path / "answer.wav")
    finally:
        await bot.stop()
    assert done.returncode == 0, done.stderr
    assert re.search(r"^bot: I heard you for \d", done.stdout, re.MULTILINE)


async def test_without_an_answer_it_hangs_up_and_ends_in_a_sentence(tmp_path):
    code = EXAMPLE.read_text().replace("timeout=60", "timeout=3")
    assert code != EXAMPLE.read_text()
    async with FaultyBot("tells no turns") as bot:
        done = await asyncio.to_thread(talk, bot.url, tmp_path / "answer.wav", code)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "The bot did not answer within 60 s."
    assert "Traceback" not in done.stderr
    assert done.stdout.split()[-1] == "disconnected"


class Ending(Call):
    """Ends the session as soon as the caller speaks."""

    def __init__(self, how):
        super().__init__()
        self._how = how

    def tell(self, type_, data=None, identity=None):
        super().tell(type_, data, identity)
        if type_ == "user-started-speaking":
            if self._how == "fatal":
                super().tell("error", {"error": "out of credit", "fatal": True})
            else:
                self._start(self.end())


class EndingBot(EchoBot):
    def __init__(self, how):
        super().__init__()
        self._how = how

    def new_call(self):
        return Ending(self._how)


@pytest.mark.parametrize(
    ("how", "reason"), [("fatal", "The bot reported a fatal error: out of credit"), ("leaves", "The bot hung up.")]
)
async def test_a_session_that_ends_without_an_answer_ends_it_with_the_reason(tmp_path, how, reason):
    code = EXAMPLE.read_text().replace("timeout=60", "timeout=None")
    assert code != EXAMPLE.read_text()
    bot = EndingBot(how)
    await bot.start()
    try:
        done = await asyncio.to_thread(talk, bot.url, tmp_path / "answer.wav", code)
    finally:
        await bot.stop()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == reason


def test_it_is_some_twenty_lines_and_the_guide_shows_it():
    text = EXAMPLE.read_text()
    assert len([line for line in text.splitlines() if line.strip()]) <= 22
    assert text in (ROOT / "docs/client.md").read_text()


async def test_the_program_in_the_readme_runs_against_both_bots(pipecat, no_card):
    found = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found is not None
    code = found[1].replace("sleep(60)", "sleep(2)")
    assert code != found[1]
    async with FaultyBot() as bot:
        for url in (bot.url, pipecat.start_url):
            program = code.replace("http://localhost:7860/start", url)
            assert program != code
            command = [sys.executable, "-W", "ignore", "-c", program]
            done = await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, timeout=200, env=no_card
            )
            assert done.returncode == 0, done.stderr
            assert re.search(r"^RTVI \(2, \d, 0\) - speak$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("example", ["docs/examples/talk.py", "README.md"])
def test_without_a_bot_an_example_ends_in_a_sentence(tmp_path, no_card, example):
    code = (ROOT / example).read_text()
    if example == "README.md":
        found = re.search(r"```python\n(.*?)```", code, re.DOTALL)
        assert found
        code = found[1].replace("http://localhost:7860/start", "http://127.0.0.1:9/start")
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        code,
        "http://127.0.0.1:9/start",
        str(SPEECH),
        str(tmp_path / "a.wav"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, env=no_card)
    assert "Traceback" not in done.stdout + done.stderr
    assert "Nobody answers at http://127.0.0.1:9/start" in (done.stdout + done.stderr).splitlines()[-1]


@pytest.mark.parametrize("wrong", ["missing.wav", "not-sound.wav"])
def test_unusable_file_is_named(tmp_path, wrong):
    (tmp_path / "not-sound.wav").write_bytes(b"hello")
    command = [sys.executable, str(EXAMPLE), "http://127.0.0.1:9/start", str(tmp_path / wrong), str(tmp_path / "a.wav")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode
    assert wrong in done.stderr.splitlines()[-1]


async def fetch_bundle(request):
    return {}


@pytest.mark.parametrize("number", [0, 1, 2, 3])
async def test_each_fragment_of_the_guide_runs(number):
    """Each but the first block of docs/client.md, which is a program of its own, with the names that its text explains."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/client.md").read_text(), re.DOTALL)[1:]
    assert len(blocks) == 4
    request = APIRequest("http://127.0.0.1:9/start")
    names = {
        **vars(callbox.rtvi),
        "SmallWebRTCTransport": SmallWebRTCTransport,
        "HttpPool": HttpPool,
        "PrewarmedSmallWebRTC": PrewarmedSmallWebRTC,
        "asyncio": asyncio,
        "alsa_media": alsa_media,
        "wav_media": lambda _, played: wav_media(SPEECH, "/dev/null"),
        "media": wav_media(SPEECH, "/dev/null"),
        "request": request,
        "client": RTVIClient(SmallWebRTCTransport, params=request),
        "public_key": "pk",
        "fetch_bundle": fetch_bundle,
        "mixer": SimpleNamespace(set=abs),
    }
    exec(blocks[number], names)  # what the guide says
    for call in re.findall(r"^RTVIClient\(.*connect_handler=.*\)", blocks[number], re.MULTILINE):
        with pytest.raises(InvalidTransportParamsError):  # fetch_bundle() was called, its bundle names no bot
            await eval(call, names).connect()
    if "preparing" in names:
        await asyncio.sleep(0)
        names["preparing"].cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await names["preparing"]
        await names["keep_alive"].close()


async def test_the_bot_of_the_page_of_rings_gets_the_reason():
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/rings.md").read_text(), re.DOTALL)
    assert found
    messages: list[dict[str, str]] = []
    names: dict[str, Any] = {"context": SimpleNamespace(add_message=messages.append)}
    exec(found[1], names)
    for body in (None, {}, {"ring": {"id": "door-17", "reason": "Somebody is at the door"}}):
        await names["bot"](SimpleNamespace(body=body))
    [message] = messages
    assert "Somebody is at the door" in message["content"]


async def test_the_load_generator_prints_the_latencies_of_all_its_calls():
    async with FaultyBot() as bot:
        command = [sys.executable, "-W", "ignore", str(ROOT / "docs/examples/load.py"), bot.url, "2", str(SPEECH)]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 of 2 calls, 2 answers, ")
    assert re.search(r"^voice-to-voice: median \d+ ms, 95 % \d+ ms$", done.stdout, re.MULTILINE)


TEXTUAL = """
import asyncio, runpy, sys
TalkApp = runpy.run_path(sys.argv[1])["TalkApp"]


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


async def main():
    app = TalkApp(sys.argv[2])
    async with app.run_test() as pilot:
        state = lambda: app.sub_title
        words = lambda: [line.text for line in app.query_one("RichLog").lines]
        await pilot.press("f2")
        await until(lambda: state() == "ready")
        await pilot.press("f3")
        await until(lambda: state() == "ready, muted")
        await pilot.click("Input")
        await pilot.press("h", "i", "enter")
        await until(lambda: "you: hi" in words() and any(word.startswith("bot: ") for word in words()))
        await pilot.press("f2")
        await until(lambda: state() == "disconnected, muted")


asyncio.run(main())
"""


@pytest.mark.slow
async def test_the_textual_app_calls_mutes_types_and_shows_the_answer(no_card):
    async with FaultyBot() as bot:
        url = bot.url.removesuffix("/start")
        command = [sys.executable, "-W", "ignore", "-c", TEXTUAL, str(ROOT / "docs/examples/textual_app.py"), url]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=200, env=no_card
        )
    assert done.returncode == 0, done.stderr


async def functions_with(call):
    """Run the example with a bot whose calls `call` makes; the process, which has ended."""

    class Bot(EchoBot):
        def new_call(self):
            return call()

    bot = Bot()
    await bot.start()
    try:
        command = [sys.executable, "-W", "ignore", str(ROOT / "docs/examples/functions.py"), bot.url]
        return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=200)
    finally:
        await bot.stop()


async def test_functions_in_a_session_that_breaks_end_with_the_reason():
    class Breaking(Call):
        def on_message(self, message):
            super().on_message(message)
            if message.type == "client-ready":
                data = {"tool_call_id": "1", "function_name": "set_volume", "arguments": {"percent": 70}}
                self.tell("llm-function-call-in-progress", data)
            elif message.type == "llm-function-call-result":
                self.tell("error", {"error": "out of credit", "fatal": True})

    done = await functions_with(Breaking)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "The bot reported a fatal error: out of credit")


async def test_a_function_is_performed_for_the_bot():
    class Calling(Call):
        def on_message(self, message):
            super().on_message(message)
            if message.type == "client-ready":
                data = {"tool_call_id": "1", "function_name": "set_volume", "arguments": {"percent": 70}}
                self.tell("llm-function-call-in-progress", data)
            elif message.type == "llm-function-call-result":
                results.append(message.data["result"])
                self.tell(
                    "llm-function-call-stopped",
                    {"tool_call_id": "1", "cancelled": False, "function_name": "set_volume"},
                )
                self._start(self.end())

    results: list[object] = []
    done = await functions_with(Calling)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "set_volume {'percent': 70}\n"
    assert results == [{"percent": 70}]
