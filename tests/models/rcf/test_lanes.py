import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit, types

from smelt.models.rcf.lanes import LANES, blend_excess, excess, padded

FLAT = types.Array(types.float32, 1, "C")


@njit(types.float32(FLAT, FLAT, types.intp))
def _excess(box, row, width):
    return excess(box, 0, width, row, 0, width)


@njit(types.void(FLAT, FLAT, FLAT, types.float32, types.float32))
def _blend(box, row, split, keep, add):
    blend_excess(box, 0, split.size, row, 0, split, keep, add)


def _made(seed: int, vectors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    width = vectors * LANES
    low, row = rng.normal(size=(2, width)).astype(np.float32)
    high = low + rng.random(width).astype(np.float32)
    row[rng.random(width) < 0.2] = np.nan
    unknown = rng.random(width) < 0.2
    low[unknown] = high[unknown] = np.nan
    return low, high, row


def _outside(low, high, row):
    return np.nan_to_num(np.maximum(np.maximum(low - row, row - high), 0))


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_excess_leaves_out_what_is_unknown(seed, vectors):
    low, high, row = _made(seed, vectors)
    found = _excess(np.concatenate([low, high]), row, row.size)
    np.testing.assert_allclose(found, _outside(low, high, row).sum(dtype=np.float64), rtol=1e-5)


@given(st.integers(0, 10_000))
def test_excess_adds_in_one_fixed_order(seed):
    low, high, row = _made(seed, 3)
    lanes = np.zeros(LANES, np.float32)
    for vector in _outside(low, high, row).reshape(3, LANES):
        lanes += vector
    while lanes.size > 1:
        lanes = lanes[: lanes.size // 2] + lanes[lanes.size // 2 :]
    assert _excess(np.concatenate([low, high]), row, row.size) == lanes[0]


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_blend_is_elementwise(seed, vectors):
    low, high, row = _made(seed, vectors)
    split = np.random.default_rng(seed).random(row.size).astype(np.float32)
    expected = np.float32(0.25) * split + np.float32(3) * _outside(low, high, row)
    _blend(np.concatenate([low, high]), row, split, 0.25, 3.0)
    np.testing.assert_array_equal(split, expected)


@given(st.integers(0, 1000))
def test_padded_is_the_next_multiple(width):
    assert padded(width) % LANES == 0
    assert max(width, 1) <= padded(width) < width + LANES + (width == 0)
