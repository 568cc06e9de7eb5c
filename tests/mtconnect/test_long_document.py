"""A long document cut into pieces says what it says whole: rows, its one document, rejects, with the file's offsets."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.mtconnect import long_feed, long_xml
from smelt.mtconnect.dialect import decode
from smelt.mtconnect.long_piece import Part, Piece, placed
from smelt.mtconnect.pieces import Sizes, cut
from smelt.terms.observation import Decoded, Reject

JSON = ("nist_v1/poll_00.json", "okuma_v2/poll_00.json", "okuma_v2/sample_path_axes.json", "shapes_v2/current.json")
XML = ("okuma_v2/sample_after_disconnect.xml", "shapes_v2/current.xml", "nist_v1/sample_after_disconnect.xml")
Said = tuple[list[str], list[dict[str, Any]], list[Reject]]


@pytest.fixture(autouse=True)
def small_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_feed, "GUARD", 200)
    monkeypatch.setattr(long_xml, "GUARD", 200)


def documents(folder: Path, names: tuple[str, ...]) -> list[bytes]:
    dense = [(folder / "mtconnect/captured" / name).read_bytes() for name in names]
    pretty = [
        json.dumps(json.loads(d), indent=2).encode() if d[:1] == b"{" else d.replace(b"><", b">\n <") for d in dense
    ]
    return dense + pretty


def rows_of(decoded: Decoded) -> list[str]:
    return sorted(map(repr, decoded.rows.drop(["document"]).to_pylist()))


def whole(data: bytes) -> Said:
    decoded = decode(data)
    return rows_of(decoded), decoded.documents.to_pylist(), list(decoded.rejects)


def pieces(data: bytes, target: int, chunk: int) -> list[Piece]:
    def chunks() -> Iterator[bytes]:
        return (data[i : i + chunk] for i in range(0, len(data), chunk))

    return list(cut(chunks(), Sizes(target, target, 1 << 30), chunks))


def told(found: list[Piece]) -> Said:
    rows: list[str] = []
    told: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    for piece in found:
        decoded = placed(decode(piece.data), piece)
        rows += rows_of(decoded)
        for document in decoded.documents.to_pylist():
            if told and piece.part is not None and told[-1]["offset"] == document["offset"]:
                told.pop()
            told.append(document)
        rejects += decoded.rejects
    return sorted(rows), told, rejects


@pytest.mark.parametrize("names", [JSON, XML], ids=["json", "xml"])
@pytest.mark.parametrize("target", [400, 1500])
@pytest.mark.parametrize("chunk", [61, 4000])
def test_pieces_say_what_the_document_says(smelt_data: Path, names: tuple[str, ...], target: int, chunk: int) -> None:
    for data in documents(smelt_data, names):
        for stream in (data, b"\n" + data + b"\n", data + data):
            found = pieces(stream, target, chunk)
            assert told(found) == whole(stream)
            assert len(found) > 1


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, list):
        return [shuffled(v, order) for v in value]
    if not isinstance(value, dict):
        return value
    members = [(k, shuffled(v, order)) for k, v in value.items()]
    order.shuffle(members)
    return dict(members)


@given(order=st.randoms(use_true_random=False), name=st.sampled_from(JSON))
@settings(max_examples=40, deadline=None)
def test_keys_may_stand_in_any_order(smelt_data: Path, order: random.Random, name: str) -> None:
    data = json.dumps(shuffled(json.loads((smelt_data / "mtconnect/captured" / name).read_bytes()), order)).encode()
    assert told(pieces(data, 600, 500)) == whole(data)


def test_an_xml_header_may_stand_behind(smelt_data: Path) -> None:
    for data in documents(smelt_data, XML):
        header = re.search(rb"<Header [^>]*/>", data)
        assert header is not None
        behind = data.replace(header[0], b"").replace(b"</Streams>", b"</Streams>" + header[0])
        found = pieces(behind, 600, 500)
        assert len(found) > 1 and told(found) == whole(behind)


@given(data=st.data(), name=st.sampled_from(JSON), marks=st.sampled_from([*b'{}[],:"x1 \xff']))
@settings(max_examples=60, deadline=None)
def test_damage_in_json_spoils_no_more_than_in_the_whole(
    smelt_data: Path, data: st.DataObject, name: str, marks: int
) -> None:
    good = (smelt_data / "mtconnect/captured" / name).read_bytes()
    at = data.draw(st.integers(len(good) // 4, len(good) - 1))
    bad = good[:at] + bytes([marks]) + good[at + data.draw(st.integers(0, 1)) :]
    found = pieces(bad, 600, 500)
    rows, documents, rejects = whole(bad)
    if any(p.part is None for p in found):  # an object behind another begins a piece of its own, as in any file
        return
    assert told(found)[:2] == (rows, documents)
    assert [(r.offset, r.reason) for r in told(found)[2]] == [(r.offset, r.reason) for r in rejects]


@given(data=st.data(), name=st.sampled_from(XML), what=st.sampled_from([b"&bad;", b"\x01", b"\xff"]))
@settings(max_examples=40, deadline=None)
def test_a_bad_observation_of_xml_is_rejected_alone(
    smelt_data: Path, data: st.DataObject, name: str, what: bytes
) -> None:
    good = (smelt_data / "mtconnect/captured" / name).read_bytes()
    at = data.draw(
        st.sampled_from([m.start() for m in re.finditer(rb'(?<=\dZ)"', good) if m.start() > good.index(b"<Streams>")])
    )
    bad = good[:at] + what + good[at:]
    assert told(pieces(bad, 600, 500)) == whole(bad)


def test_behind_a_tear_in_xml_the_next_device_is_read(smelt_data: Path) -> None:
    good = (smelt_data / "mtconnect/captured" / XML[0]).read_bytes()
    bad = good.replace(b"</ComponentStream>", b"</ComponentStreams>", 1)
    rows, documents, rejects = told(pieces(bad, 600, 500))
    assert (rows, documents) == whole(bad)[:2] and rows
    assert [r.reason for r in rejects] == [r.reason for r in whole(bad)[2]]


def test_offsets_are_those_of_the_file() -> None:
    piece = Piece(100, b"[12345]", Part(10, 0, 95, 105, 1, 5))
    assert [piece.in_file(at) for at in range(8)] == [95, 100, 101, 102, 103, 104, 105, 105]
    assert piece.reject_in_file(Reject(2, 2, "torn, at byte 3")) == Reject(101, 2, "torn, at byte 102")
    assert piece.span_in_file(0, 7) == (10, 95)
    plain = Piece(100, b"12")
    assert plain.reject_in_file(Reject(1, 1, "x")) == Reject(101, 1, "x") and plain.span_in_file(1, 1) == (101, 1)
