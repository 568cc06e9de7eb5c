"""A plant from running agents: what is to be recorded, its devices and mappings; nothing is written if one is away."""

from pathlib import Path

import pytest
from tests.agents import GeneratedAgent
from tests.plants import clock, snapshot
from tests.replaying_agent import ReplayingAgent

from smelt.lake.reader import LakeReader
from smelt.runs.plant.begin_live import begin_from_agents
from smelt.runs.plant.config import read_plant
from smelt.runs.probe import current_items
from smelt.terms.errors import InputError
from smelt.terms.plant import Agent


def test_a_plant_from_two_agents(tmp_path: Path) -> None:
    with ReplayingAgent(GeneratedAgent()) as mill, ReplayingAgent(GeneratedAgent(device="DRILL")) as drill:
        proposed = begin_from_agents(tmp_path, [f"{mill.url}/probe", drill.url, mill.url], clock)
    assert {d.name: d.uuid for d in proposed.devices} == {"DRILL": "DRILL-1", "MILL": "MILL-1"}
    plant = read_plant(tmp_path, {}, {}).plant
    assert plant.agents == (Agent("MILL", url=mill.url), Agent("DRILL", url=drill.url))
    assert (plant.source.landing, plant.source.probe) == ("landing", None)
    assert (tmp_path / "landing").is_dir() and (tmp_path / "mappings/machine.toml").is_file()
    assert (tmp_path / "probes/MILL.json").read_bytes() == GeneratedAgent().answer("/probe", {})[1]
    items = current_items(LakeReader(str(tmp_path / "lake")))
    assert set(items["agent"]) == {"MILL", "DRILL"}  # as observations are called, not the header's sender


@pytest.mark.parametrize("fault", ["500", "garbage", "cut"])
def test_what_is_no_agent_is_refused(tmp_path: Path, fault: str) -> None:
    with (
        ReplayingAgent(GeneratedAgent(), [fault]) as server,  # type: ignore[list-item]
        pytest.raises(InputError, match=r"http://127\.0\.0\.1.*Nothing was written\. Check --agent"),
    ):
        begin_from_agents(tmp_path / "new", [server.url], clock)
    assert snapshot(tmp_path) == {}


def test_an_agent_that_is_away_is_refused(tmp_path: Path) -> None:
    with ReplayingAgent(GeneratedAgent()) as server:
        pass
    with pytest.raises(InputError, match=r"Nothing was written\. Check --agent"):
        begin_from_agents(tmp_path / "new", [server.url], clock)


def test_a_device_that_the_agent_has_not_is_refused(tmp_path: Path) -> None:
    class Deviceless(GeneratedAgent):
        def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]:
            return super().answer("/NoSuchDevice", query)

    with ReplayingAgent(Deviceless()) as server, pytest.raises(InputError, match="answered NO_DEVICE; expected MTConn"):
        begin_from_agents(tmp_path / "new", [server.url], clock)


def test_a_plant_is_not_begun_twice(tmp_path: Path) -> None:
    with ReplayingAgent(GeneratedAgent()) as server:
        begin_from_agents(tmp_path, [server.url], clock)
        before = snapshot(tmp_path)
        with pytest.raises(InputError, match="is a plant already"):
            begin_from_agents(tmp_path, [server.url], clock)
    assert snapshot(tmp_path) == before
