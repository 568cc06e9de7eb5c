"""How the scanner's functions are compiled: together, cached under a name that knows all their sources, once."""

import hashlib
import logging
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import event
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])
_log = logging.getLogger(__name__)


def part(function: F) -> F:
    """Compile a function as a part of those that call it; nothing is cached of it alone."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    decorated: F = njit(function, nogil=True, **options)
    return decorated


def inlined(function: F) -> F:
    """Compile a small function into its callers."""
    options: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    decorated: F = njit(function, nogil=True, **options)
    return decorated


def spliced(function: F) -> F:
    """Put a function that is called at one place only into its caller before anything is compiled.

    Numba optimizes every function together with all that it calls: a chain of ten would be done ten times.
    """
    decorated: F = njit(function, inline="always")
    return decorated


def instruction(build: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of the LLVM instructions that `build` emits."""
    function: Callable[..., Any] = intrinsic(build)
    return function


def entry(function: F) -> F:
    """Compile a function that Python calls, at its first call; what it says once while it compiles is logged.

    Numba's cache looks at a function's own file only. The name under which this one is cached holds a
    hash of every source beside it, so an edit in any of them compiles anew.
    """
    function.__qualname__ = f"{function.__qualname__}_{sources_hash(function.__module__)}"
    kernel: Any
    try:
        kernel = njit(function, cache=True, nogil=True)
    except RuntimeError:  # no folder for a cache can be written: every process compiles
        kernel = njit(function, nogil=True)
    called: Any = _Entry(kernel)
    return cast(F, called)


def sources_hash(module: str) -> str:
    """Return a short hash of the sources of the package that the module is in."""
    package = sys.modules[module.rpartition(".")[0]]
    digest = hashlib.sha256()
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        digest.update(Path(package.__path__[0], f"{found.name}.py").read_bytes())
    return digest.hexdigest()[:12]


class _Entry:
    """A kernel that tells the log when it has to be compiled."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self._call = self._first_call

    def __call__(self, *args: Any) -> Any:
        return self._call(*args)

    def _first_call(self, *args: Any) -> Any:
        with event.install_listener("numba:compile", _Announcement()):
            result = self._kernel(*args)
        self._call = self._kernel
        return result


class _Announcement(event.Listener):
    """Says once that a kernel is being compiled."""

    def __init__(self) -> None:
        self._is_said = False

    def on_start(self, _: Any) -> None:
        if not self._is_said:
            self._is_said = True
            _log.warning("compiling a scanner, once on this machine: some seconds ('smelt warm' does it beforehand)")

    def on_end(self, _: Any) -> None:
        """Nothing is said at the end."""
