"""Log: to the journal with systemd's priorities, or to a terminal with the time."""

import logging
import os
import sys

from callbox.text import one_line

log = logging.getLogger("callbox")

_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7))
"""syslog(3), as sd-daemon(3) wants them at the head of a line."""

_CHATTY = ("aioice", "aiortc", "httpx", "httpcore", "asyncio")


MAX_MESSAGE_CHARS = 2000
TRACEBACK_INDENT = "    "


class LineFormatter(logging.Formatter):
    """One line a record, whatever its values hold; a traceback follows, each of its lines indented. So no value can
    forge a record, nor reach a terminal with control characters.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One record. Never raises: of a message that can't be made the template is shown."""
        try:
            message = record.getMessage()
        except Exception:  # values that don't fit, or whose __str__ raises
            message = f"{record.msg} (values don't fit)"
        record.message = one_line(message, MAX_MESSAGE_CHARS)
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        lines = [self.formatMessage(record)]
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        if record.stack_info:
            lines += record.stack_info.splitlines()
        return "\n".join([lines[0], *(TRACEBACK_INDENT + _printable(line) for line in lines[1:])])


class JournalFormatter(LineFormatter):
    """``<4>callbox.rtvi: sentence``, every line of it with the priority. The journal adds the time."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        return _with_priority(super().format(record), record.levelno)


def set_up(level: str) -> None:
    """Log to standard error from `level` up; other people's libraries from one level above ours."""
    handler = logging.StreamHandler(sys.stderr)
    if _is_journal():
        handler.setFormatter(JournalFormatter("%(name)s: %(message)s"))
    else:
        handler.setFormatter(LineFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level.upper()) + 10, logging.WARNING))


def say(text: str) -> None:
    """Write `text`, which may have lines, to standard error: for what ends a command. In the journal each line has its
    priority.
    """
    text = "\n".join(_printable(line) for line in text.split("\n"))
    print(_with_priority(text, logging.ERROR) if _is_journal() else text, file=sys.stderr)


def _printable(line: str) -> str:
    # Indentation shows what belongs to what in a traceback.
    text = line.lstrip(" ")
    return line[: len(line) - len(text)] + one_line(text, MAX_MESSAGE_CHARS)


def _with_priority(text: str, level: int) -> str:
    priority = next((number for limit, number in _PRIORITIES if level >= limit), 7)
    return "\n".join(f"<{priority}>{line}" for line in text.splitlines())


def _is_journal() -> bool:
    """Whether standard error is the journal's own stream (systemd.exec(5), ``$JOURNAL_STREAM``)."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return device == str(stream.st_dev) and inode == str(stream.st_ino)
