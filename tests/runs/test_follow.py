"""A run that goes on: passes until told to stop, looks everywhere once a day, rests where nothing is new, survives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.plants import HOUR, START, hour_of_work, land, make_plant, name_of, packed, rows_of

from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.runs import follow as module
from smelt.runs.driver import Silent
from smelt.runs.follow import LONGEST_GAP, LONGEST_PAUSE, SWEEP, WIDE_LOOK, follow
from smelt.runs.run import Report, Request, run
from smelt.terms.errors import InputError, TransientError

INGEST = ("ingest",)


@dataclass
class Days:
    """A clock that moves by waiting, and a stop after so many waits; between them things happen."""

    waits: int
    between: dict[int, Callable[[], None]] = field(default_factory=dict)
    now: datetime = START + 20 * HOUR
    waited: list[float] = field(default_factory=list)
    longer: timedelta = timedelta(0)

    def clock(self) -> datetime:
        return self.now

    def is_due(self) -> bool:
        return len(self.waited) >= self.waits

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds) + self.longer
        self.between.get(len(self.waited), lambda: None)()
        return self.is_due()


@dataclass
class Heard(Silent):
    troubles: list[str] = field(default_factory=list)

    def trouble(self, error: str) -> None:
        self.troubles.append(error)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    return make_plant(tmp_path / "plant", 6)


def landing(root: Path, hour: int, name: str) -> Callable[[], None]:
    """Land an hour's document with sequences of its own, in the folder of that hour."""
    body = packed(hour_of_work(hour), 10_000 * (hour + 1), START + (hour + 1) * HOUR)
    return lambda: land(root, [(name_of(hour, name), body)])


def observations(root: Path) -> int:
    return rows_of(root, "copper/observations").height


def said(*hours: int) -> int:
    return sum(len(hour_of_work(h)) for h in hours)


def test_passes_until_told_to_stop(plant: Path) -> None:
    days = Days(3, {1: landing(plant, 6, "new"), 2: landing(plant, 7, "new")})
    report = follow(Request(plant, {}, parts=INGEST), days.clock, Heard(), days)
    assert days.waited == [10.0, 10.0, 10.0]
    assert report is not None and report.stages[0].rows_written == said(*range(8))
    assert report.stages[0].plans == 3
    assert observations(plant) == said(*range(8))


def test_poll_seconds_lie_between(plant: Path) -> None:
    days = Days(2)
    follow(Request(plant, {"work.poll_seconds": 0.5}, parts=INGEST), days.clock, Heard(), days)
    assert days.waited == [0.5, 0.5]


def test_a_file_in_an_old_folder_waits_for_the_next_day(plant: Path) -> None:
    late = landing(plant, 0, "late")
    days = Days(2, {1: late})
    follow(Request(plant, {}, parts=INGEST), days.clock, Heard(), days)
    assert observations(plant) == said(*range(6))
    days = Days(2, longer=SWEEP)
    follow(Request(plant, {}, parts=INGEST), days.clock, Heard(), days)
    assert observations(plant) == said(*range(6), 0)


def test_every_quarter_of_an_hour_it_looks_into_two_days(plant: Path) -> None:
    """A store was away, and what waited in a spool comes into the hours in which it was said."""
    days = Days(2, {1: landing(plant, 0, "late")}, longer=WIDE_LOOK)
    follow(Request(plant, {}, parts=INGEST), days.clock, Heard(), days)
    assert observations(plant) == said(*range(6), 0)


def test_once_a_day_it_looks_everywhere(plant: Path) -> None:
    days = Days(2, {1: landing(plant, 0, "late")}, longer=SWEEP)
    follow(Request(plant, {}, parts=INGEST), days.clock, Heard(), days)
    assert observations(plant) == said(*range(6), 0)


def test_after_hours_without_a_pass_it_looks_everywhere(plant: Path) -> None:
    """A pass took long, or the store was away: files lie in hours that are not the newest any more."""
    days = Days(2, {1: landing(plant, 0, "late")}, longer=LONGEST_GAP)
    follow(Request(plant, {}, parts=INGEST), days.clock, Heard(), days)
    assert observations(plant) == said(*range(6), 0)


def test_told_to_stop_at_once_it_does_nothing(plant: Path) -> None:
    assert follow(Request(plant, {}, parts=INGEST), Days(0).clock, Heard(), Days(0)) is None
    assert not (plant / "lake").exists()


