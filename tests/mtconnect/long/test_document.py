"""A long document cut into pieces says what it says whole: rows, its one document, rejects, with the file's offsets."""

from pathlib import Path

import pytest
from tests.mtconnect.long_documents import JSON, XML, documents, make_guard_small, pieces, told, whole

from smelt.mtconnect.pieces import Sizes, cut


@pytest.fixture(autouse=True)
def small_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    make_guard_small(monkeypatch)


@pytest.mark.parametrize("names", [JSON, XML], ids=["json", "xml"])
@pytest.mark.parametrize("target", [400, 1500])
@pytest.mark.parametrize("chunk", [61, 4000])
def test_pieces_say_what_the_document_says(smelt_data: Path, names: tuple[str, ...], target: int, chunk: int) -> None:
    for data in documents(smelt_data, names):
        for stream in (data, b"\n" + data + b"\n", data + data):
            found = pieces(stream, target, chunk)
            assert told(found) == whole(stream)
            assert len(found) > 1


@pytest.mark.parametrize("names", [JSON, XML], ids=["json", "xml"])
def test_pieces_hold_the_document_byte_by_byte(smelt_data: Path, names: tuple[str, ...]) -> None:
    """Between two pieces of JSON stands the comma at which they were cut."""
    for data in documents(smelt_data, names):
        at = 0
        for piece in pieces(data, 500, 300):
            assert piece.part is not None and piece.part.document == 0
            assert data[at : piece.offset] in (b"", b",")
            body = piece.data[piece.part.opened :][: piece.part.body]
            at = piece.offset + len(body)
            assert data[piece.offset : at] == body
        assert at == len(data)


def test_a_document_that_lacks_its_header_is_not_cut() -> None:
    element = b'<Position dataItemId="x" sequence="%d" timestamp="2020-01-01T00:00:00Z">1</Position>'
    samples = b"".join(element % number for number in range(50))
    xml = b"<MTConnectStreams><Streams><DeviceStream uuid='m'><ComponentStream><Samples>%s</Samples></ComponentStream>"
    data = xml % samples + b"</DeviceStream></Streams></MTConnectStreams>"
    for found in (pieces(data, 500, 300), list(cut([data], Sizes(500, 500)))):
        assert [(piece.offset, piece.data, piece.part) for piece in found] == [(0, data, None)]


def test_without_the_file_once_more_what_tells_its_header_last_is_not_cut() -> None:
    observations = b",".join(b'{"dataItemId":"x","sequence":%d,"value":1}' % number for number in range(50))
    data = b'{"MTConnectStreams":{"Streams":{"DeviceStream":[{"uuid":"m","ComponentStream":[{"Samples":{"Load":['
    data += observations + b']}}]}]},"Header":{"instanceId":1}}}'
    assert [piece.part for piece in cut([data], Sizes(500, 500))] == [None]
    assert len(pieces(data, 500, 300)) > 3
