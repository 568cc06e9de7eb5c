"""A persistent session at an MQTT broker: it keeps what was not acknowledged, also while nobody is connected."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smelt.ingest.extras import missing_extra
from smelt.terms.errors import TransientError

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

KEEPALIVE_SECONDS = 30
ANSWER_SECONDS = 10.0
EXPIRY_SECONDS = 7 * 86_400  # how long the broker keeps for a recorder that does not come back
_NO_REASON = "Unspecified error"  # paho's word
IN_FLIGHT = 65_535  # messages that the broker may hand out before the first is acknowledged: the most there is


@dataclass(frozen=True)
class Broker:
    """Where a session is, and what it listens to; `ca` is a file of authorities to trust, None: the system's."""

    host: str
    port: int
    is_tls: bool
    user: str | None
    password: str | None
    session: str
    topics: str
    is_v5: bool = True
    ca: str | None = None


@dataclass(frozen=True)
class Message:
    """What the broker sent, numbered in the order of arrival; `is_once`: published with QoS 0, it is not sent again."""

    number: int
    topic: str
    payload: bytes
    content_type: str | None
    received_at_us: int
    is_once: bool = False


class MqttSession:
    """One session; its calls block and come from one thread at a time (a lock sees to it).

    Acknowledged is only what `settle` names. A connection that breaks takes the right to acknowledge with it: the
    broker sends those messages again. MQTT 5 is spoken first, 3.1.1 if the broker does not know it: there, the broker
    alone says how many messages may be unacknowledged, often 20.
    """

    def __init__(self, broker: Broker, clock: Callable[[], int]) -> None:
        try:
            import paho.mqtt.client
        except ImportError as error:
            raise missing_extra("mqtt", "mqtt") from error
        self._mqtt = paho.mqtt.client
        self._broker, self._clock = broker, clock
        self.number = 0  # of the last message
        self._protocol = self._mqtt.MQTTv5 if broker.is_v5 else self._mqtt.MQTTv311
        self._client: Client | None = None
        self._unsettled: deque[tuple[int, int]] = deque()  # number, message id
        self._arrived: list[Message] = []
        self._answers: dict[str, Any] = {}
        self._lock = threading.Lock()

    def connect(self, former_topics: str) -> bool:
        """Connect and subscribe; what the session listened to formerly, if that is other topics, it forgets.

        Returns
        -------
        Whether the broker still had the session.

        Raises
        ------
        TransientError
            If the broker is away or refuses.
        """
        with self._lock:
            self._leave()
            try:
                client = self._client = self._new_client()
                is_v5 = self._protocol == self._mqtt.MQTTv5
                more = {"clean_start": False, "properties": self._properties()} if is_v5 else {}
                client.connect(self._broker.host, self._broker.port, KEEPALIVE_SECONDS, **more)
            except (OSError, ValueError) as error:
                raise self._broken(str(error)) from error
            had_session, reason = self._answer("connected")
            if reason.is_failure:
                if is_v5 and "rotocol" in str(reason):
                    self._protocol = self._mqtt.MQTTv311
                raise self._broken(f"the broker refuses: {reason}")
            if former_topics != self._broker.topics:
                client.unsubscribe(former_topics)
            self._subscribe(client)
            return bool(had_session)

    def read(self, seconds: float, most: int) -> list[Message]:
        """Return what has arrived: at once when something has, after `seconds` with nothing.

        Raises
        ------
        TransientError
            If the connection broke; what arrived before comes first.
        """
        with self._lock:
            if self._client is None:
                raise self._broken("no connection")
            until = time.monotonic() + seconds
            while len(self._arrived) < most:
                before = len(self._arrived)
                wait = 0.0 if before else max(0.0, until - time.monotonic())
                if self._client.loop(wait) != self._mqtt.MQTT_ERR_SUCCESS:
                    if self._arrived:
                        break
                    raise self._broken(self._why_left())
                is_idle = len(self._arrived) == before
                if is_idle and (before or time.monotonic() >= until):
                    break
            arrived, self._arrived = self._arrived, []
            return arrived

    def settle(self, number: int) -> int:
        """Acknowledge messages up to this number; return how many remain that are not."""
        with self._lock:
            while self._unsettled and self._client and self._unsettled[0][0] <= number:
                self._client.ack(self._unsettled.popleft()[1], 1)
            return len(self._unsettled)

    def close(self) -> None:
        """Leave; the broker keeps the session."""
        with self._lock:
            self._leave()

    def _new_client(self) -> "Client":
        mqtt = self._mqtt
        is_v5 = self._protocol == mqtt.MQTTv5
        client: Client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            self._broker.session,
            clean_session=None if is_v5 else False,
            protocol=self._protocol,
            manual_ack=True,
        )
        if self._broker.user is not None:
            client.username_pw_set(self._broker.user, self._broker.password)
        if self._broker.is_tls:
            client.tls_set(self._broker.ca)
        client.on_message = self._take
        client.on_connect = lambda _c, _u, flags, reason, _p: self._answers.update(
            connected=(flags.session_present, reason)
        )
        client.on_subscribe = lambda _c, _u, _m, reasons, _p: self._answers.update(subscribed=(None, reasons[0]))
        client.on_disconnect = lambda _c, _u, _f, reason, _p: self._answers.update(left=reason)
        return client

    def _properties(self) -> Any:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = EXPIRY_SECONDS
        properties.ReceiveMaximum = IN_FLIGHT
        return properties

    def _subscribe(self, client: "Client") -> None:
        if self._protocol == self._mqtt.MQTTv5:
            from paho.mqtt.subscribeoptions import SubscribeOptions

            only_new = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
            client.subscribe(self._broker.topics, options=SubscribeOptions(qos=1, retainHandling=only_new))
        else:
            client.subscribe(self._broker.topics, 1)
        _, reason = self._answer("subscribed")
        if reason.is_failure:
            raise self._broken(f"the broker refuses '{self._broker.topics}': {reason}")

    def _take(self, _client: "Client", _userdata: Any, message: "MQTTMessage") -> None:
        self.number += 1
        if message.qos:
            self._unsettled.append((self.number, message.mid))
        content_type = getattr(message.properties, "ContentType", None)
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "not-utf-8"
        payload, is_once = bytes(message.payload), message.qos == 0
        self._arrived.append(Message(self.number, topic, payload, content_type, self._clock(), is_once))

    def _answer(self, name: str) -> Any:
        client, until = self._client, time.monotonic() + ANSWER_SECONDS
        assert client is not None
        while name not in self._answers:
            if time.monotonic() > until:
                raise self._broken(f"no answer within {ANSWER_SECONDS:g} s")
            if client.loop(0.1) != self._mqtt.MQTT_ERR_SUCCESS and name not in self._answers:
                raise self._broken(self._why_left())
        return self._answers[name]

    def _why_left(self) -> str:
        """Return the broker's reason; one that just ends the connection has none."""
        reason = str(self._answers.get("left", _NO_REASON))
        return "the connection broke" if reason == _NO_REASON else reason

    def _broken(self, why: str) -> TransientError:
        self._leave()
        return TransientError(f"MQTT broker {self._broker.host}:{self._broker.port}: {why}")

    def _leave(self) -> None:
        client, self._client = self._client, None
        self._unsettled.clear()
        self._answers = {}
        if client is not None and client.disconnect() == self._mqtt.MQTT_ERR_SUCCESS:
            client.loop(0.1)
