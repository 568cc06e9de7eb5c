"""The walk along JSON: wherever bytes end, it cuts, ends and tears at the same places."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.mtconnect.long import json_walk as walks
from smelt.mtconnect.long.json_walk import CUT, ENDED, FAULT, HEADER, MORE, UUID, Walk, new_walk, walk

Found = tuple[int, int, int, int]
TEXTS = st.text(st.sampled_from('a{}[],:"\\\n é'), max_size=40)
VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), TEXTS, st.none(), st.lists(st.integers(), max_size=3)
)


def observation(number: int, value: Any) -> dict[str, Any]:
    return {"dataItemId": "x", "sequence": number, "timestamp": "2020-01-01T00:00:00Z", "value": value}


def document(version: int, values: Sequence[Any]) -> dict[str, Any]:
    """Two devices that say the same."""
    told = [observation(number, value) for number, value in enumerate(values)]
    if version == 1:
        component = {"ComponentStream": {"name": "c", "Samples": [{"Load": row} for row in told]}}
        devices = [{"DeviceStream": {"uuid": uuid, "ComponentStreams": [component]}} for uuid in "ab"]
        return {"MTConnectStreams": {"Header": {"instanceId": 1}, "Streams": devices}}
    component = {"name": "c", "Samples": {"Load": told}, "Events": {}}
    devices = [{"uuid": uuid, "ComponentStream": [component, component]} for uuid in "ab"]
    return {"MTConnectStreams": {"Header": {"instanceId": 1}, "Streams": {"DeviceStream": devices}}}


DOCUMENTS = st.builds(document, st.sampled_from([1, 2]), st.lists(VALUES, max_size=6))
ENDS = st.lists(st.integers(0, 3000), max_size=12).map(sorted)


def walked(data: bytes, ends: Sequence[int], wanted: int = 0) -> list[tuple[Found, bytes]]:
    """Return what the walk comes back with, with places in the data, and the brackets that are open then."""
    held = np.frombuffer(data + b" " * 64, np.uint8)
    base = int(held.ctypes.data)
    state, found = new_walk(base), list[tuple[Found, bytes]]()
    for end in [*(e for e in ends if e < len(data)), len(data)]:
        while (event := walk(state, base + end, base + wanted, int(end == len(data)))) != MORE:
            at, start, stop = (int(state.fields[field]) - base for field in (walks.AT, walks.START, walks.END))
            told = (start, stop) if event in (HEADER, UUID, FAULT) else (0, 0)
            found.append(((event, 0 if event == FAULT else at, *told), opened(state)))
            if event in (ENDED, FAULT, walks.FAULT_STRING):
                return found
    return found


def opened(state: Walk) -> bytes:
    return bytes(state.stack[: int(state.fields[walks.DEPTH])])


@given(DOCUMENTS, ENDS, st.sampled_from([None, 1]))
@settings(deadline=None)
def test_wherever_bytes_end_the_walk_says_the_same(said: dict[str, Any], ends: list[int], indent: int | None) -> None:
    """But for a cut whose next byte is not there yet: the document may tear at it."""
    data = json.dumps(said, indent=indent).encode()
    whole, split = walked(data, []), walked(data, ends)
    assert [f for f, _ in split if f[0] != CUT] == [f for f, _ in whole if f[0] != CUT]
    assert set(split) <= set(whole)
    missing = [f for f in whole if f not in split]
    assert all(any(data[f[1] : end].isspace() or f[1] == end for end in ends) for f, _ in missing)
    assert [f[0] for f, _ in whole if f[0] != CUT] == [HEADER, UUID, UUID, ENDED]
    assert whole[-1][0][1] == len(data)


@given(DOCUMENTS)
@settings(deadline=None)
def test_a_cut_leaves_whole_values_before_and_behind(said: dict[str, Any]) -> None:
    data = json.dumps(said).encode()
    for (event, at, *_), brackets in walked(data, []):
        if event == CUT:
            closed = brackets[::-1].replace(b"{", b"}").replace(b"[", b"]")
            json.loads(data[: at - 1] + closed)
            assert data[at - 1 : at] == b","
            text = data[at:].strip()
            json.loads(brackets[-1:] + text[: inner_end(text)] + closed[:1])


def inner_end(text: bytes) -> int:
    """Return where the container ends that is open before this text."""
    depth, is_text, at = 0, False, 0
    while depth >= 0:
        byte = text[at : at + 1]
        if is_text:
            at += byte == b"\\"
            is_text = byte != b'"'
        elif byte == b'"':
            is_text = True
        else:
            depth += (byte in (b"{", b"[")) - (byte in (b"}", b"]"))
        at += 1
    return at - 1


@given(DOCUMENTS, ENDS, st.floats(0, 0.999), st.sampled_from([b"}", b"]", b",", b":", b"x", b'"', b""]))
@settings(deadline=None)
def test_a_document_tears_at_the_same_token(said: dict[str, Any], ends: list[int], share: float, byte: bytes) -> None:
    data = json.dumps(said).encode()
    at = int(share * len(data))
    data = data[:at] + byte + data[at + 1 :]
    whole, split = walked(data, []), walked(data, ends)
    assert [f for f, _ in split if f[0] != CUT] == [f for f, _ in whole if f[0] != CUT]
    assert set(split) <= set(whole)


@given(st.integers(0, 3000))
@settings(deadline=None)
def test_the_first_cut_stands_behind_what_is_wanted(wanted: int) -> None:
    data = json.dumps(document(2, list(range(6)))).encode()
    cuts = [f[1] for f, _ in walked(data, []) if f[0] == CUT]
    assert [f[1] for f, _ in walked(data, [], wanted) if f[0] == CUT] == [at for at in cuts if at > wanted]
    assert len(cuts) > 20


def test_the_inside_of_an_observation_is_not_cut() -> None:
    data = json.dumps(document(2, [[1, 2, 3], "a,b", {"k": 1, "l": 2}])).encode()
    for (event, at, *_), _ in walked(data, []):
        if event == CUT:
            assert data[at:].strip()[:1] == b"{" or data[at:].strip().startswith(
                (b'"ComponentStream"', b'"Events"', b'"Samples"')
            )
