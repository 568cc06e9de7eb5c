"""The random cut forest: fit on a matrix, score rows, split each score by dimension; pure and reproducible."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smelt.models.rcf.grow import grow
from smelt.models.rcf.trees import Trees, empty_trees, fill_boxes
from smelt.models.rcf.visit import visit_rows
from smelt.terms.errors import InputError, ShapeError

MOST_TREES = 10_000
MOST_SAMPLES = 1 << 20
FARTHEST = 1e30
_BLOCK_ROWS = 2048
_MASK = (1 << 64) - 1

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Forest:
    """A fitted forest: its trees, how many dimensions they cut, and how many rows each was grown from."""

    trees: Trees
    dims: int
    samples_per_tree: int


@dataclass(frozen=True)
class Attribution:
    """Scores (n,) and each dimension's part of them (n, d)."""

    scores: NDArray[np.float32]
    parts: NDArray[np.float32]


def fit(points: Points, *, trees: int = 100, samples_per_tree: int = 256, seed: int = 0) -> Forest:
    """Grow a forest; every tree draws its own sample of the rows without replacement.

    Parameters
    ----------
    points : shape (n, d). NaN means missing: it extends no box, and at a cut of its dimension goes to
        the side that the node drew for missing values.
    trees : how many; the score's noise falls with its square root.
    samples_per_tree : at most this many rows each; 1 / samples_per_tree is about the share of anomalies
        that stays visible. With fewer rows every tree takes them all.
    seed : the same seed gives the same forest on every machine.

    Raises
    ------
    ShapeError
        If points is not two-dimensional or is empty.
    InputError
        If a setting is out of range, or a value is infinite or beyond ±1e30.

    Notes
    -----
    Cuts fall in proportion to range, so scale matters: scale the columns robustly first (see detector.py).

    References
    ----------
    Guha, Mishra, Roy & Schrijvers (2016), Robust Random Cut Forest Based Anomaly Detection on Streams, ICML.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> forest = fit(rng.normal(size=(1000, 3)).astype(np.float32))
    >>> near, far = score(forest, np.array([[0, 0, 0], [0, 9, 0]], np.float32))
    >>> bool(far > 3 * near)
    True
    >>> int(attribute(forest, np.array([[0, 9, 0]], np.float32)).argmax())
    1
    """
    points = _as_points(points)
    _check_settings(points, trees, samples_per_tree)
    size = min(points.shape[0], samples_per_tree)
    grown = empty_trees(trees, size, points.shape[1])
    grow(grown, points, _keys(seed, 2 * trees), size)
    fill_boxes(grown)
    return Forest(grown, points.shape[1], size)


def score(forest: Forest, points: Points, *, threads: int = 1) -> NDArray[np.float32]:
    """Return each row's anomaly score (n,), higher is more abnormal; about 1 is ordinary.

    A row's missing dimensions (NaN) are left out; a row without any known dimension scores NaN. Values
    beyond ±1e30 count as ±1e30. Results do not depend on `threads` nor on the rows' company.
    """
    return _visit_all(forest, points, threads, False).scores


def attribute(forest: Forest, points: Points, *, threads: int = 1) -> NDArray[np.float32]:
    """Return each dimension's part of each score (n, d); a row of it sums to the score.

    A row that equals a sample row is split by what sets that one apart from its nearest neighbours.
    """
    return _visit_all(forest, points, threads, True).parts


def score_and_attribute(forest: Forest, points: Points, *, threads: int = 1) -> Attribution:
    """Return scores and their parts in one pass, at the price of `attribute` alone."""
    return _visit_all(forest, points, threads, True)


def _visit_all(forest: Forest, points: Points, threads: int, has_parts: bool) -> Attribution:
    points = _as_points(points)
    if points.shape[1] != forest.dims:
        raise ShapeError(
            f"points have {points.shape[1]} columns, the forest was fitted on {forest.dims}; "
            "give the same columns in the same order."
        )
    scores = np.empty(points.shape[0], np.float64)
    parts = np.empty(points.shape if has_parts else (0, 0), np.float32)
    trees = _writable(forest.trees)
    logs = np.log2(np.arange(1, forest.samples_per_tree + 2)).astype(np.float32)
    logs = np.concatenate([np.zeros(1, np.float32), logs])

    def visit(rows: slice) -> None:
        visit_rows(trees, logs, points, rows.start, scores[rows], parts[rows])

    _for_each(visit, _blocks(points.shape[0]), threads)
    return Attribution(scores.astype(np.float32), parts)


def _writable(trees: Trees) -> Trees:
    """Return the trees as the one array type that the kernels are compiled for; copies only what is read-only."""
    arrays: tuple[Any, ...] = tuple(np.require(array, requirements=("C", "A", "W")) for array in trees)
    return Trees(*arrays)


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _BLOCK_ROWS):
        yield slice(start, min(start + _BLOCK_ROWS, rows))


def _for_each(visit: Callable[[slice], None], blocks: Iterator[slice], threads: int) -> None:
    if threads <= 1:
        for block in blocks:
            visit(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(visit, blocks))


def _as_points(points: Points) -> Points:
    points = np.require(points, np.float32, ("C", "A"))
    if points.ndim != 2:
        raise ShapeError(f"points have shape {points.shape}; expected (rows, columns). Reshape a single row to (1, d).")
    return points


def _check_settings(points: Points, trees: int, samples_per_tree: int) -> None:
    if 0 in points.shape:
        raise ShapeError(f"points have shape {points.shape}; a forest needs at least one row and one column.")
    if not 1 <= trees <= MOST_TREES:
        raise InputError(f"trees is {trees}; expected 1 to {MOST_TREES}. 100 is a good start.")
    if not 1 <= samples_per_tree <= MOST_SAMPLES:
        raise InputError(f"samples_per_tree is {samples_per_tree}; expected 1 to {MOST_SAMPLES}. Try 256.")
    highest, lowest = np.fmax.reduce(points, axis=None), np.fmin.reduce(points, axis=None)
    if highest > FARTHEST or lowest < -FARTHEST:
        raise InputError(
            f"points have values {lowest} to {highest}; expected all within ±{FARTHEST:g}. "
            "Make infinite values NaN (missing), or scale the columns."
        )


def _keys(seed: int, count: int) -> NDArray[np.uint64]:
    """Return `count` keys of independent streams (splitmix64 of the seed)."""
    keys = []
    for i in range(1, count + 1):
        z = (seed + i * 0x9E3779B97F4A7C15) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        keys.append(z ^ (z >> 31))
    return np.array(keys, np.uint64)
