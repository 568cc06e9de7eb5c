"""Agents: documents, heartbeats, errors, restarts, and each loss once whatever the number of its devices."""

from pathlib import Path

import pytest
from tests.pipeline_lake import HOUR, MINUTE, PLANT, START, WHOLE, build

from smelt.lake.reader import LakeReader
from smelt.runs.pages.gaps import gaps_in
from smelt.runs.pages.pipeline_agents import agents_in
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


def test_no_documents_no_agents(tmp_path: Path) -> None:
    assert agents_in(LakeReader(str(tmp_path)), WHOLE) == ()
