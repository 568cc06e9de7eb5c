"""Long documents of JSON: what opens and closes a piece, in whichever order keys stand, and where one tears."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mtconnect.long_documents import JSON, make_guard_small, pieces, told, whole

from smelt.mtconnect.long.json import begin_json, next_json


@pytest.fixture(autouse=True)
def small_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    make_guard_small(monkeypatch)


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


def test_every_piece_is_a_document_with_its_header_and_its_device(smelt_data: Path) -> None:
    for name in JSON:
        data = (smelt_data / "mtconnect/captured" / name).read_bytes()
        header = json.loads(data)["MTConnectStreams"]["Header"]
        for piece in pieces(data, 600, 500):
            content = json.loads(piece.data)["MTConnectStreams"]
            assert content["Header"] == header
            streams = content["Streams"]
            devices = streams["DeviceStream"] if isinstance(streams, dict) else [s["DeviceStream"] for s in streams]
            assert devices and all("uuid" in device for device in devices)


@pytest.mark.parametrize("space", [b"", b"\n  ", b"\xef\xbb\xbf"])
def test_only_streams_begin_a_long_document(space: bytes) -> None:
    for root in (b"MTConnectDevices", b"MTConnectAssets", b"x"):
        assert begin_json(space + b'{"%s":{"MTConnectStreams":{}}}' % root) is None
    begin = begin_json(space + b'{ "MTConnectStreams" : {"Header"')
    assert begin is not None and (begin.start, begin.behind) == (len(space), len(space) + 1)


@given(st.integers(0, 400), st.sampled_from([b"{", b"{\n ", b"{\t"]), st.booleans())
def test_the_next_document_is_found_wherever_it_stands(before: int, opened: bytes, is_told: bool) -> None:
    """A name in a text is no beginning."""
    inside = b'"\\"MTConnectStreams\\":{"' if is_told else b""
    data = inside + b"x" * before + opened + b'"MTConnectError": {}}'
    assert next_json(data, 0) == len(inside) + before
    assert next_json(data, len(inside) + before + 1) == -1
