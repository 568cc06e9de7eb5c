"""The fold against its rules, written out slowly, and the promises that tables and pages rely on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.scores.episode import EpisodeRules, EpisodeSpan, episode_id, fold
from smelt.terms.errors import InputError, ShapeError
from smelt.terms.interval import MINUTE_US

RULES = EpisodeRules()


@st.composite
def histories(draw):
    """Minutes in stretches: loud, middling, calm, not scored, or left out; long enough to open and close."""
    stretches = draw(
        st.lists(
            st.tuples(st.sampled_from(["loud", "mixed", "middling", "calm", "unscored", "absent"]), st.integers(1, 45)),
            max_size=12,
        )
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    minutes, severities, now = [], [], 0
    for kind, length in stretches:
        ranges = {"loud": (75, 100), "mixed": (50, 100), "middling": (60, 75), "calm": (0, 60), "unscored": (0, 1)}
        if kind != "absent":
            made = rng.uniform(*ranges[kind], length)
            severities.append(np.full(length, np.nan) if kind == "unscored" else made)
            minutes.append(np.arange(now, now + length))
        now += length
    if not minutes:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    return np.concatenate(minutes) * MINUTE_US, np.concatenate(severities).astype(np.float32)


def _reference(minutes, severity, rules):
    """Return (first, last loud, is open) of each episode, minute by minute."""
    found, recent, current, before = [], [], None, None
    for place, (minute, value) in enumerate(zip(minutes // MINUTE_US, severity, strict=True)):
        if np.isnan(value):
            continue
        if before is not None and minute - before - 1 >= rules.merge_minutes:
            if current:
                found.append((*current[:2], False))
            recent, current = [], None
        before = minute
        if current:
            first, loud, calm = current
            current = (first, place, 0) if value >= rules.close_severity else (first, loud, calm + 1)
            if current[2] >= rules.close_minutes:
                found.append((*current[:2], False))
                recent, current = [], None
            continue
        recent = [*recent, (place, value >= rules.open_severity)][-rules.window_minutes :]
        alarms = [at for at, is_alarm in recent if is_alarm]
        if len(alarms) >= rules.open_minutes:
            current = (alarms[0], place, 0)
    if current:
        found.append((*current[:2], minutes[-1] // MINUTE_US - before < rules.merge_minutes))
    return found


@given(histories())
def test_fold_follows_the_rules(history):
    minutes, severity = history
    found = [(e.first, e.end - 1, e.is_open) for e in fold(minutes, severity)]
    assert found == _reference(minutes, severity, RULES)


@given(histories())
def test_episodes_are_half_open_disjoint_ordered_and_apart(history):
    minutes, severity = history
    found = fold(minutes, severity)
    for episode in found:
        assert episode.interval.start_us == minutes[episode.first]
        assert episode.interval.end_us == minutes[episode.end - 1] + MINUTE_US
        inside = severity[episode.first : episode.end]
        assert inside[0] >= 75
        assert inside[-1] >= 60
        assert episode.scored_minutes == (~np.isnan(inside)).sum()
        assert episode.alarm_minutes == (inside >= 75).sum() >= RULES.open_minutes
    for one, other in pairwise(found):
        assert other.interval.start_us - one.interval.end_us >= RULES.merge_minutes * MINUTE_US
        assert not one.is_open


@given(histories())
def test_closing_took_thirty_calm_minutes_or_a_pause(history):
    minutes, severity = history
    for episode in fold(minutes, severity):
        after = ~np.isnan(severity[episode.end :])
        values, times = severity[episode.end :][after][:30], minutes[episode.end :][after]
        times = np.concatenate([[minutes[episode.end - 1]], times, minutes[-1:] + MINUTE_US])
        calm = int((values < 60).cumprod().sum())
        has_pause = (np.diff(times[: calm + 2]) > RULES.merge_minutes * MINUTE_US).any()
        assert episode.is_open != (calm >= 30 or has_pause)


@given(histories(), st.floats(0, 1))
def test_closed_episodes_never_change_and_the_rest_refolds(history, share):
    minutes, severity = history
    seen = round(share * minutes.size)
    closed = [e for e in fold(minutes[:seen], severity[:seen]) if not e.is_open]
    resume = int(np.searchsorted(minutes, closed[-1].interval.end_us)) if closed else 0
    rest = fold(minutes[resume:], severity[resume:])
    moved = [
        EpisodeSpan(e.interval, e.is_open, e.first + resume, e.end + resume, e.scored_minutes, e.alarm_minutes)
        for e in rest
    ]
    assert closed + moved == fold(minutes, severity)


@given(histories())
def test_leaving_unscored_minutes_out_changes_only_places(history):
    minutes, severity = history
    kept = ~np.isnan(severity)
    kept[-1:] = True  # the last minute says how far time has come
    found, short = fold(minutes, severity), fold(minutes[kept], severity[kept])
    assert [(e.interval, e.is_open) for e in found] == [(e.interval, e.is_open) for e in short]


def _fold(*stretches: tuple[float, int]) -> list[tuple[int, int, bool]]:
    severity = np.concatenate([np.full(length, value, np.float32) for value, length in stretches])
    minutes = np.arange(severity.size) * MINUTE_US
    return [(e.first, e.end, e.is_open) for e in fold(minutes, severity)]


NOTHING = float("nan")


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        (((74, 60),), []),
        (((75, 9), (74, 60)), []),
        (((75, 10), (0, 29)), [(0, 10, True)]),
        (((75, 10), (0, 30)), [(0, 10, False)]),
        (((75, 5), (0, 5), (75, 5), (0, 30)), [(0, 15, False)]),
        (((75, 5), (0, 6), (75, 5), (0, 30)), []),
        (((75, 10), (0, 29), (60, 1), (0, 30)), [(0, 40, False)]),
        (((75, 10), (0, 29), (75, 10), (0, 30)), [(0, 49, False)]),
        (((75, 10), (0, 30), (75, 10), (0, 30)), [(0, 10, False), (40, 50, False)]),
        (((75, 10), (NOTHING, 29), (75, 1)), [(0, 40, True)]),
        (((75, 10), (NOTHING, 30), (75, 9)), [(0, 10, False)]),
        (((75, 9), (NOTHING, 29), (75, 1)), [(0, 39, True)]),
        (((75, 10), (NOTHING, 29)), [(0, 10, True)]),
        (((75, 10), (NOTHING, 30)), [(0, 10, False)]),
    ],
)
def test_by_example(stretches, expected):
    assert _fold(*stretches) == expected


def test_other_rules_are_kept():
    severity = np.array([10, 90, 90, 10, 10, 90, 90, 10, 10, 10, 10], np.float32)
    rules = EpisodeRules(open_minutes=2, window_minutes=2, close_minutes=1, merge_minutes=3)
    minutes = np.arange(severity.size) * MINUTE_US
    assert [(e.first, e.end) for e in fold(minutes, severity, rules)] == [(1, 7)]


def test_ids_are_stable_and_differ():
    assert episode_id("mazak-1", 60_000_000, "v1") == "193d3ca0b3676760"
    names = {episode_id(d, t, v) for d in ("a", "b") for t in (0, 1) for v in ("v", "w")}
    assert len(names) == 8


def test_bad_minutes_are_refused():
    with pytest.raises(InputError, match=r"minute 1970-01-01 00:00:00\+00:00 follows 1970-01-01 00:01:00"):
        fold(np.array([MINUTE_US, 0]), np.zeros(2, np.float32))
    with pytest.raises(ShapeError, match="one of each a minute"):
        fold(np.arange(3), np.zeros(2, np.float32))
