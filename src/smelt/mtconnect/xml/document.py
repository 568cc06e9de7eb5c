"""Reads one XML document element by element, whatever is wrong with it: its header, and what is good of its rows.

An observation becomes the mapping that the agent's JSON would have sent, and is read as that: what it
means is said once, for all dialects. Of documents that are no Streams only the header is read.
"""

import re

from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.json.observations import CATEGORIES, Reading, read_observations
from smelt.mtconnect.rows import Building, Document, Rows
from smelt.mtconnect.xml.documents import BLANKS, Found
from smelt.mtconnect.xml.element import Element
from smelt.mtconnect.xml.session import Fault, RefusedError, Session, header_behind, unprefixed
from smelt.terms.errors import DataError
from smelt.terms.observation import Category, Reject

_MAX_FAULTS = 1000
_DEVICE, _COMPONENT, _CATEGORY, _OBSERVATION = 2, 3, 4, 5  # how many elements stand around each
_CONTAINERS = {1: ("Streams",), _DEVICE: ("DeviceStream",), _COMPONENT: ("ComponentStream",), _CATEGORY: (*CATEGORIES,)}
_NEXT_DEVICE = re.compile(rb"<(?:[\w.-]+:)?DeviceStream(?=[\s>])")
_WHOLE = re.compile(rb"<([\w.:-]++)(?:[^<>]*/>|[^<]*+(?:</?(?:[\w.-]+:)?(?:Entry|Cell)\b[^<]*+)*+</\1\s*+>)")


def read_document(building: Building, data: bytes, found: Found, limit: int) -> int:
    """Add what can be read of the document and reject the rest; returns where it ends.

    Parameters
    ----------
    limit : start of the next document; a torn one is rejected up to there.
    """
    reader = _Reader(building, data, found, limit)
    session = Session(data, limit, reader)
    end = found.start + len(data[found.start : limit].rstrip(BLANKS))
    try:
        fault = session.parse(found.start)
        for _ in range(_MAX_FAULTS):
            at = None if fault is None else reader.resume(fault, session.names, limit)
            if at is None:
                break
            fault = session.parse(at)
    except RefusedError as error:
        fault = Fault(end, str(error))
    if fault is not None or session.end is None:
        reader.give_up(fault or Fault(end, "it does not end"), end)
        return limit
    reader.finish(session.end)
    return session.end


