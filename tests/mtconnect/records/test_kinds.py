import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.records import entities
from smelt.mtconnect.records.kinds import Kind, Meaning, is_plain_text, said_by
from smelt.mtconnect.rows import Cell
from smelt.terms.errors import DataError
from smelt.terms.observation import Origin

HEAD = {"dataItemId": "x", "deviceUuid": "m1", "timestamp": "2020-01-01T00:00:00Z"}


def read(record):
    return entities.read(record, EventTimes(), Origin())


def kind_of(**members) -> Kind:
    """Return the kind of records with these members after a few values."""
    kind = Kind("entities", *said_by(HEAD | members | {"result": "UNAVAILABLE"}, read)[:3], Meaning())
    for sent in ("UNAVAILABLE", "1", "2.5", "3"):
        kind.read(HEAD | members | {"result": sent}, "result", read)
    return kind


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"category": "SAMPLE"}, "number"),
        ({"category": "SAMPLE", "count": 1}, "number"),
        ({"category": "SAMPLE", "sampleRate": "10"}, "each"),
        ({"category": "EVENT", "type": "LINE"}, "text"),
        ({"category": "EVENT", "type": "PATH_FEEDRATE_OVERRIDE"}, "each"),
        ({"category": "EVENT", "representation": "DATA_SET"}, "each"),
        ({"category": "CONDITION", "level": "FAULT"}, "each"),
    ],
)
def test_the_reader_tells_which_rule_holds(members, rule):
    assert kind_of(**members).meaning.rule == rule


def test_values_that_were_read_are_kept_with_their_code():
    kind = kind_of(category="SAMPLE", resetTriggered="DAY")
    assert kind.meaning.native_code == "DAY"
    assert kind.meaning.cells["UNAVAILABLE"] == Cell(level="UNAVAILABLE", native_code="DAY")
    assert kind.meaning.cells["2.5"] == Cell(2.5, native_code="DAY")


def test_records_of_several_rows_are_no_kind():
    kind = kind_of(category="SAMPLE", sampleRate="10")
    assert kind.meaning.rule == "each"
    assert kind.read(HEAD | {"category": "SAMPLE", "sampleRate": "10", "result": "1 2"}, "result", read) is None
    assert kind.meaning.rule == "none"


def test_one_that_does_not_fit_says_nothing_of_the_others():
    kind = kind_of(category="SAMPLE")
    record = HEAD | {"category": "SAMPLE", "result": "4", "timestamp": "never"}
    assert kind.read(record, "result", read) is None
    assert kind.meaning.rule == "number"
    with pytest.raises(DataError):
        said_by(record, read)


def test_which_texts_are_plain():
    assert [is_plain_text(sent) for sent in ("x", " ", "", " UNAVAILABLE", 5, None)] == [True, True, *[False] * 4]
