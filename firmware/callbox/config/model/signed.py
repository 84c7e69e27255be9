"""Signed settings for a fleet: their form, and whether a box takes them. Pure; signatures are checked by the caller.

A signed file is a YAML file whose first line is a comment with version, percentage and the Ed25519 signature (RFC 8032,
base64) of `signed_bytes`. So it is read like any other file in conf.d.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

MAX_VERSION = 10**12
_FIRST_LINE = re.compile(rb"# callbox settings: version (\d{1,13}), percent (\d{1,3}), signature ([A-Za-z0-9+/]{86}==)")


@dataclass(frozen=True, slots=True)
class SignedSettings:
    """One signed file."""

    version: int
    """From 1 on; a box takes higher ones only."""
    percent: int
    """Of the boxes that take it, 0 to 100."""
    body: bytes
    """The YAML file below the first line."""
    signature: bytes = b""
    """64 bytes; empty: not signed yet."""

    @property
    def signed_bytes(self) -> bytes:
        """Bytes that the signature covers: version, percentage and body."""
        return f"callbox settings: version {self.version}, percent {self.percent}\n".encode() + self.body

    def __bytes__(self) -> bytes:
        signature = base64.b64encode(self.signature).decode()
        line = f"# callbox settings: version {self.version}, percent {self.percent}, signature {signature}\n"
        return line.encode() + self.body


def parse(content: bytes) -> SignedSettings:
    """The signed file in `content`, whose signature is still to be checked. Raises `ValueError` with a sentence."""
    line, _, body = content.partition(b"\n")
    if not (found := _FIRST_LINE.fullmatch(line)):
        raise ValueError("the first line is not that of a signed settings file: make it by `callbox settings sign`")
    settings = SignedSettings(int(found[1]), int(found[2]), body, binascii.a2b_base64(found[3]))
    check_limits(settings.version, settings.percent)
    return settings


def check_limits(version: int, percent: int) -> None:
    """Raises `ValueError` for a version or percentage out of its range."""
    if not 1 <= version <= MAX_VERSION:
        raise ValueError(f"version {version}: must be 1 to {MAX_VERSION}")
    if not 0 <= percent <= 100:
        raise ValueError(f"percent {percent}: must be 0 to 100")


class RolloutDecision(StrEnum):
    """Decision of a box about settings whose signature is right."""

    APPLY = "apply"
    NOT_NEWER = "not newer"
    """It has this version or a higher one."""
    NOT_YET = "not yet"
    """It is not among the percentage that takes this version."""


def rollout_percent(device_id: str, version: int) -> int:
    """The place of a box in the roll-out of `version`, 0 to 99; of each version another one."""
    digest = hashlib.sha256(f"{version}:{device_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def decide(settings: SignedSettings, version_in_force: int, device_id: str) -> RolloutDecision:
    """Whether the box takes `settings`. `version_in_force`: 0: it has none."""
    if settings.version <= version_in_force:
        return RolloutDecision.NOT_NEWER
    if rollout_percent(device_id, settings.version) >= settings.percent:
        return RolloutDecision.NOT_YET
    return RolloutDecision.APPLY
