"""Imports without what a library takes if it is installed, and a box doesn't use."""

import importlib
import sys
from typing import Any


def import_without(name: str, absent: str) -> None:
    """Import the module `name` as if the module `absent` weren't installed. Afterwards it is. Any thread.

    Nothing happens to a module that has been imported already.
    """
    modules: dict[str, Any] = sys.modules
    if absent in modules:
        importlib.import_module(name)
        return
    modules[absent] = None  # importing it raises ModuleNotFoundError
    try:
        importlib.import_module(name)
    finally:
        modules.pop(absent, None)
