"""What `mosquitto_sub -v` prints: a topic, a blank and a payload, which may go on over several lines."""

import re

from smelt.mtconnect.multipart import Part

_TOPIC = rb'([^\s{}\[\]<>"|/]*(?:/[^\s{}\[\]<>"|/]*)+) (?=[{\[<"]|(?:UN)?AVAILABLE[ \t]*(?:[\r\n]|\Z))'
_LINE = re.compile(_TOPIC)
_LINES = re.compile(rb"(?m)^" + _TOPIC)
_BLANKS = b" \t\r\n"


def is_topic_line(data: bytes) -> bool:
    """Say whether bytes begin with a topic and its payload, or their second line does.

    A piece of a longer file begins with a payload whose topic stands at the end of the piece before.

    Examples
    --------
    >>> is_topic_line(b'MTConnect/Sample/m1 {"MTConnectStreams":{}}'), is_topic_line(b"2020/01/01 10:00 {}")
    (True, False)
    """
    return _LINE.match(data) is not None or _LINE.match(data, data.find(b"\n") + 1) is not None


def read_topic_lines(data: bytes) -> list[Part]:
    """Return each payload as a part whose source is its topic; what stands before the first topic is one, too.

    Examples
    --------
    >>> [(part.start, part.end, part.source) for part in read_topic_lines(b'a/b {}\\na/c {\\n}\\n')]
    [(4, 6, 'a/b'), (11, 14, 'a/c')]
    """
    lines = list(_LINES.finditer(data))
    ends = [line.start() for line in lines] + [len(data)]
    first = data[: ends[0]].rstrip(_BLANKS)
    parts = [Part(0, len(first))] if first else []
    for line, end in zip(lines, ends[1:], strict=True):
        topic = line[1].decode(errors="replace")
        parts.append(Part(line.end(), line.end() + len(data[line.end() : end].rstrip(_BLANKS)), topic))
    return parts
