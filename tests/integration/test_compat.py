"""aiortc and aioice with private parts changed, one at a time: each change is noticed, and calls still work."""

import ast
import asyncio
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import aioice
import aiortc
import pytest
from benchmarks.bot import Whistler

from callbox.demo.bot import Call, EchoBot
from callbox.demo.terminal_demo import SPEECH
from callbox.transports.aiortc_patches import compat
from callbox_device.model import pcm
from callbox_device.wav import create_wav, read_wav

ROOT = Path(__file__).parents[2]

NAMES = [(path, name) for path, names in compat.USED_NAMES.items() for _, name in dict.fromkeys(names)]
METHODS = [(path, method) for path, methods in compat.USED_PARAMETERS.items() for method, _ in methods]
DTLS = "aiortc.RTCDtlsTransport"


def kind_of(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def test_the_installed_libraries_are_supported():
    assert compat.unsupported_reason() is None


def copy_of(kind, before, after):
    """`kind` from its source, changed: as a later version might be."""
    module = sys.modules[kind.__module__]
    source = inspect.getsource(module)
    assert before in source
    assert module.__file__ is not None
    changed = types.ModuleType(module.__name__)
    changed.__package__ = module.__package__
    sys.modules[module.__name__] = changed  # dataclasses look for it
    try:
        exec(compile(source.replace(before, after), module.__file__, "exec"), changed.__dict__)
    finally:
        sys.modules[module.__name__] = module
    return getattr(changed, kind.__name__)


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_each_name_that_has_changed_is_noticed(path, name):
    kind = kind_of(path)
    assert compat.check({path: copy_of(kind, "self", "self")}) is None
    public = name.removeprefix(f"_{kind.__name__}")
    reason = compat.check({path: copy_of(kind, public, f"{public}_2")})
    assert reason is not None
    assert reason.startswith(f"{kind.__name__}.")


@pytest.mark.parametrize(("path", "method"), METHODS)
def test_each_method_with_another_parameter_is_noticed(path, method):
    kind = kind_of(path)
    (parameters,) = [names for name, names in compat.USED_PARAMETERS[path] if name == method]
    changed = type(kind.__name__, (kind,), {})
    original = getattr(kind, method)

    def one_more(self, *_, urgent=False):
        """Another signature."""

    setattr(changed, method, one_more)
    # The names that the method itself looks up would be missed first.
    one_more.__code__ = one_more.__code__.replace(co_names=(*one_more.__code__.co_names, *original.__code__.co_names))
    takes = ", ".join(parameters[1:]) or "no argument"
    assert compat.check({path: changed}) == f"{kind.__name__}.{method} does not take {takes}"


def test_a_coroutine_that_has_become_a_function_is_noticed():
    class Changed(aiortc.RTCDtlsTransport):
        def _send_rtp(self, data):
            return self._tx_srtp, self.__tx_bytes, self.__tx_packets

    Changed._send_rtp.__code__ = Changed._send_rtp.__code__.replace(
        co_names=aiortc.RTCDtlsTransport._send_rtp.__code__.co_names
    )
    assert compat.check({DTLS: Changed}) == "RTCDtlsTransport._send_rtp does not take data"


@pytest.fixture
def fresh_check():
    compat.unsupported_reason.cache_clear()
    yield
    compat.unsupported_reason.cache_clear()
    compat.unsupported_reason()  # now: a rig may replace methods before the next call


ONE_PATCH = ["current_ntp_time", "get_host_addresses", "SessionDescription", "_run_rtcp", "__rtcp_exited"]
"""Names without which one patch, or one check, is left out, and the others not."""
ONE_PATCH_MODULES = ["aiortc.clock", "aiortc.sdp"]
ALL_PATCHES = sorted(
    {name.removeprefix(f"_{path.rpartition('.')[2]}") for path, name in NAMES if name.startswith("_")}
    | {name for names in compat.USED_MODULES.values() for name in names if name not in ("Connection", "Error")}
)
ALL_PATCHES_MODULES = ["aioice.ice", "aioice.mdns", "aioice.turn", "aiortc.rtcsctptransport"]

CALL = """
import asyncio, logging, sys
logging.basicConfig(level=logging.WARNING, format="%(message)s")
from callbox.audio.wav_media import wav_media
from callbox.rtvi import APIRequest, RTVIClient, RTVIEvent
from callbox.transports.aiortc_patches import compat
from callbox.transports.small_webrtc import SmallWebRTCTransport


async def main(url, question, answer):
    client = RTVIClient(SmallWebRTCTransport, wav_media(question, answer), params=APIRequest(url))
    received, understood = asyncio.Event(), asyncio.Event()
    client.on(RTVIEvent.RemoteAudioLevel, lambda level, _: received.set() if level > 0.05 else None)
    client.on(RTVIEvent.UserStartedSpeaking, understood.set)
    await client.connect()
    async with asyncio.timeout(150):
        await received.wait()
        await understood.wait()
    await client.disconnect()
    print(compat.unsupported_reason())


asyncio.run(main(*sys.argv[1:]))
"""


class ListeningWhistler(Whistler):
    """Whistles, and answers once to something loud."""

    has_answered = False

    def receive(self, sound):
        if not self.has_answered and pcm.peak_dbfs(sound) > -20:
            self.has_answered = True
            self._tell("user-started-speaking", None)


class ListeningCall(Call):
    def __init__(self):
        super().__init__()
        self._echo = ListeningWhistler(self.tell)


class ListeningBot(EchoBot):
    def new_call(self):
        return ListeningCall()


def renamed(folder, name):
    """aiortc and aioice in `folder`, with one module (``aioice.turn``), or all that has one name, called otherwise."""
    for library in (aiortc, aioice):
        source = Path(str(library.__file__)).parent
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    library, _, module = name.partition(".")
    if module:
        (folder / library / f"{module}.py").rename(folder / library / f"{module}_2.py")
    found = 0
    for file in folder.rglob("*.py"):
        text, count = (with_other_module if module else with_other_name)(file.read_text(), module or name)
        found += count
        file.write_text(text)
    assert found


def with_other_name(text, name):
    return re.subn(rf"(?<!\w){name}(?!\w)", f"{name}_2", text)


def with_other_module(text, module):
    text, count = re.subn(rf"^(\s*from \.){module} import", rf"\1{module}_2 import", text, flags=re.MULTILINE)

    def other(statement):
        return re.sub(rf"\b{module}\b", f"{module}_2 as {module}", statement[0])

    statement = rf"^from \. import (\([^)]*\b{module}\b[^)]*\)|[^(\n]*\b{module}\b.*)$"
    text, more = re.subn(statement, other, text, flags=re.MULTILINE)
    return text, count + more


def call_with(folder, url):
    """What a call prints with the libraries in `folder`."""
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (folder / "libraries", ROOT / "firmware", ROOT / "device"))),
    }
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        CALL,
        url,
        str(folder / "question.wav"),
        str(folder / "answer.wav"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] * (name != "StunProtocol"))
        for name in [*ALL_PATCHES, *ALL_PATCHES_MODULES, *ONE_PATCH, *ONE_PATCH_MODULES]
    ],
)
async def test_a_call_works_with_any_private_part_called_otherwise(name, tmp_path):
    renamed(tmp_path / "libraries", name)
    with create_wav(tmp_path / "question.wav") as file:
        file.writeframesraw(read_wav(SPEECH) * 20)
    bot = ListeningBot()
    await bot.start()
    try:
        printed, logged = await asyncio.to_thread(call_with, tmp_path, bot.url)
    finally:
        await bot.stop()
    assert "Traceback" not in logged
    goes_the_long_way = name in ALL_PATCHES + ALL_PATCHES_MODULES
    assert logged.count("Calls use aiortc's public interface only") == goes_the_long_way
    assert (printed != "None\n") is goes_the_long_way


def test_each_private_attribute_that_is_used_is_in_the_tables():
    used = set()
    for file in sorted((ROOT / "firmware/callbox/transports/aiortc_patches").glob("*.py")):
        tree = ast.parse(file.read_text())
        own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        used |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and re.match(r"_[a-z]", node.attr)
            and not (isinstance(node.value, ast.Name) and node.value.id == "self")
            and node.attr not in own
        }
    known = {name for _, name in NAMES} | {method for _, method in METHODS}
    assert used <= known


async def test_the_check_is_made_once(fresh_check, monkeypatch):
    checks = []

    def check():
        checks.append(1)
        return "Connection.x does not use y"

    monkeypatch.setattr(compat, "check", check)
    assert [compat.unsupported_reason() for _ in range(3)] == ["Connection.x does not use y"] * 3
    assert len(checks) == 1


def test_a_later_aioice_without_its_periodic_checks_is_noticed():
    class Changed(aioice.Connection):
        async def connect(self):
            """Without periodic checks."""

    assert compat.check({"aioice.ice.Connection": Changed}) == "Connection.connect does not use _check_periodic"
