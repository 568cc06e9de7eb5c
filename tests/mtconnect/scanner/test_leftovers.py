import pytest
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

from smelt.mtconnect.rows import Building
from smelt.mtconnect.scanner.leftovers import Leftovers
from smelt.mtconnect.scanner.scan import Scan
from smelt.mtconnect.time_series import Series
from smelt.terms.errors import DataError

LOOSE = b"2020-01-01 00:00:00.5Z"


def loose(sequence: int) -> bytes:
    return an_observation(b"1.5", sequence=sequence).replace(b"2020-01-01T00:00:00.5Z", LOOSE)


def series(sequence: int) -> bytes:
    return an_observation(b"[1.0,2.0,4.0]", sequence=sequence)[:-1] + b',"sampleRate":2}'


def left_over(*observations: bytes) -> tuple[Leftovers, list, Building]:
    data = a_document(b",".join(observations))
    scan, building = Scan(), Building()
    scan.open(data)
    assert scan.resume(0) == len(data)
    left = Leftovers(building)
    return left, left.read(data, scan, scan.documents(0)[0]), building


def test_each_is_told_with_its_place_and_device():
    _, found, _ = left_over(an_observation(b"0.5"), loose(2), series(3), an_observation(b"2.5"), loose(5))
    assert [(one.row, one.device_uuid) for one in found] == [(1, "m1"), (2, "m1"), (4, "m1")]
    assert [isinstance(one.said, Series) for one in found] == [False, True, False]
    assert found[1].said.values == [1.0, 2.0, 4.0]


def test_one_that_does_not_fit_refuses_all():
    data = a_document(b",".join([loose(1), loose(2).replace(LOOSE, b"yesterday")]))
    scan = Scan()
    scan.open(data)
    scan.resume(0)
    with pytest.raises(DataError, match="yesterday"):
        Leftovers(Building()).read(data, scan, scan.documents(0)[0])


def test_values_of_series_stand_between_their_neighbours():
    data = a_document(b",".join([series(1), an_observation(b"7.5", sequence=2), loose(3), series(4)]))
    rows = assert_same(data + data).rows
    assert rows["sequence"].to_pylist() == [1, 1, 1, 2, 3, 4, 4, 4] * 2
    assert rows["part"].to_pylist() == [0, 1, 2, 0, 0, 0, 1, 2] * 2
    assert rows["document"].to_pylist() == [0] * 8 + [1] * 8
    assert rows["value"].to_pylist()[:5] == [1.0, 2.0, 4.0, 7.5, 1.5]


def test_a_series_that_has_no_rate_is_one_row_of_a_vector():
    rows = assert_same(a_document(series(1).replace(b'"sampleRate":2', b'"sampleCount":3'))).rows
    assert (rows["text"].to_pylist(), rows["value"].to_pylist()) == (["[1.0,2.0,4.0]"], [None])
