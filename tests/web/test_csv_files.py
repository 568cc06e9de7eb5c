import asyncio
import csv
import io
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.web.csv_files import csv_response, for_people, quoted

PARIS = ZoneInfo("Europe/Paris")
SIGNS = ("=", "+", "-", "@", "\t", "\r")


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_no_cell_begins_a_formula(texts):
    cells = for_people(pl.DataFrame({"note": texts}), PARIS)["note"].to_list()
    assert cells == [quoted(t) for t in texts]
    assert not any(c.startswith(SIGNS) for c in cells)
    assert [c if t == c else c[1:] for t, c in zip(texts, cells, strict=True)] == texts


def test_numbers_and_nothing_stay_as_they_are():
    frame = pl.DataFrame({"x": [-1.5, None], "note": ["a", None]})
    assert for_people(frame, PARIS).equals(frame)


def test_a_header_is_quoted_too():
    assert for_people(pl.DataFrame({"=x": [1]}), PARIS).columns == ["'=x"]


def test_summer_time_shows_in_the_offset():
    frame = pl.DataFrame(
        {"t": pl.Series([1_774_742_400_000_000, 1_774_746_000_000_000]).cast(pl.Datetime("us", "UTC"))}
    )
    assert for_people(frame, PARIS)["t"].to_list() == ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"]


def test_the_files_name_is_safe():
    head = csv_response('a/../"b\n', pl.DataFrame({"x": []}), PARIS).headers["content-disposition"]
    assert head == 'attachment; filename="a_____b_.csv"'


async def _text(response):
    return "".join([part async for part in response.body_iterator])


def test_many_rows_are_streamed_whole():
    frame = pl.DataFrame({"n": range(120_000), "note": ["=x,\n"] * 120_000})
    rows = list(csv.reader(io.StringIO(asyncio.run(_text(csv_response("x", frame, PARIS))), newline="")))
    assert len(rows) == 120_001 and rows[120_000] == ["119999", "'=x,\n"]


def test_no_rows_are_a_header():
    assert asyncio.run(_text(csv_response("x", pl.DataFrame({"a": [], "b": []}), PARIS))) == "a,b\r\n"
