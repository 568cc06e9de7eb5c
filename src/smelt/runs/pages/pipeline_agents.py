"""The agents behind the devices: their documents, how late those came, restarts, and how far the numbers go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from smelt.copper.contact import with_contact
from smelt.copper.losses import holes
from smelt.copper.recounts import Recount, all_restarts, recounts
from smelt.runs.pages.gaps import Gap
from smelt.runs.pages.tables import Reader, instant, table
from smelt.terms.interval import DAY_US, Interval
from smelt.terms.tables import DATA_ITEMS, DOCUMENTS, SEQUENCES

_EVIDENCE = (
    "agent", "instance_id", "kind", "source", "observations", "first_sequence", "next_sequence", "last_sequence",
    "lowest_sequence", "created_at", "received_at", "offset",
)  # fmt: skip


@dataclass(frozen=True)
class CountedAgain:
    """An instance began its numbers anew without a new instance id; `count` observations are not in copper for it."""

    instance_id: int
    began_us: int
    count: int


@dataclass(frozen=True)
class AgentState:
    """An agent in a stretch of time.

    documents, empty, errors : what came; heartbeats are empty, errors are answers such as OUT_OF_RANGE.
    p50_s, p95_s : seconds from a document's making, by the agent's clock, to its arrival.
    last_contact_us, instance_id, next_sequence : of the newest document.
    holes, lost : how often its numbers have a hole, or were taken, and how many observations are missing for it.
    recounts : its recounts (see `copper/recounts.py`).
    """

    agent: str
    documents: int
    empty: int
    errors: int
    p50_s: float | None
    p95_s: float | None
    last_contact_us: int
    instance_id: int | None
    next_sequence: int | None
    restarts: tuple[Interval, ...]
    holes: int
    lost: int
    recounts: tuple[CountedAgain, ...]


def agents_in(reader: Reader, interval: Interval, gaps: Sequence[Gap] = ()) -> tuple[AgentState, ...]:
    """Return the agents whose documents came within the interval, by name; `gaps` are those of its devices in it."""
    start, end = instant(interval.start_us - DAY_US), instant(interval.end_us + DAY_US)
    documents = table(reader, DOCUMENTS).select(_EVIDENCE)
    told = with_contact(documents.filter(pl.col("received_at").is_between(start, end)).collect())
    again = _recounts(documents, told)
    began = all_restarts(told, again)
    mine = told.filter(pl.col("contact_us").is_between(interval.start_us, interval.end_us, closed="left"))
    states = _states(mine)
    near = tuple(r for r in again if Interval(r.before_us, r.until_us + 1).overlaps(interval))
    agents = list(states["agent"])
    speak = table(reader, DATA_ITEMS).select("device_uuid", "agent").unique().collect()
    lost = _losses(speak, gaps, agents) | _own_losses(reader, told, near, _sharing(speak, agents), interval)
    return tuple(_agent(row, began, near, lost, interval) for row in states.iter_rows(named=True))


def _recounts(documents: pl.LazyFrame, near: pl.DataFrame) -> tuple[Recount, ...]:
    """Return the recounts that documents near the interval show, seen beside all others of their instance."""
    shown = {(r.agent, r.instance_id) for r in recounts(near)}
    if not shown:
        return ()
    keys = pl.LazyFrame(sorted(shown), schema={"agent": pl.String, "instance_id": pl.Int64}, orient="row")
    return recounts(with_contact(documents.join(keys, on=["agent", "instance_id"], how="semi").collect()))


def _losses(speak: pl.DataFrame, gaps: Sequence[Gap], agents: list[str]) -> dict[str, dict[int, int]]:
    """Return for each agent when its losses began and how many each lost: every device of an agent has the same.

    Parameters
    ----------
    speak : device_uuid, agent: who speaks for which device.
    """
    agent_of = {uuid: agent for uuid, agent in speak.rows() if agent in agents}
    only = agents[0] if len(agents) == 1 else None
    found: dict[str, dict[int, int]] = {agent: {} for agent in agents}
    for gap in gaps:
        agent = agent_of.get(gap.device_uuid, only)
        if gap.kind == "lost" and agent is not None:
            found[agent][gap.start_us] = max(gap.count or 0, found[agent].get(gap.start_us, 0))
    return found


def _sharing(speak: pl.DataFrame, agents: list[str]) -> list[str]:
    """Return the agents that speak for a device that another one speaks for too: a gap of it may be either's."""
    among = speak.filter(pl.col("agent").is_in(agents))
    return among.filter(pl.len().over("device_uuid") > 1)["agent"].unique().sort().to_list()


def _own_losses(
    reader: Reader, told: pl.DataFrame, again: Sequence[Recount], agents: list[str], interval: Interval
) -> dict[str, dict[int, int]]:
    """Return the losses of agents as their documents tell them."""
    if not agents:
        return {}
    runs = table(reader, SEQUENCES).filter(pl.col("agent").is_in(agents)).collect()
    found: dict[str, dict[int, int]] = {agent: {} for agent in agents}
    for hole in holes(told.filter(pl.col("agent").is_in(agents)), runs):
        if Interval(hole.since_us, hole.until_us + 1).overlaps(interval):
            found[hole.agent][hole.since_us] = hole.count + found[hole.agent].get(hole.since_us, 0)
    for loss, agent in [(loss, r.agent) for r in again for loss in r.losses if r.agent in found]:
        found[agent][loss.interval.start_us] = loss.count + found[agent].get(loss.interval.start_us, 0)
    return found


def _states(told: pl.DataFrame) -> pl.DataFrame:
    late = (pl.col("received_at") - pl.col("created_at")).dt.total_microseconds() / 1e6
    is_near = late.abs() < DAY_US / 1e6  # a replayed document bears the time of its replay
    streams = pl.col("kind") == "MTConnectStreams"
    newest = told.sort("contact_us", "next_sequence", nulls_last=False).group_by("agent", maintain_order=True)
    return newest.agg(
        documents=pl.len(),
        empty=(streams & (pl.col("observations") == 0)).sum(),
        errors=(pl.col("kind") == "MTConnectError").sum(),
        p50_s=late.filter(is_near).quantile(0.5),
        p95_s=late.filter(is_near).quantile(0.95),
        last_contact_us=pl.col("contact_us").max(),
        instance_id=pl.col("instance_id").drop_nulls().last(),
        next_sequence=pl.col("next_sequence").drop_nulls().last(),
    ).sort("agent")


def _agent(
    row: dict[str, Any],
    began: dict[str, tuple[Interval, ...]],
    again: tuple[Recount, ...],
    lost: dict[str, dict[int, int]],
    interval: Interval,
) -> AgentState:
    mine = tuple(r for r in began.get(row["agent"], ()) if r.overlaps(interval))
    holes = lost[row["agent"]]
    counted_again = tuple(CountedAgain(r.instance_id, r.began_us, r.count) for r in again if r.agent == row["agent"])
    return AgentState(**row, restarts=mine, holes=len(holes), lost=sum(holes.values()), recounts=counted_again)
