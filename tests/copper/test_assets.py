"""An asset is stored once, however often and in whatever company it is delivered."""

from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.assets import IDENTITY, new_assets
from smelt.terms.tables import ASSETS

T1 = datetime(2020, 1, 1, tzinfo=UTC)

Row = dict[str, object]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "agent": st.sampled_from(["cell-1", "cell-2"]),
            "instance_id": st.sampled_from([None, 1, 2]),
            "asset_id": st.sampled_from(["T1", "T2"]),
            "event_time": st.sampled_from([None, T1]),
            "removed": st.booleans(),
            "content": st.sampled_from(["<T/>", "<U/>"]),
            "batch": st.integers(1, 3),
        }
    ),
    max_size=12,
)


def table(rows: list[Row]) -> pl.DataFrame:
    import pyarrow as pa

    whole = [{"type": "CuttingTool", "device_uuid": None, "received_at": T1} | row for row in rows]
    return pl.DataFrame(pa.Table.from_pylist(whole, schema=ASSETS.schema))


def identities(rows: list[Row]) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in IDENTITY) for row in rows]


@given(ROWS, ROWS)
def test_new_is_what_is_not_stored_each_once_the_first_in_order(landed: list[Row], stored: list[Row]) -> None:
    wanted: list[Row] = []
    for row in landed:
        if identities([row])[0] not in identities(stored + wanted):
            wanted.append(row)
    assert new_assets(table(landed), table(stored)).equals(table(wanted))


@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_order_and_the_grouping_of_deliveries_change_nothing(landed: list[Row], rng: object, cut: int) -> None:
    shuffled = [*landed, *landed]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    stored = new_assets(table(landed[:cut]), table([]))
    stored = pl.concat([stored, new_assets(table(landed[cut:]), stored)])
    other = new_assets(table(shuffled), table([]))
    assert set(stored.select(IDENTITY).rows()) == set(other.select(IDENTITY).rows()) == set(identities(landed))
    assert stored.height == other.height


def test_another_instance_and_a_later_arrival_are_the_same_asset() -> None:
    row: Row = {"agent": "a", "instance_id": 1, "asset_id": "T", "event_time": None, "removed": False, "content": "x"}
    stored, again = table([row | {"batch": 1}]), table([row | {"batch": 2, "instance_id": 2}])
    assert new_assets(again, stored).is_empty()
    assert new_assets(again.with_columns(removed=True), stored).height == 1
