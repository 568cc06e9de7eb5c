"""How device models that land follow one another: a definition holds until a later model of its device differs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from smelt.terms.tables import DATA_ITEMS

_VALIDITY = ("valid_from", "valid_to")
_SAID = [name for name in DATA_ITEMS.schema.names if name not in ("agent", *_VALIDITY)]
ORDER = ("agent", "id", "device_uuid", "valid_from")
_BEGIN, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_Span = tuple[datetime, datetime]


def with_model(
    items: pl.DataFrame, model: pl.DataFrame, made_at: datetime | None, told: Sequence[datetime] = ()
) -> pl.DataFrame:
    """Return the data items after a device model was heard of.

    Parameters
    ----------
    items : DATA_ITEMS rows.
    model : what it declares, as DATA_ITEMS rows, of one or of several devices. Of other devices it says nothing.
    made_at : when its agent sent it.
    told : when that agent sent the models that were heard of before, in order.

    Returns
    -------
    DATA_ITEMS rows. Of a device that was not known, definitions hold always. Definitions that the model
    changes or lacks end at made_at. A model that comes late holds until the next that is known, and always before
    if none was sent earlier; one without a time, or of the very moment of a change, is not looked at.
    """
    newest = items.group_by("device_uuid").agg(latest=pl.max_horizontal(*_VALIDITY).max())
    latest: dict[str, datetime | None] = dict(newest.rows())
    uuids = model["device_uuid"].unique().to_list()
    known = [uuid for uuid in uuids if uuid in latest and made_at is not None]
    late = [u for u in known if made_at is not None and made_at < max((*told, latest[u] or _BEGIN))]
    later = [u for u in known if u not in late and latest[u] != made_at]
    at = pl.lit(made_at).cast(items.schema["valid_from"])
    first = model.filter(~pl.col("device_uuid").is_in(list(latest)))
    old = items.filter(pl.col("device_uuid").is_in(later), pl.col("valid_to").is_null())
    others = items.filter(~(pl.col("device_uuid").is_in(later) & pl.col("valid_to").is_null()))
    fresh = model.filter(pl.col("device_uuid").is_in(later))
    same = old.join(fresh, on=_SAID, how="semi", nulls_equal=True)
    ended = old.join(fresh, on=_SAID, how="anti", nulls_equal=True).with_columns(valid_to=at)
    added = fresh.join(old, on=_SAID, how="anti", nulls_equal=True).with_columns(valid_from=at)
    found = pl.concat([p.select(items.columns) for p in (others, same, ended, added, first)])
    if made_at is not None:
        for uuid in late:
            found = _with_late(found, model.filter(device_uuid=uuid), made_at, told)
    return found.sort(ORDER)


def _with_late(items: pl.DataFrame, model: pl.DataFrame, made_at: datetime, told: Sequence[datetime]) -> pl.DataFrame:
    """Return the data items with what a model says of one device between the models before and behind it."""
    is_mine = pl.col("device_uuid") == model["device_uuid"][0]
    mine = items.filter(is_mine).to_dicts()
    changes = {row[name] for row in mine for name in _VALIDITY} - {None}
    if made_at in changes:
        return items
    moments = {*told, *changes}
    begin = made_at if any(moment < made_at for moment in moments) else _BEGIN
    span = (begin, min(moment for moment in moments if moment > made_at))
    declared = {_said(row): row for row in model.to_dicts()}
    told_before: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in mine:
        told_before.setdefault(_said(row), []).append(row)
    rows: list[dict[str, Any]] = []
    for said in told_before | declared:
        of_said = told_before.get(said, [])
        spans = [(row["valid_from"] or _BEGIN, row["valid_to"] or _END) for row in of_said]
        spans = _joined([*spans, span]) if said in declared else [part for s in spans for part in _without(s, span)]
        row = of_said[0] if of_said else declared[said]
        rows += [row | {"valid_from": _moment(start), "valid_to": _moment(end)} for start, end in spans]
    return pl.concat([items.filter(~is_mine), pl.DataFrame(rows, schema=items.schema)])


def _said(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _SAID)


def _joined(spans: Sequence[_Span]) -> list[_Span]:
    """Join spans that touch or overlap."""
    found: list[_Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(span: _Span, hole: _Span) -> Iterator[_Span]:
    """Yield what is left of a span beside a hole."""
    for start, end in ((span[0], min(span[1], hole[0])), (max(span[0], hole[1]), span[1])):
        if start < end:
            yield start, end


def _moment(time: datetime) -> datetime | None:
    return None if time in (_BEGIN, _END) else time
