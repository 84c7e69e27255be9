"""What takes longer than a command may: real processes of this program, good ones and bad ones."""

import asyncio

import pytest

from callbox.app import jobs
from callbox.app.flight_recorder import FlightRecorder
from callbox.app.jobs import JobRunner, SubprocessJob
from callbox.control.remote_commands import Denied, RemoteCommand
from callbox.doctor import remote_jobs as helping
from callbox.doctor.checks import NAMES


async def ask(known, order=RemoteCommand.DOCTOR, *, may_call=False):
    result = asyncio.get_running_loop().create_future()
    promise = known.begin(order, may_call=may_call)
    assert not isinstance(promise, Denied), promise
    promise(result.set_result)
    return await result


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(
        "bot: {start_url: 'http://127.0.0.1:1/start', headers: {Authorization: {file: secret}}}\nboard: {kind: simulated}\n"
    )
    (tmp_path / "secret").write_text("s3cr3t")
    return file


@pytest.mark.parametrize("may_call", [False, True])
async def test_remote_doctor_opens_no_microphone_and_starts_no_session_unless_allowed(config, may_call, monkeypatch):
    monkeypatch.setattr(jobs, "LIMIT_S", 200)
    options = ["device.id=kitchen", f"bot.headers.Authorization.file={config.parent / 'secret'}"]
    result = await ask(helping.job_runner(config, options, FlightRecorder()), may_call=may_call)
    checks = [check["check"] for check in result["checks"]]
    hands = ("gpio", "inputs", "button", "telephone", "lamps", "microphone", "speaker", "loop", "room")
    assert checks == [name for name in NAMES if name not in hands and (may_call or name != "bot")]
    assert result["config"] == str(config)
    assert result["exit_code"] == (2 if may_call else result["exit_code"])
    assert "s3cr3t" not in repr(result)


BAD = {
    ("--version",): ("failed", "It output nothing, and ended with 0."),
    ("no-such-command",): ("failed", "It output nothing, and ended with 64."),
    ("config", "schema"): ("too_large", "at most 1000 are sent."),
    ("simulate", "--host=127.0.0.1", "--port=1", "--fleet=1"): ("failed", "It came to no end within 1.5 s."),
}


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
async def test_what_goes_wrong_is_a_refusal_and_the_next_one_works(arguments, monkeypatch, config):
    monkeypatch.setattr(jobs, "LIMIT_BYTES", 1000)
    monkeypatch.setattr(jobs, "LIMIT_S", 1.5 if "simulate" in arguments else 200)
    show = ["config", "show", "--json", "--config", str(config)]
    known = JobRunner(
        {RemoteCommand.DOCTOR: SubprocessJob(lambda _: arguments), RemoteCommand.BUNDLE: SubprocessJob(lambda _: show)}
    )
    refused = await ask(known)
    code, text = BAD[arguments]
    assert refused.code == code
    assert refused.text.endswith(text)
    monkeypatch.setattr(jobs, "LIMIT_BYTES", 65536)
    monkeypatch.setattr(jobs, "LIMIT_S", 200)
    assert (await ask(known, RemoteCommand.BUNDLE))["board"]["kind"] == "simulated"


async def test_it_can_be_ended_at_any_time():
    known = JobRunner(
        {RemoteCommand.DOCTOR: SubprocessJob(lambda _: ["simulate", "--host=127.0.0.1", "--port=1", "--fleet=1"])}
    )
    for pause_s in (0, 0.05, 1.0):
        result = asyncio.get_running_loop().create_future()
        promise = known.begin(RemoteCommand.DOCTOR, may_call=False)
        assert not isinstance(promise, Denied)
        promise(result.set_result)
        await asyncio.sleep(pause_s)
        known.stop()
        assert (await result).code == "busy"
    known.stop()
