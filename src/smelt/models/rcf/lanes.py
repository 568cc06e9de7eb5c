"""Sixteen float32 lanes at a time, summed in one fixed order, so that every machine gets the same bits.

A compiler may not reorder a float sum, so a plain loop stays scalar; letting it reorder would make the
result depend on the machine's vector width. LLVM's generic vectors are legal on every target.
"""

# ruff: noqa: PLR0917 - kernels take arrays one by one: a field of a tuple costs a reference count at each use

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils

from smelt.compiled import instruction

LANES = 16
_VECTOR = ir.VectorType(ir.FloatType(), LANES)


def padded(width: int) -> int:
    """Return the width rounded up to whole lanes.

    Examples
    --------
    >>> padded(1), padded(16), padded(150)
    (16, 16, 160)
    """
    return -(-max(width, 1) // LANES) * LANES


def _load(builder: Any, data: Any, offset: Any) -> Any:
    address = builder.gep(data, [offset])
    return builder.load(builder.bitcast(address, _VECTOR.as_pointer()), align=4)


def _store(builder: Any, vector: Any, data: Any, offset: Any) -> None:
    address = builder.gep(data, [offset])
    builder.store(vector, builder.bitcast(address, _VECTOR.as_pointer()), align=4)


def _spread(builder: Any, number: Any) -> Any:
    """Return a vector with the number in every lane."""
    first = ir.Constant(ir.IntType(32), 0)
    single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, first)
    return builder.shuffle_vector(single, single, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


def _variable(builder: Any, value: Any) -> Any:
    alloca: Any = cgutils.alloca_once_value
    return alloca(builder, value)


def _each_vector(builder: Any, width: Any) -> Any:
    """Open a loop over the offsets 0, LANES, … below the width."""
    zero, step = ir.Constant(width.type, 0), ir.Constant(width.type, LANES)
    return cgutils.for_range_slice(builder, zero, width, step, width.type)


def _sum_of_lanes(builder: Any, vector: Any) -> Any:
    """Add the upper half to the lower half until one lane is left."""
    width = LANES
    while width > 1:
        width //= 2
        lower = ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(width)))
        upper = ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(width, 2 * width)))
        halves = [builder.shuffle_vector(vector, vector, half) for half in (lower, upper)]
        vector = builder.fadd(*halves)
    return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


def _outside(builder: Any, box: Any, low: Any, high: Any, point: Any) -> Any:
    """Return how far each lane of the point lies outside [low, high]; 0 where one of them is NaN."""
    zero = ir.Constant(_VECTOR, [0.0] * LANES)
    below = builder.fsub(_load(builder, box, low), point)
    above = builder.fsub(point, _load(builder, box, high))
    out = builder.select(builder.fcmp_ordered(">", below, above), below, above)
    return builder.select(builder.fcmp_ordered(">", out, zero), out, zero)


def _data(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    return context.make_array(kind)(context, builder, value).data


@instruction
def excess(typingctx: Any, corners: Any, low: Any, high: Any, points: Any, row: Any, width: Any) -> Any:
    """Return how far a row lies outside a box, summed over its dimensions (float32).

    `low`, `high` and `row` are flat offsets into the C-ordered arrays `corners` and `points`; `width` is
    a multiple of LANES. A dimension that is NaN in the row or in the box adds nothing.
    """
    signature = types.float32(corners, types.intp, types.intp, points, types.intp, types.intp)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        box = _data(context, builder, signature.args[0], args[0])
        rows = _data(context, builder, signature.args[3], args[3])
        _, low, high, _, row, width = args
        total = _variable(builder, ir.Constant(_VECTOR, [0.0] * LANES))
        with _each_vector(builder, width) as (dim, _):
            point = _load(builder, rows, builder.add(row, dim))
            out = _outside(builder, box, builder.add(low, dim), builder.add(high, dim), point)
            builder.store(builder.fadd(builder.load(total), out), total)
        return _sum_of_lanes(builder, builder.load(total))

    return signature, codegen


@instruction
def blend_excess(
    typingctx: Any, corners: Any, low: Any, high: Any, points: Any, row: Any, split: Any, keep: Any, add: Any
) -> Any:
    """Set `split` (one-dimensional, whole lanes) to keep · split + add · excess, dimension by dimension.

    The other arguments are those of `excess`; `keep` and `add` are float32.
    """
    weights = (types.float32, types.float32)
    signature = types.void(corners, types.intp, types.intp, points, types.intp, split, *weights)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        box = _data(context, builder, signature.args[0], args[0])
        rows = _data(context, builder, signature.args[3], args[3])
        array = context.make_array(signature.args[5])(context, builder, args[5])
        _, low, high, _, row, _, keep, add = args
        keeps, adds = (_spread(builder, weight) for weight in (keep, add))
        with _each_vector(builder, array.nitems) as (dim, _):
            point = _load(builder, rows, builder.add(row, dim))
            out = _outside(builder, box, builder.add(low, dim), builder.add(high, dim), point)
            old = builder.fmul(keeps, _load(builder, array.data, dim))
            _store(builder, builder.fadd(old, builder.fmul(adds, out)), array.data, dim)
        return context.get_dummy_value()

    return signature, codegen
