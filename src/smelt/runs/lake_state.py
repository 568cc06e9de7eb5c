"""What the stages plan from: periods with rows, last values, exclusions, documents, gaps; at recorded versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.carry import fold_carry
from smelt.copper.carry_fingerprint import carry_fingerprints
from smelt.copper.contact import times_by_agent, with_contact
from smelt.copper.coverage import Loss
from smelt.copper.losses import Hole, holes
from smelt.copper.recounts import Recount, all_restarts, recounts
from smelt.copper.undeclared import with_undeclared
from smelt.lake.memory import Key, Sum, made_from, sums
from smelt.lake.reader import LakeReader
from smelt.terms.interval import DAY_US, MINUTE_US, PERIOD_US, Interval, from_us, month_of, period_of, to_us
from smelt.terms.tables import (
    DATA_ITEMS,
    DOCUMENTS,
    EXCLUSIONS,
    LAST_VALUES,
    OBSERVATIONS,
    SEQUENCES,
    TASKS,
    TableSpec,
)

LONGEST_SILENCE_DAYS = 31
EVIDENCE = (
    "agent", "instance_id", "source", "created_at", "received_at",
    "first_sequence", "next_sequence", "last_sequence", "lowest_sequence", "observations", "offset",
)  # fmt: skip
INPUTS = (OBSERVATIONS, LAST_VALUES, DOCUMENTS, SEQUENCES, EXCLUSIONS, DATA_ITEMS)


@dataclass(frozen=True)
class LakeState:
    """A lake at the versions of its inputs; everything is read when first asked for."""

    reader: LakeReader
    versions: Mapping[str, int]

    @classmethod
    def now(cls, reader: LakeReader) -> "LakeState":
        """Take the newest versions; -1 for a table that is not there."""
        return cls(reader, {s.name: reader.version(s.name) if reader.exists(s.name) else -1 for s in INPUTS})

    def at(self, versions: Mapping[str, int]) -> "LakeState":
        """Return the lake at the versions that a plan recorded: this very state, but for a plan that is redone."""
        return self if versions == self.versions else LakeState(self.reader, versions)

    def frame(self, spec: TableSpec) -> pl.DataFrame:
        """Return a whole (small) table."""
        version = self.versions[spec.name]
        if version < 0:
            return pl.DataFrame(spec.schema.empty_table())
        return self.reader.scan(spec.name, version).collect()

    def memory(self, stage: str) -> dict[Key, Sum]:
        """Return what the stage's periods were made from (newest)."""
        return made_from(self.tasks(), stage)

    @cached_property
    def sums(self) -> dict[Key, Sum]:
        """Rows and fingerprint of each (device, period) that has observations."""
        return sums(self.tasks())

    @cached_property
    def last_values(self) -> dict[str, pl.DataFrame]:
        """Last values by device."""
        return {str(device): group for (device,), group in self.frame(LAST_VALUES).group_by("device_uuid")}

    @cached_property
    def exclusions(self) -> dict[str, tuple[Interval, ...]]:
        """Bad intervals by device."""
        found: dict[str, tuple[Interval, ...]] = {}
        for row in self.frame(EXCLUSIONS).sort("device_uuid", "start", "end").to_dicts():
            interval = Interval(to_us(row["start"]), to_us(row["end"]))
            found[row["device_uuid"]] = (*found.get(row["device_uuid"], ()), interval)
        return found

    @cached_property
    def data_items(self) -> pl.DataFrame:
        """The data items that are valid now, and those that were seen without a probe that declares them."""
        declared = self.frame(DATA_ITEMS).filter(pl.col("valid_to").is_null())
        return with_undeclared(declared, self.frame(LAST_VALUES))

    @cached_property
    def ended_items(self) -> pl.DataFrame:
        """The data items that were declared once: no probe says them now, or says them in another way."""
        return self.frame(DATA_ITEMS).filter(pl.col("valid_to").is_not_null())

    @cached_property
    def until_us(self) -> int:
        """The end of the minute of the last observation: data until."""
        latest = [group["event_time"].max() for group in self.last_values.values()]
        newest = max((to_us(t) for t in latest), default=0)  # type: ignore[arg-type]
        return newest - newest % MINUTE_US + MINUTE_US

    def periods(self, device_uuid: str) -> Sequence[int]:
        """Return the periods of a device in order: from each with rows to the next, or for LONGEST_SILENCE_DAYS.

        A single stamp of years ago would otherwise ask for every minute since.
        """
        filled = self._filled.get(device_uuid, [])
        last = period_of(self.until_us - 1) + PERIOD_US
        longest = LONGEST_SILENCE_DAYS * DAY_US
        stretches = pairwise([*filled, last])
        return [p for start, end in stretches for p in range(start, min(end, start + longest), PERIOD_US)]

    @cached_property
    def _filled(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for device, period in sorted(self.sums):
            found.setdefault(device, []).append(period)
        return found

    def carry(self, device_uuid: str, before_us: int) -> pl.DataFrame:
        """Return what was known of a device at the start of a period."""
        return fold_carry(self.last_values.get(device_uuid, self._no_last_values), before_us)

    def carry_fingerprints(self, mapped: frozenset[tuple[str, str]] | None) -> dict[Key, int]:
        """Return the fingerprint of each period's carry: of the mapped items without exclusions, or of everything."""
        frames = list(self.last_values.values())
        if not frames:
            return {}
        values = pl.concat(frames)
        if mapped is not None:
            keep = pl.DataFrame(sorted(mapped), schema={"device_uuid": pl.String, "data_item": pl.String}, orient="row")
            values = values.join(keep, on=["device_uuid", "data_item"], how="semi")
        rows = [(device, period) for device in self.last_values for period in self.periods(device)]
        grid = pl.DataFrame(rows, schema={"device_uuid": pl.String, "period": pl.Int64}, orient="row")
        grid = grid.with_columns(pl.col("period").cast(pl.Datetime("us", "UTC")))
        found = carry_fingerprints(values, grid, self.exclusions if mapped is not None else {})
        return {
            (d, p): c for d, p, c in found.select("device_uuid", pl.col("period").dt.timestamp("us"), "carry").rows()
        }

    @cached_property
    def documents(self) -> pl.DataFrame:
        """Documents with the moment at which they prove contact."""
        return with_contact(self.frame(DOCUMENTS).select(*EVIDENCE))

    @cached_property
    def contacts(self) -> dict[str, NDArray[np.int64]]:
        """Contact times of each agent."""
        return times_by_agent(self.documents)

    @cached_property
    def recounts(self) -> tuple[Recount, ...]:
        """Where agents counted again under the same instance id."""
        return recounts(self.documents)

    @cached_property
    def restarts(self) -> dict[str, tuple[Interval, ...]]:
        """Restarts of each agent, under another instance id or the same."""
        return all_restarts(self.documents, self.recounts)

    @cached_property
    def losses(self) -> dict[str, tuple[Loss, ...]]:
        """Missing sequences of each agent, placed in time by the observations beside the hole; numbers taken twice."""
        found: dict[str, tuple[Loss, ...]] = {}
        missing = holes(self.documents, self.frame(SEQUENCES).select("agent", "instance_id", "first", "last"))
        times = self._times_beside(missing)
        for hole in missing:
            beside = [times.get((hole.agent, hole.instance_id, s)) for s in (hole.first - 1, hole.last + 1)]
            found[hole.agent] = (*found.get(hole.agent, ()), hole.placed(*beside))
        for again in self.recounts:
            found[again.agent] = (*found.get(again.agent, ()), *again.losses)
        return found

    def agents_of(self, device_uuid: str) -> tuple[str, ...]:
        """Return the agents whose documents speak for a device: its probe's, those that numbered it, else all.

        A device that moved to another agent is declared by the first alone, if its model is the same there.
        """
        declared = set(self.data_items.filter(pl.col("device_uuid") == device_uuid)["agent"])
        numbered = {self._agent_of[i] for i in self._instances_of.get(device_uuid, ()) if i in self._agent_of}
        return tuple(sorted((declared | numbered) & set(self.contacts))) or tuple(sorted(self.contacts))

    @cached_property
    def _agent_of(self) -> dict[int, str]:
        """The agent of each instance id that only one agent has."""
        pairs = self.documents.select("instance_id", "agent").drop_nulls().unique()
        return dict(pairs.filter(pl.len().over("instance_id") == 1).rows())

    @cached_property
    def _instances_of(self) -> dict[str, list[int]]:
        """The instance ids that last values of each device have."""
        return {d: group["instance_id"].drop_nulls().unique().to_list() for d, group in self.last_values.items()}

    def _times_beside(self, missing: list[Hole]) -> dict[tuple[str, int, int], int]:
        if not missing:
            return {}
        wanted = sorted({s for h in missing for s in (h.first - 1, h.last + 1)})
        since, until = min(h.since_us for h in missing) - DAY_US, max(h.until_us for h in missing)
        rows = (
            self.reader.scan(OBSERVATIONS.name, self.versions[OBSERVATIONS.name])
            .filter(pl.col("month") >= month_of(since), pl.col("month") <= month_of(until))
            .filter(pl.col("event_time").is_between(from_us(since), from_us(until)))
            .filter(pl.col("sequence").is_in(wanted))
            .select("agent", "instance_id", "sequence", pl.col("event_time").dt.timestamp("us"))
            .collect()
        )
        return {(a, i, s): t for a, i, s, t in rows.rows()}

    @cached_property
    def _no_last_values(self) -> pl.DataFrame:
        return pl.DataFrame(LAST_VALUES.schema.empty_table())

    def tasks(self) -> pl.DataFrame:
        """Return ops/tasks, newest."""
        if not self.reader.exists(TASKS.name):
            return pl.DataFrame(TASKS.schema.empty_table())
        return self.reader.scan(TASKS.name).collect()

    def recorded(self) -> dict[str, Any]:
        """Return the versions for a plan to record."""
        return dict(self.versions)
