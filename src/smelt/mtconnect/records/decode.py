"""JSON values that stand between documents or instead of them: what is known becomes rows, the rest is rejected.

A value is an observation, a poll, an envelope around a document, or a document in a foreign shape; its keys
say which. Values may be joined in any way, and a bad one harms no other.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

from smelt.mtconnect.json import trakhound, xml2json, xml_order
from smelt.mtconnect.json.documents import (
    BARE_DEVICES,
    ROOTS,
    add_bare_asset,
    add_bare_device,
    add_document,
    is_bare_asset,
)
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.json.values import BETWEEN, Ends, parse
from smelt.mtconnect.records import entities, envelopes, mtc2kafka
from smelt.mtconnect.records import shdr as shdr_records
from smelt.mtconnect.records import sms as sms_records
from smelt.mtconnect.records.batch import Batch, RecordBatches, Stretch
from smelt.mtconnect.records.envelopes import BLANKS, MAX_ENVELOPES
from smelt.mtconnect.records.labelled import Labelled
from smelt.mtconnect.records.opened import Opened, open_up
from smelt.mtconnect.records.runs import Run, Runs, skip_between
from smelt.mtconnect.records.snapshots import Snapshots
from smelt.mtconnect.records.snapshots import fits as is_snapshot
from smelt.mtconnect.rows import Building, Document, Place
from smelt.mtconnect.xml.decode import decode_xml
from smelt.mtconnect.xml.together import decode_together
from smelt.terms.errors import DataError
from smelt.terms.observation import Decoded, Dialect, Origin, Reject

_XML = re.compile(rb"<(?:[\w.-]+:)?MTConnect(?:Streams|Devices|Assets|Error)[\s/>]")
_XML_END = re.compile(rb"</(?:[\w.-]+:)?MTConnect(?:Streams|Devices|Assets|Error)\s*>")
_CANDIDATE = re.compile(rb'\{[ \t\r\n]*+"|(?<=\n)"|(?<!["\\])<\?xml[ \t\r\n]|(?<=\n)' + _XML.pattern)
_NEITHER = "neither an MTConnect document nor a record"
_DECLARATION = {"?xml", ":@"}


class Records:
    """Reads the JSON values of one file that are no plain documents, and adds them to its building.

    Parameters
    ----------
    decode : reads documents of the agent's own JSON, whole or torn.
    """

    def __init__(self, building: Building, decode: Callable[[bytes, Origin], Decoded]) -> None:
        self._building = building
        self._decode = decode
        self._snapshots = Snapshots()
        self._ends = Ends()
        self._runs = Runs(self._ends)
        self._labelled = Labelled()
        self._batches = RecordBatches(building.forms, building.times, building.origin)
        self._before = -1  # where the value before ended, if nothing else stands between

    def read(self, data: bytes, start: int, end: int) -> int:
        """Read the values that begin in [start, end); returns where the last one ends, which may be behind `end`."""
        at, self._before = start, -1
        while True:
            at = skip_between(data, at, end)
            if at >= end:
                return at
            run = (self._runs if data.startswith(b"{", at) else self._labelled).parse(data, at, end)
            at = self._read_value(data, at, end) if run is None else self._add_run(run)
            self._before = at

    def _read_value(self, data: bytes, at: int, end: int) -> int:
        if data.startswith(b"<", at) and _XML.search(data, at, end):
            return self._read_xml(data, at, end)
        is_text = data.startswith(b'"', at)  # no text can hold a document as it is
        found = self._ends.find(data, at, end, is_first=True) if is_text else None
        if found is None:
            return self._skip_torn(data, at, end)
        self.add(found.value, Place(at, found.end - at), self._building.origin)
        return found.end

    def _add_run(self, run: Run) -> int:
        """Add objects in a row, flat records among them all at once; returns where the last one ends."""
        batch = self._batches.read(run.values)
        for stretch in batch.stretches():
            part = run.part(stretch.start, stretch.end)
            if stretch.dialect is None:
                self._add_opened(part)
            else:
                self._add_batch(part, batch, stretch)
        return run.end

    def _add_opened(self, run: Run) -> None:
        """Add a run of objects: flat records in envelopes all at once, what is left one by one."""
        origin, times = self._building.origin, self._building.times
        opened = [open_up(value, origin) for value in run.values]
        batch = self._batches.read([one.record for one in opened], [one.sender for one in opened])
        whole = self._read_texts(opened)
        for stretch in batch.stretches():
            if stretch.dialect is not None:
                part = run.part(stretch.start, stretch.end)
                self._add_batch(part, batch, stretch, opened[stretch.start].origin(times, origin).received_at_us)
                continue
            for i in range(stretch.start, stretch.end):
                part = run.part(i, i + 1)
                self._reject_gaps(part)
                self._add_inner(opened[i], part.place, whole.get(i))

    def _reject_gaps(self, run: Run) -> None:
        """Reject what stands before the objects of a run, and note where the last one begins to be looked at."""
        behind = [run.before, *run.ends[:-1].tolist()]
        self._before = self._before if run.before is None else run.before
        for before, (start, end), begin in zip(behind, run.gaps, run.starts.tolist(), strict=False):
            self._before = self._before if before is None else before
            self._reject(start, end, _NEITHER)
            self._before = begin

    def _add_batch(self, run: Run, batch: Batch, stretch: Stretch, received_at: int | None = None) -> None:
        assert stretch.dialect is not None
        self._reject_gaps(run)
        self._building.add_record(Document(*run.place[:2], "records", stretch.dialect, received_at=received_at))
        self._building.add_columns(*batch.cut(stretch.start, stretch.end))

    def _read_texts(self, opened: list[Opened]) -> dict[int, Decoded]:
        """Read the texts that are a whole XML document each, all at once."""
        texts = {i: one.payload.lstrip(BLANKS) for i, one in enumerate(opened) if isinstance(one.payload, str)}
        found = {i: text.encode(errors="replace") for i, text in texts.items() if text.startswith("<")}
        read = decode_together(list(found.values()), self._building.origin)
        return {i: decoded for i, decoded in zip(found, read, strict=True) if decoded is not None}

    def _add_inner(self, opened: Opened, place: Place, decoded: Decoded | None = None) -> None:
        """Add what was in envelopes, or stands in none."""
        origin = self._building.origin
        if opened.depth:
            origin = opened.origin(self._building.times, origin)
            place = place._replace(source=origin.source, received_at=origin.received_at_us)
        if decoded is not None and origin.source != "" and origin.received_at_us != 0:
            self._building.absorb(decoded, place)
        else:
            self.add(opened.payload, place, origin, opened.depth)

    def _read_xml(self, data: bytes, at: int, end: int) -> int:
        """Read an XML document among JSON, up to its root's end; of a torn one up to the last bracket."""
        closed = _XML_END.search(data, at, end)
        stop = closed.end() if closed is not None else data.rfind(b">", at, end) + 1 or end
        self._building.absorb(decode_xml(data[at:stop], self._building.origin), Place(at, stop - at))
        return stop

    def _skip_torn(self, data: bytes, at: int, end: int) -> int:
        """Reject what begins at `at`, up to the next object, text at a line's beginning or XML document that is one."""
        stop = end
        for candidate in _CANDIDATE.finditer(data, at + 1, end):
            start = candidate.start()
            if data.startswith(b"<", start):
                if _XML_END.search(data, start, end) is None:
                    continue
                stop = start
                break
            limit = end if data.startswith(b'"', start) else len(data)
            if self._ends.find(data, start, limit, is_first=data.startswith(b"\n", start - 1)) is not None:
                stop = start
                break
        self._reject(at, at + len(data[at:stop].rstrip(BETWEEN)), _NEITHER)
        return stop

    def _reject(self, start: int, end: int, reason: str) -> None:
        """Reject bytes; many values in a row that are wrong in the same way are one reject."""
        rejects = self._building.rejects
        last = rejects[-1] if rejects and rejects[-1].reason == reason else None
        if last is not None and last.offset + last.length == self._before:
            rejects[-1] = Reject(last.offset, end - last.offset, reason)
        elif last is None or not last.offset <= start <= end <= last.offset + last.length:
            self._building.reject(start, end, reason)

    def _is_torn(self) -> bool:
        """Say whether what stands before was torn."""
        rejects = self._building.rejects
        return bool(rejects) and rejects[-1].reason in (_NEITHER, entities.LOOSE)

    def add(self, value: Any, place: Place, origin: Origin, depth: int = 0) -> None:
        """Add a parsed value, or reject it with its reason."""
        try:
            if isinstance(value, dict):
                self._add_object(value, place, origin, depth)
            elif isinstance(value, list):
                for member in value:
                    self.add(member, place, origin, depth)
            elif isinstance(value, str):
                self._add_text(value, place, origin, depth)
            else:
                raise UnfitError(f"neither an MTConnect document nor a record: {str(value)[:40]}")
        except DataError as error:
            self._reject(place.offset, place.offset + place.length, str(error))

    def _add_object(self, value: dict[str, Any], place: Place, origin: Origin, depth: int) -> None:
        observation = entities.observation_of(value)
        if observation is not None:
            if observation is not value and self._is_torn() and entities.is_loose(value, observation, origin):
                raise UnfitError(entities.LOOSE)
            self._add_rows("entities", entities.read(observation, self._building.times, origin), place)
            return
        if self._add_known_document(value, place, origin):
            return
        if "rawData" in value and ("errorCode" in value or "ErrorCode" in value):
            raise UnfitError("an error record of a delivery stream (rawData): no observations are read from it")
        if envelopes.fits(value):
            self._add_payload(value, place, origin, depth)
            return
        found = self._rows_of(value, origin)
        if found is None and depth < MAX_ENVELOPES and (inner := envelopes.contents_of(value)):
            around = envelopes.origin_in(value, origin)
            for member in inner:
                self.add(member, place, around, depth + 1)
            return
        if found is None:
            keys = ", ".join(map(repr, list(value)[:6]))[:120]
            raise UnfitError(f"no record that is known: an object {f'with keys {keys}' if keys else 'without keys'}")
        self._add_rows(*found, place)

    def _add_known_document(self, value: dict[str, Any], place: Place, origin: Origin) -> bool:
        value = xml_order.compact(value) or value
        root = xml2json.root_of(value)
        bare = xml2json.root_of_content(value) if root is None else None
        if root is not None:
            content = value[root]
            is_ordered = isinstance(content, list)
            ordered = xml_order.compact_list(content, value.get(":@")) if is_ordered else content
            self._add_rooted(root, ordered, place, origin)
        elif "?xml" in value and value.keys() <= _DECLARATION:
            return True
        elif bare is not None:
            self._add_rooted(bare, value, place, origin)
        elif trakhound.fits(value):
            trakhound.add_document(self._building, value, place)
        elif len(value) == 1 and next(iter(value)) in BARE_DEVICES:
            add_bare_device(self._building, value, place)
        elif is_bare_asset(value):
            add_bare_asset(self._building, value, place)
        else:
            return False
        return True

    def _add_rooted(self, root: str, content: Any, place: Place, origin: Origin) -> None:
        """Add a document under the standard's name: the agent's own JSON, or XML that was converted."""
        if root not in ROOTS or xml2json.is_converted(content):
            xml2json.add_document(self._building, root, content, place)
            return
        try:
            add_document(self._building, root, content, place)
        except DataError:
            if not isinstance(content, dict):
                raise
            # what is good of it can be told apart in its bytes
            self._building.absorb(self._decode(orjson.dumps({root: content}), origin), place)

    def _add_payload(self, value: dict[str, Any], place: Place, origin: Origin, depth: int) -> None:
        if depth >= MAX_ENVELOPES:
            raise UnfitError(f"envelopes in envelopes, more than {MAX_ENVELOPES} deep")
        payload, inner = envelopes.unwrap(value, self._building.times, origin)
        self.add(payload, place._replace(source=inner.source, received_at=inner.received_at_us), inner, depth + 1)

    def _add_text(self, text: str, place: Place, origin: Origin, depth: int) -> None:
        """Add what a text holds: a document or record once more, or the last will of an agent."""
        start = text.lstrip(BLANKS)
        data = start.encode(errors="replace")
        will = envelopes.last_will(text)
        if will is not None:
            raise UnfitError(will)
        if start.startswith("<") and _XML.search(data):
            self._building.absorb(decode_xml(data, origin), place)
        elif start.startswith(("{", "[", '"')):
            value = parse(data) if depth < MAX_ENVELOPES else None
            if value is None:
                self._building.absorb(self._decode(data, origin), place)
            else:
                self.add(value, place, origin, depth + 1)
        else:
            raise UnfitError(f"a text, no MTConnect document: {text[:40]!r}")

    def _rows_of(self, value: dict[str, Any], origin: Origin) -> tuple[Dialect, list[DeviceRows]] | None:
        times = self._building.times
        if mtc2kafka.fits(value):
            return "mtc2kafka", mtc2kafka.read(value, times, origin)
        if sms_records.fits(value):
            return "sms-records", sms_records.read(value, times, origin)
        if shdr_records.fits(value):
            return "shdr", shdr_records.read(value, times, origin)
        return ("snapshots", self._snapshots.read(value, times)) if is_snapshot(value) else None

    def _add_rows(self, dialect: Dialect, devices: list[DeviceRows], place: Place) -> None:
        self._building.add_record(Document(*place[:2], "records", dialect, received_at=place.received_at))
        for device in devices:
            self._building.add_rows(device.device_uuid, device.rows)
