"""A running box on the kernel's own pins and cards: `callbox run` as a process, followed over MQTT."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import yaml
from tests.rig.mosquitto import Listener, wait_for
from tests.system.hardware.gpio_actor import BUTTON, button_actor

STATUS_LAMP, MICROPHONE_LAMP = 22, 27
CALLBOX = Path(sys.executable).with_name("callbox")
PATIENCE_S = 20
"""For anything that has to come some day: a kernel in a process is slow, and shares the machine."""
Condition = Callable[[dict[str, Any]], object]


class BotProcess:
    """The moody bot in a process of its own; `be` another between calls. `options`: its command line's."""

    def __init__(self, *options: str) -> None:
        program = [sys.executable, "-m", "tests.system.hardware.bot", *options]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self._line()

    def be(self, mood: str) -> None:
        """Each call from now on meets this mood."""
        assert self._process.stdin
        self._process.stdin.write(f"{mood}\n")
        self._process.stdin.flush()
        assert self._line() == mood

    def _line(self) -> str:
        assert self._process.stdout
        assert select.select([self._process.stdout], [], [], PATIENCE_S)[0], "the bot is silent"
        return self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


class WiredBox:
    """``with WiredBox(folder, bot.url, broker.port) as box``. `settings`: sections over the usual ones.

    `run_as`: what stands before the command. `button`: its pin.
    """

    def __init__(
        self,
        folder: Path,
        bot_url: str,
        broker_port: int,
        *,
        run_as: tuple[str, ...] = (),
        button: int = BUTTON,
        **settings: Any,
    ):
        self.topic = f"callbox/{folder.name[-30:].lower().replace('_', '-')}"
        self.button = button_actor(button)
        self.button.up()
        self._folder = folder
        self._run_as = run_as
        self._listener = Listener(broker_port)
        usual = {
            "device": {"id": self.topic.partition("/")[2]},
            "bot": {"start_url": bot_url},
            "board": {"button": {"pin": button}},
            "microphone": {"device": "hw:CARD=Loopback,DEV=1"},
            "speaker": {"device": "hw:CARD=Loopback,DEV=1"},
            "mqtt": {"host": "127.0.0.1", "port": broker_port},
        }
        (folder / "callbox.yaml").write_text(yaml.safe_dump(usual | settings))

    def start(self) -> None:
        """Start the process; it isn't there yet."""
        with (self._folder / "journal").open("wb") as journal:
            self.process = subprocess.Popen(
                [*self._run_as, CALLBOX, "run", "--config", self._folder / "callbox.yaml"],
                cwd=self._folder,  # lgpio makes a named pipe where it runs
                env={**os.environ, "STATE_DIRECTORY": str(self._folder)},
                stdout=journal,
                stderr=journal,
            )

    @property
    def journal(self) -> str:
        return (self._folder / "journal").read_text()

    @property
    def states(self) -> list[dict[str, Any]]:
        """Every `state` reported, in order."""
        return self._reported("state")

    @property
    def sounds(self) -> list[dict[str, Any]]:
        """How the sound was in each second of a session."""
        return self._reported("sound")

    @property
    def transports(self) -> list[str]:
        """The states of the transport, each once when it came."""
        reported = [state["transport"] for state in self.states]
        return [state for place, state in enumerate(reported) if not place or state != reported[place - 1]]

    @property
    def gestures(self) -> list[str]:
        """Gestures of the button, as they were reported."""
        return [event["event_type"] for event in self._reported("event/button")]

    @property
    def held_ms(self) -> list[float]:
        """Of each hold and release that was reported."""
        return [event["held_ms"] for event in self._reported("event/button") if "held_ms" in event]

    def until(self, condition: Condition | str, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """The first `state` from now on for which `condition` holds (a word: the transport's state)."""

        def found() -> dict[str, Any] | None:
            reported = self._listener.of(f"{self.topic}/state")
            state: dict[str, Any] | None = json.loads(reported[-1]) if reported else None
            if state and (state["transport"] == condition if isinstance(condition, str) else condition(state)):
                return state
            return None

        state = wait_for(found, within_s)
        assert state, f"{condition}: {self.states[-3:]}\n{self.journal}"
        return dict(state)

    def is_reported(self, condition: Callable[[], object]) -> None:
        """`condition` becomes true, some day."""
        assert wait_for(condition, PATIENCE_S), f"{self.gestures}\n{self.transports}\n{self.journal}"

    def hang_up(self) -> None:
        """Release the button, and forget what was reported but for the last state."""
        self.button.up()
        if self.states[-1]["transport"] not in ("disconnected", "error"):
            time.sleep(0.3)  # else it is a double press
            self.button.press()
        self.until(lambda state: state["transport"] in ("disconnected", "error"))
        self.forget()

    def forget(self) -> None:
        """Begin anew with what was reported; the last state stays."""
        topic = f"{self.topic}/state"
        self._listener.messages[:] = [(topic, json.dumps(state).encode(), True) for state in self.states[-1:]]

    def end(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)

    def _reported(self, topic: str) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self._listener.of(f"{self.topic}/{topic}")]

    def __enter__(self) -> Self:
        self.start()
        if not wait_for(lambda: self.states or self.process.poll() is not None, 3 * PATIENCE_S) or not self.states:
            self.__exit__()
            raise AssertionError(f"the box doesn't come up:\n{self.journal}")
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "process"):
            self.process.kill()
            self.process.wait()
        self.button.up()
        self._listener.close()