class _Reader:
    """Takes a document's elements as a Session tells them, and keeps what a fault could cut short."""

    def __init__(self, building: Building, data: bytes, found: Found, limit: int) -> None:
        self._building = building
        self._data = data
        self._limit = limit
        self._found = found
        self._place: int | None = None
        self._kept_until = found.start
        self._uuid = ""
        self._category: Category = "EVENT"
        self._rows = Rows()
        self._element: Element | None = None
        self._skipped: tuple[int, int] | None = None  # depth and start of an element that is not read

    def start(self, depth: int, name: str, attributes: dict[str, str], at: int) -> None:
        """Take a start tag."""
        if self._skipped is not None:
            return
        if self._element is not None:
            self._element.open(unprefixed(attributes))
        elif depth == _OBSERVATION:
            self._element = Element(name, unprefixed(attributes), at)
        elif depth > 0 and name not in _CONTAINERS[depth]:
            self._skipped = (depth, at)
            if depth == 1 and name == "Header" and self._place is None:
                self._add_document(unprefixed(attributes))
        elif depth == _DEVICE:
            self._uuid = unprefixed(attributes).get("uuid", "")
            if self._place is None:
                self._add_document(header_behind(self._data, at, self._limit))
        elif depth == _CATEGORY:
            self._category = CATEGORIES[name]

    def end(self, depth: int, end: int) -> None:
        """Take the end of an element."""
        if self._skipped is not None:
            self._end_skipped(depth, end)
        elif self._element is not None and depth > _OBSERVATION:
            self._element.close()
        elif self._element is not None:
            self._read_element(self._element, end)
        elif depth == _DEVICE:
            self._flush()

    def text(self, found: str) -> None:
        """Take text: only an observation's says something."""
        if self._element is not None:
            self._element.add_text(found)

    def _add_document(self, header: dict[str, str]) -> None:
        start, kind = self._found.start, self._found.kind
        try:
            document = read_header(header, (start, 0), self._building.times, kind, "xml")
        except UnfitError as error:
            if kind == "MTConnectStreams":
                raise RefusedError(str(error)) from error
            document = Document(start, 0, kind, "xml")
        self._place = len(self._building.documents)
        self._building.documents.append(document)

    def _end_skipped(self, depth: int, end: int) -> None:
        assert self._skipped is not None
        if depth != self._skipped[0]:
            return
        self._kept_until = end
        if depth > 1:
            self._building.reject(self._skipped[1], end, "unknown element")
        self._skipped = None

    def _read_element(self, element: Element, end: int) -> None:
        self._element = None
        self._kept_until = end
        reading = Reading(self._building.times, self._uuid, self._building.origin.sample_rates, is_text=True)
        try:
            if element.fault is not None or not self._uuid:
                raise UnfitError(element.fault or "DeviceStream has no uuid")
            observation = element.observation(self._category)
            read_observations(self._rows, self._category, element.name, [observation], reading)
        except (UnfitError, DataError) as error:
            self._building.reject(element.start, end, f"observation: {error}")

    def _flush(self) -> None:
        if len(self._rows):
            self._building.add_rows(self._uuid, self._rows)
            self._rows = Rows()

    def resume(self, fault: Fault, names: list[str], limit: int) -> int | None:
        """Reject what a fault spoils and return where to go on, with `names` the elements open there; or None.

        A fault within one observation spoils that alone. After any other it is not known whose the next
        observations are, so the next DeviceStream is awaited.
        """
        start = self._unread(fault, len(names))
        whole = _WHOLE.match(self._data, start, limit) if len(names) >= _OBSERVATION and not self._skipped else None
        if whole is not None and whole.end() > fault.at:
            self._building.reject(start, whole.end(), f"observation: {fault.reason}, at byte {fault.at}")
            at, depth = whole.end(), _OBSERVATION
        else:
            device = _NEXT_DEVICE.search(self._data, fault.at + 1, limit)
            if device is None or len(names) < _DEVICE or self._place is None:
                return None
            self._flush()
            self._building.reject(self._kept_until, device.start(), f"torn: {fault.reason}, at byte {fault.at}")
            at, depth = device.start(), _DEVICE
        del names[depth:]
        self._element = self._skipped = None
        self._kept_until = at
        return at

    def _unread(self, fault: Fault, depth: int) -> int:
        if self._element is not None:
            return self._element.start
        opened = self._data.rfind(b"<", self._kept_until, fault.at + 1)
        return opened if depth == _OBSERVATION and opened >= 0 else self._kept_until

    def give_up(self, fault: Fault, end: int) -> None:
        """Reject the document from the last thing that was read; all of it if it has no header."""
        if self._place is None:
            begins = self._found.start  # what was rejected in it is rejected with it
            self._building.rejects = [r for r in self._building.rejects if r.offset < begins]
            self._building.reject(begins, end, f"MTConnect document: {fault.reason}, at byte {fault.at}")
            return
        self._flush()
        unread = min(self._kept_until, end)
        self.finish(unread)
        self._building.rejects.append(
            Reject(unread, end - unread, f"torn document: {fault.reason}, at byte {fault.at}")
        )

    def finish(self, end: int) -> None:
        """Note that the document ends before byte `end`; one that is no Streams needs no header."""
        if self._place is None and self._found.kind != "MTConnectStreams":
            self._add_document({})
        if self._place is None:
            begins = self._found.start  # what was rejected in it is rejected with it
            self._building.rejects = [r for r in self._building.rejects if r.offset < begins]
            self._building.reject(begins, end, "MTConnect document: no Header with an instanceId")
            return
        document = self._building.documents[self._place]
        self._building.documents[self._place] = document._replace(length=end - self._found.start)
