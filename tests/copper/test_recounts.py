"""Recounts: an agent that numbers anew under its old instance id, and everything that only looks like it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smelt.copper.contact import with_contact
from smelt.copper.recounts import SLACK_US, Recount, all_restarts, recounts
from smelt.terms.interval import DAY_US, MINUTE_US, PERIOD_US, Interval

T0 = 18_000 * DAY_US
TIME = pl.Datetime("us", "UTC")
URL = "http://mill:5000/sample?from=1"


@dataclass(frozen=True)
class Document:
    """What one document told: numbers `lowest` to `next - 1`, of an agent whose newest is `last`."""

    made_us: int
    lowest: int | None
    next: int
    last: int
    came_us: int | None = None
    source: str | None = URL
    agent: str = "a"
    instance_id: int = 1

    def row(self, offset: int) -> tuple[object, ...]:
        count = 0 if self.lowest is None else self.next - self.lowest
        came = self.made_us if self.came_us is None else self.came_us
        return (
            self.agent, self.instance_id, self.source, 1, self.next, self.last, self.lowest, count,
            self.made_us, came, offset,
        )  # fmt: skip


SCHEMA = pl.Schema(
    {
        "agent": pl.String(), "instance_id": pl.Int64(), "source": pl.String(), "first_sequence": pl.Int64(),
        "next_sequence": pl.Int64(), "last_sequence": pl.Int64(), "lowest_sequence": pl.Int64(),
        "observations": pl.Int64(), "created_at": TIME, "received_at": TIME, "offset": pl.Int64(),
    }
)  # fmt: skip


def found(documents: Sequence[Document]) -> tuple[Recount, ...]:
    rows = [document.row(offset) for offset, document in enumerate(documents)]
    return recounts(with_contact(pl.DataFrame(rows, schema=SCHEMA, orient="row")))


@dataclass
class Agent:
    """Numbers from 1, is polled each minute for all that is new, and is restarted now and then."""

    now_us: int = T0
    next: int = 1
    documents: list[Document] = field(default_factory=list)

    def poll(self, new: int) -> None:
        self.now_us += MINUTE_US
        lowest = self.next if new else None
        self.next += new
        self.documents.append(Document(self.now_us, lowest, self.next, self.next - 1))

    def restart(self) -> None:
        self.next = 1


def polled(*news: int | None) -> list[Document]:
    agent = Agent()
    for new in news:
        agent.restart() if new is None else agent.poll(new)
    return agent.documents


def test_an_agent_that_counts_again_is_told_with_what_copper_lacks() -> None:
    documents = polled(100, 100, 0, None, 30, 0, 50, 400, 10)
    [recount] = found(documents)
    assert recount == Recount("a", 1, T0 + 3 * MINUTE_US, T0 + 4 * MINUTE_US, T0 + 7 * MINUTE_US, 200, recount.losses)
    assert recount.restart == Interval(T0 + 3 * MINUTE_US, T0 + 4 * MINUTE_US)
    assert [(x.interval, x.count) for x in recount.losses] == [
        (Interval(T0 + 4 * MINUTE_US, T0 + 7 * MINUTE_US + 1), 200)
    ]


def test_a_second_time_is_told_apart_and_hours_have_their_own_losses() -> None:
    documents = polled(1000, None, *[1] * 120, None, 7)
    first, second = found(documents)
    assert (first.count, second.count) == (120, 7)
    assert [x.count for x in first.losses] == [58, 60, 2]
    assert all(x.interval.end_us - x.interval.start_us <= PERIOD_US for x in first.losses)
    assert second.began_us == T0 + 122 * MINUTE_US and second.before_us == T0 + 121 * MINUTE_US


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_what_is_delivered_in_any_order_and_again_is_no_recount(news: list[int], rng: random.Random) -> None:
    documents = polled(*news)
    again = [replace(d, came_us=d.made_us + 40 * DAY_US) for d in documents]
    late = [replace(d, came_us=T0 + DAY_US // 2) for d in documents]
    assert found([*documents, *again]) == ()
    rng.shuffle(late)
    assert found(late) == ()
    assert found([*late, *again, *documents]) == ()


@given(
    st.lists(st.integers(0, 50), max_size=8),
    st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=8), max_size=3),
    st.booleans(),
)
def test_what_lacks_is_what_a_brute_force_finds(before: list[int], after: list[list[int]], twice: bool) -> None:
    documents = polled(*before, *(new for news in after for new in (None, *news)))
    taken: set[int] = set()
    lacking = highest = 0
    for document in documents:
        numbers = set(range(document.lowest, document.next)) if document.lowest else set()
        assume(document.lowest != 1 or not taken or document.last < highest)  # what passes at once leaves no trace
        lacking += len(numbers & taken)
        taken |= numbers
        highest = max(highest, document.last)
    given_out = [*documents, *(replace(d, came_us=d.made_us + 40 * DAY_US) for d in documents)] if twice else documents
    assert sum(r.count for r in found(given_out)) == lacking


def test_a_clock_that_is_set_back_is_no_recount() -> None:
    documents = polled(*[10] * 30)
    back = [replace(d, made_us=d.made_us - PERIOD_US * (n >= 15), came_us=d.made_us) for n, d in enumerate(documents)]
    assert found(back) == ()


def test_what_comes_days_late_is_no_recount() -> None:
    documents = polled(5, 5, 5)
    first, late, last = documents
    assert found([first, last, replace(late, came_us=late.made_us + 3 * DAY_US)]) == ()


def test_a_clock_that_begins_in_1970_each_time_is_seen_by_the_arrival() -> None:
    documents = polled(100, 100, None, 30, 30)
    since = [12_000_000, 72_000_000, 12_000_001, 72_000_001]
    [recount] = found([replace(d, made_us=s, came_us=d.made_us) for d, s in zip(documents, since, strict=True)])
    assert recount.count == 60


def test_numbers_that_nobody_handed_on_before_are_none_that_copper_lacks() -> None:
    late = [Document(T0, 5000, 5100, 5099), Document(T0 + MINUTE_US, 1, 100, 99)]
    assert found(late) == ()


@pytest.mark.parametrize("source", ["http://mill:5000/current", "http://mill:5000/current?path=//X"])
def test_a_state_hands_on_nothing(source: str) -> None:
    documents = polled(100, None, 50)
    assert found([documents[0], replace(documents[1], source=source)]) == ()


def test_documents_of_one_moment_may_tell_their_numbers_in_any_order() -> None:
    first = Document(T0, 1, 101, 100)
    assert found([first, Document(T0 + SLACK_US, 1, 100, 99)]) == ()
    assert found([first, Document(T0 + SLACK_US + 1, 1, 100, 99)]) != ()


def test_agents_and_instances_do_not_mix() -> None:
    documents = polled(100, None, 50)
    assert found([documents[0], replace(documents[1], agent="b")]) == ()
    assert found([documents[0], replace(documents[1], instance_id=2)]) == ()


def test_two_agents_of_one_name_and_instance_are_told() -> None:
    ours = polled(*[100] * 20)
    theirs = [replace(d, made_us=d.made_us + 1000) for d in polled(*[1] * 20)]
    both = sorted([*ours, *theirs], key=lambda d: d.made_us)
    [recount] = found(both)
    assert recount.count == 19  # the first two were made at one moment


def test_restarts_of_both_kinds_stand_in_their_order() -> None:
    documents = polled(100, None, 50)
    later = [Document(T0 + DAY_US, 1, 2, 1, instance_id=2)]
    rows = [(d.agent, d.instance_id, d.made_us) for d in [*documents, *later]]
    told = pl.DataFrame(rows, schema=["agent", "instance_id", "contact_us"], orient="row")
    again = found(documents)
    assert all_restarts(told, again) == {
        "a": (again[0].restart, Interval(documents[-1].made_us, T0 + DAY_US)),
    }


def test_without_documents_there_is_none() -> None:
    assert found([]) == ()