def test_stages_rest_while_nothing_is_new(plant: Path) -> None:
    stages: list[list[str]] = []

    class Told(Heard):
        def begin(self, stage: str, total: int) -> None:
            stages[-1].append(stage)
            if stage == "ingest":
                stages.append([stage])

    stages.append([])
    touched = plant / "mappings" / "machine.toml"
    days = Days(5, {2: landing(plant, 6, "new"), 4: lambda: touched.write_text(touched.read_text() + "\n")})
    follow(Request(plant, {}), days.clock, Told(), days)
    passes = [len(found) > 2 for found in stages[1:]]
    assert passes == [True, False, True, False, True]


def test_what_lands_while_it_goes_on_becomes_features(plant: Path) -> None:
    days = Days(2, {1: landing(plant, 6, "new")})
    follow(Request(plant, {}), days.clock, Heard(), days)
    assert rows_of(plant, "gold/machine_minutes").height == 2 * 7 * 60


def test_another_driver_is_waited_for_and_said(plant: Path) -> None:
    location = Location.of(plant / "lake")
    location.begin()
    other = hold(location, "etl")
    other.__enter__()
    heard = Heard()
    days = Days(3, {2: lambda: other.__exit__(None, None, None)})
    follow(Request(plant, {}, parts=INGEST), days.clock, heard, days)
    assert len(heard.troubles) == 2 and "etl lease is held by process" in heard.troubles[0]
    assert observations(plant) == said(*range(6))


def test_a_mistake_at_the_beginning_is_the_callers(tmp_path: Path) -> None:
    days = Days(3)
    with pytest.raises(InputError, match=r"landing folder '.*' does not exist"):
        follow(Request(tmp_path, {"source.landing": "nowhere"}, parts=INGEST), days.clock, Heard(), days)
    assert days.waited == []


def test_a_mistake_later_is_said_and_tried_again(plant: Path) -> None:
    good = (plant / "plant.toml").read_text()
    days = Days(
        3,
        {
            1: lambda: (plant / "plant.toml").write_text("devices = ["),
            2: lambda: (plant / "plant.toml").write_text(good) and landing(plant, 6, "new")(),
        },
    )
    heard = Heard()
    follow(Request(plant, {}, parts=INGEST), days.clock, heard, days)
    assert len(heard.troubles) == 1 and "not TOML" in heard.troubles[0]
    assert observations(plant) == said(*range(7))


def test_a_full_disk_later_is_said_and_tried_again(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days, heard = Days(3, {2: landing(plant, 6, "new")}), Heard()

    def full_for_a_day(*given: Any) -> Report:
        if len(days.waited) == 1:
            raise RuntimeError("Generic LocalFileSystem error: Unable to copy: No space left on device (os error 28)")
        return run(*given)

    monkeypatch.setattr(module, "run", full_for_a_day)
    follow(Request(plant, {}, parts=INGEST), days.clock, heard, days)
    assert [told.partition(".")[0] for told in heard.troubles] == ["Unable to copy: No space left on device"]
    assert observations(plant) == said(*range(7))


def test_a_store_that_is_away_is_tried_again_after_longer_and_longer(
    plant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OSError("Error performing GET http://store:9/b in 1ms - HTTP error: error sending request")

    def fail(*_: object) -> Report:
        raise away if len(days.waited) % 2 else TransientError("table x: a commit came before")

    monkeypatch.setattr(module, "run", fail)
    days, heard = Days(12), Heard()
    assert follow(Request(plant, {}), days.clock, heard, days) is None
    assert days.waited[:4] == [2.0, 4.0, 8.0, 16.0] and days.waited[-1] == LONGEST_PAUSE.total_seconds()
    assert heard.troubles[1].startswith("store http://store:9/b: no answer")


def test_a_bug_is_not_hidden(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Report:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "run", fail)
    with pytest.raises(ZeroDivisionError):
        follow(Request(plant, {}), Days(3).clock, Heard(), Days(3))


def test_it_stops_between_plans_and_goes_on_from_there(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smelt.runs.ingest.stage.MAX_TASKS", 1)
    monkeypatch.setattr("smelt.runs.ingest.stage.TARGET_BYTES", 1)

    class AfterTwo(Heard):
        plans = 0

        def committed(self, stage: str, outcome: object) -> None:
            self.plans += 1

    heard, days = AfterTwo(), Days(1)
    days.is_due = lambda: heard.plans >= 2  # type: ignore[method-assign]
    report = follow(Request(plant, {}), days.clock, heard, days)
    assert report is not None and [(s.stage, s.plans) for s in report.stages] == [("ingest", 2)]
    assert report.seen is None
    assert 0 < observations(plant) < said(*range(6))
    follow(Request(plant, {}), Days(1).clock, Heard(), Days(1))
    assert observations(plant) == said(*range(6))
