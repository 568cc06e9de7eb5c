import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.models.rcf.forest import Forest, fit, score
from smelt.models.rcf.model_file import from_bytes, to_bytes
from smelt.terms.errors import InputError


def _forest(seed: int = 0, rows: int = 60, missing: float = 0.1) -> Forest:
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(rows, 3)), 1).astype(np.float32)
    points[rng.random(points.shape) < missing] = np.nan
    return fit(points, trees=4, samples_per_tree=20, seed=seed)


SOUND = to_bytes(_forest())


@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([0.0, 0.2, 1.0]))
def test_a_forest_comes_back_bit_by_bit(seed, rows, missing):
    forest = _forest(seed, rows, missing)
    again = from_bytes(to_bytes(forest))
    assert (again.dims, again.samples_per_tree) == (forest.dims, forest.samples_per_tree)
    for name, array in forest.trees._asdict().items():
        np.testing.assert_array_equal(getattr(again.trees, name), array, err_msg=name)


def test_the_same_forest_gives_the_same_bytes():
    assert to_bytes(_forest()) == SOUND
    assert to_bytes(from_bytes(SOUND)) == SOUND


def test_rows_that_many_trees_drew_are_stored_once():
    points = np.random.default_rng(0).normal(size=(300, 32)).astype(np.float32)
    forest = fit(points, trees=100, samples_per_tree=256)
    assert len(to_bytes(forest)) < points.nbytes + 100 * 256 * 16 < forest.trees.leaf.nbytes / 3


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_harmless(place, flip):
    data = bytearray(SOUND)
    data[place] ^= flip
    _refused_or_the_same(bytes(data))


@given(st.integers(0, len(SOUND) - 1))
def test_a_torn_file_is_refused(size):
    with pytest.raises(InputError, match="model file is damaged"):
        from_bytes(SOUND[:size])


def _refused_or_the_same(data: bytes) -> None:
    try:
        forest = from_bytes(data)
    except InputError:
        return
    query = np.zeros((1, 3), np.float32)
    np.testing.assert_array_equal(score(forest, query), score(from_bytes(SOUND), query))


def _tampered(name: str, change: object) -> bytes:
    with np.load(io.BytesIO(SOUND)) as archive:
        arrays = dict(archive)
    arrays[name] = change(arrays[name])  # type: ignore[operator]
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _with(place: object, value: object):
    def change(array):
        array = array.copy()
        array[place] = value
        return array

    return change


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("sizes", _with(0, 99), "model file has format 99, this smelt reads up to 1"),
        ("sizes", _with(1, 4), "'rows' has shape"),
        ("sizes", _with(2, 21), "do not add up to 21"),
        ("sizes", _with(3, 1 << 40), "do not go together"),
        ("sizes", lambda a: a[:2], r"'sizes' has shape \(2,\)"),
        ("leaves", _with(0, 0), "leaves number 0 to"),
        ("leaves", lambda a: a.astype(np.int64), "'leaves' is int64, expected int32"),
        ("child", _with((0, 0), 0), "do not form a tree"),
        ("child", _with((0, 0), -1), "do not form a tree"),
        ("child", _with((0, 0), 1 << 20), "child's number is outside"),
        ("child", lambda a: a[:-1], "'child' has shape"),
        ("cut_dim", _with(0, 3), "outside the 3 dimensions"),
        ("cut_dim", _with(0, -1), "outside the 3 dimensions"),
        ("missing_side", _with(0, 2), "no side for missing values"),
        ("cut", _with(0, np.nan), "a cut is not a number"),
        ("mass", _with(0, 0), "masses"),
        ("leaf_row", _with(0, 10_000), "a leaf names a row outside"),
        ("leaf_row", _with(0, -1), "a leaf names a row outside"),
        ("rows", _with((0, 0), np.inf), "beyond"),
    ],
)
def test_arrays_that_would_lead_a_kernel_astray_are_refused(name, change, message):
    with pytest.raises(InputError, match=message):
        from_bytes(_tampered(name, change))


def test_other_files_are_refused_without_running_anything():
    pickled = io.BytesIO()
    np.savez(pickled, sizes=np.array([object()]), allow_pickle=True)
    for data in (b"", b"not a model", pickled.getvalue()):
        with pytest.raises(InputError, match="model file is damaged"):
            from_bytes(data)
