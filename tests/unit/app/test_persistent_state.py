"""What is kept for the next start: whatever the file holds, the start goes on."""

import pytest

from callbox.app.persistent_state import NAME, PersistentState


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
        b"",
    ],
)
async def test_a_file_that_makes_no_sense_is_as_good_as_none(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    assert PersistentState(tmp_path).read() == (None, False)


async def test_what_is_kept_is_read(tmp_path):
    (tmp_path / NAME).write_bytes(b'{"volume_percent": 1, "mute": true, "instead_of": null}')
    assert PersistentState(tmp_path).read() == (1, True)
