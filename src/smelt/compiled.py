"""How kernels are compiled: each once on a machine, together with all its parts, cached under a name that knows them.

Numba compiles every function to machine code, and again within each of its callers. Parts are only translated here:
what Python calls is optimized and compiled, once, with all that it calls.
"""

import fcntl
import gc
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import event
from numba.extending import intrinsic

from smelt.kernel_compiler import KernelCompiler, PartCompiler, take_any_number

F = TypeVar("F", bound=Callable[..., Any])
_log = logging.getLogger(__name__)
_IMPORT = re.compile(rb"(?m)^from (smelt[\w.]*) import")
_HASH_LENGTH = 12

_OF_PARTS: dict[str, Any] = {
    "pipeline_class": PartCompiler, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "nogil": True,
}  # fmt: skip


def part(function: F) -> F:
    """Compile a function as a part of those that call it; nothing is cached of it alone."""
    decorated: F = take_any_number(njit(function, **_OF_PARTS))
    return decorated


def inlined(function: F) -> F:
    """Compile a small function into its callers."""
    decorated: F = take_any_number(njit(function, forceinline=True, **_OF_PARTS))
    return decorated


def instruction(build: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of the LLVM instructions that `build` emits."""
    function: Callable[..., Any] = intrinsic(build)
    return function


def entry(function: F) -> F:
    """Compile a function that Python calls, at its first call, unless a process did so before.

    Numba's cache looks at a function's own file only. The name under which this one is cached holds a
    hash of every source of ours that its module imports, so an edit in any of them compiles anew.
    """
    called: Any = _Entry(function)
    return cast(F, called)


def entry_of(signature: Any) -> Callable[[F], F]:
    """Compile a function that Python calls, likewise, for one signature; arguments of other types are refused."""

    def decorate(function: F) -> F:
        called: Any = _Entry(function, signature)
        return cast(F, called)

    return decorate


def sources_hash(module: str) -> str:
    """Return a short hash of the sources of a module and of all of ours that it imports."""
    digest = hashlib.sha256()
    for _, source in sorted(_sources(module, {}).items()):
        digest.update(source)
    return digest.hexdigest()[:_HASH_LENGTH]


def _sources(module: str, found: dict[str, bytes]) -> dict[str, bytes]:
    spec = find_spec(module)
    if spec is not None and spec.origin is not None and module not in found:
        found[module] = Path(spec.origin).read_bytes()
        for name in _IMPORT.findall(found[module]):
            _sources(name.decode(), found)
    return found


class _Entry:
    """A kernel: compiled or loaded when it is called first, by one process at a time."""

    def __init__(self, function: Callable[..., Any], signature: Any = None) -> None:
        self.py_func = function
        self._signature = signature
        self._call: Callable[..., Any] = self._first_call

    def __call__(self, *args: Any) -> Any:
        return self._call(*args)

    @property
    def is_ready(self) -> bool:
        """Say whether it has been compiled or loaded."""
        return self._call != self._first_call

    def _first_call(self, *args: Any) -> Any:
        cached = _Cached(self.py_func)
        kernel = cached.kernel
        with cached.alone(), _without_collector(), event.install_listener("numba:compile", _Announcement(cached)):
            kernel.compile(self._signature or tuple(kernel.typeof_pyval(arg) for arg in args))
        if self._signature is not None:
            kernel.disable_compile()
        self._call = kernel
        return kernel(*args)


class _Cached:
    """A kernel and where it is cached: files whose names begin with the function's and the hash of its sources."""

    def __init__(self, function: Callable[..., Any]) -> None:
        plain = function.__qualname__
        self._hash = sources_hash(function.__module__)
        self._name = f"{function.__module__.rpartition('.')[2]}.{plain}"
        function.__qualname__ = f"{plain}_{self._hash}"
        options: dict[str, Any] = {"pipeline_class": KernelCompiler, "nogil": True, "no_cfunc_wrapper": True}
        try:
            self.kernel: Any = njit(function, cache=True, **options)
        except RuntimeError:  # no folder for a cache can be written: every process compiles
            self.kernel = njit(function, **options)
        function.__qualname__ = plain
        self._folder: str | None = self.kernel.stats.cache_path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let other processes wait that need the same kernel: they find it in the cache then, and load it together."""
        if self._folder is None:
            yield
            return
        is_there = any(Path(self._folder).glob(f"{self._name}_{self._hash}-*.nbi"))
        with Path(self._folder, f"{self._name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH if is_there else fcntl.LOCK_EX)
            yield

    def delete_old(self) -> None:
        """Delete what was compiled of older sources."""
        for path in Path(self._folder or "").glob(f"{self._name}_{'[0-9a-f]' * _HASH_LENGTH}-*.nb[ic]"):
            if self._folder is not None and not path.name.startswith(f"{self._name}_{self._hash}"):
                path.unlink(missing_ok=True)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no cycles in memory: what compiling makes mostly stays, and looking takes a twelfth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Announcement(event.Listener):
    """Says once in a process that something is being compiled."""

    is_said = False

    def __init__(self, cached: _Cached) -> None:
        self._cached: _Cached | None = cached

    def on_start(self, _: Any) -> None:
        """Hear that a kernel or a part of it begins to be compiled."""
        if self._cached is not None:
            self._cached.delete_old()
            self._cached = None
        if not _Announcement.is_said:
            _Announcement.is_said = True
            _log.warning("compiling once on this machine: some seconds ('smelt warm' does it beforehand)")

    def on_end(self, _: Any) -> None:
        """Nothing is said at the end."""
