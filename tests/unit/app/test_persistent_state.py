"""What is kept for the next start: whatever the file holds, the start goes on."""

import pytest

from callbox.app.persistent_state import NAME, PersistentState
from callbox.control.status import Status


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"volume_percent": ' + b"[" * 20_000,
        b'{"volume_percent": true, "instead_of": null}',
        b'{"volume_percent": 1e2, "instead_of": null}',
        b'{"volume_percent": "50", "instead_of": null}',
        b'{"volume_percent": 101, "instead_of": null}',
        b'{"volume_percent": NaN, "instead_of": null}',
        b'{"mute": 1, "instead_of": null}',
        b"\xff\xfe",
        b"null",
        b"{",
        b"[1]",
        b"\0",
        b"",
    ],
)
async def test_a_file_that_makes_no_sense_is_as_good_as_none(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    assert PersistentState(tmp_path).read() == (None, False)


async def test_what_is_kept_is_read(tmp_path):
    (tmp_path / NAME).write_bytes(b'{"volume_percent": 1, "mute": true, "instead_of": null}')
    assert PersistentState(tmp_path).read() == (1, True)


async def test_a_bot_is_kept_that_is_not_the_first(tmp_path):
    saved = PersistentState(tmp_path)
    saved.first_bot = "kitchen"
    assert saved.read() == (None, False)
    saved.on_status(Status(bot="kitchen"))
    saved._write()
    assert not (tmp_path / NAME).exists()  # nothing was chosen
    saved.on_status(Status(bot="doctor"))
    saved._write()
    later = PersistentState(tmp_path)
    later.read()
    assert later.bot == "doctor"
    (tmp_path / NAME).write_bytes(b'{"bot": ["doctor"]}')
    later.read()
    assert later.bot is None
