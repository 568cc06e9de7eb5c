"""A forest as bytes and back: plain arrays in an npz archive that cannot execute, checked before use.

Sample rows are stored once however many trees drew them, and boxes follow from the leaves, so a file is
a fraction of the forest in memory. The same forest gives the same bytes.
"""

import io
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smelt.models.rcf.forest import FARTHEST, MOST_SAMPLES, MOST_TREES, Forest
from smelt.models.rcf.trees import Trees, empty_trees, fill_boxes
from smelt.terms.errors import InputError

FORMAT = 1
MOST_BYTES = 1 << 31
_INNER: dict[str, type[np.generic]] = {
    "cut_dim": np.int32,
    "cut": np.float32,
    "missing_side": np.uint8,
    "child": np.int32,
}
_KINDS: dict[str, type[np.generic]] = {
    "sizes": np.int64,
    "leaves": np.int32,
    **_INNER,
    "mass": np.int32,
    "leaf_row": np.int32,
    "rows": np.float32,
}

Arrays = dict[str, NDArray[Any]]
Places = tuple[NDArray[np.intp], ...]


def to_bytes(forest: Forest) -> bytes:
    """Return the forest as the bytes of an npz archive."""
    trees = forest.trees
    inner, outer = _places(trees.leaves, trees.mass.shape[1])
    leaves = np.ascontiguousarray(trees.leaf[outer][:, : forest.dims])
    _, first, leaf_row = np.unique(
        leaves.view(np.dtype((np.void, leaves.itemsize * forest.dims)))[:, 0], return_index=True, return_inverse=True
    )
    arrays = {name: getattr(trees, name)[inner] for name in _INNER}
    arrays |= {"leaves": trees.leaves, "mass": trees.mass[outer], "rows": leaves[first]}
    arrays |= {"leaf_row": leaf_row.astype(np.int32)}
    arrays |= {"sizes": np.array([FORMAT, forest.dims, forest.samples_per_tree, trees.mass.shape[1]], np.int64)}
    return write_arrays(arrays)


def from_bytes(data: bytes) -> Forest:
    """Return the forest that `to_bytes` wrote.

    Raises
    ------
    InputError
        If the bytes are not such a file, are damaged, or were written by a newer version.
    """
    arrays = read_arrays(data, _KINDS)
    if arrays["sizes"].shape != (4,):
        raise damaged(f"'sizes' has shape {arrays['sizes'].shape}, expected (4,)")
    version, dims, samples, most = (int(size) for size in arrays["sizes"])
    if version > FORMAT:
        raise InputError(f"model file has format {version}, this smelt reads up to {FORMAT}. Update smelt.")
    _check_sizes(arrays, dims, samples, most)
    leaves = arrays["leaves"].astype(np.int32)
    trees = empty_trees(leaves.size, most, dims)
    inner, outer = _places(leaves, most)
    trees.leaves[:] = leaves
    for name in _INNER:
        getattr(trees, name)[inner] = arrays[name]
    trees.mass[outer] = arrays["mass"]
    _check_trees(trees, dims, samples, inner, outer)
    points = np.zeros((outer[0].size, trees.leaf.shape[2]), np.float32)
    points[:, :dims] = arrays["rows"][arrays["leaf_row"].astype(np.intp)]
    trees.leaf[outer] = points
    fill_boxes(trees)
    return Forest(trees, dims, samples)


def _places(leaves: NDArray[np.int32], most: int) -> tuple[Places, Places]:
    """Return the places (tree, number) that are used by inner nodes, and by leaves."""
    number = np.arange(most)
    return (number < leaves[:, None] - 1).nonzero(), (number < leaves[:, None]).nonzero()


