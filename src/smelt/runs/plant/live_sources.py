"""Which live sources a plant has, and the recorder of each: its URL's scheme says the kind."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from smelt.ingest.agent import AgentRecorder
from smelt.ingest.agent_requests import Pace, Requests
from smelt.ingest.recorder import Clock, Recorder
from smelt.ingest.source_url import source_url
from smelt.mtconnect.header import read_header
from smelt.terms.errors import InputError
from smelt.terms.plant import Agent, Plant

KINDS = (
    "http(s)://host:5000 (an MTConnect agent), mqtt(s)://host:1883/MTConnect/#, kafka://host:9092/topic, "
    "kinesis://region/stream, shdr://host:7878/DEVICE"
)


@dataclass(frozen=True)
class RecorderParts:
    """What recorders are made with; `client` is one for all agents of the process."""

    client: httpx.AsyncClient
    pace: Pace
    clock: Clock
    rng: random.Random


def recorder_of(agent: Agent, parts: RecorderParts) -> Recorder:
    """Return the recorder of a source that has a URL.

    Raises
    ------
    InputError
        If the URL is of no kind that we know, or its library is not installed.
    """
    url, clock, rng = agent.url or "", parts.clock, parts.rng
    asked = source_url(url)
    match asked.kind:
        case "http" | "https":
            return AgentRecorder(agent.name, Requests(url, parts.client, read_header, parts.pace), clock, rng)
        case "mqtt" | "mqtts":
            from smelt.ingest.mqtt import MqttRecorder

            return MqttRecorder(url, agent.name, clock, rng)
        case "kafka":
            from smelt.ingest.kafka import KafkaRecorder

            return KafkaRecorder(url, agent.name, clock, rng)
        case "kinesis":
            from smelt.ingest.kinesis import KinesisRecorder

            return KinesisRecorder(url, agent.name, clock, rng)
        case "shdr":
            from smelt.ingest.shdr_socket import ShdrRecorder

            return ShdrRecorder(url, agent.name, clock, rng)
        case _:
            raise InputError(f"agent '{agent.name}': url '{asked.shown}'; expected {KINDS}. Mend it in plant.toml.")


def live_agents(plant: Plant, urls: Sequence[str] = ()) -> list[Agent]:
    """Return the sources to record: those named by URL, else all of plant.toml that have one.

    Raises
    ------
    InputError
        If there is none.
    """
    known = [a for a in plant.agents if a.url]
    if not urls and not known:
        raise InputError(
            "nothing to record: plant.toml has no [[agents]] with a url. "
            "Expected 'smelt init --agent URL' before, or --agent URL now."
        )
    chosen: list[Agent] = []
    for url in dict.fromkeys(urls):
        named = next((a for a in known if a.url == url), None)
        chosen.append(named or Agent(agent_name(url, [a.name for a in (*plant.agents, *chosen)]), url=url))
    return chosen or known


def agent_name(url: str, taken: Sequence[str] = (), device: str | None = None) -> str:
    """Return a name for the source behind a URL: its host, and what tells it from those that are taken.

    Parameters
    ----------
    device : the one device that it is of; the better name where the host is but an address.

    Examples
    --------
    >>> agent_name("http://mazak-1:5000"), agent_name("http://shop/Mazak", ["shop"])
    ('mazak-1', 'shop-Mazak')
    >>> agent_name("http://10.0.3.17:5000", device="Mazak01"), agent_name("http://10.0.3.17:5000")
    ('Mazak01', '10.0.3.17')
    """
    parts = urlsplit(url)
    host = parts.hostname or parts.scheme
    tail = parts.path.strip("/").replace("/", "-")
    wished = [
        *([device] if device and _is_address(host) else []),
        host,
        *([f"{host}-{tail}"] if tail else []),
        *([f"{host}-{parts.port}"] if parts.port else []),
        *(f"{host}-{n}" for n in range(2, len(taken) + 3)),
    ]
    return next(name for name in wished if name not in taken)


def _is_address(host: str) -> bool:
    return host == "localhost" or ":" in host or host.replace(".", "").isdecimal()
