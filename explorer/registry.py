"""Names for plug-ins, discovered from the folder that holds them."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Registry(Generic[T]):
    """Maps a name to a plug-in of one kind.

    A plug-in is one file or one folder of the package, in which it registers itself with
    `@REGISTRY.register("its-name")`. The modules are imported when a name is first asked for, in alphabetical
    order. Threads that ask meanwhile wait; where a module cannot be imported, the error surfaces each time
    instead of a registry with gaps.

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
        """Return a decorator that enters a plug-in under `name`.

        Raises:
            ValueError: if the name is taken, or not made of small letters, digits and dashes, as it stands
                in addresses and commands.
        """
        if not _NAME.fullmatch(name):
            rule = "must be small letters and digits with dashes between them"
            raise ValueError(f"the name of a {self.kind} {rule}, got {name!r}")

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
                    self._import(f"{self.package}.{module}")
                self._discovered = True
            finally:
                self._discovering = False

    def _import(self, module: str) -> None:
        before = set(self._plugins)
        try:
            importlib.import_module(module)
        except Exception as error:
            for name, plugin in list(self._plugins.items()):  # else its own names were taken the next time
                if name not in before and getattr(plugin, "__module__", module) not in sys.modules:
                    del self._plugins[name]
            raise ImportError(f"{self.kind} module {module} cannot be imported: {error}") from error
