"""Recognition of the boards on a machine. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from callbox.config.presets.model.preset import Preset, Rule
from callbox_device.model.hardware_ids import HardwareIds


@dataclass(frozen=True, slots=True)
class PresetMatch:
    """A board that was recognised."""

    name: str
    evidence: tuple[str, ...]
    """By what, for people."""
    card: str | None
    """The id of its sound card; None: it was not recognised by one."""


def recognise(presets: Mapping[str, Preset], ids: HardwareIds) -> tuple[PresetMatch, ...]:
    """The boards that are there, in the order of `presets`.

    A board that is recognised by a part of what another one is recognised by is left out: a bare I2S microphone has the
    same card as the HAT whose EEPROM says more.
    """
    found = [match for name, preset in presets.items() if (match := _match(name, preset, ids))]
    return tuple(
        match for match in found if not any(set(match.evidence) < set(other.evidence) for other in found)
    )  # fmt: skip


def _match(name: str, preset: Preset, ids: HardwareIds) -> PresetMatch | None:
    """All rules that hold, as one match; None: none does."""
    held = [found for rule in preset.recognise if (found := _hold(rule, ids)) is not None]
    if not held:
        return None
    evidence = dict.fromkeys(text for texts, _ in held for text in texts)
    return PresetMatch(name, tuple(evidence), next((card for _, card in held if card), None))


def _hold(rule: Rule, ids: HardwareIds) -> tuple[tuple[str, ...], str | None] | None:
    """What speaks for `rule`, and the card that it names; None: it doesn't hold."""
    evidence: list[str] = []
    card: str | None = None
    if rule.hat_product is not None:
        if rule.hat_product not in (ids.hat_product or ""):
            return None
        evidence.append(f"the HAT's EEPROM says {rule.hat_product}")
    if rule.card is not None:
        cards = [found for found in ids.cards if _stem(found.id) == rule.card and not found.usb_id]
        if rule.codec is not None:
            cards = [found for found in cards if any(rule.codec in pcm_id for pcm_id in found.pcm_ids)]
        if not cards:
            return None
        card = cards[0].id
        evidence += [f"sound card {rule.card}", *([f"codec {rule.codec}"] if rule.codec else [])]
    if rule.usb_id is not None:
        of_usb = [found.id for found in ids.cards if found.usb_id == rule.usb_id]
        if rule.usb_id not in ids.usb_ids and not of_usb:
            return None
        card = next(iter(of_usb), card)
        evidence.append(f"USB device {rule.usb_id}")
    return tuple(evidence), card


def _stem(card: str) -> str:
    """`card` without the ``_1`` by which ALSA tells a second card of the same name."""
    stem, mark, number = card.rpartition("_")
    return stem if mark and number.isdecimal() else card


def question(matches: tuple[PresetMatch, ...]) -> str:
    """Question to a person when there are several boards."""
    boards = "; ".join(_because(match) for match in matches)
    first, *others = (match.name for match in matches)
    answers = f"`board: {{preset: {first}}}`, or in its place {', '.join(others)} or none"
    return f"{len(matches)} boards were recognised, and no preset is used: {boards}. Which one? Set {answers}"


def _because(match: PresetMatch) -> str:
    return f"{match.name} ({', '.join(match.evidence)})"
