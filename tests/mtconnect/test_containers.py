"""Zip is opened within limits, other wrappings are rejected by their name; gzip and plain bytes pass as ever."""

import gzip
import io
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect import containers
from smelt.mtconnect.containers import open_container
from smelt.terms.observation import Reject


def opened(body: bytes, path: str = "2026/11/24/09/x", chunk: int = 7) -> tuple[bytes, list[Reject]]:
    def open_at(at: int) -> Iterator[bytes]:
        return (body[i : i + chunk] for i in range(at, len(body), chunk))

    rejects: list[Reject] = []
    return b"".join(open_container(open_at, len(body), path, rejects)), rejects


def zipped(*members: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", kind) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return sink.getvalue()


def test_plain_and_gzip_pass() -> None:
    assert opened(b'{"a":1}') == (b'{"a":1}', [])
    assert opened(gzip.compress(b"one") + gzip.compress(b"two")) == (b"onetwo", [])
    assert opened(b"") == (b"", [])


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_of_a_zip_follow_each_other(kind: int) -> None:
    members = (("a/", b""), ("a/1.json", b'{"a":1}'), ("2.txt", b"line\n"), ("3.gz", gzip.compress(b"packed")))
    assert opened(zipped(*members, kind=kind)) == (b'{"a":1}\nline\npacked\n', [])


@pytest.mark.parametrize(
    ("body", "path", "name"),
    [
        (b"PAR1" + b"\0" * 20, "x.parquet", "Parquet"),
        (b"ORC\x08", "x", "ORC"),
        (b"Obj\x01\x04", "x.avro", "Avro"),
        (b"\xff\x06\x00\x00sNaPpY\x01", "x", "Snappy"),
        (b"\x88\x27\xf0\x3f{", "x.snappy", "Snappy"),
        (b"BZh91AY", "x.bz2", "bzip2"),
        (b"\xfd7zXZ\x00\x00", "x.xz", "xz"),
        (b"\x28\xb5\x2f\xfd\x24", "x.zst", "Zstandard"),
        (b"\x04\x22\x4d\x18d", "x.lz4", "LZ4"),
    ],
)
def test_what_is_not_read_is_rejected_by_its_name(body: bytes, path: str, name: str) -> None:
    data, (reject,) = opened(body, path)
    assert data == b"" and (reject.offset, reject.length) == (0, len(body))
    assert reject.reason.startswith(f"is {name}; expected JSON, XML or SHDR")


@pytest.mark.parametrize(
    "body", [b'{"a":1}', gzip.compress(b"one"), zipped(("1", b"one"))], ids=("plain", "gzip", "zip")
)
def test_a_file_is_asked_for_once(body: bytes) -> None:
    asked: list[int] = []

    def open_at(at: int) -> Iterator[bytes]:
        asked.append(at)
        return iter((body[at:],))

    assert list(open_container(open_at, len(body), "x", []))
    assert asked.count(0) == 1


def test_a_name_alone_rejects_no_document() -> None:
    assert opened(b'{"a":1}', "x.snappy") == (b'{"a":1}', [])
    assert opened(b"<a/>", "x.parquet") == (b"<a/>", [])


def test_a_damaged_member_is_rejected_and_the_others_are_read() -> None:
    body = bytearray(zipped(("1", b"one " * 50), ("2", b"two\n"), ("3", b"three\n"), kind=zipfile.ZIP_STORED))
    at = body.find(b"one ")
    body[at] ^= 0xFF
    data, (reject,) = opened(bytes(body))
    assert data.endswith(b"two\nthree\n")
    assert reject.offset == 0 and "zip member '1' cannot be read: Bad CRC-32" in reject.reason


def test_a_torn_zip_is_rejected() -> None:
    body = zipped(("1", b"one"))
    data, (reject,) = opened(body[:-10])
    assert data == b"" and reject.reason.startswith("zip is damaged: ")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_MOST_PLAIN", 100)
    monkeypatch.setattr(containers, "_CHUNK", 64)
    data, (reject,) = opened(zipped(("1", b"\0" * 1000)))
    assert len(data) <= 100 and "unpacks to more than 100 bytes" in reject.reason


def test_a_zip_too_large_to_hold_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_MOST_PACKED", 10)
    data, (reject,) = opened(zipped(("1", b"one")))
    assert data == b"" and "is a zip of more than 10 bytes" in reject.reason


@given(st.binary(max_size=200), st.integers(0, 199), st.integers(0, 255), st.integers(1, 50))
def test_whatever_is_spoiled_nothing_is_raised(plain: bytes, at: int, byte: int, chunk: int) -> None:
    body = bytearray(zipped(("1", plain), ("2", b"{}")))
    body[at % len(body)] = byte
    opened(bytes(body), chunk=chunk)
    opened(bytes(body[: at % len(body)]), chunk=chunk)
