"""Device models and assets that land among the documents are in copper once, with the plan that read them."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import HOUR, PLANT, START, clock, hourly, land, make_plant, name_of, probe_xml, rows_of

from smelt.runs.run import Request, run

ASSETS = """<?xml version="1.0"?><MTConnectAssets xmlns="urn:mtconnect.org:MTConnectAssets:2.0">
<Header sender="cell-1" instanceId="7" creationTime="2020-01-01T01:00:00Z" version="2.0" assetCount="1"/>
<Assets><CuttingTool assetId="T1" serialNumber="1" toolId="t" deviceUuid="mill-uuid" timestamp="2020-01-01T00:30:00Z"/>
</Assets></MTConnectAssets>"""


def plant_without_a_probe(root: Path, hours: int) -> Path:
    make_plant(root, hours, PLANT.replace('probe = "probe.xml"\n', ""))
    (root / "probe.xml").unlink()
    return root


def ingest(root: Path) -> None:
    run(Request(root, {}, parts=("ingest",)), clock)


def model(hour: int, units: str) -> tuple[str, bytes]:
    made_at = f"{START + hour * HOUR - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    text = probe_xml().replace("2020-01-01T00:00:00Z", made_at).replace('units="PERCENT"', f'units="{units}"')
    return name_of(hour, "probe").removesuffix(".json.gz") + ".xml", text.encode()


def loads(root: Path) -> list[tuple[object, ...]]:
    items = rows_of(root, "copper/data_items").filter(pl.col("id") == "mill_load").sort("valid_from", nulls_last=False)
    return items.select("units", "valid_from", "valid_to").rows()


def test_a_landed_model_declares_data_items(tmp_path: Path) -> None:
    root = plant_without_a_probe(tmp_path / "plant", 1)
    land(root, [model(1, "PERCENT")])
    ingest(root)
    assert loads(root) == [("PERCENT", None, None)]
    assert set(rows_of(root, "copper/data_items")["agent"]) == {"cell-1"}


def test_a_changed_model_ends_old_definitions_whether_it_lands_together_or_later(tmp_path: Path) -> None:
    models = [model(1, "PERCENT"), model(2, "PERCENT"), model(3, "COUNT")]
    changed_at = START + 3 * HOUR - timedelta(minutes=1)
    together = plant_without_a_probe(tmp_path / "together", 1)
    land(together, models)
    ingest(together)
    later = plant_without_a_probe(tmp_path / "later", 1)
    for one in models:
        land(later, [one])
        ingest(later)
    assert loads(together) == loads(later) == [("PERCENT", None, changed_at), ("COUNT", changed_at, None)]


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2, 1), (0, 2, 1), (2, 0, 1)])
def test_models_mean_the_same_in_whatever_order_they_land(tmp_path: Path, order: tuple[int, ...]) -> None:
    models = [model(1, "PERCENT"), model(2, "COUNT"), model(3, "PERCENT")]
    at = [START + hour * HOUR - timedelta(minutes=1) for hour in (1, 2, 3)]
    root = plant_without_a_probe(tmp_path / "plant", 1)
    for number in order:
        land(root, [models[number]])
        ingest(root)
    assert loads(root) == [("PERCENT", None, at[1]), ("COUNT", at[1], at[2]), ("PERCENT", at[2], None)]


def test_an_asset_is_kept_as_it_stood_once(tmp_path: Path) -> None:
    root = plant_without_a_probe(tmp_path / "plant", 1)
    land(root, [(name_of(1, "assets"), ASSETS.encode())])
    ingest(root)
    land(root, hourly(2))
    ingest(root)
    (asset,) = rows_of(root, "copper/assets").to_dicts()
    assert (asset["agent"], asset["asset_id"], asset["type"], asset["device_uuid"]) == (
        "cell-1", "T1", "CuttingTool", "mill-uuid",
    )  # fmt: skip
    assert asset["event_time"] == START + timedelta(minutes=30)
    assert asset["received_at"] == START + HOUR and "CuttingTool" in asset["content"] and not asset["removed"]
