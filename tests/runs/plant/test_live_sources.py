"""Which sources a plant has, what they are called, and which recorder reads them."""

import asyncio
import random

import pytest

from smelt.ingest.agent import AgentRecorder
from smelt.ingest.agent_requests import Pace, open_client
from smelt.ingest.recorder import Recorder
from smelt.runs.plant.live_sources import RecorderParts, agent_name, live_agents, recorder_of
from smelt.terms.errors import InputError
from smelt.terms.plant import Agent, Plant

PLANT = Plant(
    agents=(Agent("mazak", url="http://mazak-1:5000"), Agent("old", prefix="raw/"), Agent("b", url="mqtt://b"))
)


def made(agent: Agent) -> Recorder:
    async def go() -> Recorder:
        async with open_client() as client:
            return recorder_of(agent, RecorderParts(client, Pace(), lambda: 0, random.Random(0)))

    return asyncio.run(go())


def test_all_agents_with_a_url_are_recorded() -> None:
    assert [a.name for a in live_agents(PLANT)] == ["mazak", "b"]


def test_urls_choose_and_keep_the_plants_names() -> None:
    chosen = live_agents(PLANT, ["http://mazak-1:5000", "http://mazak", "http://mazak", "http://mazak:5001"])
    assert [a.name for a in chosen] == ["mazak", "mazak-2", "mazak-5001"]
    assert [a.url for a in chosen][1:] == ["http://mazak", "http://mazak:5001"]


def test_a_plant_without_sources_is_told_so() -> None:
    with pytest.raises(InputError, match=r"nothing to record: .*'smelt init --agent URL' before, or --agent URL now"):
        live_agents(Plant())


def test_names_are_never_taken_twice() -> None:
    taken: list[str] = []
    for _ in range(9):
        taken.append(agent_name("http://10.0.0.1:5000/a/b", taken, "Mill"))
    assert taken[:4] == ["Mill", "10.0.0.1", "10.0.0.1-a-b", "10.0.0.1-5000"]
    assert len(set(taken)) == 9


def test_the_scheme_says_the_kind() -> None:
    found = made(Agent("m", url="http://me:secret@mill:5000"))
    assert isinstance(found, AgentRecorder)
    assert (found.name, found.url) == ("m", "http://mill:5000")


@pytest.mark.parametrize("url", ["ftp://me:secret@mill", "opc.tcp://mill:4840", "mill:5000"])
def test_another_kind_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(InputError, match="expected") as told:
        made(Agent("m", url=url))
    assert "secret" not in str(told.value)
