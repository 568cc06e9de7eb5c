"""Rejects: by reason, with the newest place; a path without a time counts in every range."""

from pathlib import Path

import pytest
from tests.pipeline_lake import HOUR, START, WHOLE, build

from smelt.lake.reader import LakeReader
from smelt.runs.pages.rejects import reject_rows, rejects_in
from smelt.terms.interval import Interval, to_us


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return build(tmp_path_factory.mktemp("rejects"))


def test_rejects_by_reason(reader: LakeReader) -> None:
    torn, no_gzip = rejects_in(reader, WHOLE)
    assert (torn.reason, torn.count, torn.files, torn.bytes) == ("torn", 2, 2, 41)
    assert (torn.path, torn.offset, torn.length) == ("2026/03/26/01/a.gz", 10, 40)
    assert torn.last_us == to_us(START + HOUR)
    assert (no_gzip.reason, no_gzip.count) == ("not gzip", 1)


def test_only_those_of_the_range_and_those_without_a_time(reader: LakeReader) -> None:
    rows = reject_rows(reader, Interval(to_us(START + 2 * HOUR), WHOLE.end_us))
    assert rows["path"].to_list() == ["odd.gz", "2026/03/26/02/b.gz"]


def test_no_quarantine_no_rejects(tmp_path: Path) -> None:
    assert rejects_in(LakeReader(str(tmp_path)), WHOLE) == ()
