"""Losses against a brute-force agent: a ring buffer that is polled, asked for its state, filtered and overrun."""

from dataclasses import dataclass, field

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.losses import Hole, holes
from smelt.copper.rows import Run, merge_runs
from smelt.terms.interval import DAY_US, MINUTE_US

DOCUMENT = {
    "agent": pl.String,
    "instance_id": pl.Int64,
    "source": pl.String,
    "first_sequence": pl.Int64,
    "next_sequence": pl.Int64,
    "lowest_sequence": pl.Int64,
    "observations": pl.Int64,
    "contact_us": pl.Int64,
}
RUN = {"agent": pl.String, "instance_id": pl.Int64, "first": pl.Int64, "last": pl.Int64}


@dataclass
class Agent:
    """Numbers its observations from 1, each of one of three devices; the newest `buffer` can be asked for."""

    buffer: int
    said: list[int] = field(default_factory=list)

    @property
    def next(self) -> int:
        return len(self.said) + 1

    @property
    def first(self) -> int:
        return max(1, self.next - self.buffer)

    def sample(self, start: int, count: int, device: int | None) -> tuple[list[int], int]:
        """Return the numbers of an answer and the first that was not examined."""
        found: list[int] = []
        for number in range(start, self.next):
            if device in (None, self.said[number - 1]):
                found.append(number)
                if len(found) == count:
                    return found, number + 1
        return found, self.next

    def current(self) -> list[int]:
        newest = {device: number for number, device in enumerate(self.said, 1)}
        return sorted(newest.values())


@dataclass
class Landed:
    """What arrived, and what a brute force knows to be missing."""

    documents: list[tuple] = field(default_factory=list)
    stored: set[int] = field(default_factory=set)
    owed: set[int] = field(default_factory=set)
    time: int = DAY_US

    def put(self, agent: Agent, source: str | None, numbers: list[int], after: int) -> None:
        lowest = numbers[0] if numbers else None
        self.documents.append(("a", 1, source, agent.first, after, lowest, len(numbers), self.time))
        self.stored |= set(numbers)
        self.time += MINUTE_US

    def holes(self) -> list[Hole]:
        runs = [("a", 1, r.first, r.last) for r in merge_runs(Run("a", 1, n, n) for n in self.stored)]
        documents = pl.DataFrame(self.documents, schema=DOCUMENT, orient="row")
        return holes(documents, pl.DataFrame(runs, schema=RUN, orient="row"))

    @property
    def lost(self) -> set[int]:
        return self.owed - self.stored


@dataclass
class Reader:
    """Polls one stream as MTCONNECT asks: from its cursor, on from the first number after OUT_OF_RANGE."""

    agent: Agent
    landed: Landed
    device: int | None = None
    names_source: bool = True
    cursor: int = 0

    def poll(self, count: int, arrives: bool = True) -> None:
        if not self.cursor:  # the first time
            self.cursor = self.agent.first
        if self.cursor < self.agent.first:  # OUT_OF_RANGE
            self.landed.owed |= set(range(self.cursor, self.agent.first))
            self.cursor = self.agent.first
        numbers, after = self.agent.sample(self.cursor, count, self.device)
        path = "" if self.device is None else f"path=//Device[{self.device}]&"
        source = f"http://a:5000/sample?{path}from={self.cursor}&count={count}" if self.names_source else None
        if arrives:
            self.landed.put(self.agent, source, numbers, after)
        elif self.device is None:
            self.landed.owed |= set(numbers)
        self.cursor = after

    def current(self) -> None:
        source = "http://a:5000/current" if self.names_source else None
        self.landed.put(self.agent, source, self.agent.current(), self.agent.next)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.lists(st.integers(0, 2), min_size=1, max_size=12)),
        st.tuples(st.just("poll"), st.integers(1, 9)),
        st.tuples(st.just("lose"), st.integers(1, 9)),
        st.tuples(st.just("current"), st.none()),
    ),
    max_size=40,
)


def act(reader: Reader, steps: list, may_lose: bool) -> None:
    """Take the steps, then read to the end: what lies beyond the last document is no loss yet."""
    for what, detail in steps:
        if what == "say":
            reader.agent.said += detail
        elif what == "current":
            reader.current()
        else:
            reader.poll(detail, arrives=what == "poll" or not may_lose)
    reader.poll(1000)


def numbers(found: list[Hole]) -> int:
    return sum(hole.count for hole in found)


@pytest.mark.parametrize("device", [None, 1])
@given(steps=STEPS, buffer=st.integers(3, 20))
def test_a_polled_stream_loses_what_was_overwritten_or_not_delivered(device, steps, buffer) -> None:
    landed = Landed()
    reader = Reader(Agent(buffer, [0, 1, 2, 0, 1, 2]), landed, device)
    reader.poll(100)
    act(reader, steps, may_lose=device is None)  # an answer missing from a filtered stream leaves no trace
    found = landed.holes()
    assert numbers(found) == len(landed.lost)
    assert landed.lost <= {n for h in found for n in range(h.first, h.last + 1)}
    assert all(h.first in landed.lost and h.last in landed.lost for h in found)


@given(steps=STEPS, buffer=st.integers(3, 20))
def test_two_filtered_streams_lose_what_either_stepped_over(steps, buffer) -> None:
    landed = Landed()
    agent = Agent(buffer, [0, 1, 2])
    readers = [Reader(agent, landed, device) for device in (0, 1)]
    for turn, step in enumerate(steps):
        act(readers[turn % 2], [step], may_lose=False)
    assert numbers(landed.holes()) == len(landed.lost)


