"""Signed settings: their form, who takes them, and the commands that sign, verify and apply."""

import os

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from callbox.cli import main
from callbox.config.model.signed import RolloutDecision, SignedSettings, check_limits, decide, parse, rollout_percent
from callbox.config.signed_file import SignedSettingsError, verify

BODY = b"mqtt: {host: 192.168.1.10}\n"
SIGNED = SignedSettings(7, 20, BODY, bytes(range(64)))


def test_signed_file_is_read_as_it_was_written():
    assert parse(bytes(SIGNED)) == SIGNED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        BODY,
        bytes(SIGNED).replace(b"version", b"Version"),
        b" " + bytes(SIGNED),
        bytes(SIGNED).replace(b"20", b"-1"),
    ],
)
def test_other_files_are_not_signed_settings(content):
    with pytest.raises(ValueError, match="first line"):
        parse(content)


@pytest.mark.parametrize(("version", "percent"), [(0, 5), (10**12 + 1, 5), (1, 101), (1, -1)])
def test_version_and_percentage_out_of_range(version, percent):
    with pytest.raises(ValueError, match="must be"):
        check_limits(version, percent)


@pytest.mark.parametrize("changed", [b"version 8,", b"percent 99,", b"192.168.1.11"])
def test_everything_but_the_signature_is_signed(changed):
    original = {b"version 8,": b"version 7,", b"percent 99,": b"percent 20,"}.get(changed, b"192.168.1.10")
    assert parse(bytes(SIGNED).replace(original, changed)).signed_bytes != SIGNED.signed_bytes


@pytest.mark.parametrize(
    ("version", "in_force", "percent", "decision"),
    [
        (1, 0, 100, RolloutDecision.APPLY),
        (7, 7, 100, RolloutDecision.NOT_NEWER),
        (6, 7, 100, RolloutDecision.NOT_NEWER),
        (7, 7, 0, RolloutDecision.NOT_NEWER),
        (8, 7, 0, RolloutDecision.NOT_YET),
    ],
)
def test_decision(version, in_force, percent, decision):
    assert decide(SignedSettings(version, percent, BODY), in_force, "kitchen") is decision


def test_percentage_takes_so_many_boxes_and_keeps_them_as_it_grows():
    boxes = [f"box-{number}" for number in range(2000)]
    taken = [
        {box for box in boxes if decide(SignedSettings(3, percent, BODY), 2, box) is RolloutDecision.APPLY}
        for percent in (0, 5, 50, 100)
    ]
    assert [len(some) for some in taken][::3] == [0, 2000]
    assert 60 <= len(taken[1]) <= 140
    assert 900 <= len(taken[2]) <= 1100
    assert taken[1] < taken[2]
    assert [box for box in boxes if rollout_percent(box, 3) < 5] != [
        box for box in boxes if rollout_percent(box, 4) < 5
    ]


