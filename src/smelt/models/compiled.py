"""How kernels are compiled: one signature each, cached, without the interpreter's lock."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


def entry(signature: Any) -> Callable[[F], F]:
    """Compile a function that Python calls."""
    decorate: Callable[[F], F] = njit(signature, cache=True, nogil=True)
    return decorate


def part(signature: Any) -> Callable[[F], F]:
    """Compile a function that only kernels call: inlined, and no wrappers, which take most of the compile time."""
    options: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    decorate: Callable[[F], F] = njit(signature, cache=True, nogil=True, **options)
    return decorate


def inlined(build: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of LLVM instructions out of one that builds them; kernels call it without the first argument."""
    function: Callable[..., Any] = intrinsic(build)
    return function
