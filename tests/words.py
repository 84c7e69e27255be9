"""Check that names and prose use the field's words: ``python -m tests.words [PATH …]``; part of ``make lint``.

Identifiers (modules, classes, functions, parameters, variables, attributes that are set) are split into words by ``_`` and
capitals; comments, docstrings and Markdown are searched as text. In the product a class name occurs once, and a public
docstring begins with a noun or an imperative. Prints ``path:line: word: use instead`` and exits 1.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("firmware", "device", "tests", "benchmarks", "docs", "deploy", "README.md", "CONTRIBUTING.md")
LEFT_ALONE = ("tests/words.py", "tests/unit/test_words.py")
"""They name the words."""

IDENTIFIERS = {
    "told": "message, payload, published, answer",
    "said": "message, text, transcript",
    "heard": "received, measured, recording",
    "hear": "receive, measure",
    "hears": "receives",
    "asked": "request",
    "shown": "rendered, payload",
    "knock": "wake, probe",
    "knocks": "wake-ups, probes",
    "door": "port, endpoint",
    "doorway": "loop_callback",
    "finger": "button",
    "ear": "receiver, buffer, subscriber",
    "ears": "receivers",
    "goodbye": "disconnect, close",
    "neighbour": "process, peer",
    "neighbours": "processes, peers",
    "desk": "handlers",
    "crew": "supervisor",
    "keeper": "supervisor, reconnect",
    "visitor": "client",
    "resident": "simulated box",
    "postbox": "outbox",
    "errand": "job",
    "errands": "jobs",
    "insides": "private attributes",
    "hindrance": "unsupported_reason",
    "obey": "execute",
    "fate": "impairment",
    "fates": "impairments",
    "weather": "network impairment",
    "parrot": "echo",
    "mourn": "report",
    "nobody": "none, no client",
    "somebody": "client, person",
    "overhear": "hook",
    "vitalist": "metrics",
}
PROSE = {
    "nobody": "no client, none",
    "finger": "button",
    "fingers": "buttons",
    "knock": "wake-up, probe",
    "knocks": "wake-ups, probes",
    "goodbye": "DISCONNECT, BYE, close",
    "neighbour": "process, peer",
    "neighbours": "processes, peers",
    "insides": "private attributes",
    "ear": "receiver, jitter buffer",
    "ears": "receivers",
    "mourn": "report",
    "errand": "job",
    "errands": "jobs",
    "hindrance": "reason",
}
PRODUCT = ("firmware/", "device/")
CLAUSES = frozenset(
    [
        "how",
        "it",
        "nothing",
        "she",
        "that",
        "there",
        "these",
        "they",
        "this",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "you",
        "we",
        "somebody",
    ]
)
"""First words of a docstring that begin a clause. `Whether` may begin what is true or false."""
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_PROSE = re.compile(
    # "Nobody answers at ADDRESS" is a message of the program.
    r"\b(" + "|".join(sorted(PROSE, key=len, reverse=True)) + r")\b(?! answers at)",
    re.IGNORECASE,
)


class Finding(NamedTuple):
    """One word at one place."""

    path: str
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word}: use {self.instead}"


def in_python(path: str, source: str) -> Iterator[Finding]:
    """Findings in a Python source: its identifiers, comments and docstrings."""
    for part in _PARTS.findall(Path(path).stem):
        if part.lower() in IDENTIFIERS:
            yield Finding(path, 1, part, IDENTIFIERS[part.lower()])
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name in _names(node):
            for part in _PARTS.findall(name):
                if part.lower() in IDENTIFIERS:
                    yield Finding(path, getattr(node, "lineno", 1), name, IDENTIFIERS[part.lower()])
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from _in_text(path, node.lineno, node.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield from _in_text(path, token.start[0], token.string)


def in_prose(path: str, text: str) -> Iterator[Finding]:
    """Findings in Markdown or another text."""
    yield from _in_text(path, 1, text)


def first_words(path: str, source: str) -> Iterator[Finding]:
    """Findings in public docstrings: those that begin with a clause."""
    for node in _public(ast.parse(source)):
        text = ast.get_docstring(node) or ""
        word = re.match(r"\w*", text)
        if word and word[0].lower() in CLAUSES:
            line = getattr(node, "lineno", 1)
            yield Finding(path, line, f"docstring: {word[0]} …", "a noun or an imperative first")


def _public(
    node: ast.Module | ast.ClassDef,
) -> Iterator[ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    yield node
    for part in node.body:
        if isinstance(part, ast.ClassDef) and not part.name.startswith("_"):
            yield from _public(part)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and not part.name.startswith("_"):
            yield part


def class_names(sources: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Findings in sources (path, text) together: names of more than one class."""
    first: dict[str, str] = {}
    for path, source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                place = f"{path}:{node.lineno}"
                if node.name in first:
                    yield Finding(path, node.lineno, node.name, f"another name: {first[node.name]} has this one")
                first.setdefault(node.name, place)


def _names(node: ast.AST) -> Sequence[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return (node.name,)
        case ast.arg():
            return (node.arg,)
        case ast.Name(ctx=ast.Store()):
            return (node.id,)
        case ast.Attribute(ctx=ast.Store()):
            return (node.attr,)
        case ast.alias(asname=str() as name):
            return (name,)
        case _:
            return ()


def _in_text(path: str, line: int, text: str) -> Iterator[Finding]:
    for offset, row in enumerate(text.splitlines()):
        for found in _PROSE.finditer(row):
            yield Finding(path, line + offset, found[0], PROSE[found[0].lower()])


def findings(places: Sequence[str]) -> Iterator[Finding]:
    """Findings in files and folders, relative to the repository's root."""
    product = []
    for place in places:
        start = ROOT / place
        for file in sorted(start.rglob("*")) if start.is_dir() else [start]:
            path = str(file.relative_to(ROOT))
            if path.startswith(LEFT_ALONE) or "__pycache__" in path:
                continue
            if file.suffix == ".py":
                source = file.read_text()
                yield from in_python(path, source)
                if path.startswith(PRODUCT):
                    yield from first_words(path, source)
                    product.append((path, source))
            elif file.suffix in {".md", ".sh", ".yaml", ".service"}:
                yield from in_prose(path, file.read_text())
    yield from class_names(product)


def main() -> int:
    """Print all findings; 1 if there are any."""
    found = list(findings(sys.argv[1:] or PLACES))
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
