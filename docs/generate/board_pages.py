"""docs/boards: a page and a picture of the header for each preset, and their index. Pure."""

from collections.abc import Mapping
from html import escape

from callbox.config.cross_checks import pins
from callbox.config.dump import dump
from callbox.config.presets.model.preset import Preset, Reference, Rule
from callbox.legend.svg import Font, fit

_FIXED = {
    1: "3.3 V",
    2: "5 V",
    4: "5 V",
    6: "ground",
    9: "ground",
    14: "ground",
    17: "3.3 V",
    20: "ground",
    25: "ground",
}
_FIXED |= {30: "ground", 34: "ground", 39: "ground", 27: "HAT EEPROM", 28: "HAT EEPROM"}
_GPIO = {3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25}
_GPIO |= {23: 11, 24: 8, 26: 7, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21}
"""GPIO numbers of the 40-pin header's pins."""
_WIDTH, _ROW, _TOP, _MIDDLE = 900, 24, 36, 450
_LABEL_WIDTH = 390
_NAME = Font(12)
_STYLE = (
    "text{fill:#222}.pin{fill:#fff;stroke:#555}.set{fill:#ffd54f}.board{fill:#9ecbff}.fixed{fill:#d7d7d7}"
    ".plate{fill:#e9f5ea;stroke:#2e7d32}@media(prefers-color-scheme:dark){svg{background:#1b1b1b}text{fill:#eee}"
    ".plate{fill:#1f2f20}.pin{fill:#2a2a2a;stroke:#ccc}.set{fill:#a07800}.board{fill:#1f4f86}.fixed{fill:#555}}"
)
_HEAD = """# Boards

Made from the presets in [config/boards](../../config/boards) by `make docs`. A preset is chosen by itself where the
board can be recognised: by the EEPROM of a HAT, the name of a sound card, or the number of a USB device. Else, or to be
sure:

```yaml
board:
  preset: codec-zero   # auto: the one that is recognised; none: none
```

What you set yourself wins over the preset, key by key; `callbox config show --origin` tells where each value is from.
`callbox boards` lists the presets, what was recognised here, and why; `callbox doctor` finds a missing overlay, SPI or
I2C. Two boards at once are a question to you, and then neither is set up.

**A preset that isn't confirmed was never tried with its board**: it was made from drivers, overlays and makers'
documents. Its page says which; what has no source that was read is marked. **You have one?** Run `callbox doctor --only
board,button,lamps,microphone,speaker,loop --json > board.json` (it says when to press and what to look for) and send
`board.json` as an issue, with a word on what lit up and what was heard; then `confirmed` says who and when.
[The schema](../../config/boards/schema.json) says what a preset may hold.

| Preset | Board | Recognised by | Confirmed |
|---|---|---|---|
"""


def uses(preset: Preset) -> tuple[dict[int, str], dict[int, str]]:
    """GPIO that the settings use with `preset`, and those of the board itself; each with its use."""
    of_settings = {pin: _part(path) for path, pin, _ in pins(preset.fragment(None))}
    return of_settings, dict(preset.reserved_pins)


def _part(path: tuple[str | int, ...]) -> str:
    steps = [str(step) for step in path[1:]]
    if steps[:1] == ["lamps"]:
        return " ".join([f"{steps[1]} lamp", *(step.removesuffix("_pin") for step in steps[2:] if step != "pin")])
    if steps[:1] == ["buttons"]:
        return f"button {steps[1]}"
    return " ".join(
        [steps[0].replace("_", " "), *(step.removesuffix("_pin").replace("_", " ") for step in steps[1:])]
    ).removesuffix(" pin")


