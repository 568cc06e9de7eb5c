"""An MQTT broker as a live source: document and entity topics of agents, as they come."""

import asyncio
import random

from smelt.ingest.backoff import Backoff
from smelt.ingest.message_body import content_type_of, count_observations
from smelt.ingest.mqtt_session import Broker, Message, MqttSession
from smelt.ingest.mqtt_window import Pace, Window
from smelt.ingest.recorder import Clock, Cursor, Gap, Part, Recording
from smelt.ingest.source_url import SourceUrl, source_url
from smelt.terms.errors import InputError, TransientError

TOPICS = "MTConnect/#"
LOOK_SECONDS = 0.2  # a read lasts so long at most; what is durable is acknowledged in between
LIFE_SECONDS = 5.0
MOST_MESSAGES = 500


class MqttRecorder:
    """Records what a broker publishes below a topic filter; see Recorder.

    The broker keeps a session (`?session=`, else `smelt-<name>`), with whatever was not acknowledged in it, and
    acknowledged is only what is durable. Two recorders must not share a session: they would take turns. Retained
    messages come once, those of an agent's earlier instances too: they are recorded as they are. No broker sends again
    what was published with QoS 0: it is kept from the moment that it is heard.

    Parameters
    ----------
    url : `mqtt://user:password@host:1883/<topic filter>`, or `mqtts://`, where `?ca=` names a file of authorities to
        trust instead of the system's; the filter is MTConnect/# if none is given.
    name : of this source; it names the session.
    clock : microseconds since 1970, for when a message came.
    rng : spreads retries.

    Notes
    -----
    MQTT 5 is spoken, 3.1.1 where the broker knows no other or `?version=3.1.1` says so: then the broker alone says how
    many messages may be unacknowledged, often 20, and landing files are rolled whenever it waits for them.

    Raises
    ------
    InputError
        If the URL names no host or an unknown option, or paho-mqtt is not installed.
    """

    def __init__(self, url: str, name: str, clock: Clock, rng: random.Random, first_wait_seconds: float = 1.0) -> None:
        asked = source_url(url)
        asked.only_options("session", "version", "ca")
        self.name, self.url, self._root = name, asked.shown, asked.root
        self._broker = _broker(asked, name)
        self._clock, self._backoff = clock, Backoff(rng, first_wait_seconds)
        self._session = MqttSession(self._broker, clock)
        self._durable = 0
        self._is_running = False

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Record until cancelled; see Recorder."""
        self._durable = self._session.number = int(resume["messages"]) if resume else 0
        is_known, former = resume is not None, str(resume["topics"]) if resume else self._broker.topics
        self._is_running = True
        try:
            while True:
                try:
                    had_session = await asyncio.to_thread(self._session.connect, former)
                    if is_known and not had_session:
                        recording.gap(self.name, self._forgotten())
                    is_known, former = True, self._broker.topics
                    return await self._read(recording, once=once)
                except TransientError as error:
                    recording.trouble(self.name, str(error))
                    await self._backoff.wait_after(error, once=once)
        finally:
            self._is_running = False
            await self._settle()

    async def committed(self, cursor: Cursor) -> None:
        """Let the broker forget what is durable now: between two reads, or at once after the last."""
        self._durable = int(cursor["messages"])
        if not self._is_running:
            await self._settle()

    async def _read(self, recording: Recording, *, once: bool) -> None:
        """Read until the connection breaks, or, with `once`, until nothing comes but what happens now."""
        clock = asyncio.get_running_loop().time
        window, pace, told_at = Window(_heard_at=clock()), Pace(clock()), -LIFE_SECONDS
        while True:
            messages = await asyncio.to_thread(self._session.read, LOOK_SECONDS, MOST_MESSAGES)
            if messages:
                self._backoff.worked()
            if messages or clock() - told_at >= LIFE_SECONDS:
                told_at = clock()
                cursor = {"messages": self._session.number, "topics": self._broker.topics}
                await recording.put(self.name, [self._part(m) for m in messages if m.payload], cursor)
            unsettled = await asyncio.to_thread(self._session.settle, self._durable)
            if window.look(clock(), len(messages), unsettled):
                recording.hurry()
            if once and (window.is_drained(clock()) or pace.is_live(clock(), len(messages))):
                return

    async def _settle(self) -> None:
        """Acknowledge what is durable; leave once that is everything."""
        if await asyncio.to_thread(self._session.settle, self._durable) == 0:
            await asyncio.to_thread(self._session.close)

    def _part(self, message: Message) -> Part:
        return Part(
            message.payload,
            message.content_type or content_type_of(message.payload),
            f"{self._root}/{message.topic}",
            message.received_at_us,
            observations=count_observations(message.payload),
            is_once=message.is_once,
        )

    def _forgotten(self) -> Gap:
        text = (
            f"MQTT broker {self._root} no longer has session '{self._broker.session}': what was published while "
            "nobody listened, and is not retained, is lost. A broker keeps sessions over its own restart only if it is "
            "told to (Mosquitto: persistence true)."
        )
        return Gap("lost", self._clock(), None, text)


def _broker(url: SourceUrl, name: str) -> Broker:
    is_tls = url.kind == "mqtts"
    host, port = url.host_and_port(8883 if is_tls else 1883)
    session = url.options.get("session", f"smelt-{name}")
    version = url.options.get("version", "5")
    if version not in ("5", "3.1.1"):
        raise InputError(f"source '{url.shown}': version '{version}'; expected 5 or 3.1.1.")
    return Broker(
        host, port, is_tls, url.user, url.password, session, url.path or TOPICS, version == "5", url.options.get("ca")
    )
