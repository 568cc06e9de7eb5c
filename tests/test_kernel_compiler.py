"""The compiler of kernels: what is compiled once, and what is put together."""

import numba
import numpy as np
import pytest
from numba import types

from smelt import kernel_compiler
from smelt.compiled import inlined, part

_NAMES = {"part": part, "inlined": inlined, "np": np}


def kernel(source: str, name: str = "kernel"):
    """Compile a function of a source, its parts with it."""
    made = dict(_NAMES)
    exec(source, made)
    return numba.njit(made[name], pipeline_class=kernel_compiler.KernelCompiler, nogil=True), made


@pytest.mark.parametrize("decorator", ["part", "inlined"])
def test_a_constant_makes_no_code_of_its_own(decorator):
    compiled, made = kernel(
        f"@{decorator}\ndef power(x, times):\n    y = 1\n    for _ in range(times):\n        y *= x\n    return y\n"
        "def kernel(x):\n    return power(x, 0) + power(x, 2) + power(x, x)\n"
    )
    assert compiled(3) == 1 + 9 + 27
    assert [signature.args for signature in made["power"].nopython_signatures] == [(types.int64, types.int64)]


def test_a_part_that_two_parts_call_is_linked_once():
    compiled, _ = kernel(
        "@part\ndef low(x):\n    return x + 1\n@part\ndef one(x):\n    return 2 * low(x)\n"
        "@part\ndef two(x):\n    return 3 * low(x)\ndef kernel(x):\n    return one(x) + two(x)\n"
    )
    assert compiled(4) == 25
    (library,) = (overload.library for overload in compiled.overloads.values())
    assert sorted(one.name for one in library._parts) == ["low", "one", "two"]


def test_a_function_of_numbas_own_kind_can_call_a_part():
    _, made = kernel(
        "@part\ndef low(x):\n    return x in (1, 2)\n@part\ndef high(x):\n    return 5 if low(x) else 7\n"
        "def kernel(x):\n    return high(x)\n"
    )
    plain = numba.njit(made["kernel"])
    assert (plain(1), plain(3)) == (5, 7)


def test_what_a_call_makes_of_its_types_is_found_once(monkeypatch):
    asked = []

    def ask(context, args, kws):
        asked.append(args)
        return plain(built_in, context, args, kws)

    built_in = numba.core.registry.cpu_target.typing_context.resolve_value_type(max)
    plain = type(built_in).get_call_type
    monkeypatch.setattr(
        type(built_in), "get_call_type", lambda self, *rest: ask(*rest) if self is built_in else plain(self, *rest)
    )
    monkeypatch.setattr(kernel_compiler._Typing, "_known", {})
    typing = kernel_compiler._Typing(numba.core.registry.cpu_target.typing_context)
    args = (types.int64, types.int64)
    first = typing.resolve_function_type(built_in, args, {})
    assert typing.resolve_function_type(built_in, args, {}) is first
    assert first.return_type == types.int64
    assert len(asked) == 1
    typing.resolve_function_type(built_in, (types.int64, types.float64), {})
    assert len(asked) == 2


def test_loops_arrays_and_branches_are_as_python_has_them():
    source = (
        "@part\ndef clipped(x, least):\n    if x < least:\n        return least\n    return x\n"
        "def kernel(xs):\n    total, found = 0.0, np.empty(len(xs))\n    for i in range(len(xs)):\n"
        "        found[i] = clipped(xs[i], 0.5) ** 2\n        total += found[i]\n    return total, found[-1]\n"
    )
    compiled, _ = kernel(source)
    xs = np.array([0.25, 1.5, -3.0])
    assert compiled(xs) == (0.25 + 2.25 + 0.25, 0.25)