def header_svg(title: str, of_settings: Mapping[int, str], of_board: Mapping[int, str]) -> str:
    """The 40-pin header, seen from above, with what is at each pin."""
    rows = []
    for number in range(1, 41):
        left = number % 2 == 1
        y = _TOP + (number - 1) // 2 * _ROW + _ROW / 2
        x = _MIDDLE - 20 if left else _MIDDLE + 20
        gpio = _GPIO.get(number)
        kind, label = "fixed", _FIXED.get(number, "")
        if gpio is not None:
            use = of_settings.get(gpio) or of_board.get(gpio)
            kind = "set" if gpio in of_settings else "board" if gpio in of_board else ""
            label = f"GPIO {gpio}" + (f": {use}" if use else "")
        words, font = fit(label, _NAME, _LABEL_WIDTH, 8)
        at = f'x="{x - 20 if left else x + 20}" y="{y + 4:g}" font-size="{font.size:.4g}"'
        anchor = ' text-anchor="end"' if left else ""
        rows += [
            f'<circle class="pin {kind}" cx="{x}" cy="{y:g}" r="9"/>'.replace(' "', '"'),
            f'<text x="{x}" y="{y + 3.5:g}" font-size="9" text-anchor="middle">{number}</text>',
            f"<text {at}{anchor}>{escape(words)}</text>",
        ]
    height = _TOP + 20 * _ROW + 16
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" role="img"'
    )
    plate = f'<rect class="plate" x="{_MIDDLE - 34}" y="{_TOP - 8}" width="68" height="{20 * _ROW + 16}" rx="6"/>'
    end = f'<text x="{_MIDDLE}" y="16" font-size="12" text-anchor="middle">the end with the slot for the SD card</text>'
    label = escape(f"{title}: pins of the 40-pin header", quote=True)
    return "\n".join([f'{head} aria-label="{label}">', f"<style>{_STYLE}</style>", end, plate, *rows, "</svg>"]) + "\n"


def _recognised(rule: Rule) -> str:
    texts = [
        f"HAT `{rule.hat_product}`" if rule.hat_product else "",
        f"card `{rule.card}`" if rule.card else "",
        f"codec `{rule.codec}`" if rule.codec else "",
        f"USB `{rule.usb_id}`" if rule.usb_id else "",
    ]
    return " and ".join(filter(None, texts))


def _source(reference: Reference) -> str:
    if reference.url is None:
        return f"- {reference.fact}: **unverified**"
    return f"- {reference.fact}: [source]({reference.url.replace('(', '%28').replace(')', '%29')})"


def page(name: str, preset: Preset) -> str:
    """The page of one board."""
    recognised = "; ".join(map(_recognised, preset.recognise)) or f"its name only: `board: {{preset: {name}}}`"
    title = f"[{preset.title}]({preset.page})" if preset.page else preset.title
    facts = [
        ("Board", title),
        ("Maker", preset.maker),
        ("Preset", f"`{name}`"),
        ("Recognised by", recognised),
        ("Confirmed on the board", preset.confirmed),
        ("In config.txt", ", ".join(f"`{line}`" for line in preset.overlay) or "nothing"),
        ("Interfaces", ", ".join(interface.upper() for interface in preset.interfaces) or "none"),
    ]
    parts = [f"# {preset.title}\n", "Made from the preset by `make docs`. [All boards](README.md).\n"]
    parts.append("| | |\n|---|---|\n" + "".join(f"| {key} | {value} |\n" for key, value in facts))
    if preset.wiring:
        parts.append("## Wiring\n\n" + "".join(f"{number}. {step}\n" for number, step in enumerate(preset.wiring, 1)))
    parts.append(
        f"## Pins\n\n![Pins of the header with the preset {name}]({name}.svg)\n\n"
        "Seen from above. Yellow: wired to what the settings name. Blue: the board's own. Grey: no GPIO.\n"
    )
    if preset.notes:
        parts.append("## Good to know\n\n" + "".join(f"- {note}\n" for note in preset.notes))
    parts.append(f"## What it sets\n\n```yaml\n{dump(preset.fragment(None))}```\n")
    parts.append("## Sources\n\n" + "\n".join(map(_source, preset.sources)) + "\n")
    return "\n".join(parts)


def index(presets: Mapping[str, Preset]) -> str:
    """The list of all boards."""
    rows = [
        f"| [`{name}`]({name}.md) | {preset.title} ({preset.maker}) "
        f"| {'; '.join(map(_recognised, preset.recognise)) or 'its name'} | {preset.confirmed} |"
        for name, preset in presets.items()
    ]
    return _HEAD + "\n".join(rows) + "\n"
