"""Terminal of a call: single keys in, lines above a status line out. Without a terminal: lines alone."""

import asyncio
import codecs
import os
import shutil
import sys
from collections.abc import Callable
from typing import Self

from callbox.talk.model.keyboard import Action, Keyboard
from callbox.talk.model.status_line import status_line

_CLEAR = "\r\x1b[K"


class CallTerminal:
    """``with CallTerminal(on_action): …``: keys of standard input go to `on_action` meanwhile, in the running loop."""

    def __init__(self, on_action: Callable[[Action], None]) -> None:
        self._on_action = on_action
        self._keyboard = Keyboard()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._is_drawn = False
        self.microphone: float | None = 0.0
        """Level, 0.0 to 1.0; None: muted."""
        self.bot = 0.0
        self.caption = ""

    def print(self, text: str) -> None:
        """Print `text` above the status line."""
        print(f"{_CLEAR if self._is_drawn else ''}{text}", flush=True)
        self.draw()

    def draw(self) -> None:
        """Draw the status line."""
        if self._is_drawn:
            columns = shutil.get_terminal_size().columns
            text = status_line(
                self.microphone, self.bot, caption=self.caption, line=self._keyboard.line, columns=columns
            )
            print(f"{_CLEAR}{text}", end="", flush=True)

    def __enter__(self) -> Self:
        import termios
        import tty

        self._termios = termios
        self._file = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._file)
        tty.setcbreak(self._file)
        asyncio.get_running_loop().add_reader(self._file, self._on_keys)
        self._is_drawn = True
        self.draw()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._file)
        self._termios.tcsetattr(self._file, self._termios.TCSADRAIN, self._before)
        self._is_drawn = False
        print(_CLEAR, end="", flush=True)

    def _on_keys(self) -> None:
        data = os.read(self._file, 1024)
        for action in self._keyboard.press(self._decoder.decode(data) if data else "\x04"):
            self._on_action(action)
        self.draw()
