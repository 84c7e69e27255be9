"""Whether the insides of a library are still what a module here relies upon."""

from collections.abc import Iterable
from types import CodeType


def changed(looked_up: Iterable[tuple[type, str, str]]) -> str | None:
    """The first of (class, method, name) whose method doesn't use that name any more, in words; None: all do."""
    for kind, method, name in looked_up:
        code = getattr(getattr(kind, method, None), "__code__", None)
        if code is None or name not in _names(code):
            return f"{kind.__name__}.{method} does not use {name}"
    return None


def _names(code: CodeType) -> set[str]:
    """What a function looks up; before Python 3.12 a comprehension is a function of its own inside it."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))
