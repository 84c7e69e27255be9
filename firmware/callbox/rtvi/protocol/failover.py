"""Failover to another endpoint of the same bot, and what is told when none answers. Pure."""

from collections.abc import Sequence

_OUR_OWN = ("bad address", "bad body", "bad header", "unusable ca_file")
"""Causes that no server has a part in: they would be the same elsewhere."""


def is_unanswered(status: int | None, cause: str | None) -> bool:
    """Whether another endpoint is tried after this: no answer, or a server that broke down.

    Not where a server says no (4xx), or is no bot's. `status`: HTTP's, None: there was no answer; `cause`: key of
    `http_errors.NO_ANSWER`.
    """
    return cause not in _OUR_OWN if status is None else status >= 500


def share_s(deadline_s: float, endpoints: int) -> float:
    """Time for each of so many endpoints but the last, which has all that is left of the deadline; in s."""
    return deadline_s / endpoints


def sentence(unanswered: Sequence[str], last: str) -> str:
    """Sentence that these endpoints (redacted URLs) gave no answer, and what became of the last; none: `last` alone."""
    return f"No answer from {', '.join(unanswered)}. Of the last fallback: {last}" if unanswered else last
