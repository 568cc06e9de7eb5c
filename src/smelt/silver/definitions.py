"""What data items meant over time: each definition of a probe with the stretch of time that it explains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import polars as pl

from smelt.copper.undeclared import UNDECLARED
from smelt.terms.interval import Interval, to_us

ALWAYS = Interval(-(2**63), 2**63 - 1)


@dataclass(frozen=True)
class Definition:
    """A DATA_ITEMS row of one device.

    declared : when probes said so.
    explains : of which time it explains the item's values: the first definition of an id explains all before it, too,
        and one that ended all until the next.
    newest : the id's last definition by a probe, with whose native units adapters' logs are read.
    """

    row: dict[str, Any]
    declared: Interval
    explains: Interval
    newest: dict[str, Any]


def definitions(current: pl.DataFrame, ended: pl.DataFrame) -> list[Definition]:
    """Return the definitions of one device's data items: those that hold now first, each of these by id.

    Parameters
    ----------
    current, ended : DATA_ITEMS rows that hold now (undeclared items among them), and those that did once. Of an id
        that holds twice now (two agents speak of the device) the later counts.
    """
    now = current.sort("valid_from", nulls_last=False).unique("id", keep="last", maintain_order=True)
    told = [(_declared(row), row, is_ended) for frame, is_ended in ((now, 0), (ended, 1)) for row in frame.to_dicts()]
    told.sort(key=lambda t: (t[1]["id"], not t[2], t[0].start_us))
    found: list[tuple[int, Definition]] = []
    for _, group in groupby(told, key=lambda t: t[1]["id"]):
        of_id = list(group)
        spans = _explained([declared for declared, _, _ in of_id])
        newest = next((row for _, row, _ in reversed(of_id) if row["type"] != UNDECLARED), of_id[-1][1])
        found += [(e, Definition(row, d, s, newest)) for (d, row, e), s in zip(of_id, spans, strict=True)]
    return [definition for _, definition in sorted(found, key=lambda f: (f[0], f[1].row["id"]))]


def bearers(found: Sequence[Definition], category: str, key: str) -> list[Definition]:
    """Return the definitions of the items that a key names, by id, else by name.

    A name that several items bear at one time means the first of them.
    """
    of_category = [d for d in found if d.row["category"] == category]
    by_id = [d for d in of_category if d.row["id"] == key]
    if by_id:
        return by_id
    named: list[Definition] = []
    for definition in of_category:
        others = (d for d in named if d.row["id"] != definition.row["id"])
        if definition.row["name"] == key and not any(d.declared.overlaps(definition.declared) for d in others):
            named.append(definition)
    return named


def _declared(row: dict[str, Any]) -> Interval:
    start, end = row["valid_from"], row["valid_to"]
    return Interval(ALWAYS.start_us if start is None else to_us(start), ALWAYS.end_us if end is None else to_us(end))


def _explained(declared: Sequence[Interval]) -> list[Interval]:
    """Return what each of an id's definitions explains; those that ended come first, in order."""
    starts = [d.start_us for d in declared]
    for at in range(1, len(starts)):
        if starts[at] == ALWAYS.start_us:  # an item that is said though no probe declares it any more
            starts[at] = declared[at - 1].end_us
    starts[0] = ALWAYS.start_us
    ends = [*starts[1:], declared[-1].end_us]
    return [replace(d, start_us=s, end_us=e) for d, s, e in zip(declared, starts, ends, strict=True)]
