"""``callbox talk``, as a person calls it: a WAV file in, the bot's words and sound out, a sentence for what is wrong."""

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import wave
from typing import Any

import pytest
from tests.rig.tcp_server import tcp_server

from callbox.cli import main
from callbox.cli.commands import talk
from callbox.demo.bot import Call, EchoBot
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import APIRequest
from callbox_device.wav import read_wav

SECRET = "hunter2-not-to-be-shown"


def run(*arguments, **env):
    command = [sys.executable, "-m", "callbox", "talk", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env={**os.environ, **env}
    )


@pytest.fixture
async def bot():
    bot = EchoBot()
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
def env(tmp_path):
    """Environment in which ``default`` is ALSA's null device."""
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    return {**os.environ, "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}


async def test_a_wav_file_is_answered_and_the_answer_is_written(bot, tmp_path, machine):
    done = await asyncio.to_thread(run, bot.url, "--wav", SPEECH, "--out", tmp_path / "answer.wav")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"s  ready: callbox-demo-bot", done.stdout)
    assert re.search(r"s  bot: I heard you for \d", done.stdout)
    assert re.search(r"s  the bot speaks, \d+ ms after it noticed that you stopped", done.stdout)
    assert not done.stderr
    assert machine.received(read_wav(SPEECH), read_wav(tmp_path / "answer.wav"))


class LateGreeter(EchoBot):
    """Starts later than the pre-roll is long, and speaks first."""

    async def answer_start(self, request):
        await asyncio.sleep(4)
        return await super().answer_start(request)

    def new_call(self):
        self.call = GreetingCall()
        return self.call


class GreetingCall(Call):
    """Keeps what it receives."""

    def __init__(self):
        super().__init__()
        self.received = bytearray()
        echo: Any = self._echo
        take = echo.receive

        def receive(sound):
            self.received.extend(sound)
            take(sound)

        echo.receive = receive

    def on_message(self, message):
        super().on_message(message)
        if message.type == "client-ready":
            self.tell("bot-started-speaking")
            asyncio.get_running_loop().call_later(0.2, self.tell, "bot-stopped-speaking")


async def test_a_bot_that_starts_late_and_speaks_first_receives_the_whole_file_and_answers(machine):
    bot = LateGreeter()
    await bot.start()
    try:
        done = await asyncio.to_thread(run, bot.url, "--wav", SPEECH)
    finally:
        await bot.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"s  bot: I heard you for \d", done.stdout), done.stdout
    assert machine.received(read_wav(SPEECH), bytes(bot.call.received))


def test_a_pipecat_bot_answers(pipecat, tmp_path, machine):
    done = run(pipecat.start_url, "--wav", SPEECH, "--out", tmp_path / "answer.wav")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r"s  bot: I heard you for \d", done.stdout)) == 1, done.stdout
    assert machine.received(read_wav(SPEECH), read_wav(tmp_path / "answer.wav"))


def test_no_server_is_one_sentence(tmp_path):
    done = run("http://127.0.0.1:1/start", "--text", "hello", "--out", str(tmp_path / "answer.wav"))
    assert done.returncode == 69
    assert done.stdout.count("http://127.0.0.1:1/start") == 1
    assert "what the bot said" not in done.stdout
    assert not done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["localhost"], 64, "'localhost' is no address such as http://"),
        (["ftp://host/start"], 64, "'ftp://host/start' is no address such as http://"),
        (["http://[::1/start"], 64, "is no address such as http://"),
        (["http://host/start", "--header", "Authorization"], 64, "--header needs NAME=VALUE"),
        (["http://host/start", "--header", "X=env:CALLBOX_NOT_SET"], 64, "the environment has no CALLBOX_NOT_SET"),
        (["http://host/start", "--header", "X=file:/nowhere/key"], 74, "/nowhere/key"),
        (["http://host/start", "--header", f"X=file:{SPEECH}"], 64, "speech.wav is not UTF-8 (byte 24)"),
        (["http://host/start", "--data", "{"], 64, "--data is no JSON"),
        (["http://host/start", "--data", "[1]"], 64, "--data needs a JSON object"),
        (["http://host/start", "--wav", "/nowhere/question.wav"], 74, "/nowhere/question.wav"),
        (["http://host/start", "--wav", __file__], 64, "--wav"),
    ],
)
def test_a_wrong_command_line_gets_one_line(capsys, arguments, code, complaint):
    assert main(["talk", *arguments]) == code
    complaints = capsys.readouterr().err
    assert complaint in complaints
    assert complaints.count("\n") == 1


