"""What finds anomalies in a device's minutes: the contract, and the forest behind robust scaling that fulfils it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from smelt.models.rcf import forest as rcf
from smelt.models.rcf import model_file
from smelt.terms.errors import InputError, ShapeError

CLIP = 100.0  # spreads from the median: far beyond any alarm, near enough to leave the other columns a say
_KINDS: dict[str, type[np.generic]] = {
    "names": np.uint8,
    "center": np.float32,
    "spread": np.float32,
    "forest": np.uint8,
}

Matrix = NDArray[np.float32]


class Detector(Protocol):
    """Anything that scores feature rows; higher is more abnormal, NaN in a row is missing, a row of NaN scores NaN."""

    @property
    def names(self) -> tuple[str, ...]:
        """The feature columns in order."""
        ...

    def score(self, features: Matrix) -> Matrix:
        """Return the scores (n,) of features (n, d)."""
        ...

    def contributions(self, features: Matrix) -> Matrix:
        """Return each feature's part (n, d) of the score; a row sums to it."""
        ...

    def to_bytes(self) -> bytes:
        """Return the detector as bytes that cannot execute."""
        ...


@dataclass(frozen=True)
class Scaling:
    """What becomes 0 and 1 in each feature: its median and its spread over the training minutes.

    The spread is the larger of two inter-quantile ranges, of the middle half and of the middle 98 %, each in
    standard deviations of a normal distribution: a signal that rests most of the time has a narrow middle
    half, and would drown the others. Spread 0 is a feature that did not vary: it carries nothing.
    """

    center: NDArray[np.float32]
    spread: NDArray[np.float32]

    @property
    def varying(self) -> NDArray[np.bool_]:
        """Which features carry something."""
        return self.spread > 0

    def apply(self, features: Matrix) -> Matrix:
        """Return the varying features (n, v), scaled and clipped to ±CLIP; NaN stays NaN."""
        kept = self.varying
        with np.errstate(over="ignore"):
            scaled = features[:, kept] - self.center[kept]
            scaled /= self.spread[kept]
        return np.clip(scaled, -CLIP, CLIP, out=scaled)


@dataclass(frozen=True)
class ForestDetector:
    """A random cut forest over robustly scaled features."""

    names: tuple[str, ...]
    scaling: Scaling
    forest: rcf.Forest

    def score(self, features: Matrix, *, threads: int = 1) -> Matrix:
        """Return the scores (n,); NaN where no varying feature is known."""
        return rcf.score(self.forest, self._scaled(features), threads=threads)

    def contributions(self, features: Matrix, *, threads: int = 1) -> Matrix:
        """Return each feature's part (n, d) of the score; features that are constant or missing have 0."""
        return self.explain(features, threads=threads).parts

    def explain(self, features: Matrix, *, threads: int = 1) -> rcf.Attribution:
        """Return scores and contributions in one pass, at the price of the contributions alone."""
        found = rcf.score_and_attribute(self.forest, self._scaled(features), threads=threads)
        parts = np.zeros(features.shape, np.float32)
        parts[:, self.scaling.varying] = found.parts
        return rcf.Attribution(found.scores, parts)

    def to_bytes(self) -> bytes:
        """Return the detector as plain arrays, the names as JSON; the same detector gives the same bytes."""
        return model_file.write_arrays(
            {
                "names": np.frombuffer(json.dumps(self.names).encode(), np.uint8),
                "center": self.scaling.center,
                "spread": self.scaling.spread,
                "forest": np.frombuffer(model_file.to_bytes(self.forest), np.uint8),
            }
        )

    def _scaled(self, features: Matrix) -> Matrix:
        if features.ndim != 2 or features.shape[1] != len(self.names):
            raise ShapeError(
                f"features have shape {features.shape}; expected (minutes, {len(self.names)}), "
                "the columns that the detector was trained on, in their order."
            )
        return self.scaling.apply(np.asarray(features, np.float32))


