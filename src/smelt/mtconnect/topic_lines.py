"""What brokers' tools print: a topic (`mosquitto_sub -v`) or a key (`kafka-console-consumer`), and a payload.

Behind a topic stands a blank, behind a key a tab; a payload may go on over several lines.
"""

import re

from smelt.mtconnect.multipart import Part

_WORD = rb'[^\s{}\[\]<>"|/]'
_TOPIC = rb"(?P<topic>" + _WORD + rb"*(?:/" + _WORD + rb"*)+) (?=[{\[<\"]|(?:UN)?AVAILABLE[ \t]*(?:[\r\n]|\Z))"
_PLACE = rb"(?:(?:Create|LogAppend)Time:(?P<time>[0-9]{1,15})\t)?(?:Partition:[0-9]+\t)?(?:Offset:[0-9]+\t)?"
_KEY = _PLACE + rb'(?P<key>[^\s{}\[\]<>"|]+)\t(?=[{\[<"])'
_LINE = re.compile(_TOPIC + rb"|" + _KEY)
_LINES = re.compile(rb"(?m)^(?:" + _TOPIC + rb"|" + _KEY + rb")")
_NO_KEY = b"null"
_BLANKS = b" \t\r\n"


def is_topic_line(data: bytes) -> bool:
    """Say whether bytes begin with a topic or key and its payload, or their second line does.

    A piece of a longer file begins with a payload whose topic stands at the end of the piece before.

    Examples
    --------
    >>> is_topic_line(b'MTConnect/Sample/m1 {"MTConnectStreams":{}}'), is_topic_line(b"2020/01/01 10:00 {}")
    (True, False)
    """
    return _LINE.match(data) is not None or _LINE.match(data, data.find(b"\n") + 1) is not None


def read_topic_lines(data: bytes) -> list[Part]:
    """Return each payload as a part with its topic as source, or its key; what stands before the first is one, too.

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
        topic, key = line["topic"], None if line["key"] == _NO_KEY else line["key"]
        part = Part(line.end(), line.end() + len(data[line.end() : end].rstrip(_BLANKS)))
        parts.append(
            part._replace(
                source=None if topic is None else topic.decode(errors="replace"),
                record_key=None if key is None else key.decode(errors="replace"),
                received_at_us=None if line["time"] is None else int(line["time"]) * 1000,
            )
        )
    return parts
