"""What a replaying agent answers: observations generated into a ring buffer, or what a real agent answered once."""

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
JSON_TYPE = "application/mtconnect+json"


@dataclass
class GeneratedAgent:
    """One device of five axes and a program; every observation ever made is in `made`.

    made : (instance id, sequence) of each observation, with its data item and value.
    """

    buffer_size: int = 131_072
    instance_id: int = 1_700_000_000
    content_type: str = JSON_TYPE
    device: str = "MILL"
    made: dict[tuple[int, int], tuple[str, Any]] = field(default_factory=dict)
    next_sequence: int = 1
    model: int = 0
    assets: list[dict[str, Any]] = field(default_factory=list)
    clock: datetime = START
    _buffer: list[tuple[int, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, count: int) -> None:
        """Make observations."""
        with self._lock:
            for _ in range(count):
                self._add_one()

    def _add_one(self, kind: str = "", item: str = "", value: Any = None) -> None:
        n, self.next_sequence = self.next_sequence, self.next_sequence + 1
        self.clock += timedelta(milliseconds=5)
        if not kind:
            kind, item, value = ("Position", f"X{n % 5}", n / 8) if n % 50 else ("Program", "program", f"O{n}")
        shown = json.dumps(value)
        stamp = f"{self.clock:%Y-%m-%dT%H:%M:%S.%fZ}"
        told = f'"value":{shown},"dataItemId":"{item}","name":"{item}","sequence":{n},"timestamp":"{stamp}"'
        text = f'{{"{kind}":{{{told}}}}}'
        self._buffer.append((n, text))
        if len(self._buffer) > self.buffer_size + 4096:
            del self._buffer[:4096]
        self.made[self.instance_id, n] = (item, value)

    def change_asset(self, name: str) -> None:
        """Have another asset, and say so."""
        with self._lock:
            self.assets.append({"CuttingTool": {"assetId": name, "serialNumber": name}})
            self._add_one("AssetChanged", "d_asset_chg", name)

    def restart(self, instance_id: int | None = None) -> None:
        """Begin a new instance with an empty buffer."""
        with self._lock:
            self.instance_id = instance_id if instance_id is not None else self.instance_id + 1
            self.next_sequence, self._buffer, self.model = 1, [], self.model + 1

    def change_model(self) -> None:
        """Have another device model from now on."""
        self.model += 1

    @property
    def first_sequence(self) -> int:
        """The oldest sequence in the buffer."""
        return max(1, self.next_sequence - min(self.buffer_size, len(self._buffer)))

    def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]:
        """Answer /probe, /current and /sample, as cppagent with JsonVersion 1 does."""
        with self._lock:
            asked = path.rpartition("/")[2]
            if asked == "probe":
                return 200, self._document("Devices", self._header(), self._devices())
            if asked == "assets":
                return 200, self._document("Assets", self._header(), json.dumps(self.assets))
            if asked == "current":
                last = {o.split('"dataItemId":')[1].split(",")[0]: o for _, o in self._buffer[-200:]}
                return 200, self._document("Streams", self._header(self.next_sequence), self._streams([*last.values()]))
            if asked == "sample":
                return self._sample(query.get("from", self.first_sequence), query.get("count", 100))
            return 404, self._error("NO_DEVICE", f"Could not find the device '{asked}'")

    def _sample(self, start: int, count: int) -> tuple[int, bytes]:
        if not self.first_sequence <= start <= self.next_sequence:
            side = "greater" if start < self.first_sequence else "less"
            return 400, self._error("OUT_OF_RANGE", f"'from' must be {side} than {self.first_sequence}")
        if not 0 < count <= self.buffer_size:
            return 400, self._error("OUT_OF_RANGE", f"'count' must be less than {self.buffer_size}")
        offset = self.next_sequence - len(self._buffer)
        rows = [text for _, text in self._buffer[start - offset : start - offset + count]]
        return 200, self._document("Streams", self._header(start + len(rows)), self._streams(rows))

    def next_after(self, body: bytes) -> int:
        """Return the nextSequence of a document of ours."""
        return int(re.search(rb'"nextSequence":(\d+)', body)[1])  # type: ignore[index]

    def _header(self, following: int | None = None) -> dict[str, Any]:
        header = {
            "version": "2.5.0.11", "creationTime": f"{self.clock:%Y-%m-%dT%H:%M:%SZ}", "instanceId": self.instance_id,
            "sender": self.device.lower(), "bufferSize": self.buffer_size,
            "deviceModelChangeTime": f"2026-01-05T05:00:{self.model % 60:02}.5Z",
        }  # fmt: skip
        if following is None:
            return header
        numbers = {"nextSequence": following, "lastSequence": self.next_sequence - 1}
        return header | numbers | {"firstSequence": self.first_sequence}

    def _document(self, kind: str, header: dict[str, Any], content: str) -> bytes:
        head = f'{{"MTConnect{kind}":{{"jsonVersion":1,"schemaVersion":"2.5","Header":{json.dumps(header)},"{kind}":'
        return f"{head.replace(': ', ':')}{content}}}}}".encode()

    def _streams(self, rows: Sequence[str]) -> str:
        samples = ",".join(r for r in rows if r.startswith('{"Position'))
        events = ",".join(r for r in rows if not r.startswith('{"Position'))
        component = f'"component":"Path","componentId":"p","Samples":[{samples}],"Events":[{events}]'
        inner = f'"ComponentStreams":[{{"ComponentStream":{{{component}}}}}]'
        return f'[{{"DeviceStream":{{"name":"{self.device}","uuid":"{self.device}-1",{inner}}}}}]'

    def _devices(self) -> str:
        axes = [
            {
                "DataItem": {
                    "id": f"X{n}",
                    "name": f"X{n}",
                    "category": "SAMPLE",
                    "type": "POSITION",
                    "units": "MILLIMETER",
                }
            }
            for n in range(5)
        ]
        program = {"DataItem": {"id": "program", "name": "program", "category": "EVENT", "type": "PROGRAM"}}
        device = {"id": "d", "name": self.device, "uuid": f"{self.device}-1", "DataItems": [*axes, program]}
        return json.dumps([{"Device": device | {"model": str(self.model)}}])

    def _error(self, code: str, text: str) -> bytes:
        body = f'[{{"Error":{{"errorCode":"{code}","value":"{text}"}}}}]'
        return self._document("Errors", self._header(), body).replace(b"MTConnectErrors", b"MTConnectError", 1)


