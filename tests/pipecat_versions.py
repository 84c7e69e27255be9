"""``python -m tests.pipecat_versions VERSION…``: each Pipecat server in an environment of its own, called by `callbox probe`.

Prints a table as docs/client.md has it; exits 1 if one is not ready, or gives no answer. Environments (900 MB each) go into .venv-pipecat-versions, and are kept.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.rig.ports import free_port, wait_until_open

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv-pipecat-versions"
VERSIONS = ("0.0.95", "0.0.108", "1.0.0", "1.3.0", "1.5.0", "1.9.0", "1.14.0")
"""One of each RTVI version from 1.0.0 on whose runner takes a start request."""


def python_of(version: str) -> Path:
    """The Python of an environment with this server; made if it isn't there."""
    environment = FOLDER / version
    python = environment / "bin/python"
    if not (environment / ".callbox-installed").exists():
        uv = str(ROOT / ".venv/bin/uv")
        subprocess.run([uv, "venv", "-q", "--no-config", "--clear", "-p", sys.executable, str(environment)], check=True)
        wanted = f"pipecat-ai[webrtc,runner]=={version}"
        subprocess.run([uv, "pip", "install", "-q", "--no-config", "-p", str(python), wanted], check=True)
        (environment / ".callbox-installed").touch()
    return python


def probe(version: str) -> dict[str, object]:
    """Figures of one call to this server. {"error": …}: there are none."""
    port = free_port()
    log = FOLDER / f"{version}.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [python_of(version), ROOT / "tests/bots/pipecat_any_version.py", "-t", "webrtc", "--port", str(port)],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'firmware'}:{ROOT / 'device'}", "HF_HUB_OFFLINE": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        with contextlib.suppress(TimeoutError):
            wait_until_open(port, 90, lambda: server.poll() is None)
        url = f"http://127.0.0.1:{port}/start"
        command = [str(ROOT / ".venv/bin/callbox"), "probe", url, "--turns", "1", "--no-interrupt", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
        figures: dict[str, object] = json.loads(done.stdout) if done.stdout else {"error": done.stderr.strip()}
        return figures
    finally:
        server.kill()
        server.wait()


def main(versions: list[str]) -> int:
    """Call each; returns the exit code."""
    FOLDER.mkdir(exist_ok=True)
    print("| Pipecat | RTVI | ready, ms | answered | latency, ms |\n|---|---|---|---|---|", flush=True)
    failed = False
    for version in versions or VERSIONS:
        figures = probe(version)
        if "error" in figures or not figures["passed"]:
            failed = True
        if "error" in figures:
            print(f"| {version} | {figures['error']} | | | |", flush=True)
            continue
        summary = figures["summary"]
        assert isinstance(summary, dict)
        row = (version, figures["rtvi"], summary["ready_ms"], summary["answered"], summary["latency_p50_ms"])
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
