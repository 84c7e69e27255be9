"""``callbox settings``: signed settings for many boxes."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import EX_CONFIG, EX_IOERR, EX_OK, add_config, number

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.config.model.signed import SignedSettings


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    settings = commands.add_parser("settings", help="sign settings for many boxes, verify and apply them")
    which = settings.add_subparsers(title="what", required=True, metavar="WHAT")
    sign = which.add_parser("sign", help="sign a settings file; the signed one goes to standard output")
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--key", type=Path, required=True, metavar="PEM", help="the private key (Ed25519)")
    sign.add_argument("--version", type=number(1), required=True, metavar="N", help="higher than that of the boxes")
    sign.add_argument(
        "--percent", type=number(0, 100), default=100, metavar="N", help="of the boxes that take it (default: 100)"
    )
    sign.set_defaults(command=_sign)
    verify = which.add_parser("verify", help="check the signature of a signed settings file")
    apply = which.add_parser("apply", help="put a signed settings file into conf.d, if it is newer and for this box")
    for parser in (verify, apply):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--key", type=Path, required=True, metavar="PEM", help="the public key")
    verify.set_defaults(command=_verify)
    add_config(apply)
    apply.set_defaults(command=_apply)


def _sign(options: argparse.Namespace) -> int:
    from callbox.config.model.signed import SignedSettings, check_limits
    from callbox.config.signed_file import SignedSettingsError, UnreadableFileError, sign
    from callbox.config.yaml_file import MAX_BYTES
    from callbox.system.files import read_regular

    try:
        check_limits(options.version, options.percent)
        body = read_regular(options.file, MAX_BYTES)
        body.decode()  # else no box could read it
        signed = sign(SignedSettings(options.version, options.percent, body), options.key)
    except UnicodeDecodeError as error:
        return _failed(ValueError(f"{options.file}: not UTF-8 (byte {error.start})"))
    except OSError as error:
        return _failed(UnreadableFileError(f"{options.file}: {error.strerror}"))
    except (ValueError, SignedSettingsError) as error:
        return _failed(error)
    print(bytes(signed).decode(), end="")
    return EX_OK


def _verify(options: argparse.Namespace) -> int:
    from callbox.config.signed_file import SignedSettingsError

    try:
        settings = _verified(options)
    except SignedSettingsError as error:
        return _failed(error)
    print(f"{options.file}: version {settings.version}, {settings.percent} % of the boxes; the signature is right")
    return EX_OK


def _apply(options: argparse.Namespace) -> int:
    from callbox.config import SettingsError, load_all
    from callbox.config.model.signed import RolloutDecision
    from callbox.config.signed_file import SignedSettingsError, apply, version_in_force
    from callbox.system.host_info import hardware_id

    try:
        settings = _verified(options)
        box = load_all(options.config, options.set).settings.device.id or hardware_id()
        decision = apply(settings, options.config, options.set, box)
    except (SignedSettingsError, SettingsError) as error:
        return _failed(error)
    except OSError as error:
        print(f"callbox settings: {error}", file=sys.stderr)
        return EX_IOERR
    match decision:
        case RolloutDecision.APPLY:
            print(f"Version {settings.version} is applied: systemctl reload callbox takes it over.")
        case RolloutDecision.NOT_NEWER:
            print(f"Version {settings.version} is not newer: this box has {version_in_force(options.config)}.")
        case RolloutDecision.NOT_YET:
            print(f"Version {settings.version} is for {settings.percent} % of the boxes, and not yet for {box}.")
    return EX_OK


def _verified(options: argparse.Namespace) -> "SignedSettings":
    from callbox.config.signed_file import SignedSettingsError, UnreadableFileError, verify
    from callbox.config.yaml_file import MAX_BYTES
    from callbox.system.files import read_regular

    try:
        return verify(read_regular(options.file, MAX_BYTES), options.key)
    except OSError as error:
        raise UnreadableFileError(f"{options.file}: {error.strerror}") from None
    except UnreadableFileError:  # of the key, which it names
        raise
    except SignedSettingsError as error:
        raise SignedSettingsError(f"{options.file}: {error}") from None


def _failed(error: Exception) -> int:
    from callbox.config.signed_file import UnreadableFileError

    print(f"callbox settings: {error}", file=sys.stderr)
    return EX_IOERR if isinstance(error, UnreadableFileError) else EX_CONFIG
