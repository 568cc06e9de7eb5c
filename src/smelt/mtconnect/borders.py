"""Where a file's bytes can be cut: a document, a part or a line begins there, by what the file's first bytes are."""

import re
from collections.abc import Callable, Iterator

HEAD = 1 << 16  # so many bytes tell what a file is
_NEAR = 300
_SLOWLY = 1 << 20
SPACE = rb"[ \t\r\n\x1e\xef\xbb\xbf]*+"
_JSON_ROOT = rb'\{[ \t\r\n]*+"(?:MTConnect(?:Streams|Devices|Assets|Error)|@xml|\?xml)"[ \t\r\n]*+:'
# no comma between two objects: only where one document ends and the next begins; in a string a quote would be escaped
_JSON_NEXT = rb"(?<=\})" + SPACE + rb'(?=\{[ \t\r\n]*+"[^"\\]{0,200}"[ \t\r\n]*+:)'
_JSON = re.compile(rb"(?=" + _JSON_ROOT + rb")|" + _JSON_NEXT + rb"|(?<=\]\n)(?=\[)|(?<=\]\r\n)(?=\[)")
_JSON_ELEMENT = re.compile(rb'(?<=\})[ \t\r\n]*+,[ \t\r\n]*+(?=\{[ \t\r\n]*+["}])')  # not in a text's JSON
_XML_DECLARATION = re.compile(rb"(?=<\?xml[ \t\r\n])")
_XML_ROOT = re.compile(rb"(?=<(?:[A-Za-z_][\w.-]{0,50}:)?MTConnect(?:Streams|Devices|Assets|Error)[ \t\r\n/>])")
_LINE = re.compile(rb"(?<=\n)")
_RECORD = re.compile(rb"(?<=\n)[ \t]*+([0-9]{4}-[0-9]{2}-[0-9]{2}T[^|\n]{0,60})\|")
_LOG = re.compile(rb"(?m)^[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?(?:@[0-9.]+)?\|")
BLANKS = b" \t\r\n\x1e\xef\xbb\xbf"
LastBorder = Callable[[bytes, int], int]


def borders_of(head: bytes) -> LastBorder:
    """Tell by a file's first bytes what a border is in it.

    Returns
    -------
    A search for the last border of some bytes that begins at or behind an offset, but for the very beginning; 0 if
    there is none.
    """
    start = head.lstrip(BLANKS)
    if start.startswith(b"HTTP/1."):
        return lambda _data, _start: 0  # the head says how all that follows is framed; a border is no single byte
    if start.startswith(b"--"):
        boundary = start.splitlines()[0].rstrip()
        return _last_of(re.compile(rb"(?<=\n)(?=" + re.escape(boundary) + rb"\r?\n)"), boundary)
    if start.startswith(b"<?xml"):
        return _last_of(_XML_DECLARATION, b"<?xml")
    if start.startswith(b"<"):
        return _last_of(_XML_ROOT, b"<MTConnect", b":MTConnect")
    if start.startswith((b"{", b"[", b",")):
        return _last_of(_JSON, b'"MTConnect', b"}{", b"}\n{", b"}\r\n{")
    return _last_instant if _LOG.search(head) or start.startswith(b"* ") else _last_of(_LINE, b"\n")


def _last_of(border: re.Pattern[bytes], *marks: bytes) -> LastBorder:
    """Return a search for the last border; a mark stands near nearly every one, and is found much faster."""

    def last(data: bytes, start: int) -> int:
        for window in _from_behind(data, start):
            end = max(_last_near(data, window, border, mark) for mark in marks)
            if end:
                return end
        return _last_between(data, max(start, len(data) - _SLOWLY), border)

    return last


def _last_near(data: bytes, start: int, border: re.Pattern[bytes], mark: bytes) -> int:
    place = data.rfind(mark, start)
    while place > 0:
        end = _last_between(data, max(place - _NEAR, start), border, place + _NEAR)
        if end:
            return end
        place = data.rfind(mark, start, place)
    return 0


def _last_between(data: bytes, start: int, border: re.Pattern[bytes], end: int | None = None) -> int:
    """Return the last border but the one at the very beginning, or 0."""
    ends = [m.end() for m in border.finditer(data, start, len(data) if end is None else end)]
    return ends[-1] if ends else 0


def _last_instant(data: bytes, start: int) -> int:
    for window in _from_behind(data, start):
        lines = list(_RECORD.finditer(data, window))
        for line in reversed(lines):
            if line[1] != lines[-1][1]:
                return lines[lines.index(line) + 1].start()
    return 0


def _from_behind(data: bytes, start: int) -> Iterator[int]:
    """Yield where to look from: the last bytes first, then ever more of them."""
    window = HEAD
    while len(data) - window > start:
        yield len(data) - window
        window *= 8
    yield start


def torn_at(data: bytes) -> int:
    """Return where to cut what has no border: between elements, else at a line's end; 0 if nowhere."""
    half = len(data) // 2
    return _last_near(data, max(half, len(data) - _SLOWLY), _JSON_ELEMENT, b",") or _last_near(data, half, _LINE, b"\n")


def next_value(data: bytes, start: int) -> int:
    """Return where the next JSON value or document begins behind an offset; -1 if none does."""
    found = _JSON.search(data, start + 1)
    return -1 if found is None else found.end()
