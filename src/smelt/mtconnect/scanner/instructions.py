"""Instructions on raw addresses that Numba has no words for: loads, stores, 32 bytes at once, 128-bit products.

Addresses and all integers are int64: mixed with uint64 they would become floats.
"""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types

from smelt.compiled import instruction

_I1, _I8, _I32, _I64, _I128 = (ir.IntType(bits) for bits in (1, 8, 32, 64, 128))
_BYTES = ir.VectorType(_I8, 32)
_LONG = types.int64


def _pointer(builder: Any, address: Any, kind: Any) -> Any:
    return builder.inttoptr(address, kind.as_pointer())


def _load(builder: Any, address: Any, kind: Any) -> Any:
    return builder.load(_pointer(builder, address, kind), align=1)


def _store(builder: Any, address: Any, value: Any) -> None:
    builder.store(value, _pointer(builder, address, value.type), align=1)


@instruction
def load_byte(typingctx: Any, address: Any) -> Any:
    """Return the byte at an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.zext(_load(builder, args[0], _I8), _I64)

    return _LONG(_LONG), codegen


@instruction
def load_word(typingctx: Any, address: Any) -> Any:
    """Return the 8 bytes at an address, the first one lowest."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _load(builder, args[0], _I64)

    return _LONG(_LONG), codegen


@instruction
def load_int32(typingctx: Any, address: Any) -> Any:
    """Return the int32 at an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.sext(_load(builder, args[0], _I32), _I64)

    return _LONG(_LONG), codegen


@instruction
def store_word(typingctx: Any, address: Any, value: Any) -> Any:
    """Store an int64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _store(builder, args[0], args[1])
        return context.get_dummy_value()

    return types.void(_LONG, _LONG), codegen


@instruction
def store_int32(typingctx: Any, address: Any, value: Any) -> Any:
    """Store the low half of an int64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _store(builder, args[0], builder.trunc(args[1], _I32))
        return context.get_dummy_value()

    return types.void(_LONG, _LONG), codegen


@instruction
def store_byte(typingctx: Any, address: Any, value: Any) -> Any:
    """Store the lowest byte of an int64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _store(builder, args[0], builder.trunc(args[1], _I8))
        return context.get_dummy_value()

    return types.void(_LONG, _LONG), codegen


@instruction
def store_float(typingctx: Any, address: Any, value: Any) -> Any:
    """Store a float64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _store(builder, args[0], args[1])
        return context.get_dummy_value()

    return types.void(_LONG, types.float64), codegen


@instruction
def float_of_bits(typingctx: Any, bits: Any) -> Any:
    """Return the float64 that has these bits."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(_LONG), codegen


@instruction
def shift_right(typingctx: Any, value: Any, bits: Any) -> Any:
    """Shift right, zeros coming in."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.lshr(args[0], args[1])

    return _LONG(_LONG, _LONG), codegen


@instruction
def trailing_zeros(typingctx: Any, value: Any) -> Any:
    """Count the zero bits below the lowest one; 64 for 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(_I1, 0))

    return _LONG(_LONG), codegen


@instruction
def leading_zeros(typingctx: Any, value: Any) -> Any:
    """Count the zero bits above the highest one; 64 for 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctlz(args[0], ir.Constant(_I1, 0))

    return _LONG(_LONG), codegen


@instruction
def is_below(typingctx: Any, one: Any, other: Any) -> Any:
    """Tell whether the first is less, both taken without sign."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.icmp_unsigned("<", args[0], args[1])

    return types.boolean(_LONG, _LONG), codegen


@instruction
def product_high(typingctx: Any, one: Any, other: Any) -> Any:
    """Return the upper 64 bits of the product, both taken without sign."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.mul(*(builder.zext(arg, _I128) for arg in args))
        return builder.trunc(builder.lshr(product, ir.Constant(_I128, 64)), _I64)

    return _LONG(_LONG, _LONG), codegen


def _spread(byte: int) -> Any:
    return ir.Constant(_BYTES, [byte] * 32)


def _bits(builder: Any, lanes: Any) -> Any:
    return builder.zext(builder.bitcast(lanes, _I32), _I64)


@instruction
def differing(typingctx: Any, one: Any, other: Any) -> Any:
    """Compare 32 bytes at two addresses; bit i is set where byte i differs."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _bits(builder, builder.icmp_unsigned("!=", *(_load(builder, arg, _BYTES) for arg in args)))

    return _LONG(_LONG, _LONG), codegen


@instruction
def stops(typingctx: Any, address: Any) -> Any:
    """Look at 32 bytes of a string; bit i is set where byte i is a quote, a backslash, a control or not ASCII."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        text = _load(builder, args[0], _BYTES)
        odd = builder.icmp_signed("<", text, _spread(0x20))  # controls, and as a sign all that is not ASCII
        for mark in b'"\\':
            odd = builder.or_(odd, builder.icmp_unsigned("==", text, _spread(mark)))
        return _bits(builder, odd)

    return _LONG(_LONG), codegen


@instruction
def copy_32(typingctx: Any, source: Any, target: Any) -> Any:
    """Copy 32 bytes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _store(builder, args[1], _load(builder, args[0], _BYTES))
        return context.get_dummy_value()

    return types.void(_LONG, _LONG), codegen
