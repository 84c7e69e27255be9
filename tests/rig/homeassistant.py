"""A box as Home Assistant is told of it, and a real Home Assistant, where it is installed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Self

import httpx
from tests.rig.mosquitto import wait_for
from tests.rig.ports import free_port

from callbox.mqtt.model.topics import Topics

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-homeassistant/bin/python"
"""Where `deploy/bootstrap.sh homeassistant` puts it."""
BLUEPRINTS = ROOT / "deploy/homeassistant/blueprints"

HERE = Topics("callbox", "kitchen")
INFO = {
    "name": "Kitchen",
    "version": "0.1.0",
    "model": "Raspberry Pi Zero 2 W Rev 1.0",
    "started": "2026-11-23T07:58:12.120Z",
    "commands": ["connect", "disconnect", "mute", "ring", "announce", "silence_alarm", "identify", "restart"],
    "bots": ["kitchen", "doctor"],
    "buttons": ["red"],
}


class HomeAssistant:
    """A fresh one in `folder`, set up as a person does it: an account, and a broker by the dialogue for it.

    `settings`: JSON, put into its configuration.yaml. The blueprints of deploy/homeassistant are there as callbox/...
    """

    def __init__(self, folder: Path, settings: dict) -> None:
        self._folder, self._port = folder, free_port()
        self._here = f"http://127.0.0.1:{self._port}"
        self._token = ""
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copytree(BLUEPRINTS, folder / "blueprints/automation/callbox")
        whole = {"http": {"server_host": "127.0.0.1", "server_port": self._port}, **settings}
        (folder / "configuration.yaml").write_text(json.dumps(whole))  # JSON is YAML

    @property
    def log(self) -> str:
        return (self._folder / "out.log").read_text()

    def start(self) -> None:
        with (self._folder / "out.log").open("ab") as log:
            command = [str(PYTHON), "-m", "homeassistant", "--config", str(self._folder), "--skip-pip"]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        assert wait_for(self._is_there, 300), self.log

    def _is_there(self) -> bool:
        assert self._process, "not started"
        assert self._process.poll() is None, self.log
        try:
            answer = httpx.get(f"{self._here}/api/onboarding", timeout=5)
            if answer.status_code != 200 or not self._token:
                return answer.status_code == 200
            return bool(self._ask("GET", "/api/config")["state"] == "RUNNING")
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def move_in(self, broker_port: int) -> None:
        """Make an account, and tell Home Assistant of the broker."""
        client = {"client_id": f"{self._here}/"}
        person = {"name": "Test", "username": "test", "password": "test-only", "language": "en", **client}
        code = self._ask("POST", "/api/onboarding/users", json=person)["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, **client}
        self._token = self._ask("POST", "/auth/token", data=grant)["access_token"]
        assert wait_for(self._is_there, 300), self.log
        flows = "/api/config/config_entries/flow"
        flow = self._ask("POST", flows, json={"handler": "mqtt"})
        done = self._ask("POST", f"{flows}/{flow['flow_id']}", json={"broker": "127.0.0.1", "port": broker_port})
        assert done["type"] == "create_entry", done

    def states(self):
        """Every entity by its id: `state`, `attributes`, ..."""
        return {entity["entity_id"]: entity for entity in self._ask("GET", "/api/states")}

    def state(self, entity):
        return self.states().get(entity, {}).get("state")

    def do(self, service: str, entity: str, **data) -> None:
        """Such as ``button.press``."""
        self._ask("POST", f"/api/services/{service.replace('.', '/')}", json={"entity_id": entity, **data})

    def ask_socket(self, question):
        """One question over the WebSocket, and its result."""
        from websockets.sync.client import connect

        with connect(f"ws://127.0.0.1:{self._port}/api/websocket", max_size=None) as socket:
            socket.recv()
            socket.send(json.dumps({"type": "auth", "access_token": self._token}))
            assert json.loads(socket.recv())["type"] == "auth_ok"
            socket.send(json.dumps({"id": 1, **question}))
            answer = json.loads(socket.recv())
            assert answer["success"], answer
            return answer["result"]

    def _ask(self, method: str, path: str, **content):
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        answer = httpx.request(method, f"{self._here}{path}", headers=headers, timeout=20, **content)
        answer.raise_for_status()
        return answer.json()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