@pytest.fixture
def fleet(tmp_path):
    """A box's settings, and keys of the fleet and of a stranger."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/callbox.yaml").write_text(
        "bot: {start_url: 'http://localhost:7860/start'}\ndevice: {id: kitchen}\n"
    )
    for name in ("fleet", "stranger"):
        key = Ed25519PrivateKey.generate()
        private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (tmp_path / f"{name}.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
        public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        (tmp_path / f"{name}.pub").write_bytes(key.public_key().public_bytes(*public))
    return tmp_path


def sign(fleet, capsys, body, version, *options, key="fleet"):
    (fleet / "body.yaml").write_text(body)
    arguments = "--key", fleet / f"{key}.pem", "--version", version, *options
    assert main(["settings", "sign", str(fleet / "body.yaml"), *map(str, arguments)]) == 0
    (fleet / "signed.yaml").write_text(capsys.readouterr().out)


def apply(fleet, capsys):
    config = fleet / "etc/callbox.yaml"
    code = main(
        ["settings", "apply", str(fleet / "signed.yaml"), "--key", str(fleet / "fleet.pub"), "--config", str(config)]
    )
    output = capsys.readouterr()
    applied = fleet / "etc/conf.d/90-fleet.yaml"
    return code, output.out + output.err, applied.read_text() if applied.exists() else None


def test_applied_settings_count(fleet, capsys):
    sign(fleet, capsys, "mqtt: {host: 192.168.1.10}\n", 1)
    assert main(["settings", "verify", str(fleet / "signed.yaml"), "--key", str(fleet / "fleet.pub")]) == 0
    assert "version 1, 100 % of the boxes" in capsys.readouterr().out
    code, text, applied = apply(fleet, capsys)
    assert (code, applied) == (0, (fleet / "signed.yaml").read_text()), text
    assert main(["config", "show", "--config", str(fleet / "etc/callbox.yaml")]) == 0
    assert "192.168.1.10" in capsys.readouterr().out
    code, text, _ = apply(fleet, capsys)
    assert (code, "this box has 1" in text) == (0, True)


def test_older_version_wrong_settings_and_other_percentage_change_nothing(fleet, capsys):
    sign(fleet, capsys, "mqtt: {host: 192.168.1.10}\n", 5)
    _, _, good = apply(fleet, capsys)
    sign(fleet, capsys, "mqtt: {host: 192.168.1.11}\n", 4)
    assert apply(fleet, capsys)[::2] == (0, good)
    sign(fleet, capsys, "mqtt: {hosst: 192.168.1.11}\n", 6)
    code, text, applied = apply(fleet, capsys)
    assert (code, applied) == (78, good)
    assert f"{fleet}/etc/conf.d/90-fleet.yaml:2:8" in text
    sign(fleet, capsys, "mqtt: {host: 192.168.1.11}\n", 6, "--percent", 0)
    code, text, applied = apply(fleet, capsys)
    assert (code, applied, "not yet for kitchen" in text) == (0, good, True)


def test_signature_of_a_stranger_and_a_changed_file_are_refused(fleet, capsys):
    sign(fleet, capsys, "mqtt: {host: 192.168.1.10}\n", 1, key="stranger")
    assert apply(fleet, capsys)[::2] == (78, None)
    sign(fleet, capsys, "mqtt: {host: 192.168.1.10}\n", 1)
    signed = fleet / "signed.yaml"
    signed.write_text(signed.read_text().replace("192.168.1.10", "192.168.1.66"))
    code, text, applied = apply(fleet, capsys)
    assert (code, applied, "signature is not by the key" in text) == (78, None, True)


UNKNOWN_KIND = """-----BEGIN PUBLIC KEY-----
MAwwBQYDKgMEAwMAAQI=
-----END PUBLIC KEY-----
"""
"""Of the algorithm 1.2.3.4."""


@pytest.mark.parametrize(
    ("key", "reason", "code"),
    [
        ("no-such.pem", "No such file or directory\n", 74),
        ("fleet.pub", "not an Ed25519 key: openssl genpkey", 78),
        ("body.yaml", "not an Ed25519 key: openssl genpkey", 78),
        ("encrypted.pem", "is encrypted: openssl pkey", 78),
    ],
)
def test_key_that_is_none_is_refused(fleet, capsys, key, reason, code):
    (fleet / "body.yaml").write_text("mqtt: {host: 192.168.1.10}\n")
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked = Ed25519PrivateKey.generate().private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"word"))
    (fleet / "encrypted.pem").write_bytes(locked)
    arguments = "sign", fleet / "body.yaml", "--key", fleet / key, "--version", 1
    assert main(["settings", *map(str, arguments)]) == code
    assert capsys.readouterr().err.startswith(f"callbox settings: {fleet / key}: {reason}")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("no-such.pub", "No such file or directory\n"),
        ("fleet.pem", "not an Ed25519 public key: openssl pkey"),
        ("unknown.pub", "not an Ed25519 public key: openssl pkey"),
        ("body.yaml", "not an Ed25519 public key: openssl pkey"),
    ],
)
def test_public_key_that_is_none_is_refused(fleet, capsys, key, reason):
    sign(fleet, capsys, "mqtt: {host: 192.168.1.10}\n", 1)
    (fleet / "unknown.pub").write_text(UNKNOWN_KIND)
    with pytest.raises(SignedSettingsError) as refused:
        verify((fleet / "signed.yaml").read_bytes(), fleet / key)
    assert f"{refused.value}\n".startswith(f"{fleet / key}: {reason}")


def test_file_that_is_no_text_or_no_regular_file_is_not_signed(fleet, capsys):
    (fleet / "latin1.yaml").write_bytes("device: {name: K\xfcche}\n".encode("latin-1"))
    os.mkfifo(fleet / "pipe.yaml")
    given = {
        "latin1.yaml": ("not UTF-8 (byte 16)", 78),
        "pipe.yaml": ("regular", 74),
        "none.yaml": ("none.yaml: No such file or directory", 74),
    }
    for name, (reason, code) in given.items():
        arguments = str(fleet / name), "--key", str(fleet / "fleet.pem"), "--version", "1"
        assert main(["settings", "sign", *arguments]) == code
        written = capsys.readouterr()
        assert (written.out, reason in written.err) == ("", True), written.err


@pytest.mark.parametrize("action", ["verify", "apply"])
def test_a_pipe_and_files_that_are_not_there_are_not_verified(fleet, capsys, action):
    os.mkfifo(fleet / "signed.yaml")
    (fleet / "body.yaml").write_text("mqtt: {host: 192.168.1.10}\n")
    for file, key, reason in (
        ("signed.yaml", "fleet.pub", "regular"),
        ("none.yaml", "fleet.pub", f"callbox settings: {fleet}/none.yaml: No such file"),
        ("body.yaml", "none.pub", f"callbox settings: {fleet}/none.pub: No such file"),
    ):
        assert main(["settings", action, str(fleet / file), "--key", str(fleet / key)]) == 74
        assert reason in capsys.readouterr().err
