import csv
import io
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.web.csv_files import cell, csv_response, iso, with_iso_times


@given(st.text(max_size=30))
def test_no_cell_begins_a_formula(text):
    safe = cell(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe.removeprefix("'") == text or safe == text


def test_numbers_stay_numbers():
    assert cell(-1.5) == -1.5 and cell(None) is None


def test_summer_time_shows_in_the_offset():
    paris = ZoneInfo("Europe/Paris")
    assert iso(1_774_742_400_000_000, paris) == "2026-03-29T01:00:00+01:00"
    assert iso(1_774_746_000_000_000, paris) == "2026-03-29T03:00:00+02:00"
    frame = pl.DataFrame({"t": pl.Series([1_774_746_000_000_000]).cast(pl.Datetime("us", "UTC"))})
    assert with_iso_times(frame, paris)["t"].to_list() == ["2026-03-29T03:00:00+02:00"]


def test_the_files_name_is_safe():
    head = csv_response('a/../"b\n', ["x"], []).headers["content-disposition"]
    assert head == 'attachment; filename="a_____b_.csv"'


async def _text(response):
    return "".join([part async for part in response.body_iterator])


def test_many_rows_are_streamed_whole():
    import asyncio

    text = asyncio.run(_text(csv_response("x", ["n", "t"], ((i, "=x,\n") for i in range(12_000)))))
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 12_001 and rows[12_000] == ["11999", "'=x,\n"]
