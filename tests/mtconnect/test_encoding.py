"""UTF-16 and UTF-32 say what the same text says in UTF-8, with the offsets of the file, however it is fed and cut."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.long_documents import JSON, XML, Said, make_guard_small, pieces, told

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.encoding import CODECS, FilePlaces, places_of, to_utf8, utf8_of
from smelt.mtconnect.long import piece as long_piece
from smelt.terms.observation import Origin, Reject

DECLARED = ' encoding="UTF-16"'
TEXT = st.text(alphabet="aaaü汉🛠\n", max_size=300)


@given(TEXT, st.integers(0, 300), st.sampled_from(CODECS), st.integers(1, 99))
def test_every_character_knows_its_place_in_the_file(text: str, at: int, codec: str, size: int) -> None:
    """From the beginning, and counted from a piece's."""
    wide, places = text.encode(codec), places_of(codec)
    chunks = [wide[i : i + size] for i in range(0, len(wide), size)]
    assert b"".join(to_utf8(chunks, codec, places)) == text.encode()
    start, begins = len(text[:at].encode()), len(text[: at // 2].encode())
    assert places.of(start) == len(text[:at].encode(codec))
    piece = places.since(begins)
    assert piece.of(start - begins) == len(text[at // 2 : at].encode(codec))
    places.forget(begins)
    assert places.of(start) == len(text[:at].encode(codec)) and places.of(len(text.encode())) == len(wide)


def test_ascii_takes_no_memory() -> None:
    places = FilePlaces(2)
    for _ in range(100):
        places.size += 2000
        places.add(b"a" * 1000)
    assert len(places._stretches) == 1 and places.of(99_999) == 199_998


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<\0", b"\xff\xfe", b"<\0\0\0", b"\xff\xfe<a/>", b"<\0MTConnect"])
def test_what_is_not_wide(data: bytes) -> None:
    assert utf8_of(data) is None


def test_a_byte_too_few_stands_within_the_file() -> None:
    wide = utf8_of("<a>ü".encode("utf-16-le")[:-1])
    assert wide is not None and wide.data.decode() == "<a>\ufffd" and wide.places.of(len(wide.data)) == 7


def streams(folder: Path) -> list[str]:
    """Documents, several and one, whole and torn, with characters of two, three and four bytes in them."""
    found = []
    for name in (*JSON[:2], *XML[:2]):
        text = (folder / "mtconnect/captured" / name).read_text()
        text = text.replace("AVAILABLE", "AVAIL\u00fcBLE\U0001f6e0\u6c49").replace('encoding="UTF-8"', DECLARED.strip())
        found += [text, text + "oöps" + text, text[: len(text) * 3 // 4] + text, text.replace("<Samples>", "<Sa", 1)]
    return found


def moved(said: Said, text: str, codec: str) -> Said:
    """What the UTF-8 says, with the offsets of the wide file."""
    data = text.encode()

    def place(at: int) -> int:
        return len(data[:at].decode().encode(codec))

    def in_wide(number: str) -> str:
        head, mark, at = number.rpartition(", at byte ")
        return f"{head}{mark}{place(int(at))}" if mark else number

    rows, documents, rejects = said
    spans = [(d["offset"], d["offset"] + d["length"]) for d in documents]
    found = [
        d | {"offset": place(start), "length": place(end) - place(start)}
        for d, (start, end) in zip(documents, spans, strict=True)
    ]
    ends = [(place(r.offset), place(r.offset + r.length), in_wide(r.reason)) for r in rejects]
    return rows, found, [Reject(start, end - start, reason) for start, end, reason in ends]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("target", "chunk"), [(1 << 24, 1 << 24), (700, 61), (3000, 4001)])
def test_wide_files_say_what_they_say_in_utf_8(
    smelt_data: Path, monkeypatch: pytest.MonkeyPatch, codec: str, target: int, chunk: int
) -> None:
    make_guard_small(monkeypatch)
    reasons_of_the_file(monkeypatch)
    for text in streams(smelt_data):
        plain = text.replace(DECLARED, " " * len(DECLARED))
        narrow = told(pieces(plain.encode(), target, chunk))
        wide = text.encode(codec)
        assert told(pieces(wide, target, chunk)) == moved(narrow, text, codec)
        assert narrow[0]


def reasons_of_the_file(patch: pytest.MonkeyPatch) -> None:
    """Let every piece tell the bytes in its reasons by the file's offsets."""
    patch.setattr(long_piece.Piece, "is_as_it_was", False)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_declared_utf_16_is_read(xml_positions, codec):
    """What a document declares is true of the file, and no longer of the UTF-8 that it was turned into."""
    data = ('<?xml version="1.0" encoding="UTF-16"?>' + xml_positions().decode()).encode(codec)
    decoded = decode(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3]
    assert decoded.rejects == ()
    begins = 2 if codec == "utf-16" else 0
    assert [decoded.documents[name].to_pylist() for name in ("offset", "length")] == [[begins], [len(data) - begins]]


def test_json_and_logs_in_utf_16(document):
    """As shells of Windows write what is redirected into a file."""
    wide = (document().decode() + "oöps").encode("utf-16")
    decoded = decode(wide)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3]
    assert [wide[r.offset : r.offset + r.length].decode("utf-16-le") for r in decoded.rejects] == ["oöps"]
    log = decode("2020-01-01T00:00:00Z|a|1\r\n".encode("utf-16"), Origin(log_device_uuid="m1"))
    assert log.rows["text"].to_pylist() == ["1"]
