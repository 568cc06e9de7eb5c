"""Expat over a stretch of bytes, told where every element begins and ends; it can go on behind a fault.

No document types, no entities of their own, no endless nesting.
"""

import re
from typing import NamedTuple, Never, Protocol
from xml.parsers import expat

_MAX_DEPTH = 64
_HEADER = re.compile(rb"<(?:[\w.-]+:)?Header(\s[^<>]*?)/?>")


class Fault(NamedTuple):
    """What is wrong with the XML, and at which byte."""

    at: int
    reason: str


class Handler(Protocol):
    """Takes the elements of a document in order; `depth` counts the elements around, names have no prefix."""

    def start(self, depth: int, name: str, attributes: dict[str, str], at: int) -> None:
        """Take a start tag that begins at byte `at`."""

    def end(self, depth: int, end: int) -> None:
        """Take the end of the element at this depth; `end` is the byte behind it."""

    def text(self, found: str) -> None:
        """Take text."""


class RefusedError(Exception):
    """The document as a whole is refused; the message tells why."""


class Session:
    """One document of a file: `parse` reads on from any byte within the elements that are open.

    Attributes
    ----------
    names : of the open elements, as they stand in the document.
    end : byte behind the root element, or None as long as it is open.
    encoding : as the document declares it.
    """

    def __init__(self, data: bytes, limit: int, handler: Handler) -> None:
        self.names: list[str] = []
        self.end: int | None = None
        self.encoding: str | None = None
        self._data = data
        self._view = memoryview(data)
        self._limit = limit
        self._handler = handler

    def parse(self, at: int) -> Fault | None:
        """Read on from byte `at`; returns what stopped the reading, or None at the end of the root element."""
        prefix = "".join(f"<{name}>" for name in self.names)
        parser = expat.ParserCreate(self.encoding)
        parser.buffer_text = True
        shift = at - len(prefix.encode(self.encoding or "utf-8"))
        try:
            parser.Parse(prefix.encode(self.encoding or "utf-8"), False)
            self._attach(parser, shift)
            parser.Parse(self._view[at : self._limit], True)
        except expat.ExpatError as error:
            if self.end is None:
                return Fault(min(max(at, shift + parser.ErrorByteIndex), self._limit), expat.ErrorString(error.code))
        except (LookupError, ValueError) as error:
            raise RefusedError(f"its encoding cannot be read: {error}") from error
        return None

    def _attach(self, parser: expat.XMLParserType, shift: int) -> None:
        handler, names, data = self._handler, self.names, self._data
        childless = -1  # where the start tag stands, as long as nothing has followed it

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal childless
            depth = len(names)
            if depth >= _MAX_DEPTH:
                raise RefusedError(f"it nests more than {_MAX_DEPTH} deep")
            names.append(name)
            childless = shift + parser.CurrentByteIndex
            handler.start(depth, _local(name), attributes, childless)

        def end(_: str) -> None:
            nonlocal childless
            names.pop()
            at = shift + parser.CurrentByteIndex
            is_empty_tag = childless >= 0 and data[at - 2 : at] == b"/>"
            childless = -1
            after = at if is_empty_tag else data.index(b">", at) + 1
            if not names:
                self.end = after
            handler.end(len(names), after)

        def text(found: str) -> None:
            nonlocal childless
            childless = -1
            handler.text(found)

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = self._note_encoding, _refuse_doctype

    def _note_encoding(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = encoding


def _refuse_doctype(name: str, *_: object) -> Never:
    raise RefusedError(f"it declares a document type ({name[:60]}), which is refused: entities are not expanded")


def header_behind(data: bytes, at: int, limit: int) -> dict[str, str]:
    """Return the attributes of a Header that stands in [at, limit), or none: some writers put it behind the Streams.

    Examples
    --------
    >>> header_behind(b'</Streams><m:Header instanceId="7"/>', 0, 36)
    {'instanceId': '7'}
    """
    found: dict[str, str] = {}
    tag = _HEADER.search(data, at, limit)
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, attributes: found.update(unprefixed(attributes))
    try:
        parser.Parse(b"" if tag is None else b"<Header" + tag[1] + b"/>", True)
    except expat.ExpatError:
        return {}
    return found


def unprefixed(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes by their local names; one without a prefix comes before one with.

    Examples
    --------
    >>> unprefixed({"x:name": "a", "name": "b", "xs:lang": "en"})
    {'name': 'b', 'lang': 'en'}
    """
    if not any(":" in key for key in attributes):
        return attributes
    return {_local(key): value for key, value in sorted(attributes.items(), key=lambda pair: ":" not in pair[0])}


def _local(name: str) -> str:
    return name.rpartition(":")[2]