@dataclass
class CapturedAgent:
    """Documents that a real agent answered: /probe, /current and its polls, each by the sequence it begins at."""

    folder: Path
    content_type: str = JSON_TYPE

    def __post_init__(self) -> None:
        self._probe = (self.folder / "probe.json").read_bytes()
        self._polls: dict[int, bytes] = {}
        requests = json.loads((self.folder / "REQUESTS.json").read_text())["requests"]
        for row in requests:
            start = re.search(r"/sample\?from=(\d+)", row["request"])
            path = self.folder / row["file"]
            if row["file"].startswith("poll_") and start and path.exists():
                self._polls[int(start[1])] = path.read_bytes()
        self.first, self.last_body = min(self._polls), self._polls[max(self._polls)]
        self.next_sequence = self.next_after(self.last_body)
        self.reached = 0  # the highest sequence that was asked for

    def next_after(self, body: bytes) -> int:
        """Return the nextSequence of a document."""
        return int(re.search(rb'"nextSequence":(\d+)', body)[1])  # type: ignore[index]

    def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]:
        """Answer with what was captured; behind the end there is nothing new."""
        asked = path.rpartition("/")[2]
        if asked == "probe":
            return 200, self._probe
        start = query.get("from", self.first)
        self.reached = max(self.reached, start)
        if asked == "sample" and start in self._polls:
            return 200, self._polls[start]
        if asked == "current" or start >= self.next_sequence:
            numbers = {b"firstSequence": self.first, b"nextSequence": self.next_sequence}
            body = self.last_body if asked == "current" else re.sub(rb'"Streams":.*', b'"Streams":[]}}', self.last_body)
            for name, number in numbers.items():
                body = re.sub(rb'"%b":\d+' % name, b'"%b":%d' % (name, number), body)
            return 200, body
        return 400, (self.folder / "error_out_of_range_low.json").read_bytes()
