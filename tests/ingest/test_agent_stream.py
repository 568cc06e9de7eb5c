"""A multipart stream is cut into the same parts wherever its bytes are cut, and where its lengths lie."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.agent_stream import BODY_LIMIT, PartReader, StreamPart, is_whole
from smelt.terms.errors import TransientError

DOCUMENTS = [
    b'{"MTConnectStreams":{"Header":{"a":"}}"},"Streams":[{"b":1}]}}',
    b"<?xml version='1.0'?>\n<m:MTConnectStreams>\r\n\r\n<x>--b</x></m:MTConnectStreams>\n",
    '{"MTConnectStreams":{"text":"Größe -- \\" }} "}}'.encode(),
]


def stream(lies: tuple[int | None, ...] = (0, 0, 0), name: str = "Content-Length", end: str = "\r\n") -> bytes:
    """The documents as a stream, each length told wrong by so much, or not at all."""
    parts = []
    for body, lie in zip(DOCUMENTS, lies, strict=True):
        length = "" if lie is None else f"{name}: {len(body) + lie}{end}"
        parts.append(f"--b{end}Content-type: text/xml{end}{length}{end}".encode() + body + end.encode())
    return b"".join(parts)


def cut(data: bytes, borders: list[int]) -> list[StreamPart]:
    reader, parts, at = PartReader(), [], 0
    for border in [*sorted(b % (len(data) + 1) for b in borders), len(data)]:
        parts += reader.feed(data[at:border])
        at = border
    return parts


@given(st.lists(st.integers(0, 600), max_size=30), st.sampled_from(["\r\n", "\n"]), st.sampled_from(["content-length"]))
def test_chunk_borders_do_not_matter(borders: list[int], end: str, name: str) -> None:
    parts = cut(b"\r\n" + stream(name=name, end=end), borders)
    assert [p.body for p in parts] == DOCUMENTS
    assert {p.content_type for p in parts} == {"text/xml"}


@given(st.lists(st.integers(0, 600), max_size=30), st.tuples(*[st.none() | st.integers(-40, 400)] * 3))
def test_where_a_length_lies_the_next_boundary_ends_the_part(borders: list[int], lies: tuple[int | None, ...]) -> None:
    parts = cut(stream(lies) + b"--b\r\n", borders)
    assert [p.body.rstrip() for p in parts if is_whole(p.body)] == [d.rstrip() for d in DOCUMENTS]


def test_a_part_is_given_as_soon_as_it_is_there() -> None:
    reader, data = PartReader(), stream()
    first = len(DOCUMENTS[0]) + data.index(DOCUMENTS[0])
    assert reader.feed(data[: first - 1]) == []
    assert [p.body for p in reader.feed(data[first - 1 : first])] == DOCUMENTS[:1]


def test_a_stream_that_is_none_is_refused_before_it_fills_the_memory() -> None:
    reader = PartReader()
    with pytest.raises(TransientError, match="no part of a multipart stream begins in"):
        for _ in range(100):
            reader.feed(b"x" * 1000)


def test_a_part_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BODY_LIMIT >= 1 << 28
    monkeypatch.setattr("smelt.ingest.agent_stream.BODY_LIMIT", 1 << 20)
    reader = PartReader()
    reader.feed(b"--b\r\nContent-Type: text/xml\r\n\r\n")
    with pytest.raises(TransientError, match="longer than"):
        for _ in range(100):
            reader.feed(b"x" * 20_000)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_that_is_cut_is_not_whole(document: bytes) -> None:
    assert is_whole(document)
    body = document.rstrip()
    assert not any(is_whole(document[:at]) for at in range(len(body)))


@pytest.mark.parametrize("name", ["nist_v1/stream_current_json.http", "okuma_v2/stream_current_json.http"])
def test_captured_streams(smelt_data: Path, name: str) -> None:
    data = (smelt_data / "mtconnect/captured" / name).read_bytes()
    parts = cut(data[data.index(b"\r\n\r\n") + 4 :], list(range(0, len(data), 1447)))
    assert len(parts) == data.count(b"Content-Length: ")
    assert all(json.loads(p.body)["MTConnectStreams"] for p in parts)


def test_a_captured_xml_stream(smelt_data: Path) -> None:
    path = smelt_data / "mtconnect/captured/okuma_v2/stream_xml.http.gz"
    data = gzip.decompress(path.read_bytes())
    parts = cut(data[data.index(b"\r\n\r\n") + 4 :], [*range(0, 300_000, 4001)])
    assert len(parts) > 1 and all(is_whole(p.body) for p in parts[:-1])
