"""Whatever the bytes, decode never raises and its rejects lie inside: mutations of every real file."""

import random

import pytest

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, Origin

_LONGEST = 60_000
_SPOILERS = (b"{", b"}", b'"', b"<", b">", b"\\", b"|", b"\n", b"\xff", b"\0", b"--", b'{"', b"]]>", b"\\u", b"9" * 30)


def spoiled(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    piece = bytearray(data[start if rng.random() < 0.5 else 0 :][:_LONGEST])
    for _ in range(rng.randrange(6)):
        at = rng.randrange(len(piece) + 1)
        piece[at : at + rng.choice((0, 1, 1, 50))] = rng.choice(_SPOILERS)
    return bytes(piece)


@pytest.mark.slow
def test_mutated_real_files(smelt_data):
    rng = random.Random(4)
    for path in sorted((smelt_data / "mtconnect").rglob("*")):
        data = unpack(path.read_bytes()).data if path.is_file() else b""
        for _ in range(30 if data else 0):
            piece = spoiled(data, rng)
            decoded = decode(piece, Origin(log_device_uuid="m1"))
            assert decoded.rows.schema.equals(DECODED_ROWS) and decoded.documents.schema.equals(DECODED_DOCUMENTS), path
            for reject in decoded.rejects:
                assert 0 <= reject.offset <= reject.offset + reject.length <= len(piece), (path, reject)
            for number in decoded.rows["document"].unique().to_pylist():
                assert 0 <= number < decoded.documents.num_rows, path
