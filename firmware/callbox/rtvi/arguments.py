"""Check of what a program gives: told where it is given, and not by an error from deep inside. Pure."""

from types import UnionType

from callbox.rtvi.errors import RTVIError


def check_type(value: object, kind: type | UnionType, expected: str) -> None:
    """Raise `RTVIError` unless `value` is a `kind`. `expected`: what takes what, such as ``send() takes a Message``.

    The value itself isn't told: it may hold a secret.
    """
    if not isinstance(value, kind):
        raise RTVIError(f"{expected}, not {described(value)}.")


def described(value: object) -> str:
    """The type of `value`, with its article."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
