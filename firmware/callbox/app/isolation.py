"""Isolation of observers, lamps and the notifier: what one of them raises is logged, and stops nothing else."""

import logging
from collections.abc import Callable
from typing import ParamSpec

log = logging.getLogger(__name__)
P = ParamSpec("P")
_failed: set[str] = set()


def isolated(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Call it; whether it returned. An exception is logged: the first of a function with its traceback, as a warning
    then. Any thread.
    """
    try:
        call(*args, **kwargs)
    except Exception as error:
        name = getattr(call, "__qualname__", type(call).__name__)
        if name in _failed:
            log.warning("%s failed again: %s", name, type(error).__name__)
        else:
            _failed.add(name)
            log.exception("A defect of Callbox: %s failed", name)
        return False
    return True
