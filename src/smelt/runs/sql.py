"""SQL over the lake: DuckDB reads the Delta tables as schema.table, read-only and cut off from everything else."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from smelt.lake.dataset import open_dataset
from smelt.lake.reader import LakeReader
from smelt.terms.errors import InputError

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_SHOW_TABLES = re.compile(r"\s*show\s+tables\s*;?\s*", re.IGNORECASE)
_ALL_TABLES = "select schema || '.' || name as name from (show all tables) order by name"


@dataclass(frozen=True)
class Answer:
    """A query's result: column names, each once, and batches of rows that are read as they are needed."""

    columns: tuple[str, ...]
    reader: pa.RecordBatchReader

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows as Python values.

        Raises
        ------
        InputError
            If a row cannot be computed, such as a cast that does not fit.
        """
        try:
            for batch in self.reader:
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        except (OSError, duckdb.Error) as error:  # pyarrow's word for what the reader raises
            raise InputError(_sentence(error)) from error


def query(reader: LakeReader, sql: str) -> Answer:
    """Run one SELECT over the lake's tables.

    Raises
    ------
    InputError
        If the SQL is not one SELECT, names an unknown table, or does not run.
    """
    asked = _ALL_TABLES if _SHOW_TABLES.fullmatch(sql) else sql
    connection = connect(reader, asked)
    try:
        statements = connection.extract_statements(asked)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputError("smelt sql runs one SELECT (or WITH, SHOW, DESCRIBE, SUMMARIZE); it never writes.")
        relation = connection.sql(statements[0])
        return Answer(_once_each(relation.columns), relation.to_arrow_reader(100_000))
    except duckdb.CatalogException as error:
        raise InputError(_unknown(error, asked, reader)) from error
    except duckdb.Error as error:
        raise InputError(_sentence(error)) from error


def connect(reader: LakeReader, sql: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open DuckDB with a view for each table whose name stands in the SQL (all, without SQL)."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "TimeZone": "UTC"})
    words = None if sql is None else {w.lower() for w in _WORD.findall(sql)}
    for name in reader.names():
        schema, table = name.split("/", 1)
        connection.execute(f'create schema if not exists "{schema}"')
        if words is not None and table.lower() not in words and not words & {"show", "information_schema", "describe"}:
            continue
        connection.execute(f'use memory."{schema}"')
        connection.from_arrow(open_dataset(f"{reader.uri}/{name}")).create_view(table)
        connection.execute("use memory.main")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _once_each(names: Sequence[str]) -> tuple[str, ...]:
    """Number names that stand twice: a, a_2."""
    found: list[str] = []
    for name in names:
        free = (n for n in (name, *(f"{name}_{k}" for k in range(2, len(names) + 2))) if n not in found)
        found.append(next(free))
    return tuple(found)


def _sentence(error: Exception) -> str:
    """Put DuckDB's message on one line, without its drawing of the place."""
    said = re.split(r"\n\s*LINE \d+:", str(error))[0]
    return f"SQL: {' '.join(said.split())}"


def _unknown(error: Exception, sql: str, reader: LakeReader) -> str:
    found = re.search(r"Table with name (\S+) does not exist", str(error))
    if not found:
        return _sentence(error)
    named = re.search(rf"[\w\"]+\.\"?{re.escape(found.group(1))}\b", sql)
    asked = (named.group() if named else found.group(1)).replace('"', "")
    names = [n.replace("/", ".") for n in reader.names()]
    return f"no table '{asked}'{_did_you_mean(asked, names)} Tables: {', '.join(names) or 'none yet'}."


def _did_you_mean(asked: str, names: Sequence[str]) -> str:
    """Compare with the whole names, and where no schema was given with their last parts."""
    words = {n: n for n in names} if "." in asked else {n.rpartition(".")[2]: n for n in names}
    near = difflib.get_close_matches(asked.lower(), list(words), n=1)
    return f"; did you mean '{words[near[0]]}'?" if near else "."
