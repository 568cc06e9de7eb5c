"""Beginning a plant from agents that are running: their device models, and where their data will land."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from smelt.ingest.agent_requests import Document, Pace, Requests, agent_address, open_client
from smelt.ingest.recorded_file import as_folder_name
from smelt.mtconnect.header import read_header
from smelt.mtconnect.probe.decode import parse_probe
from smelt.runs.plant.begin import new_folder, propose_from
from smelt.runs.plant.init import Proposed
from smelt.runs.plant.live_sources import agent_name
from smelt.terms.errors import InputError, SmeltError
from smelt.terms.observation import Probe
from smelt.terms.plant import Agent, Source

LANDING, PROBES = "landing", "probes"
PATIENCE = Pace(heartbeat_ms=5000)  # of someone who waits at a terminal


def begin_from_agents(root: Path, urls: Sequence[str], clock: Callable[[], datetime]) -> Proposed:
    """Write plant.toml, with these agents to be recorded into `landing`, and mappings from their device models.

    The answers to /probe are kept in `probes/`, to be looked at; later ones land among the documents.

    Raises
    ------
    InputError
        If the folder is a plant already, a URL is none of an agent's, or an agent does not answer.
    """
    folder = new_folder(root)
    addresses = list(dict.fromkeys(agent_address(url)[0] for url in urls))
    documents = asyncio.run(_probes(addresses))
    agents: list[Agent] = []
    probes = []
    for address, document in zip(addresses, documents, strict=True):
        probe = _probe(document)
        own = [d.name for d in probe.devices if not d.is_agent]
        name = agent_name(address, [a.name for a in agents], own[0] if len(own) == 1 else None)
        agents.append(Agent(name, url=address))
        probes.append(replace(probe, sender=name))  # as plant.toml calls it, so do its observations
    for agent, document in zip(agents, documents, strict=True):
        path = root / PROBES / f"{as_folder_name(agent.name)}.{'json' if 'json' in document.content_type else 'xml'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.body)
    (root / LANDING).mkdir(exist_ok=True)
    plant = replace(folder.plant, agents=tuple(agents), source=Source(landing=LANDING))
    return propose_from(replace(folder, plant=plant), probes, clock)


async def _probes(urls: Sequence[str]) -> list[Document]:
    async with open_client() as client:
        asked = [Requests(url, client, read_header, PATIENCE).get("probe") for url in urls]
        found = await asyncio.gather(*asked, return_exceptions=True)
    for answer in found:
        if isinstance(answer, SmeltError):
            raise InputError(f"{answer}. Nothing was written. Check --agent.") from answer
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in found if isinstance(answer, Document)]


def _probe(document: Document) -> Probe:
    if document.header.kind != "MTConnectDevices":
        told = ", ".join(document.header.errors) or document.header.kind
        raise InputError(
            f"{document.source} answered {told}; expected MTConnectDevices. Nothing was written. Check --agent."
        )
    return parse_probe(document.body)
