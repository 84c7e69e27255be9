"""aiortc and aioice with private parts changed, one at a time: each change is noticed, and calls still work."""

import asyncio
import inspect
import sys
import types

import aiortc
import pytest
from aioice import Connection
from tests.rig.faulty_bot import FaultyBot
from tests.rig.speaking_media import OpusSpeechMedia

from callbox.rtvi import APIRequest, RTVIClient
from callbox.transports.aiortc_patches import compat
from callbox.transports.small_webrtc import SmallWebRTCTransport

USED = [(kind, method) for kind, names in compat.USED_NAMES.items() for method in dict(names)]


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


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in compat.USED_NAMES.items() for _, name in dict.fromkeys(names)]
)
def test_each_name_that_has_changed_is_noticed(kind, name):
    assert compat.check({kind: copy_of(kind, "self", "self")}) is None
    public = name.removeprefix(f"_{kind.__name__}")
    reason = compat.check({kind: copy_of(kind, public, f"{public}_2")})
    assert reason is not None
    assert reason.startswith(f"{kind.__name__}.")


@pytest.mark.parametrize(
    ("kind", "method"), [(kind, method) for kind, methods in compat.USED_PARAMETERS.items() for method, _ in methods]
)
def test_each_method_with_another_parameter_is_noticed(kind, method):
    (parameters,) = [names for name, names in compat.USED_PARAMETERS[kind] if name == method]
    changed = type(kind.__name__, (kind,), {})
    original = getattr(kind, method)

    def one_more(self, *_, urgent=False):
        """Another signature."""

    setattr(changed, method, one_more)
    # The names that the method itself looks up would be missed first.
    one_more.__code__ = one_more.__code__.replace(co_names=(*one_more.__code__.co_names, *original.__code__.co_names))
    takes = ", ".join(parameters[1:]) or "no argument"
    assert compat.check({kind: changed}) == f"{kind.__name__}.{method} does not take {takes}"


def test_a_coroutine_that_has_become_a_function_is_noticed():
    class Changed(aiortc.RTCDtlsTransport):
        def _send_rtp(self, data):
            return self._tx_srtp, self.__tx_bytes, self.__tx_packets

    Changed._send_rtp.__code__ = Changed._send_rtp.__code__.replace(
        co_names=aiortc.RTCDtlsTransport._send_rtp.__code__.co_names
    )
    assert compat.check({aiortc.RTCDtlsTransport: Changed}) == "Changed._send_rtp does not take data"


@pytest.fixture
def fresh_check():
    compat.unsupported_reason.cache_clear()
    yield
    compat.unsupported_reason.cache_clear()
    compat.unsupported_reason()  # now: a rig may replace methods before the next call


@pytest.fixture
def changed(fresh_check, request, monkeypatch):
    """A method of a library under a wrapper that does not look up the names itself: it works, but is not known."""
    kind, method = request.param
    original = getattr(kind, method)

    def wrapper(*arguments, **named):
        return original(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(kind, method, wrapper)
        yield f"{kind.__name__}.{method}"


@pytest.mark.parametrize("changed", USED, indirect=True, ids=lambda each: f"{each[0].__name__}.{each[1]}")
async def test_a_call_works_with_any_part_changed(changed, caplog):
    async with FaultyBot() as bot:
        media = OpusSpeechMedia()
        client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest(bot.url))
        await client.connect()
        async with asyncio.timeout(60):
            while len(media.received) < 10_000:
                await asyncio.sleep(0.02)
        await client.disconnect()
    assert (media.packets, media.reports) == ([], [])  # frames of aiortc's own decoder, and none of its packets
    (logged,) = [record.message for record in caplog.records if "public interface only" in record.message]
    assert f"{changed} does not use" in logged


async def test_the_check_is_made_once(fresh_check, monkeypatch):
    checks = []

    def check():
        checks.append(1)
        return "Connection.x does not use y"

    monkeypatch.setattr(compat, "check", check)
    assert [compat.unsupported_reason() for _ in range(3)] == ["Connection.x does not use y"] * 3
    assert len(checks) == 1


def test_a_later_aioice_without_its_periodic_checks_is_noticed():
    class Changed(Connection):
        async def connect(self):
            """Without periodic checks."""

    assert compat.check({Connection: Changed}) == "Changed.connect does not use _check_periodic"
