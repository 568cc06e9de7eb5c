"""Real documents as long ones: cut into small pieces, and what they say together."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.long import feed as long_feed
from smelt.mtconnect.long import xml as long_xml
from smelt.mtconnect.long.piece import Piece, placed
from smelt.mtconnect.pieces import Sizes, cut
from smelt.terms.observation import Decoded, Reject

JSON = ("nist_v1/poll_00.json", "okuma_v2/poll_00.json", "okuma_v2/sample_path_axes.json", "shapes_v2/current.json")
XML = ("okuma_v2/sample_after_disconnect.xml", "shapes_v2/current.xml", "nist_v1/sample_after_disconnect.xml")
Said = tuple[list[str], list[dict[str, Any]], list[Reject]]


def make_guard_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let documents begin with fewer bytes than a piece has."""
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
