"""What a body looks like."""

import pytest

from smelt.ingest.message_body import content_type_of, count_observations


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\xef\xbb\xbf{}", "application/json"),
        (b"\r\n [1]", "application/json"),
        (b'<?xml version="1.0"?>', "text/xml"),
        (b"AVAILABLE", "application/octet-stream"),
        (b"\x1f\x8b\x08", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_content_type(body: bytes, expected: str) -> None:
    assert content_type_of(body) == expected


def test_observations_of_a_json_and_an_xml_document() -> None:
    assert count_observations(b'<A dataItemId="x"/><B dataItemId="y"/>') == 2
    assert count_observations(b'{"Device":{"DataItems":[{"id":"x"}]}}') == 0