def write_arrays(arrays: Arrays) -> bytes:
    """Return an npz archive of the arrays, lightly compressed: floats gain little from more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return buffer.getvalue()


def read_arrays(data: bytes, kinds: dict[str, type[np.generic]]) -> Arrays:
    """Return the named arrays of an npz archive, each of its kind, or say what is wrong with the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MOST_BYTES:
            raise damaged(f"it unpacks to {size} bytes, expected at most {MOST_BYTES}")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in kinds}
    except InputError:
        raise
    except Exception as error:  # whatever a damaged archive makes the two readers say
        raise damaged(f"{error}, in {len(data)} bytes, expected an npz archive of {', '.join(kinds)}") from error
    for name, kind in kinds.items():
        if arrays[name].dtype != kind:
            raise damaged(f"'{name}' is {arrays[name].dtype}, expected {np.dtype(kind)}")
    return arrays


def damaged(what: str) -> InputError:
    """Return the error for a model file that cannot be used."""
    return InputError(f"model file is damaged: {what}. Fetch it again or train the model again.")


def _check_sizes(arrays: Arrays, dims: int, samples: int, most: int) -> None:
    leaves = arrays["leaves"]
    if leaves.ndim != 1 or not 1 <= leaves.size <= MOST_TREES:
        raise damaged(f"'leaves' has shape {leaves.shape}, expected 1 to {MOST_TREES} trees")
    if not 1 <= most <= samples <= MOST_SAMPLES or dims < 1:
        raise damaged(f"{dims} dimensions, {samples} samples, {most} leaves do not go together")
    if int(leaves.min()) < 1 or int(leaves.max()) > most:
        raise damaged(f"a tree's leaves number {leaves.min()} to {leaves.max()}, expected 1 to {most}")
    if leaves.size * most * dims * 12 > 2 * MOST_BYTES:
        raise damaged(f"{leaves.size} trees of {most} leaves and {dims} dimensions are more than a forest may have")
    outer = int(leaves.astype(np.int64).sum())
    shapes = dict.fromkeys(_INNER, (outer - leaves.size,)) | {"child": (outer - leaves.size, 2)}
    shapes |= {"mass": (outer,), "leaf_row": (outer,), "rows": (arrays["rows"].shape[0], dims)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise damaged(f"'{name}' has shape {arrays[name].shape}, expected {shape}")
    rows, leaf_row = arrays["rows"], arrays["leaf_row"]
    if not _all_within(leaf_row, 0, rows.shape[0] - 1):
        raise damaged(f"a leaf names a row outside the {rows.shape[0]} stored ones")
    if (np.abs(rows) > FARTHEST).any():
        raise damaged(f"a sample row holds a value beyond ±{FARTHEST:g}")


def _check_trees(trees: Trees, dims: int, samples: int, inner: Places, outer: Places) -> None:
    """Refuse anything that could lead a kernel astray: every node must have one parent, before it in order."""
    child, most = trees.child[inner], trees.mass.shape[1]
    tree, node = inner
    expected = np.zeros((2, *trees.mass.shape), np.int64)
    expected[0][inner] = 1
    expected[0, :, 0] = 0  # nobody's child
    expected[1][outer] = 1
    expected[1, trees.leaves == 1, 0] = 0
    is_leaf = child < 0
    number = np.where(is_leaf, ~child, child).astype(np.int64)
    if not _all_within(number, 0, most - 1):
        raise damaged(f"a child's number is outside 0 to {most - 1}")
    place = (is_leaf * trees.mass.shape[0] + tree[:, None]) * most + number
    found = np.bincount(place.ravel(), minlength=expected.size).reshape(expected.shape)
    if (found != expected).any() or (~is_leaf & (child <= node[:, None])).any():
        raise damaged("the nodes of a tree do not form a tree")
    if not _all_within(trees.cut_dim, 0, dims - 1) or not _all_within(trees.missing_side, 0, 1):
        raise damaged(f"a cut is outside the {dims} dimensions or has no side for missing values")
    if not np.isfinite(trees.cut).all():
        raise damaged("a cut is not a number")
    if (trees.mass[outer] < 1).any() or (trees.mass.sum(axis=1) != samples).any():
        raise damaged(f"the masses of a tree's leaves do not add up to {samples}")


def _all_within(values: NDArray[Any], low: int, high: int) -> bool:
    return bool(((values >= low) & (values <= high)).all())
