"""A torn document that is cut before its tear says what it says token by token, and tears at the same byte."""

import random
from pathlib import Path
from typing import Any

import pytest
from tests.mtconnect.long_documents import JSON, documents

from smelt.mtconnect.json import tear
from smelt.mtconnect.json.decode import decode_json, decode_plain
from smelt.mtconnect.json.scan import scan_document
from smelt.mtconnect.json.tear import find_tear
from smelt.terms.observation import Decoded

DAMAGE = (b"", b"}", b"]", b'"', b",", b":", b"{", b"oops", b"\0", b'"Header":{"instanceId":1},')


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tear, "STEP", 60)
    monkeypatch.setattr(tear, "LEAST", 460)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Cut off, or a stretch lost or replaced."""
    at = rng.randrange(len(data))
    if rng.random() < 0.3:
        return data[:at]
    return data[:at] + rng.choice(DAMAGE) + data[at + rng.choice((0, 1, 30, 3000)) :]


def said(decoded: Decoded) -> tuple[list[dict[str, Any]], list[dict[str, Any]], object]:
    return decoded.rows.to_pylist(), decoded.documents.to_pylist(), decoded.rejects


@pytest.mark.parametrize("seed", range(60))
def test_a_torn_document_says_what_it_says_token_by_token(smelt_data: Path, seed: int) -> None:
    rng = random.Random(f"tear {seed}")
    names = documents(smelt_data, JSON)
    data = damaged(rng.choice(names), rng)
    if rng.random() < 0.2:
        data = data.replace(b'"instanceId"', b'"instance"')
    joined = rng.choice((b"", names[2] + b"\n", names[2][:900])) + data + rng.choice((b"", b"\n" + names[2]))
    assert said(decode_json(joined)) == said(decode_plain(joined))


def test_little_is_left_behind_the_cut(smelt_data: Path) -> None:
    data = documents(smelt_data, JSON)[1]
    torn = data[: len(data) * 2 // 3] + b"]]" + data[len(data) * 2 // 3 :]
    found = find_tear(torn, 0, len(torn))
    fault = scan_document(torn, 0, len(torn))
    assert found is not None and found.head and scan_document(found.head, 0, len(found.head)).fault is None
    assert found.at <= fault.end and fault.end - found.at < 3000
    assert scan_document(found.opened + torn[found.at :], 0, len(torn)).fault == fault.fault


def test_what_is_not_torn_is_not_cut(smelt_data: Path) -> None:
    data = documents(smelt_data, JSON)[1]
    assert find_tear(data, 0, len(data)) is None
    assert find_tear(data[:450], 0, 450) is None
    no_header = data.replace(b'"Header"', b'"Footer"')[:-9]
    found = find_tear(no_header, 0, len(no_header))
    assert found is not None and found.head == b"" and found.header is None
