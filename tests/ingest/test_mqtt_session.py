"""The session against a broker of a few bytes: what it does where a real one cannot be made to misbehave."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from smelt.ingest.mqtt_session import Broker, Message, MqttSession
from smelt.terms.errors import TransientError

CONNECT, PUBACK, SUBSCRIBE = 0x10, 0x40, 0x82
PUBLISH = b"\x32\x0a\x00\x03a/b\x00\x07{}\xff"  # QoS 1, message 7 on a/b


class OldBroker:
    """Speaks MQTT 3.1.1 only, and no more than a recorder needs.

    sends : packets after a subscription; granted : what it answers one with; hangs_up : ends the connection then.
    """

    def __init__(self, *, sends: bytes = b"", granted: int = 1, is_mute: bool = False, hangs_up: bool = False) -> None:
        self.sends, self.granted, self.is_mute, self.hangs_up = sends, granted, is_mute, hangs_up
        self.heard: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                talk, _ = self._server.accept()
                with talk, contextlib.suppress(OSError):
                    while packet := talk.recv(4096):
                        self.heard.append(packet)
                        if answer := self._answer(packet):
                            talk.sendall(answer)
                        if answer == b"\x20\x02\x00\x01" or (self.hangs_up and packet[0] == SUBSCRIBE):
                            break

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _answer(self, packet: bytes) -> bytes:
        if self.is_mute:
            return b""
        if packet[0] == CONNECT:
            level = packet[packet.index(b"MQTT") + 4]
            return b"\x20\x02\x01\x00" if level == 4 else b"\x20\x02\x00\x01"
        if packet[0] == SUBSCRIBE:
            return b"\x90\x03" + packet[2:4] + bytes([self.granted]) + self.sends
        return b""


@contextlib.contextmanager
def talking(broker: OldBroker) -> Iterator[MqttSession]:
    thread = threading.Thread(target=broker.serve, daemon=True)
    thread.start()
    session = MqttSession(Broker("127.0.0.1", broker.port, False, None, None, "s", "a/#"), lambda: 9)
    try:
        yield session
    finally:
        session.close()
        broker.close()
        thread.join(5)


def test_a_broker_that_knows_no_mqtt_5_is_spoken_to_in_3_1_1() -> None:
    broker = OldBroker(sends=PUBLISH)
    with talking(broker) as session:
        with pytest.raises(TransientError, match="the broker refuses: Unsupported protocol version"):
            session.connect("a/#")
        assert session.connect("a/#")
        assert session.read(1.0, 10) == [Message(1, "a/b", b"{}\xff", None, 9)]
        assert session.settle(0) == 1
        assert session.settle(1) == 0
        session.read(0.1, 10)
        assert any(p.startswith(b"\x40\x02\x00\x07") for p in broker.heard)


def test_a_topic_filter_that_is_refused_is_said() -> None:
    with talking(OldBroker(granted=0x80)) as session:
        with pytest.raises(TransientError):
            session.connect("a/#")
        with pytest.raises(TransientError, match="the broker refuses 'a/#'"):
            session.connect("a/#")


def test_a_broker_that_hangs_up_without_a_reason_is_said() -> None:
    with talking(OldBroker(hangs_up=True)) as session:
        with pytest.raises(TransientError):
            session.connect("a/#")
        session.connect("a/#")
        with pytest.raises(TransientError, match=r"MQTT broker 127\.0\.0\.1:\d+: the connection broke$"):
            for _ in range(10):
                session.read(0.2, 10)


def test_a_broker_that_answers_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smelt.ingest.mqtt_session.ANSWER_SECONDS", 0.2)
    said = pytest.raises(TransientError, match=r"no answer within 0\.2 s")
    with talking(OldBroker(is_mute=True)) as session, said:
        session.connect("a/#")


def test_without_a_connection_nothing_is_read_or_acknowledged() -> None:
    with talking(OldBroker()) as session:
        with pytest.raises(TransientError, match="no connection"):
            session.read(0.1, 1)
        assert session.settle(5) == 0
