"""Files that are whole or not there."""

from callbox.system.files import Disk


def test_a_folder_may_be_a_link(tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "private")  # as /var/lib/callbox is, for DynamicUser=
    Disk().put(tmp_path / "state/last-good.yaml", b"bot: {}", 0o600)
    assert (tmp_path / "private/last-good.yaml").read_bytes() == b"bot: {}"
    assert Disk().names(tmp_path / "private") == ["last-good.yaml"]
