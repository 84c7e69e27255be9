"""A YAML text as plain values, each with its place. YAML 1.2 meaning: ``on``, ``yes`` and ``1:30`` are texts.

PyYAML composes the nodes, which keep line and column; what they mean is decided here, since its constructor
follows YAML 1.1 and lets the last of two equal keys win.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from callbox.text import one_line

MAX_BYTES = 64 * 1024
"""The longest settings file, in bytes. The example with every comment is a tenth of it."""
MAX_NODES = 5_000
"""The most sections, lists and values after aliases are followed."""
MAX_DEPTH = 16

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Source of a text: a file, an environment variable, an option."""

    rank: int = 0
    """What counts more comes later."""
    name: str = ""
    has_lines: bool = True
    """False: the name alone says where it is."""

    def __str__(self) -> str:
        return one_line(self.name)


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """Source, line and column; the latter from 1, as editors count."""

    source: Source
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.source.has_lines else str(self.source)


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """Something that is wrong at a place."""

    location: Location
    text: str

    def __str__(self) -> str:
        return f"{self.location}: {self.text}"


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` up to `end` of the text, without its byte order mark."""

    start: int
    end: int


@dataclass(slots=True)
class Document:
    """The values of a file, and where each stands. `keys`: the place of the key; `values`: of the value."""

    source: Source = Source()
    data: Any = None
    keys: dict[Path, Location] = field(default_factory=dict)
    values: dict[Path, Location] = field(default_factory=dict)
    spans: dict[Path, Span] = field(default_factory=dict)
    """Where a value's text is."""
    cut: dict[Path, Location] = field(default_factory=dict)
    """Values without quotes, also empty ones, behind which a comment begins by a # without a blank: `abc #def`."""
    issues: list[Issue] = field(default_factory=list)

    def location_of(self, path: Path) -> Location:
        """Location of `path`, or of the nearest thing around it that is in the file."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Location(self.source, 1, 1))

    def key_location(self, path: Path) -> Location:
        """Location of the key at the end of `path`."""
        return self.keys.get(path) or self.location_of(path)


_PLAIN_KEY = re.compile(r"(?=.{1,40}\Z)_*[A-Za-z]+([_-]+[A-Za-z]+)*_*")
_NO_SPACE = re.compile(r"\s*[\"']?[A-Za-z_][\w.-]*[\"']?(?::(?=[^ \t\r\n])|\s*=)")


def is_plain_key(key: str) -> bool:
    """Whether `key` may be repeated in a message: letters, as keys are. Anything else may be a value, even a secret."""
    return _PLAIN_KEY.fullmatch(key) is not None


def missing_space(text: str) -> str | None:
    """Sentence about a `text` that is a key and a value which YAML takes for one text; None: it doesn't look so."""
    found = _NO_SPACE.match(text)
    if found is None or text[found.end() - 1 : found.end() + 2] == "://":
        return None
    if found[0].endswith("="):
        return "YAML wants a colon and a space behind the key, not ="
    return "a space is missing after the colon"


_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_SPELLINGS = {spelling: value for word, value in _WORDS.items() for spelling in (word, word.title(), word.upper())}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null")}


def read(content: bytes, source: Source = Source()) -> Document:
    """The document in `content`. Never raises for what stands in it: that is in `flaws`."""
    document = Document(source)
    text = _decode(content, document)
    return document if text is None else _compose(text, document)


def read_value(text: str, source: Source) -> Document:
    """Read `text` as a value: in quotes or brackets as YAML, else as one plain word, whatever stands in it."""
    text = text.strip()
    if text[:1] in ("'", '"', "[", "{"):
        return _compose(text, Document(source))
    here = Location(source, 1, 1)
    whole = _joined(text)
    if whole is None:
        return Document(source, issues=[Issue(here, _LONE_SURROGATE)])
    return Document(source, _plain(whole), values={(): here})


def _compose(text: str, document: Document) -> Document:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        location = Location(document.source, before.count("\n") + 1, error.position - before.rfind("\n"))
        document.issues.append(Issue(location, f"a control character (U+{_code(error):04X}) can't stand in YAML"))
    except yaml.MarkedYAMLError as error:
        document.issues.append(_syntax_issue(error, text, document.source))
    except RecursionError:
        document.issues.append(Issue(Location(document.source, 1, 1), "brackets are nested too deeply"))
    else:
        if root is not None:
            document.data = _Builder(document, text).build(root, (), 0)
    return document


