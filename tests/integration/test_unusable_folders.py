"""State and runtime folders that can't be used: the box starts, works and ends all the same."""

import pytest
from tests.rig.service import Service


@pytest.mark.parametrize("folder", ["missing/folder", "a file"])
def test_folders_that_cannot_be_written_end_neither_the_start_nor_the_end(tmp_path, folder):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    (tmp_path / "a file").touch()
    config = tmp_path / "callbox.yaml"
    config.write_text("bot: {start_url: http://127.0.0.1:1/start}\nboard: {kind: simulated}\n")
    path = str(tmp_path / folder)
    with Service(config, STATE_DIRECTORY=path, RUNTIME_DIRECTORY=path) as service:
        service.until("READY=1")
        code, log = service.end()
    assert code == 0, log
    assert "Traceback" not in log


def test_a_state_file_nested_too_deep_does_not_end_the_start(tmp_path):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    for name in ("state.json", "wiring.json", "usage.json", "recent.json"):
        (tmp_path / name).write_text("[" * 50_000)
    config = tmp_path / "callbox.yaml"
    config.write_text("bot: {start_url: http://127.0.0.1:1/start}\nboard: {kind: simulated}\n")
    with Service(config, STATE_DIRECTORY=str(tmp_path)) as service:
        service.until("READY=1")
        assert service.end()[0] == 0
