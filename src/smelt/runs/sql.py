"""SQL over the lake: DuckDB reads the Delta tables as schema.table, read-only and cut off from everything else."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from smelt.lake.reader import LakeReader
from smelt.terms.errors import InputError

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@dataclass(frozen=True)
class Answer:
    """A query's result: column names, and batches of rows that are read as they are needed."""

    columns: tuple[str, ...]
    reader: pa.RecordBatchReader

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows as Python values."""
        for batch in self.reader:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def query(reader: LakeReader, sql: str) -> Answer:
    """Run one SELECT over the lake's tables.

    Raises
    ------
    InputError
        If the SQL is not one SELECT, names an unknown table, or does not run.
    """
    connection = connect(reader, sql)
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputError("smelt sql runs one SELECT (or WITH, SHOW, DESCRIBE, SUMMARIZE); it never writes.")
        relation = connection.sql(statements[0])
        return Answer(tuple(relation.columns), relation.to_arrow_reader(100_000))
    except duckdb.CatalogException as error:
        raise InputError(_unknown(str(error), reader)) from error
    except duckdb.Error as error:
        raise InputError(f"SQL: {str(error).strip()}") from error


def connect(reader: LakeReader, sql: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open DuckDB with a view for each table whose name stands in the SQL (all, without SQL)."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "TimeZone": "UTC"})
    words = None if sql is None else {w.lower() for w in _WORD.findall(sql)}
    for name in reader.names():
        schema, table = name.split("/", 1)
        connection.execute(f'create schema if not exists "{schema}"')
        if words is not None and table.lower() not in words and not words & {"show", "information_schema", "describe"}:
            continue
        dataset = DeltaTable(f"{reader.uri}/{name}").to_pyarrow_dataset()
        connection.register(f"{schema}__{table}", dataset)
        connection.execute(f'create view "{schema}"."{table}" as select * from "{schema}__{table}"')  # noqa: S608 folders
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _unknown(message: str, reader: LakeReader) -> str:
    names = [n.replace("/", ".") for n in reader.names()]
    found = re.search(r"Table with name (\S+) does not exist", message)
    if not found:
        return f"SQL: {message.strip()}"
    asked = found.group(1)
    near = [n for n in names if n.endswith("." + asked)] or names
    return f"no table '{asked}'{_did_you_mean(asked, near)} Tables: {', '.join(names) or 'none yet'}."


def _did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else "."