def detector_from_bytes(data: bytes) -> ForestDetector:
    """Return the detector that `to_bytes` wrote; InputError if the bytes are damaged or not one."""
    arrays = model_file.read_arrays(data, _KINDS)
    try:
        names = tuple(json.loads(arrays["names"].tobytes()))
    except (ValueError, TypeError) as error:
        raise model_file.damaged(f"the feature names are no JSON list: {error}") from error
    shapes = {name: arrays[name].shape for name in ("center", "spread")}
    if any(shape != (len(names),) for shape in shapes.values()) or not all(isinstance(n, str) for n in names):
        raise model_file.damaged(f"{len(names)} feature names, but scaling of shapes {shapes}")
    scaling = Scaling(arrays["center"], arrays["spread"])
    if not (np.isfinite(scaling.center).all() and np.isfinite(scaling.spread).all()):
        raise model_file.damaged("its scaling is not finite")
    forest = model_file.from_bytes(arrays["forest"].tobytes())
    if forest.dims != int(scaling.varying.sum()):
        raise model_file.damaged(f"its forest cuts {forest.dims} dimensions, {scaling.varying.sum()} features vary")
    return ForestDetector(names, scaling, forest)


def fit_detector(
    features: Matrix, names: Sequence[str], *, trees: int = 100, samples_per_tree: int = 256, seed: int = 0
) -> ForestDetector:
    """Fit scaling and forest on a device's training minutes.

    Parameters
    ----------
    features : shape (n, d), one row a minute; NaN (and infinite) is missing.
    names : the d feature columns in order.
    trees, samples_per_tree, seed : those of `smelt.models.rcf.forest.fit`.

    Raises
    ------
    ShapeError
        If features and names do not go together, or there is no row.
    InputError
        If no feature varies: there is nothing to learn.

    Notes
    -----
    Knows only its training minutes: a regime that they lack is scored as an anomaly.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> features = rng.normal(size=(500, 3)).astype(np.float32) * np.array([1, 100, 0], np.float32)
    >>> detector = fit_detector(features, ["load__rolling_avg_15m", "speed__rolling_avg_15m", "coolant"])
    >>> detector.contributions(np.array([[0, 900, 5]], np.float32)).argmax(), detector.scaling.varying.tolist()
    (np.int64(1), [True, True, False])
    """
    features = np.asarray(features, np.float32)
    if features.ndim != 2 or features.shape[1] != len(names) or features.shape[0] == 0:
        raise ShapeError(f"features have shape {features.shape}; expected (at least 1, {len(names)}), a column a name.")
    features = np.where(np.isfinite(features), features, np.float32(np.nan))
    scaling = _fit_scaling(features)
    if not scaling.varying.any():
        raise InputError(
            f"none of {len(names)} features varies over {features.shape[0]} training minutes; expected at least one. "
            "Map more signals, or train on a period in which the machine works."
        )
    forest = rcf.fit(scaling.apply(features), trees=trees, samples_per_tree=samples_per_tree, seed=seed)
    return ForestDetector(tuple(names), scaling, forest)


def _fit_scaling(features: Matrix) -> Scaling:
    ordered = np.sort(features.T, axis=1)  # NaN last
    last = np.maximum((~np.isnan(ordered)).sum(axis=1) - 1, 0)

    def quantile(q: float) -> NDArray[np.float64]:
        place = np.rint(q * last).astype(np.intp)
        values: NDArray[np.float64] = ordered[np.arange(place.size), place].astype(np.float64)
        return np.nan_to_num(values)

    half = (quantile(0.75) - quantile(0.25)) / 1.349
    most = (quantile(0.99) - quantile(0.01)) / 4.653
    spread = np.maximum(half, most)
    spread = np.where(spread > 0, spread, quantile(1.0) - quantile(0.0))
    return Scaling(quantile(0.5).astype(np.float32), np.minimum(spread, np.finfo(np.float32).max).astype(np.float32))
