"""Agents: documents, heartbeats, errors, restarts, and each loss once whatever the number of its devices."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests import plants
from tests.pipeline_lake import HOUR, MINUTE, PLANT, START, WHOLE, build

from smelt.lake.reader import LakeReader
from smelt.mtconnect.probe.decode import parse_probe
from smelt.runs.pages.gaps import gaps_in
from smelt.runs.pages.pipeline_agents import agents_in
from smelt.runs.plant.begin import propose_from
from smelt.runs.plant.config import read_plant
from smelt.runs.request import Request
from smelt.runs.run import run
from smelt.terms.interval import Interval, to_us


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return build(tmp_path_factory.mktemp("agents"))


def test_an_agent_is_told_of(reader: LakeReader) -> None:
    (agent,) = agents_in(reader, WHOLE, gaps_in(reader, PLANT.devices, WHOLE))
    assert (agent.agent, agent.documents, agent.empty, agent.errors) == ("shop", 6, 1, 1)
    assert (agent.p50_s, agent.p95_s) == (2, 2)
    assert (agent.instance_id, agent.next_sequence) == (2, 1301)
    assert agent.restarts == (Interval(to_us(START + 89 * MINUTE), to_us(START + 95 * MINUTE)),)
    assert (agent.holes, agent.lost) == (1, 700)


def test_only_what_came_in_the_range_counts(reader: LakeReader) -> None:
    (agent,) = agents_in(reader, Interval(WHOLE.start_us, to_us(START + HOUR)))
    assert (agent.documents, agent.instance_id, agent.restarts) == (1, 1, ())


def test_a_restart_at_the_edge_is_seen_though_its_first_half_lies_outside(reader: LakeReader) -> None:
    (agent,) = agents_in(reader, Interval(to_us(START + 92 * MINUTE), WHOLE.end_us))
    assert len(agent.restarts) == 1


def test_of_two_agents_of_one_device_each_has_its_own_losses(tmp_path: Path) -> None:
    """The second one, which counts on its own, skips 70 numbers; both speak for the same machines."""
    root = plants.make_plant(tmp_path / "plant", 2, plants.PLANT.replace('probe = "probe.xml"\n', ""))
    said = [plants.hour_of_work(hour) for hour in range(2)]
    first = 1
    for hour, lost in enumerate((0, 70)):
        made = plants.START + (hour + 1) * plants.HOUR - timedelta(seconds=1)
        body = plants.document(said[hour], first + lost, made, instance=9).replace(b"cell-1", b"cell-2")
        plants.land(root, [(plants.name_of(hour, "second"), body)])
        first += len(said[hour])
    probes = [parse_probe(plants.probe_xml().replace("cell-1", agent).encode()) for agent in ("cell-1", "cell-2")]
    propose_from(read_plant(root, {}, {}), probes, plants.clock)
    run(Request(root, {}, parts=("ingest", "stages")), plants.clock)
    reader = plants.reader_of(root)
    whole = Interval(to_us(plants.START), to_us(plants.START + 2 * plants.HOUR))
    devices = read_plant(root, {}, {}).plant.devices
    agents = agents_in(reader, whole, gaps_in(reader, devices, whole))
    assert [(a.agent, a.holes, a.lost) for a in agents] == [("cell-1", 0, 0), ("cell-2", 1, 70)]


def test_no_documents_no_agents(tmp_path: Path) -> None:
    assert agents_in(LakeReader(str(tmp_path)), WHOLE) == ()
