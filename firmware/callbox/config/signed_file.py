"""Signing, verifying and applying signed settings; keys are Ed25519 in PEM."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from callbox.config.loader import SettingsError
from callbox.config.model.signed import RolloutDecision, SignedSettings, decide, parse
from callbox.config.sources import FOLDER, load_all
from callbox.config.yaml_file import MAX_BYTES
from callbox.system.files import Disk, read_regular

NAME = "90-fleet.yaml"
"""In conf.d: what is applied. Files with a later name, the environment and options count more."""


class SignedSettingsError(Exception):
    """A key or a signed file that can't be used; holds a sentence for the operator."""


def sign(settings: SignedSettings, key_file: Path) -> SignedSettings:
    """`settings` with their signature by the private key in `key_file`. Raises `SignedSettingsError`."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SignedSettingsError(f"{key_file}: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SignedSettingsError(f"{key_file}: not an Ed25519 key: openssl genpkey -algorithm ed25519 makes one")
    return replace(settings, signature=key.sign(settings.signed_bytes))


def verify(file: Path, key_file: Path) -> SignedSettings:
    """The settings in `file`, signed by the key whose public part is in `key_file`. Raises `SignedSettingsError`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(key_file.read_bytes())
    except (OSError, ValueError) as error:
        raise SignedSettingsError(f"{key_file}: {error}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise SignedSettingsError(f"{key_file}: not an Ed25519 public key: openssl pkey -in KEY -pubout makes it")
    try:
        settings = parse(read_regular(file, MAX_BYTES))
        key.verify(settings.signature, settings.signed_bytes)
    except InvalidSignature:
        raise SignedSettingsError(f"{file}: the signature is not by the key of {key_file}") from None
    except (OSError, ValueError) as error:
        raise SignedSettingsError(f"{file}: {error}") from None
    return settings


def apply(settings: SignedSettings, config: Path, options: Sequence[str], device_id: str) -> RolloutDecision:
    """Put verified `settings` into conf.d beside `config` if this box takes them.

    All sources are read together with them first. Raises `SignedSettingsError` if they are wrong then, and `OSError`;
    what was there before stays in both cases.
    """
    target = config.parent / FOLDER / NAME
    decision = decide(settings, version_in_force(config), device_id)
    if decision is RolloutDecision.APPLY:
        with tempfile.TemporaryDirectory() as name:
            trial = Path(name)
            if config.exists():
                shutil.copyfile(config, trial / config.name)
            (trial / FOLDER).mkdir()
            for other in target.parent.glob("*.yaml"):
                shutil.copyfile(other, trial / FOLDER / other.name)
            (trial / FOLDER / NAME).write_bytes(bytes(settings))
            try:
                load_all(trial / config.name, options)
            except SettingsError as error:
                raise SignedSettingsError(str(error).replace(name, str(config.parent))) from None
        target.parent.mkdir(exist_ok=True)
        Disk().put(target, bytes(settings), 0o640)
    return decision


def version_in_force(config: Path) -> int:
    """The version of the signed settings beside `config`; 0: there are none."""
    try:
        return parse(read_regular(config.parent / FOLDER / NAME, MAX_BYTES)).version
    except (OSError, ValueError):
        return 0
