"""Hostile texts, JSON values and bytes, from a seed. Pure: the same `Random`, the same inputs."""

import copy
import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

TEXTS = (
    "\ud800", "\udfff\ud800", "a\0b", "\x1b[2J\x1b]0;x\x07", "\u202eright to left\u200f\u2066", "one\r\ntwo\n<3>forged", "\u2028\u0085",
    "\ufeff", "\uffff", "\U0010ffff", "", " ", "²", "٣", "-1", "1e999", "NaN", "0x10", "99999999999999999999", "true", "null", "../../etc/passwd",
    "%s%n%d", "{0.__class__}", "${x}", "[", "]]>", "<script>", "//", "http://[", "http://a:99999/", "stun:", "turn:[::1]:0?transport=x", "a" * 5000,
    "e\u0301" * 300, "\N{PILE OF POO}" * 50,
)  # fmt: skip
NUMBERS = (0, -1, 1, 101, 2**31, 2**63, 2**64, -(2**63), 10**400, 0.5, -0.0, 1e308)
LONG_BYTES = 1 << 20
LONG_SHARE = 0.001
"""Of the inputs, those that are longer than 1 MiB."""


class HostileInputs:
    """Draws inputs; not thread-safe."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def text(self) -> str:
        """One to three hostile texts, seldom a very long one."""
        if self.random.random() < LONG_SHARE:
            return self.random.choice(TEXTS[:8]) * (LONG_BYTES // 2)
        return "".join(self.random.choice(TEXTS) for _ in range(self.random.choice((1, 1, 1, 2, 3))))

    def value(self, depth: int = 2) -> Any:
        """A JSON value of any type."""
        match self.random.randrange(9 if depth else 6):
            case 0 | 1 | 2:
                return self.text()
            case 3:
                return self.random.choice(NUMBERS)
            case 4:
                return self.random.choice((True, False, None))
            case 5:
                return self.random.choice(([], {}))
            case 6 | 7:
                return {self._key(): self.value(depth - 1) for _ in range(self.random.randrange(4))}
            case _:
                return [self.value(depth - 1) for _ in range(self.random.randrange(4))]

    def _key(self) -> str:
        return (
            self.random.choice(("type", "id", "data", "text", "error", "fatal"))
            if self.random.random() < 0.5
            else self.text()
        )

    def changed(self, document: Any) -> Any:
        """`document` with one to three of its places replaced, removed, doubled or added."""
        changed = copy.deepcopy(document)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            changed = self._change(changed)
        return changed

    def _change(self, node: Any) -> Any:
        if isinstance(node, dict) and node and self.random.random() < 0.85:
            key = self.random.choice(list(node))
            match self.random.randrange(8):
                case 0:
                    del node[key]
                case 1:
                    node[self.text()] = node[key]
                case _:
                    node[key] = self._change(node[key])
            return node
        if isinstance(node, list) and node and self.random.random() < 0.85:
            at = self.random.randrange(len(node))
            if self.random.random() < 0.2:
                node.insert(at, node[at])
            else:
                node[at] = self._change(node[at])
            return node
        if isinstance(node, str) and self.random.random() < 0.5:
            return self.spoilt(node)
        return self.value()

    def spoilt(self, text: str) -> str:
        """`text` with something inserted, cut, doubled or with another number."""
        at = self.random.randrange(len(text) + 1)
        match self.random.randrange(4):
            case 0:
                return text[:at] + self.text() + text[at:]
            case 1:
                return text[:at]
            case 2:
                return text[:at] + text
            case _:
                other = self.random.choice(TEXTS)
                return re.sub(r"\d+", lambda _: other, text, count=1)

    def json_text(self, documents: Sequence[Any]) -> str:
        """A JSON text made of one of `documents`; sometimes none any more. Its characters can be encoded."""
        kind = self.random.random()
        if kind < 0.05:
            opening = self.random.choice(("[", '{"a":', '[{"type":'))
            return opening * self.random.choice((10, 33, 500, 100_000))
        document = self.changed(self.random.choice(documents)) if kind < 0.9 else self.value(4)
        text = json.dumps(document, ensure_ascii=self.random.random() < 0.7)
        text = text.encode(errors="backslashreplace").decode()
        return self.spoilt(text).encode(errors="replace").decode() if kind < 0.15 else text

    def json_bytes(self, documents: Sequence[Any]) -> bytes:
        """As `json_text`, as bytes that may be no UTF-8."""
        return self.bytes(self.json_text(documents))

    def bytes(self, text: str) -> bytes:
        """`text` as UTF-8, in one of ten cases spoilt; lone surrogates as they would be encoded."""
        content = text.encode(errors="surrogatepass")
        if self.random.random() < 0.1:
            at = self.random.randrange(len(content) + 1)
            return (
                content[:at]
                + self.random.choice((b"\xff", b"\0", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbb\xbf"))
                + content[at:]
            )
        return content

    def lines(self, document: str, separator: str) -> str:
        """`document` with some of its lines removed, doubled, swapped or spoilt."""
        lines = document.split(separator)
        for _ in range(self.random.choice((1, 1, 2, 4))):
            at = self.random.randrange(len(lines))
            match self.random.randrange(6):
                case 0 if len(lines) > 1:
                    del lines[at]
                case 1:
                    lines.insert(at, lines[at])
                case 2:
                    other = self.random.randrange(len(lines))
                    lines[at], lines[other] = lines[other], lines[at]
                case 3:
                    lines.insert(at, self.text())
                case _:
                    lines[at] = self.spoilt(lines[at])
        return separator.join(lines)
