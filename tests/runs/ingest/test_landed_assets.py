"""Assets that are delivered again, under another name, beside others or later, are in copper once."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from tests.plants import HOUR, START, clock, land, make_plant, name_of, rows_of

from smelt.runs.request import Request
from smelt.runs.run import run


def document(*assets: str, instance: int = 7) -> bytes:
    header = f'<Header sender="cell-1" instanceId="{instance}" creationTime="2020-01-01T01:00:00Z" version="2.0"/>'
    space = "urn:mtconnect.org:MTConnectAssets:2.0"
    return f'<MTConnectAssets xmlns="{space}">{header}<Assets>{"".join(assets)}</Assets></MTConnectAssets>'.encode()


def tool(name: str, minute: int = 30, more: str = "") -> str:
    stamp = f"2020-01-01T00:{minute:02}:00Z"
    return f'<CuttingTool assetId="{name}" deviceUuid="mill-uuid" timestamp="{stamp}"{more}/>'


REMOVED = ' removed="true"'
DELIVERIES = (
    (name_of(1, "assets"), document(tool("T1"), tool("T2"))),
    (name_of(2, "same"), document(tool("T1"), tool("T2"))),
    (name_of(3, "restarted"), document(tool("T2"), tool("T1"), tool("T1"), instance=8)),
    (name_of(4, "changed"), document(tool("T1", 45), tool("T2", more=REMOVED))),
)
WANTED = [
    ("T1", START + timedelta(minutes=30), False),
    ("T1", START + timedelta(minutes=45), False),
    ("T2", START + timedelta(minutes=30), False),
    ("T2", START + timedelta(minutes=30), True),
]


def ingest(root: Path) -> None:
    run(Request(root, {}, parts=("ingest",)), clock)


def assets(root: Path) -> list[tuple[object, ...]]:
    found = rows_of(root, "copper/assets").sort("asset_id", "event_time", "removed")
    return found.select("asset_id", "event_time", "removed").rows()


def test_within_one_plan(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    land(root, DELIVERIES)
    ingest(root)
    assert assets(root) == WANTED


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_across_plans_in_whatever_order_the_files_come(tmp_path: Path, order: tuple[int, ...]) -> None:
    root = make_plant(tmp_path / "plant", 1)
    for place in order:
        land(root, [DELIVERIES[place]])
        ingest(root)
    assert assets(root) == WANTED


def test_the_asset_keeps_the_plan_and_the_arrival_that_brought_it_first(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    for delivery in DELIVERIES[:3]:
        land(root, [delivery])
        ingest(root)
    rows = rows_of(root, "copper/assets").select("batch", "received_at", "instance_id").unique().rows()
    assert rows == [(1, START + HOUR, 7)]
    assert assets(root) == [WANTED[0], WANTED[2]]
