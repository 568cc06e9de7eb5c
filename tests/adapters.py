"""An adapter of our own: says what it knows to whoever connects, then what happens; answers PING."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Adapter:
    """What the adapter knows and does.

    known : lines that everybody who connects hears first.
    heartbeat_ms : that it names in its PONG; None: it answers no PING.
    """

    heartbeat_ms: int | None = 10_000
    known: list[bytes] = field(default_factory=list)
    pings: int = 0
    connections: list[socket.socket] = field(default_factory=list)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, lines: bytes, *, remembers: bool = False) -> None:
        """Send to all that listen; what it remembers it also says to those that come later."""
        with self._lock:
            if remembers:
                self.known.append(lines)
            for listener in self.connections:
                with contextlib.suppress(OSError):
                    listener.sendall(lines)

    def wait_until_heard(self) -> None:
        """Wait until the one that listens has put away all that was said: only then it asks as often as it is told.

        This works once a listener, of an adapter that answers no PING.
        """
        before, until = self.pings, time.monotonic() + 60
        self.say(b"* PONG 500\n")
        while self.pings == before:
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.005)
        self.say(b"* PONG 600000\n")

    def hang_up(self) -> None:
        """End all connections."""
        with self._lock:
            for listener in self.connections:
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
            self.connections.clear()

    def serve(self, server: socket.socket) -> None:
        """Take connections until the server's socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                listener, _ = server.accept()
                with self._lock:
                    with contextlib.suppress(OSError):
                        listener.sendall(b"".join(self.known))
                    self.connections.append(listener)
                threading.Thread(target=self._answer, args=[listener], daemon=True).start()

    def _answer(self, listener: socket.socket) -> None:
        with listener, contextlib.suppress(OSError):
            while data := listener.recv(1024):
                self.pings += data.count(b"* PING\n")
                if self.heartbeat_ms is not None:
                    listener.sendall(b"* PONG %d\n" % self.heartbeat_ms)


@contextlib.contextmanager
def served(adapter: Adapter) -> Iterator[Adapter]:
    """Serve an adapter on loopback, on the port that it had or on a free one."""
    server = socket.create_server(("127.0.0.1", adapter.port))
    adapter.port = server.getsockname()[1]
    thread = threading.Thread(target=adapter.serve, args=[server], daemon=True)
    thread.start()
    try:
        yield adapter
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        adapter.hang_up()
        thread.join(5)
