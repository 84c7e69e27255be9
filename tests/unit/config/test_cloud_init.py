"""The cloud-init example: what it writes is good."""

from pathlib import Path

import pytest
import yaml

from callbox.config import load_all
from callbox.config.yaml_file import read

FILE = Path(__file__).parents[3] / "deploy/cloud-init/user-data"


@pytest.fixture
def user_data():
    assert FILE.read_text().startswith("#cloud-config\n"), "else cloud-init takes it for something else"
    strict, loose = read(FILE.read_bytes()), yaml.safe_load(FILE.read_text())
    assert not strict.issues
    for written in loose["write_files"]:
        written["content"] = written["content"].rstrip("\n")
    assert strict.data == loose, "nothing in it means something else by YAML 1.1, which cloud-init reads"
    return loose


def test_the_settings_that_it_writes_are_good(user_data, tmp_path, monkeypatch):
    for written in user_data["write_files"]:
        path = tmp_path / Path(written["path"]).relative_to("/etc/callbox")
        path.parent.mkdir(exist_ok=True)
        path.write_text(written["content"])
    loaded = load_all(tmp_path / "callbox.yaml", (), {})
    assert loaded.warnings == ()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    mqtt = loaded.settings.mqtt
    assert mqtt is not None
    assert mqtt.password is not None
    assert mqtt.password.fetch() == "change-me"


def test_secrets_are_for_root_alone(user_data):
    rights = {written["path"]: written["permissions"] for written in user_data["write_files"]}
    assert rights == {"/etc/callbox/conf.d/30-cloud-init.yaml": "0644", "/etc/callbox/credentials/broker": "0600"}
    assert "chmod 700 /etc/callbox/credentials" in user_data["runcmd"]


def test_it_says_only_what_cloud_init_knows(user_data):
    assert set(user_data) <= {"hostname", "timezone", "write_files", "packages", "runcmd"}
    assert all(isinstance(command, str) for command in user_data["runcmd"])