@given(steps=STEPS)
def test_a_stream_without_sources_is_whole_if_its_documents_are_dense(steps) -> None:
    """States among the documents move neither end, and what they bring of a hole is not lost."""
    landed = Landed()
    reader = Reader(Agent(9, [0, 1, 2, 0, 1, 2]), landed, names_source=False)
    reader.poll(100)
    for kind, detail in steps:
        if kind == "current":
            for _ in range(2):  # at least as many dense documents as sparse ones
                reader.agent.said += [0, 1, 2, 0]
                reader.poll(100)
        act(reader, [(kind, detail)], may_lose=True)
    assert numbers(landed.holes()) == len(landed.lost)


@given(steps=STEPS)
def test_states_alone_lose_nothing(steps) -> None:
    landed = Landed()
    reader = Reader(Agent(8, [0, 1, 2]), landed)
    for kind, detail in steps:
        if kind == "say":
            reader.agent.said += detail
        reader.current()
    assert landed.holes() == []


def test_the_count_is_what_out_of_range_says() -> None:
    landed, agent = Landed(), Agent(10, [0, 1] * 5)
    reader = Reader(agent, landed)
    reader.poll(100)
    agent.said += [2] * 25
    asked, first = reader.cursor, agent.first
    reader.poll(100)
    (hole,) = landed.holes()
    assert (hole.first, hole.last, hole.count) == (asked, first - 1, first - asked)
    assert (hole.since_us, hole.until_us) == (DAY_US, DAY_US + MINUTE_US)


def test_heartbeats_bring_the_loss_nearer_and_a_late_copy_does_not() -> None:
    landed, agent = Landed(), Agent(10, [0] * 5)
    reader = Reader(agent, landed)
    for _ in range(4):
        reader.poll(100)
    agent.said += [1] * 30
    reader.poll(100)
    landed.documents.append((*landed.documents[3][:-1], 60 * DAY_US))
    (hole,) = landed.holes()
    assert (hole.since_us, hole.until_us) == (DAY_US + 3 * MINUTE_US, DAY_US + 4 * MINUTE_US)


def test_what_a_state_brings_of_a_hole_is_not_lost_and_the_hole_stays_one() -> None:
    landed, agent = Landed(), Agent(6, [0, 1, 2])
    reader = Reader(agent, landed)
    reader.poll(100)
    agent.said += [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    reader.current()
    reader.poll(100)
    (hole,) = landed.holes()
    assert (hole.first, hole.last, hole.count) == (4, 11, 7)  # 6 is device 1's state


def test_a_stream_that_goes_on_with_another_instance_owes_nothing_of_what_the_old_one_was_asked_for() -> None:
    url = "http://a:5000/sample?path=//X&from=20000&interval=100"
    documents = [("a", 1, url, 1, 20010, 20003, 2, 0), ("a", 2, url, 1, 51, 3, 9, 1), ("a", 2, url, 1, 90, 60, 9, 2)]
    runs = [("a", 1, 20003, 20004), ("a", 2, 3, 11), ("a", 2, 60, 68)]
    frame = pl.DataFrame(documents, schema=DOCUMENT, orient="row")
    assert holes(frame, pl.DataFrame(runs, schema=RUN, orient="row")) == []


def test_another_instance_and_records_without_a_header_lose_nothing() -> None:
    documents = [("a", 1, None, 1, 5, 1, 4, 0), ("a", 2, None, 90, 95, 90, 5, 9), ("k", 3, None, None, None, 7, 1, 9)]
    runs = [("a", 1, 1, 4), ("a", 2, 90, 94), ("k", 3, 7, 7), ("k", 3, 12, 15)]
    frame = pl.DataFrame(documents, schema=DOCUMENT, orient="row")
    assert holes(frame, pl.DataFrame(runs, schema=RUN, orient="row")) == []


def test_answers_read_backwards_are_no_evidence() -> None:
    documents = [("a", 1, None, 1, 5, 1, 4, 0), ("a", 1, None, 1, 79, 80, 20, 1), ("a", 1, None, 1, 8, 5, 3, 2)]
    runs = [("a", 1, 1, 7), ("a", 1, 80, 99)]
    assert (
        holes(pl.DataFrame(documents, schema=DOCUMENT, orient="row"), pl.DataFrame(runs, schema=RUN, orient="row"))
        == []
    )


@pytest.mark.parametrize(
    ("before", "after", "start", "end"),
    [
        (-MINUTE_US, MINUTE_US, -MINUTE_US, MINUTE_US),  # beside the hole
        (-90 * DAY_US, MINUTE_US, 0, MINUTE_US),  # a state of months ago
        (-MINUTE_US, -90 * DAY_US, -MINUTE_US, 5 * MINUTE_US),
        (9 * DAY_US, 9 * DAY_US, 0, 5 * MINUTE_US),  # a clock that is ahead
        (None, None, 0, 5 * MINUTE_US),
    ],
)
def test_a_loss_lies_between_its_neighbours_as_far_as_they_can_be_believed(before, after, start, end) -> None:
    at = 100 * DAY_US
    hole = Hole("a", 1, 5, 7, 3, at, at + 5 * MINUTE_US)
    loss = hole.placed(*(None if time is None else at + time for time in (before, after)))
    assert (loss.interval.start_us, loss.interval.end_us, loss.count) == (at + start, at + end, 3)
