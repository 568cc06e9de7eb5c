"""SQL over the lake: one SELECT, nothing but the lake, mistakes in one sentence."""

from pathlib import Path

import polars as pl
import pytest
from tests.plants import clock, make_plant

from smelt.lake.reader import LakeReader
from smelt.runs.run import Request, run
from smelt.runs.sql import Answer, query
from smelt.terms.errors import InputError


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    root = make_plant(tmp_path_factory.mktemp("plants") / "plant", 1)
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    return LakeReader(str(root / "lake"))


def rows(answer: Answer) -> list[tuple[object, ...]]:
    return list(answer.rows())


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from copper.observations",
        "SELECT count(*) FROM Copper.Observations;",
        "with o as (select * from copper.observations) select count(*) from o",
        "from copper.observations select count(*)",
        "select count(*) from (select o.* from copper.observations o semi join copper.files f on f.size > 0)",
    ],
)
def test_a_select_in_any_form(reader: LakeReader, sql: str) -> None:
    expected = reader.scan("copper/observations").collect().height
    assert rows(query(reader, sql)) == [(expected,)]


def test_every_table_can_be_read_and_its_columns_are_named(reader: LakeReader) -> None:
    for name in reader.names():
        answer = query(reader, f"select * from {name.replace('/', '.')}")
        assert set(answer.columns) == set(reader.scan(name).collect_schema().names())
        assert len(rows(answer)) == reader.scan(name).collect().height


def test_show_describe_and_summarize(reader: LakeReader) -> None:
    shown = rows(query(reader, "show tables"))
    assert shown == [(name.replace("/", "."),) for name in reader.names()]
    described = {row[0] for row in rows(query(reader, "describe copper.files"))}
    assert described == {"path", "size", "etag", "folder", "batch"}
    assert len(rows(query(reader, "summarize copper.files"))) == 5


def test_instants_are_utc(reader: LakeReader) -> None:
    ((text,),) = rows(query(reader, "select strftime(min(event_time), '%H:%M') from copper.observations"))
    assert text == "00:00"


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "select 1; select 2",
        "select 1; drop view copper.files",
        "insert into copper.files values (1)",
        "delete from copper.files",
        "update copper.files set size = 0",
        "create table x as select 1",
        "copy (select 1) to 'out.csv'",
        "attach 'other.db'",
        "install httpfs",
        "load httpfs",
        "set threads = 1",
        "pragma version",
        "call pragma_version()",
        "export database 'out'",
    ],
)
def test_anything_but_one_select_is_refused(
    reader: LakeReader, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="one SELECT"):
        query(reader, sql)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["read_csv('{}')", "read_text('{}')", "read_parquet('{}')", "glob('{}')"])
def test_files_beside_the_lake_cannot_be_read(reader: LakeReader, tmp_path: Path, call: str) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="Permission Error") as caught:
        rows(query(reader, f"select * from {call.format(tmp_path / 'secret.csv')}"))
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"no table|Permission Error"):
        query(reader, f"select * from '{tmp_path / 'secret.csv'}'")


def test_variables_of_python_are_no_tables(reader: LakeReader) -> None:
    with pytest.raises(InputError, match="no table 'reader'"):
        query(reader, "select * from reader")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("gold.machine_minute", "gold.machine_minutes"),
        ("copper.observation", "copper.observations"),
        ("obsrvations", "copper.observations"),
        ("silver.machines", "silver.machine"),
        ("ops.run", "ops.runs"),
        ("files", "copper.files"),
    ],
)
def test_an_unknown_table_is_said_with_the_one_that_was_meant(reader: LakeReader, asked: str, meant: str) -> None:
    with pytest.raises(InputError) as caught:
        query(reader, f"select * from {asked}")
    assert str(caught.value).startswith(
        f"no table '{asked}'; did you mean '{meant}'? Tables: copper.assets, copper.coverage, "
    )


def test_a_table_like_no_other(reader: LakeReader, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no table 'zzz'\. Tables: copper\.assets, copper\.coverage"):
        query(reader, "select * from zzz")
    with pytest.raises(InputError, match=r"no table 'ops\.runs'\. Tables: none yet\."):
        query(LakeReader(str(tmp_path)), "select * from ops.runs")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("selec 1", 'SQL: Parser Error: syntax error at or near "selec"'),
        ("select pth from copper.files", 'SQL: Binder Error: Referenced column "pth" not found in FROM clause!'),
        ("select nofun(1)", "SQL: Catalog Error: Scalar Function with name nofun does not exist!"),
    ],
)
def test_a_mistake_is_one_line(reader: LakeReader, sql: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        query(reader, sql)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_row_that_cannot_be_computed_is_said_when_it_is_read(reader: LakeReader) -> None:
    sql = "select case when range > 500000 then error('too far') else 1 end as n from range(1000000)"
    with pytest.raises(InputError, match="too far"):
        rows(query(reader, sql))


def test_columns_that_are_named_twice_are_numbered(reader: LakeReader) -> None:
    answer = query(reader, "select 1 as a, 2 as a, 3 as a_2, 4 as a")
    assert answer.columns == ("a", "a_2", "a_2_2", "a_3")
    assert rows(answer) == [(1, 2, 3, 4)]


def test_a_filter_on_any_column_finds_what_is_there(reader: LakeReader) -> None:
    """delta-rs' Arrow dataset takes a column without statistics for one without values."""
    for name in reader.names():
        frame = reader.scan(name).collect()
        for column, kind in frame.schema.items():
            if frame.height and kind == pl.String and frame[column].drop_nulls().len():
                value = frame[column].drop_nulls()[0]
                text = value.replace("'", "''")
                asked = f"select count(*) from {name.replace('/', '.')} where \"{column}\" = '{text}'"
                assert rows(query(reader, asked)) == [(frame.filter(pl.col(column) == value).height,)], (
                    f"{name}.{column}"
                )
