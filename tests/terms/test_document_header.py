"""A header says what its document said, and nothing about the rest."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from smelt.mtconnect.header import read_header
from smelt.terms.document_header import DocumentHeader

SAID = DocumentHeader("MTConnectStreams", instance_id=7, first_sequence=1, next_sequence=12, last_sequence=11)


def test_what_a_document_does_not_say_is_none() -> None:
    header = DocumentHeader("MTConnectStreams")
    assert {getattr(header, f.name) for f in fields(header) if f.name not in ("kind", "errors")} == {None}
    assert header.errors == ()


def test_headers_that_say_the_same_are_the_same() -> None:
    assert replace(SAID) == SAID and hash(replace(SAID)) == hash(SAID)
    assert replace(SAID, model_changed_at="2020-01-01T00:00:00Z") != SAID
    with pytest.raises(FrozenInstanceError):
        SAID.instance_id = 8  # type: ignore[misc]


def test_it_is_what_a_recorder_reads_of_an_answer() -> None:
    answer = (
        '<MTConnectStreams><Header instanceId="7" firstSequence="1" nextSequence="12" lastSequence="11"/>'
        "<Streams/></MTConnectStreams>"
    )
    assert read_header(answer.encode()) == SAID
