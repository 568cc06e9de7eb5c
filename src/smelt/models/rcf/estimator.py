"""The forest as a scikit-learn outlier detector, for notebooks and pipelines; smelt's stages use forest.py."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from smelt.models.rcf import forest as rcf
from smelt.terms.errors import InputError


class RandomCutForest(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """Random cut forest with scikit-learn's conventions; NaN counts as missing.

    `score_samples` and `decision_function` are lower for more abnormal rows, as scikit-learn wants;
    `anomaly_score` is smelt's own, higher for more abnormal ones.

    Parameters
    ----------
    n_estimators : trees.
    max_samples : rows that each tree draws, at most.
    contamination : the share of the training rows that `predict` calls outliers.
    random_state : seed, generator or None; the same seed gives the same forest everywhere.
    n_jobs : threads that score; None is one. Results do not depend on it.

    Notes
    -----
    Cuts fall in proportion to range, so a column on a larger scale dominates: scale robustly first.
    `contamination` is measured on the training rows and flags several times its share in a period to come;
    smelt's alarms use held-out scores instead (smelt.scores.threshold).

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(500, 2))
    >>> forest = RandomCutForest(random_state=0).fit(rows)
    >>> forest.predict([[0.0, 0.0], [9.0, 9.0]]).tolist()
    [1, -1]
    """

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        max_samples: int = 256,
        contamination: float = 0.01,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.contamination = contamination
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Grow the forest and set the offset that `contamination` asks for; y is ignored."""
        if not 0 < self.contamination <= 0.5:
            raise InputError(f"contamination is {self.contamination}; expected above 0, at most 0.5. Try 0.01.")
        rows = self._rows(X, reset=True)
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(np.iinfo(np.int32).max)
        self.forest_ = rcf.fit(rows, trees=self.n_estimators, samples_per_tree=self.max_samples, seed=int(seed))
        self.offset_ = float(np.nanquantile(-self._score(rows), self.contamination))
        return self

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return minus the anomaly score (n,): lower is more abnormal."""
        return -self.anomaly_score(X)

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return `score_samples` less the offset: negative rows are outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return -1 for outliers and 1 for the rest."""
        return np.where(self.decision_function(X) < 0, -1, 1).astype(np.int64)

    def anomaly_score(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the forest's score (n,): higher is more abnormal, about 1 is ordinary."""
        check_is_fitted(self)
        return self._score(self._rows(X, reset=False))

    def attribution(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return each column's part (n, d) of the anomaly score."""
        check_is_fitted(self)
        return rcf.attribute(self.forest_, self._rows(X, reset=False), threads=self.n_jobs or 1)

    def _score(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        return rcf.score(self.forest_, rows, threads=self.n_jobs or 1).astype(np.float64)

    def _rows(self, X: ArrayLike, *, reset: bool) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = validate_data(
            self, X, reset=reset, dtype=np.float32, order="C", ensure_all_finite="allow-nan"
        )
        return rows

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
