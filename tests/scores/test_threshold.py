from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from smelt.models.detector import fit_detector
from smelt.scores.episode import EpisodeRules, fold
from smelt.scores.severity import severity
from smelt.scores.threshold import Budget, calibrate, opening_scores
from smelt.terms.errors import InputError
from smelt.terms.interval import MINUTE_US


def _scores(seed: int, size: int, memory: float = 0.95) -> np.ndarray:
    """Return scores that wander as real ones do."""
    noise = np.random.default_rng(seed).normal(size=size)
    wander = lfilter([np.sqrt(1 - memory**2)], [1, -memory], noise)
    return np.exp(0.3 * wander).astype(np.float32)


def _minutes(size: int) -> np.ndarray:
    return np.arange(size) * MINUTE_US


@given(st.integers(0, 10_000), st.sampled_from([200, 1500, 7000]), st.sampled_from([0.5, 2.0, 10.0, 40.0]))
def test_replaying_the_calibration_minutes_keeps_the_budget(seed, size, per_168h):
    scores = _scores(seed, size)
    found = calibrate(_minutes(size), scores, Budget(per_168h))
    replayed = fold(_minutes(size), severity(found, scores))
    assert found.replayed_episodes == len(replayed) <= per_168h * size / 60 / 168
    assert (scores >= np.float32(found.threshold)).mean() <= 0.1
    assert severity(found, np.array([found.threshold], np.float32)) == 75


def test_a_larger_budget_never_raises_the_threshold():
    scores = _scores(1, 8000)
    thresholds = [calibrate(_minutes(8000), scores, Budget(budget)).threshold for budget in (0.5, 1, 2, 4, 8, 16)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_the_next_lower_score_would_break_the_budget():
    scores, minutes = _scores(2, 12_000), _minutes(12_000)
    found = calibrate(minutes, scores, Budget(4.0))
    assert not found.is_extrapolated
    lower = replace(found, threshold=float(np.unique(scores[scores < np.float32(found.threshold)])[-1]))
    allowed = 4.0 * scores.size / 60 / 168
    assert found.replayed_episodes <= allowed < len(fold(minutes, severity(lower, scores)))


def test_too_short_a_time_is_extrapolated_and_says_so():
    short = calibrate(_minutes(1500), _scores(3, 1500))
    assert short.is_extrapolated
    assert short.replayed_episodes == 0
    assert not calibrate(_minutes(20_160), _scores(3, 20_160)).is_extrapolated


def test_the_budget_holds_in_the_next_period_on_average():
    minutes, ahead = _minutes(5000), _scores(99, 40_000)
    counts = [
        len(fold(_minutes(ahead.size), severity(calibrate(minutes, _scores(seed, 5000)), ahead))) for seed in range(6)
    ]
    assert np.mean(counts) < 2 * 2.0 * ahead.size / 60 / 168


def test_minutes_without_a_score_do_not_count():
    scores = _scores(4, 3000)
    with_gaps = np.insert(scores, np.arange(0, 3000, 10), np.nan)
    kept = ~np.isnan(with_gaps)
    minutes = _minutes(with_gaps.size)
    assert calibrate(minutes, with_gaps) == calibrate(minutes[kept], scores)
    assert calibrate(minutes, with_gaps).calibration_minutes == 3000


@pytest.mark.parametrize("scores", [np.ones(2000), np.repeat([1.0, 2.0], [1500, 500]), np.arange(2000) % 7])
def test_scores_of_few_values_get_a_threshold_that_does_not_always_alarm(scores):
    found = calibrate(_minutes(2000), scores.astype(np.float32), Budget(50.0))
    assert (scores >= found.threshold).mean() <= 0.1


@given(st.integers(0, 10_000))
def test_opening_score_is_the_highest_threshold_that_opens(seed):
    rng = np.random.default_rng(seed)
    rules = EpisodeRules()
    minutes = np.cumsum(np.where(rng.random(80) < 0.03, 40, 1)) * MINUTE_US
    scores = rng.random(80).astype(np.float32)
    highest = opening_scores(minutes, scores, rules).max()
    if np.isfinite(highest):
        assert fold(minutes, np.where(scores >= highest, 75, 0).astype(np.float32), rules)
        assert not fold(minutes, np.where(scores > highest, 75, 0).astype(np.float32), rules)


def test_what_cannot_be_calibrated_is_refused():
    with pytest.raises(InputError, match="29 held-out scored minutes; expected at least 30"):
        calibrate(_minutes(29), np.ones(29, np.float32))
    with pytest.raises(InputError, match="budget is 0 episodes per 168 h"):
        calibrate(_minutes(50), np.ones(50, np.float32), Budget(0))


@pytest.fixture(scope="module")
def tennessee(smelt_data: Path):
    """The plant of labelled/tep.parquet: a detector of its normal run, and a function (fault) -> (scores, onset)."""
    runs = pl.read_parquet(smelt_data / "labelled" / "tep.parquet")
    names = [name for name in runs.columns if name.startswith("x")]

    def features(fault: int, split: str) -> np.ndarray:
        chosen = runs.filter((pl.col("fault") == fault) & (pl.col("split") == split)).sort("t")
        return chosen.select(names).to_numpy().astype(np.float32)

    detector = fit_detector(features(0, "train"), names)
    return lambda fault: detector.score(features(fault, "test"))


TENNESSEE_ONSET = 160


def test_real_faults_open_an_episode_and_the_normal_run_does_not(tennessee):
    held_out = tennessee(0)
    found = calibrate(_minutes(held_out.size), held_out)
    assert not fold(_minutes(held_out.size), severity(found, held_out))
    for fault in (1, 2, 6, 7, 14):
        (episode,) = fold(_minutes(960), severity(found, tennessee(fault)))
        assert TENNESSEE_ONSET <= episode.first <= TENNESSEE_ONSET + 20
        assert episode.is_open


def test_detection_rate_is_the_published_one_of_a_random_cut_forest(tennessee):
    cut = np.quantile(tennessee(0), 0.99)
    rates = [(tennessee(fault)[TENNESSEE_ONSET:] > cut).mean() for fault in range(1, 22)]
    assert 0.49 < np.mean(rates) < 0.56
