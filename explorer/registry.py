"""Names for plug-ins, discovered from the folder that holds them."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Maps a name to a plug-in of one kind.

    A plug-in registers itself with `@REGISTRY.register("its-name")` in a module of the package; the
    modules are imported when a name is first asked for, in alphabetical order. Threads that ask meanwhile
    wait; where a module cannot be imported, the error surfaces each time instead of a registry with gaps.

    Args:
        kind: what the plug-ins are, for messages, e.g. `predictor`.
        package: import path of the package whose modules register.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._plugins: dict[str, T] = {}
        self._discovered = False
        self._discovering = False
        self._lock = threading.RLock()

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that enters a plug-in under `name`; raises ValueError if taken."""

        def enter(plugin: T) -> T:
            if name in self._plugins:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._plugins[name] = plugin
            return plugin

        return enter

    def names(self) -> tuple[str, ...]:
        """All names, in alphabetical order."""
        self._discover()
        return tuple(sorted(self._plugins))

    def __getitem__(self, name: str) -> T:
        """The plug-in of this name; raises ValueError that lists the known names."""
        self._discover()
        if name not in self._plugins:
            known = ", ".join(sorted(self._plugins))
            raise ValueError(f"unknown {self.kind} {name!r}; known: {known}")
        return self._plugins[name]

    def name_of(self, plugin: T) -> str:
        """The name under which a plug-in is registered; raises ValueError where it is not."""
        for name in self.names():
            if self._plugins[name] is plugin:
                return name
        raise ValueError(f"{plugin!r} is no registered {self.kind}; known: {', '.join(self.names())}")

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._plugins

    def _discover(self) -> None:
        if self._discovered:
            return
        with self._lock:
            if self._discovered or self._discovering:  # a plug-in may ask while it is imported
                return
            self._discovering = True
            try:
                folder = importlib.import_module(self.package).__path__
                for module in sorted(found.name for found in pkgutil.iter_modules(folder)):
                    importlib.import_module(f"{self.package}.{module}")
                self._discovered = True
            finally:
                self._discovering = False