def test_a_silent_file_is_no_question(tmp_path, capsys):
    with wave.open(str(tmp_path / "silent.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))
    assert main(["talk", "http://host/start", "--wav", str(tmp_path / "silent.wav")]) == 64
    assert "silent.wav: nothing is louder than -45 dBFS" in capsys.readouterr().err


def test_a_header_from_environment_or_file(monkeypatch, tmp_path):
    monkeypatch.setenv("TOKEN", SECRET)
    (tmp_path / "key").write_text(f"{SECRET}\n")
    given = ["Authorization=env:TOKEN", f"X-Key=file:{tmp_path / 'key'}", "X-Plain=a=b"]
    assert talk.headers(given) == {"Authorization": SECRET, "X-Key": SECRET, "X-Plain": "a=b"}


@pytest.mark.parametrize(
    ("url", "transport", "params"),
    [
        ("http://host:7860/start", "SmallWebRTCTransport", "APIRequest"),
        ("https://host/api/offer", "SmallWebRTCTransport", "dict"),
        ("https://host/api/offer/", "SmallWebRTCTransport", "dict"),
        ("wss://host/ws", "WebSocketTransport", "dict"),
    ],
)
def test_the_address_says_how_the_bot_is_reached(url, transport, params):
    found, given = talk.target(url, {}, {})
    assert (found.__name__, type(given).__name__) == (transport, params)


@pytest.mark.parametrize(
    ("url", "start", "data", "transport", "endpoint", "body"),
    [
        ("http://host:7860", False, {}, "SmallWebRTCTransport", "http://host:7860/start", {"transport": "webrtc"}),
        ("http://host/", False, {}, "SmallWebRTCTransport", "http://host/start", {"transport": "webrtc"}),
        ("http://host/", True, {}, "SmallWebRTCTransport", "http://host/", {"transport": "webrtc"}),
        ("http://host/api/offer", True, {}, "SmallWebRTCTransport", "http://host/api/offer", {"transport": "webrtc"}),
        (
            "https://cloud/v1/public/agent/start",
            False,
            {"body": {"voice": "en"}},
            "SmallWebRTCTransport",
            "https://cloud/v1/public/agent/start",
            {"transport": "webrtc", "body": {"voice": "en"}},
        ),
        (
            "http://host/start",
            False,
            {"transport": "websocket"},
            "WebSocketTransport",
            "http://host/start",
            {"transport": "websocket"},
        ),
    ],
)
def test_a_start_request(url, start, data, transport, endpoint, body):
    found, given = talk.target(url, {"X": "y"}, data, start=start)
    assert isinstance(given, APIRequest)
    assert (found.__name__, given.endpoint, given.request_data) == (transport, endpoint, body)
    assert given.headers == {"X": "y"}


async def test_a_text_is_answered_in_writing(bot):
    done = await asyncio.to_thread(run, bot.url, "--text", "hello")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ +\d+\.\d\d s  bot: You wrote: hello$", done.stdout, re.MULTILINE)


async def test_keys_of_a_terminal_mute_interrupt_type_and_hang_up(bot, env):
    await asyncio.to_thread(press_keys, bot.url, env)


def press_keys(url, env):
    """Call `url` in a terminal of its own, and press each key."""
    terminal, line = pty.openpty()
    before = termios.tcgetattr(line)
    command = [sys.executable, "-m", "callbox", "talk", url]
    call = subprocess.Popen(command, stdin=line, stdout=line, stderr=line, env=env)
    try:
        read_until(terminal, rb"m mute   i interrupt")
        for keys, answer in (
            (b"m", rb"microphone muted"),
            (b"?", rb"you   muted    +bot \.+"),
            (b"m", rb"microphone on"),
            (b"i", rb"asked the bot to stop"),
            (b"5", rb"sent DTMF 5"),
            (b"tgr\xc3\xbc\x1b[A\xc3\x9f\x7f", "text> grü".encode()),
            (b"\xc3\x9fe\r", "you: grüße".encode()),
        ):
            os.write(terminal, keys)
            read_until(terminal, answer)
        os.write(terminal, b"q")
        read_until(terminal, b"s  disconnected")
        assert call.wait(60) == 0
        assert termios.tcgetattr(line) == before
    finally:
        call.kill()
        call.wait()
        os.close(line)
        os.close(terminal)


def read_until(terminal, pattern):
    """Read what is printed until it matches `pattern`."""
    printed = b""
    while not re.search(pattern, printed):
        assert select.select([terminal], [], [], 60)[0], printed
        printed += os.read(terminal, 4096)


async def talking(bot, env):
    """``callbox talk`` without a terminal, in a process."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "callbox", "talk", bot.url]
    return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)


async def test_lines_of_the_keyboard_mute_send_and_hang_up(bot, env):
    call = await talking(bot, env)
    await _until(call, "/dtmf")
    assert call.stdin
    for typed, answer in (
        ("", "microphone muted"),
        ("", "microphone on"),
        ("/nothing", "/nothing is unknown; there are /dtmf, /end, /help"),
        ("/dtmf 1x", "x"),
        ("/help", "Type a line"),
    ):
        call.stdin.write(f"{typed}\n".encode())
        await _until(call, answer)
    call.stdin.write(b"/end\n")
    rest, complaint = await asyncio.wait_for(call.communicate(), 60)
    assert call.returncode == 0, complaint.decode()
    assert "disconnected" in rest.decode()


@pytest.mark.parametrize(
    ("line_bytes", "code", "complaint"),
    [(300_000, 0, "exceeds the transport's limit of 262144 bytes"), (2_000_000, 64, "has more than 1048576 bytes")],
)
async def test_a_line_that_is_too_long_gets_a_sentence(bot, env, line_bytes, code, complaint):
    call = await talking(bot, env)
    printed, complaints = await asyncio.wait_for(call.communicate(b"x" * line_bytes + b"\n/end\n"), 60)
    assert call.returncode == code, complaints.decode()
    assert complaint in (printed + complaints).decode()
    assert b"Traceback" not in complaints


async def test_ctrl_c_while_connecting_ends_it_without_a_word_more():
    async def listen(reader, _):
        await reader.read()

    pipe = asyncio.subprocess.PIPE
    async with tcp_server(listen) as port:
        command = [sys.executable, "-m", "callbox", "talk", f"http://127.0.0.1:{port}", "--text", "hello"]
        call = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        await _until(call, "authenticating")
        call.send_signal(signal.SIGINT)
        rest, complaint = await asyncio.wait_for(call.communicate(), 60)
    assert (call.returncode, complaint) == (1, b"")
    assert rest.splitlines()[-1].endswith(b"disconnected")


async def _until(call, word):
    """Read its output up to the line with `word`."""
    line = ""
    while word not in line:
        line = (await asyncio.wait_for(call.stdout.readline(), 60)).decode()
        assert line, f"ended before {word!r}"
