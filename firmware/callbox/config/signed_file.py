"""Signing, verifying and applying signed settings; keys are Ed25519 in PEM."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.config.loader import SettingsError
from callbox.config.model.signed import RolloutDecision, SignedSettings, decide, parse
from callbox.config.sources import FLEET, FOLDER, load_all, signed_version
from callbox.system import fetched_settings
from callbox.system.files import Disk, read_regular

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class SignedSettingsError(Exception):
    """A key or a signed file that can't be used; holds a sentence for the operator."""


class UnreadableFileError(SignedSettingsError):
    """A key or a signed file that can't be read."""


def sign(settings: SignedSettings, key_file: Path) -> SignedSettings:
    """`settings` with their signature by the private key in `key_file`. Raises `SignedSettingsError`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except OSError as error:
        raise UnreadableFileError(f"{key_file}: {error.strerror}") from None
    except TypeError:
        raise SignedSettingsError(f"{key_file}: is encrypted: openssl pkey -in KEY -out PLAIN decrypts it") from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SignedSettingsError(f"{key_file}: not an Ed25519 key: openssl genpkey -algorithm ed25519 makes one")
    return replace(settings, signature=key.sign(settings.signed_bytes))


def verify(content: bytes, key_file: Path) -> SignedSettings:
    """The settings in `content`, signed by the key whose public part is in `key_file`. Raises `SignedSettingsError`."""
    from cryptography.exceptions import InvalidSignature

    key = public_key(key_file)
    try:
        settings = parse(content)
        key.verify(settings.signature, settings.signed_bytes)
    except InvalidSignature:
        raise SignedSettingsError(f"the signature is not by the key of {key_file}") from None
    except ValueError as error:
        raise SignedSettingsError(str(error)) from None
    return settings


def public_key(key_file: Path) -> "Ed25519PublicKey":
    """The key in `key_file` (PEM). Raises `SignedSettingsError`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(read_regular(key_file.resolve()))
    except OSError as error:
        raise UnreadableFileError(f"{key_file}: {error.strerror}") from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SignedSettingsError(f"{key_file}: not an Ed25519 public key: openssl pkey -in KEY -pubout makes it")
    return key


def apply(settings: SignedSettings, config: Path, options: Sequence[str], device_id: str) -> RolloutDecision:
    """Put verified `settings` into conf.d beside `config` if this box takes them.

    All sources are read together with them first. Raises `SignedSettingsError` if they are wrong then, and `OSError`;
    what was there before stays in both cases.
    """
    target = config.parent / FOLDER / FLEET
    decision = decide(settings, version_in_force(config), device_id)
    if decision is RolloutDecision.APPLY:
        with tempfile.TemporaryDirectory() as name:
            trial = Path(name) / FLEET
            trial.write_bytes(bytes(settings))
            try:
                load_all(config, options, fetched=trial)
            except SettingsError as error:
                raise SignedSettingsError(str(error).replace(str(trial), str(target))) from None
        target.parent.mkdir(exist_ok=True)
        Disk().put(target, bytes(settings), 0o640)
    return decision


def version_in_force(config: Path) -> int:
    """The version of the signed settings that the box with `config` works with; 0: there are none."""
    fetched = fetched_settings.file_in_force(fetched_settings.folder(config))
    return max(signed_version(config.parent / FOLDER / FLEET), signed_version(fetched))
