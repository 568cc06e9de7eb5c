"""JSON values that stand between documents or instead of them, in any way joined: read many at once, or one by one.

A bad one harms no other; what one holds is told by `Values`.
"""

import re
from collections.abc import Callable

from smelt.mtconnect.json.values import BETWEEN, Ends
from smelt.mtconnect.records.batch import Batch, RecordBatches, Stretch
from smelt.mtconnect.records.envelopes import BLANKS
from smelt.mtconnect.records.labelled import Labelled
from smelt.mtconnect.records.opened import Opened, open_up
from smelt.mtconnect.records.runs import Run, Runs, skip_between
from smelt.mtconnect.records.values import NEITHER, Values
from smelt.mtconnect.rows import Building, Document, Place
from smelt.mtconnect.xml.decode import decode_xml
from smelt.mtconnect.xml.documents import ROOT
from smelt.mtconnect.xml.together import decode_together
from smelt.terms.observation import Decoded, Origin

_XML_END = re.compile(rb"</(?:[\w.-]+:)?MTConnect(?:Streams|Devices|Assets|Error)\s*>")
_CANDIDATE = re.compile(rb'\{[ \t\r\n]*+"|(?<=\n)"|(?<!["\\])<\?xml[ \t\r\n]|(?<=\n)' + ROOT.pattern)


class Records:
    """Reads the JSON values of one file that are no plain documents, and adds them to its building.

    Parameters
    ----------
    decode : reads documents of the agent's own JSON, whole or torn.
    """

    def __init__(self, building: Building, decode: Callable[[bytes, Origin], Decoded]) -> None:
        self._building = building
        self._values = Values(building, decode)
        self._ends = Ends()
        self._runs = Runs(self._ends)
        self._labelled = Labelled()
        self._batches = RecordBatches(building.forms, building.times, building.origin)

    def read(self, data: bytes, start: int, end: int) -> int:
        """Read the values that begin in [start, end); returns where the last one ends, which may be behind `end`."""
        at, self._values.before = start, -1
        while True:
            at = skip_between(data, at, end)
            if at >= end:
                return at
            run = (self._runs if data.startswith(b"{", at) else self._labelled).parse(data, at, end)
            at = self._read_value(data, at, end) if run is None else self._add_run(run)
            self._values.before = at

    def _read_value(self, data: bytes, at: int, end: int) -> int:
        if data.startswith(b"<", at) and ROOT.search(data, at, end):
            return self._read_xml(data, at, end)
        is_text = data.startswith(b'"', at)  # no text can hold a document as it is
        found = self._ends.find(data, at, end, is_first=True) if is_text else None
        if found is None:
            return self._skip_torn(data, at, end)
        self._values.add(found.value, Place(at, found.end - at), self._building.origin)
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
        self._values.before = self._values.before if run.before is None else run.before
        for before, (start, end), begin in zip(behind, run.gaps, run.starts.tolist(), strict=False):
            self._values.before = self._values.before if before is None else before
            self._values.reject(start, end, NEITHER)
            self._values.before = begin

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
            self._values.add(opened.payload, place, origin, opened.depth)

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
        self._values.reject(at, at + len(data[at:stop].rstrip(BETWEEN)), NEITHER)
        return stop
