import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from smelt.models.rcf import forest as rcf
from smelt.models.rcf.estimator import RandomCutForest
from smelt.terms.errors import InputError


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(2).normal(size=(400, 3))


def test_scikit_learn_accepts_it():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # checks that scikit-learn skips are warned about
        check_estimator(RandomCutForest(n_estimators=20))


def test_signs(rows):
    forest = RandomCutForest(random_state=0).fit(rows)
    queries = np.array([[0, 0, 0], [0, 8, 0]])
    assert np.diff(forest.anomaly_score(queries)) > 0
    np.testing.assert_array_equal(forest.score_samples(queries), -forest.anomaly_score(queries))
    assert forest.decision_function(queries)[0] > 0 > forest.decision_function(queries)[1]
    assert forest.predict(queries).tolist() == [1, -1]


def test_it_is_the_forest_of_the_stages(rows):
    forest = RandomCutForest(random_state=3, max_samples=64, n_estimators=10).fit(rows)
    same = rcf.fit(rows.astype(np.float32), trees=10, samples_per_tree=64, seed=3)
    np.testing.assert_array_equal(forest.anomaly_score(rows), rcf.score(same, rows.astype(np.float32)))
    np.testing.assert_allclose(forest.attribution(rows).sum(axis=1), forest.anomaly_score(rows), rtol=1e-4)


def test_contamination_is_the_share_of_training_rows(rows):
    forest = RandomCutForest(random_state=0, contamination=0.1).fit(rows)
    assert abs((forest.predict(rows) == -1).mean() - 0.1) < 0.01
    with pytest.raises(InputError, match=r"contamination is 0.6; expected above 0, at most 0.5"):
        clone(forest).set_params(contamination=0.6).fit(rows)


def test_threads_and_pickling_change_nothing(rows):
    forest = RandomCutForest(random_state=0, n_estimators=10).fit(rows)
    expected = forest.score_samples(rows)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(forest)).score_samples(rows), expected)
    np.testing.assert_array_equal(forest.set_params(n_jobs=2).score_samples(rows), expected)


def test_missing_values_are_taken(rows):
    rows = rows.copy()
    rows[::5, 1] = np.nan
    assert np.isfinite(RandomCutForest(n_estimators=10, random_state=0).fit(rows).score_samples(rows)).all()
