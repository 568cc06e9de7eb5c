import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.models.detector import CLIP, Detector, ForestDetector, detector_from_bytes, fit_detector
from smelt.models.rcf.model_file import write_arrays
from smelt.terms.errors import InputError, ShapeError

NAMES = ("load__rolling_avg_15m", "load__rolling_std_15m", "speed__rolling_avg_15m", "steady", "unknown")


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(4)
    made = rng.normal(size=(500, 5)).astype(np.float32) * np.array([1, 1e-3, 1e4, 0, 1], np.float32)
    made[:, 3] = 7
    made[:, 4] = np.nan
    made[::50, 0] = np.nan
    return made


@pytest.fixture(scope="module")
def detector(features) -> ForestDetector:
    return fit_detector(features, NAMES, trees=30)


def test_it_is_a_detector(detector):
    as_detector: Detector = detector
    assert as_detector.names == NAMES


def test_scale_and_offset_of_a_feature_do_not_matter(features, detector):
    factor, offset = np.array([8, 0.5, 64, 1, 1], np.float32), np.float32(0)
    other = fit_detector(features * factor + offset, NAMES, trees=30)
    np.testing.assert_allclose(other.score(features * factor + offset), detector.score(features), rtol=1e-4)


def test_constant_and_unknown_features_carry_nothing(features, detector):
    assert detector.scaling.varying.tolist() == [True, True, True, False, False]
    changed = features.copy()
    changed[:, 3:] = 1e6
    np.testing.assert_array_equal(detector.score(changed), detector.score(features))
    assert (detector.contributions(changed)[:, 3:] == 0).all()


def test_a_rare_state_is_not_constant():
    rows = np.zeros((1000, 2), np.float32)
    rows[:, 0] = np.arange(1000)
    rows[3, 1] = 5
    assert fit_detector(rows, ["a", "b"], trees=5).scaling.spread[1] == 5


def test_a_narrow_middle_half_does_not_drown_the_others():
    rng = np.random.default_rng(0)
    resting = np.where(rng.random(2000) < 0.9, 0.001 * rng.normal(size=2000), 100.0)
    scaling = fit_detector(np.stack([resting, rng.normal(size=2000)], 1).astype(np.float32), ["a", "b"]).scaling
    assert 10 < scaling.spread[0] < 100


def test_contributions_sum_to_the_score(features, detector):
    found = detector.explain(features)
    np.testing.assert_allclose(found.parts.sum(axis=1), found.scores, rtol=1e-4)
    np.testing.assert_array_equal(found.scores, detector.score(features))
    np.testing.assert_array_equal(found.parts, detector.contributions(features))


def test_one_wild_feature_is_clipped(features, detector):
    wild = features[:2].copy()
    wild[:, 1] = 3e38
    scaled = detector.scaling.apply(wild)
    assert (scaled[:, 1] == CLIP).all()
    assert np.isfinite(detector.score(wild)).all()
    wild[:, 1] = np.inf
    assert (detector.scaling.apply(wild)[:, 1] == CLIP).all()


def test_minutes_without_a_known_feature_have_no_score(detector):
    rows = np.full((1, 5), np.nan, np.float32)
    assert np.isnan(detector.score(rows)).all()


@given(st.integers(0, 1000))
def test_bytes_and_back(seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(40, 3)).astype(np.float32)
    detector = fit_detector(features, ["a", "ü", "c"], trees=3, seed=seed)
    again = detector_from_bytes(detector.to_bytes())
    assert again.names == detector.names
    np.testing.assert_array_equal(again.score(features), detector.score(features))
    assert again.to_bytes() == detector.to_bytes()


def test_damaged_bytes_are_refused(detector):
    data = detector.to_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 255
    for damaged in (b"", data[:-100], data[: len(data) // 2], bytes(flipped)):
        with pytest.raises(InputError, match="model file is damaged"):
            detector_from_bytes(damaged)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("names", np.frombuffer(b"[1", np.uint8), "no JSON list"),
        ("names", np.frombuffer(b'["a"]', np.uint8), "1 feature names, but scaling of shapes"),
        ("names", np.frombuffer(b"7", np.uint8), "no JSON list"),
        ("center", np.full(5, np.nan, np.float32), "its scaling is not finite"),
        ("spread", np.ones(5, np.float32), "its forest cuts 3 dimensions, 5 features vary"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(detector, name, value, message):
    arrays = dict(np.load(io.BytesIO(detector.to_bytes()))) | {name: value}
    with pytest.raises(InputError, match=message):
        detector_from_bytes(write_arrays(arrays))


def test_what_cannot_be_fitted_is_refused(features):
    with pytest.raises(InputError, match="none of 2 features varies over 500 training minutes"):
        fit_detector(features[:, 3:], NAMES[3:])
    with pytest.raises(ShapeError, match=r"shape \(500, 5\); expected \(at least 1, 4\)"):
        fit_detector(features, NAMES[:4])
    with pytest.raises(ShapeError, match=r"shape \(500, 4\); expected \(minutes, 5\)"):
        fit_detector(features, NAMES, trees=1).score(features[:, :4])