def _decode(content: bytes, document: Document) -> str | None:
    if len(content) > MAX_BYTES:
        location = Location(document.source, 1, 1)
        document.issues.append(Issue(location, f"a settings file has at most {MAX_BYTES} bytes; this one has more"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        location = Location(document.source, before.count("\n") + 1, len(before) - before.rfind("\n"))
        byte = content[error.start]
        document.issues.append(Issue(location, f"byte 0x{byte:02x} is not UTF-8; save the file in the encoding UTF-8"))
        return None


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "\0")


def _syntax_issue(error: yaml.MarkedYAMLError, text: str, source: Source) -> Issue:
    mark, lines = error.problem_mark or error.context_mark, text.splitlines()
    if error.context_mark and error.problem and re.search("end of stream|<stream end>", error.problem):
        mark = error.context_mark  # what is not closed, in place of the file's end
    location = Location(source, mark.line + 1, mark.column + 1) if mark else Location(source, 1, 1)
    line = lines[location.line - 1] if location.line <= len(lines) else ""
    problem = error.problem or error.context or "this is no YAML"
    before = line[: location.column - 1]
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or "'\\t'" in problem:
        column = line.find("\t") + 1
        text = "YAML indents with spaces only" if "\t" in indent else "write a space in its place"
        return Issue(Location(source, location.line, column or location.column), f"a tab; {text}")
    if ("expected ':'" in problem or _MAPPING in problem) and (space := _space_in(lines, error)):
        return Issue(space.location(source), space.text)
    if "expected <block end>" in problem and before.strip(" -?"):
        return Issue(location, _BEHIND_THE_END)
    begin = error.context_mark.line + 1 if error.context and error.context_mark else None
    for pattern, sentence in _SYNTAX.items():
        if found := re.search(pattern, f"{problem} {error.context}"):
            return Issue(location, sentence.format(*found.groups(), line=begin))
    return Issue(location, f"{problem} ({error.context}, which begins in line {begin})" if begin else problem)


# Its name is not said: it may be a password.
_NO_TAG = "a tag (!) is not understood here; a text that begins with ! needs quotes"
_MAPPING = "mapping values are not allowed"
_BEHIND_THE_END = "a value ends before this: a bracket too many, or a text that begins with a quote goes on behind one"
_BRACKET = "of line {line} is not closed before this; a text with : # , or brackets in it needs quotes"
_SYNTAX = {
    _MAPPING: f"{_MAPPING} here; is the indentation right, is there a second colon in a text without quotes?",
    "sequence entries are not allowed": "a list begins on a line of its own, below its key",
    "expected a single document|found another document": "a second document begins here (---); a settings file is one "
    "document",
    "duplicate anchor": "a name that begins with & stands here twice; a text that begins with & needs quotes",
    "scanning an anchor": "a text that begins with & needs quotes",
    # Its name is not said: it may be a password.
    "undefined alias|scanning an alias": "nothing in this file has the name that follows the *; a text that begins "
    "with * needs quotes",
    "character '(.)' that cannot start any token": "a text that begins with {} needs quotes",
    "expected '<document start>'": "this line belongs to none before it; a section is its name, a colon, and its keys "
    "indented below",
    "undefined tag handle": _NO_TAG,
    "expected <block end>": "this line is not indented like its neighbours",
    "escape (?:character|sequence)": "in \"...\" each \\ begins an escape; put this text in '...' instead",
    "scanning a quoted scalar": "the quote of line {line} is not closed; in '...' a ' is written twice",
    "parsing a flow mapping": f"the {{{{ {_BRACKET}",
    "parsing a flow sequence": f"the [ {_BRACKET}",
    "parsing a flow node": "a value is missing before this, or a bracket is not closed; a text with # needs quotes",
}
"""Sentences, by patterns of what PyYAML says of a problem and its context. `line`: where the context begins."""


@dataclass(frozen=True, slots=True)
class _MissingSpace:
    line: int
    text: str

    def location(self, source: Source) -> Location:
        return Location(source, self.line, 1)


def _space_in(lines: list[str], error: yaml.MarkedYAMLError) -> _MissingSpace | None:
    """The line before the error, from its context on, that is a key and a value in one text."""
    last = error.problem_mark.line if error.problem_mark else 0
    first = error.context_mark.line if error.context_mark else max(last - 1, 0)
    for number in range(first, min(last + 1, len(lines))):
        if text := missing_space(lines[number]):
            return _MissingSpace(number + 1, text)
    return None


def _excess(depth: int, nodes: int) -> str:
    if depth > MAX_DEPTH:
        return f"nested more than {MAX_DEPTH} deep, with what aliases (*) repeat"
    if nodes > MAX_NODES:
        return f"more than {MAX_NODES} keys and values, with what aliases (*) repeat"
    return ""


class _Builder:
    """From nodes to values."""

    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._text = text
        self._nodes = 0
        self._excess = ""
        """What there was too much of; nothing is built from then on."""

    def build(self, node: yaml.Node, path: Path, depth: int) -> Any:
        location = self._location(node)
        self._document.values[path] = location
        self._document.spans[path] = Span(node.start_mark.index, node.end_mark.index)
        if isinstance(node, yaml.ScalarNode) and not node.style and _CUT.match(self._text, node.end_mark.index):
            self._document.cut[path] = location
        self._nodes += 1
        if not self._excess and (excess := _excess(depth, self._nodes)):
            self._excess = excess
            self._issue(location, excess)
        if self._excess:
            return None
        if node.tag not in _PLAIN_TAGS and not isinstance(node, yaml.ScalarNode):
            self._issue(location, _tag_text(node.tag))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, number), depth + 1) for number, item in enumerate(node.value)]
        return self._scalar(node, location) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            location = self._location(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._issue(location, "a key must be a plain word")
                continue
            key = _joined(key_node.value)
            if key is None:
                self._issue(location, _LONE_SURROGATE)
                continue
            is_here = key_node.start_mark.index > node.start_mark.index  # an alias stands elsewhere
            if node.flow_style and is_here and not _COLON.match(self._text, key_node.end_mark.index):
                self._issue(location, _COMMA)
                continue
            if key == "<<" and key_node.style is None:
                self._issue(location, "merge keys (<<) are not understood here; write the keys out")
                continue
            if key in found:
                first = self._document.keys[(*path, key)]
                name = key if is_plain_key(key) else "this key"
                self._issue(location, f"{name}: stands here a second time; the first is in line {first.line}")
                continue
            self._document.keys[(*path, key)] = location
            found[key] = self.build(value_node, (*path, key), depth + 1)
        return found

    def _scalar(self, node: yaml.ScalarNode, location: Location) -> Any:
        text = _joined(node.value)
        if text is None:
            self._issue(location, _LONE_SURROGATE)
            return None
        if node.tag not in _PLAIN_TAGS | _RESOLVED_BY_YAML_1_1:
            self._issue(location, _tag_text(node.tag))
            return None
        if node.style in ("|", ">"):
            text = text.rstrip("\n")  # no setting means the line end of a block
        is_text = node.style is not None  # quoted, or a block
        return text if is_text or self._is_tagged_as_text(node) else _plain(text)

    def _is_tagged_as_text(self, node: yaml.ScalarNode) -> bool:
        """Whether the tag is written (!!str); by YAML 1.1 most words have it anyway."""
        return node.tag == _STR and _TAG.match(self._text, node.start_mark.index) is not None

    def _location(self, node: yaml.Node) -> Location:
        return Location(self._document.source, node.start_mark.line + 1, node.start_mark.column + 1)

    def _issue(self, location: Location, text: str) -> None:
        self._document.issues.append(Issue(location, text))


_STR = "tag:yaml.org,2002:str"
_TAG = re.compile(r"(&\S+\s+)?!")
_RESOLVED_BY_YAML_1_1 = {f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "value", "merge")}


_COLON = re.compile(r"\s*:")
_CUT = re.compile(r"[ \t]+#[^ \t\r\n]")
CUT_TEXT = "the # behind it begins a comment; a text with # in it needs quotes"
_COMMA = "there is no value here. Within { } a comma ends a value: a text with a comma needs quotes, 1,5 is 1.5"
_LONE_SURROGATE = "half of a character (a lone surrogate, such as \\ud83d) can't stand in a text"


def _joined(text: str) -> str | None:
    """`text` with each surrogate pair, as JSON escapes it and YAML reads it, as its character; None: one is alone."""
    try:
        return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return None


def _plain(text: str) -> Any:
    """What a word without quotes means."""
    if text in _SPELLINGS:
        return _SPELLINGS[text]
    if _INT.fullmatch(text):
        if len(text) > 20:
            return text  # no number of ours; and Python refuses to convert very long ones
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _tag_text(tag: str) -> str:
    if tag == "!secret":
        return "!secret is Home Assistant's; here a secret is {file: PATH}, {env: NAME} or {credential: NAME}"
    if tag.startswith("tag:yaml.org,2002:"):
        return f"the tag {tag.replace('tag:yaml.org,2002:', '!!')} is not understood here"
    return _NO_TAG
