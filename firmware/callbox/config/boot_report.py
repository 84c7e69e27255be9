"""The text beside a file that was rejected, for somebody with the card in any PC. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

NAME, WHY = ".rejected", ".error.txt"
"""What is put behind the file's name."""


def text(file: str, base: str, errors: Sequence[str], now: datetime) -> bytes:
    """The text; with CRLF and a byte order mark, so that Windows of any age shows it. `errors` hold no secrets."""
    lines = [
        f"The settings in {file} were not taken over. The box goes on with those it had before.",
        "",
        "What is wrong:",
        "",
        *(f"- {_with_line(error, file)}" for error in errors),
        "",
        "What to do:",
        "",
        f"1. Open {base}{NAME} in an editor and put right what is listed above.",
        f"2. Save it as {base} in the same folder, as plain text in the encoding UTF-8.",
        "3. Put the card back into the box and switch it on.",
        "",
        f"When the settings are good, this text is gone and {base} begins with '# imported'.",
        "A file whose name begins with /etc/ is on the box itself: `callbox check` there says the same.",
        "",
        f"Checked {now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, by the clock of the box.",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8-sig")


def _with_line(error: str, file: str) -> str:
    return re.sub(rf"^{re.escape(file)}:(\d+):(\d+): ", r"line \1, column \2: ", error)
