"""aiortc imported without PyAV and without most of dnspython, which are loaded when something of them is used.

aiortc (1.16) imports PyAV for its codecs and its tracks of frames, and aioice (0.13) dnspython for names of mDNS. A box
has an Opus encoder and decoder of its own (`callbox.audio.opus`) and sends packets, and bots have addresses: no call
uses either. Measured: 17 MiB resident, and a fifth of the processor time of the import.

While aiortc is imported, modules of PyAV are placeholders, whose attributes are placeholders for PyAV's classes.
Afterwards nothing of that is left in `sys.modules`: whoever else imports PyAV gets it. A placeholder that aiortc holds
loads PyAV when it is called, or asked for an attribute; nothing is an instance of it before PyAV is loaded.
"""

import importlib
import importlib.util
import logging
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

log = logging.getLogger(__name__)

_DEFERRED = ("dns.message", "dns.rdataset", "dns.zone")
"""Modules of dnspython that aioice uses once a remote candidate is a name of mDNS."""


def import_aiortc() -> None:
    """Import aiortc. If it or PyAV is imported already, or can't be imported so, as `import` does."""
    if "aiortc" in sys.modules or "av" in sys.modules:
        return
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module("aiortc")
    except Exception as error:  # whatever another version of aiortc does with a placeholder
        log.debug("aiortc is imported with PyAV: %r", error)
        _forget("aiortc")
    finally:
        sys.meta_path.remove(finder)
        _forget("av")


def _forget(package: str) -> None:
    for name in [name for name in list(sys.modules) if _is_of(name, package)]:
        del sys.modules[name]


def _is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if _is_of(name, "av"):
            return ModuleSpec(name, _PlaceholderLoader(), is_package=True)
        if name not in _DEFERRED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


class _PlaceholderLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing."""


class _PlaceholderModule(ModuleType):
    """Module of PyAV that has placeholders while aiortc is imported, and what PyAV's has afterwards."""

    def __getattr__(self, name: str) -> Any:
        if _is_dunder(name):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            return _Placeholder(name, (), {"__module__": self.__name__})
        return getattr(importlib.import_module(self.__name__), name)


class _Placeholder(type):
    """Class of PyAV, by its module and its name."""

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        return _loaded(cls)(*arguments, **options)

    def __getattr__(cls, name: str) -> Any:
        if _is_dunder(name):
            raise AttributeError(name)
        return getattr(_loaded(cls), name)

    def __instancecheck__(cls, instance: object) -> bool:
        return "av" in sys.modules and isinstance(instance, _loaded(cls))


def _loaded(placeholder: type) -> Any:
    """PyAV's class. Raises `ImportError` while aiortc is imported."""
    module = importlib.import_module(placeholder.__module__)
    if type(module) is _PlaceholderModule:
        raise ImportError(f"{placeholder.__module__}.{placeholder.__name__} is used while aiortc is imported")
    return getattr(module, placeholder.__name__)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
