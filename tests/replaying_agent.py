"""A server that answers as an MTConnect agent does, with faults: for tests of what records it."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs, urlsplit

Fault = Literal["none", "cut", "short_length", "long_length", "no_length", "500", "garbage", "silent", "slow", "close"]
FAULTS: tuple[Fault, ...] = ("cut", "short_length", "long_length", "no_length", "500", "garbage", "slow", "close")
BOUNDARY = "fdaadb22-2fbc-446a-9e9a-10bfadec79e7"


class Answers(Protocol):
    """What the server asks for documents: status and body of a request that is not a stream."""

    content_type: str

    def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]: ...

    def next_after(self, body: bytes) -> int: ...


@dataclass
class ReplayingAgent:
    """A server on a free port of the loopback, in a thread of its own; `with` starts and ends it.

    faults : what goes wrong, one a response or part, in this order; then all is well.
    asked : the paths with queries that were asked for.
    can_stream : with False, `interval` is ignored, as some agents do.
    """

    agent: Answers
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    can_stream: bool = True
    chunk: Callable[[int], int] = lambda size: size
    url: str = ""

    def __enter__(self) -> "ReplayingAgent":
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def _serve(self, started: threading.Event) -> None:
        self._loop.run_until_complete(self._run(started))
        self._loop.close()

    async def _run(self, started: threading.Event) -> None:
        self._ending = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        server = await asyncio.start_server(self._meet, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        await self._ending.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            while await self._respond(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False if the connection ends with it."""
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split(b" ")[1].decode()
        self.asked.append(target)
        parts = urlsplit(target)
        query = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
        if "interval" in query and self.can_stream:
            await self._stream(writer, parts.path, query)
            return False
        fault = self.faults.pop(0) if self.faults else None
        status, body = self.agent.answer(parts.path, query)
        if fault in ("500", "garbage"):
            status, body = (500, b"Internal error") if fault == "500" else (200, b"<html>busy</html>")
        length = len(body) + {"long_length": 7}.get(str(fault), 0)
        size = "" if fault == "no_length" else f"Content-Length: {length}\r\n"
        kind = self.agent.content_type
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{size}\r\n".encode())
        if fault == "silent":
            await self._ending.wait()
        writer.write(body[: len(body) // 2] if fault in ("cut", "short_length") else body)
        await writer.drain()
        return fault not in ("cut", "short_length", "long_length", "no_length", "close")

    async def _stream(self, writer: asyncio.StreamWriter, path: str, query: dict[str, int]) -> None:
        kind = f"multipart/mixed;boundary={BOUNDARY}"
        writer.write(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: {kind}\r\n\r\n".encode())
        async for data in self._parts(path, query):
            at = 0
            while at < len(data):
                piece = data[at : at + max(1, self.chunk(len(data)))]
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                at += len(piece)
            await writer.drain()

    async def _parts(self, path: str, query: dict[str, int]) -> AsyncIterator[bytes]:
        start, interval = query["from"], query["interval"] / 1000
        while True:
            fault = self.faults.pop(0) if self.faults else None
            status, body = self.agent.answer(path, query | {"from": start})
            if fault == "silent":
                await self._ending.wait()
            if fault == "garbage":
                body = b"<html>busy</html>"
            length = len(body) + {"short_length": -(len(body) // 3), "long_length": 50}.get(str(fault), 0)
            size = "" if fault == "no_length" else f"Content-Length: {length}\r\n"
            part = f"--{BOUNDARY}\r\nContent-Type: {self.agent.content_type}\r\n{size}\r\n".encode() + body + b"\r\n"
            if fault == "slow":
                for at in range(0, len(part), 1 + len(part) // 5):
                    yield part[at : at + 1 + len(part) // 5]
                    await asyncio.sleep(0.002)
            else:
                yield part[: len(part) // 2] if fault == "cut" else part
            if fault in ("cut", "close", "500") or status != 200:
                return
            if fault != "garbage":
                start = self.agent.next_after(body)
            await asyncio.sleep(interval)


def some_faults(rng: random.Random, count: int) -> list[Fault]:
    """Return faults with good answers between them."""
    return [rng.choice(FAULTS) if rng.random() < 0.3 else "none" for _ in range(count)]
