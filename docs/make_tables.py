"""Write docs/tables.md from smelt.terms.tables: `python docs/make_tables.py`."""

from pathlib import Path

import pyarrow as pa

from smelt.terms.class_tables import (
    ORIGINS,
    features_table,
    minutes_table,
    silver_table,
)
from smelt.terms.plant import ClassMapping, Column
from smelt.terms.tables import (
    COVERAGE_KINDS,
    FIXED_TABLES,
    LAKE_FORMAT,
    NO_MONTH,
    TableSpec,
)

TARGET = Path(__file__).with_name("tables.md")
WINDOW_MINUTES = 15
EXAMPLE = ClassMapping(
    "mills",
    (
        Column("Xload", "x_load", "SAMPLE", "float64", "PERCENT", low=0.0, high=200.0),
        Column("execution", "execution", "EVENT", "string"),
        Column("system", "system", "CONDITION", "string"),
    ),
    "execution = 'ACTIVE'",
)
KINDS = {
    "string": "text",
    "double": "float64",
    "float": "float32",
    "bool": "boolean",
    "binary": "bytes",
    "timestamp[us, tz=UTC]": "instant",
    "date32[day]": "date",
    "list<item: string>": "list of text",
    "list<item: struct<signal: string, share: float>>": "list of (signal, share)",
}
HEAD = """\
# Tables

Made by `python docs/make_tables.py` from `src/smelt/terms/*_tables.py`; change those files, not this one.

A lake is a folder (or a prefix in an object store) of Delta tables, and `lake.json`, which holds its format number
({format} today). Instants are UTC with microseconds. A column is never null unless it is marked *null*. Ask with
`smelt sql "select … from copper.observations"`: the slash of a name is a dot there.

| table | one row is |
|---|---|
{index}

Read them as Delta tables (`smelt sql`, Polars `scan_delta`, DuckDB `delta_scan`, Spark). A glob over the Parquet files
reads replaced files too, which stay for a day, and doubles rows.

Beside the tables: `ops/plans/<stage>/N.json` (what plan N read and did), `ops/leases/` (who drives), and
`models/forests/<model_version>.npz` (plain arrays, not a table).
"""
CLASSES = """\
# Tables of a class

Each class of the plant has three tables, whose columns follow from its mapping file. The example is this mapping:

```toml
running = "execution = 'ACTIVE'"

[SAMPLE]
"Xload" = {{column = "x_load", dtype = "float64", unit = "PERCENT", fill = "hold", range = [0.0, 200.0]}}

[EVENT]
"execution" = {{column = "execution", dtype = "string", fill = "hold"}}

[CONDITION]
"system" = {{column = "system", dtype = "string", fill = "hold"}}
```

`origin` has a letter for each column: {origins}.
"""
NOTES = {
    "copper/observations": f"Month `{NO_MONTH}` holds the rows whose stamp cannot be true (before 2000, or more than a "
    "day after their arrival). They enter no grid until silver has repaired their time by sequence.",
    "copper/coverage": f"Kinds, strongest first: {', '.join(COVERAGE_KINDS)}.",
}


def render() -> str:
    """Return the page."""
    mine = class_tables()
    index = [f"| [`{spec.name}`](#{anchor(spec.name)}) | {spec.row} |" for spec in FIXED_TABLES]
    index += [f"| [`{shown(spec)}`](#{anchor(shown(spec))}) | {spec.row} |" for spec in mine]
    parts = [HEAD.format(format=LAKE_FORMAT, index="\n".join(index))]
    parts += [section(spec, spec.name) for spec in FIXED_TABLES]
    parts.append(CLASSES.format(origins=", ".join(f"`{letter}` {word}" for letter, word in ORIGINS.items())))
    parts += [section(spec, shown(spec)) for spec in mine]
    return "\n".join(parts)


def class_tables() -> tuple[TableSpec, ...]:
    """Return the tables of the example class."""
    return silver_table(EXAMPLE), minutes_table(EXAMPLE), features_table(EXAMPLE, WINDOW_MINUTES)


def shown(spec: TableSpec) -> str:
    """Return the name with its class left open."""
    return spec.name.replace(EXAMPLE.class_name, "<class>")


def anchor(name: str) -> str:
    """Return the heading's address on the page."""
    return "".join(c for c in name.lower() if c.isalnum() or c in "_-")


def section(spec: TableSpec, name: str) -> str:
    """Return a table's part of the page."""
    lines = [f"## `{name}`", "", f"One row is {spec.row}."]
    facts = [("Partitioned by", spec.partition_by), ("Sorted by", spec.sort_by)]
    facts_text = " ".join(f"{word} {', '.join(f'`{c}`' for c in columns)}." for word, columns in facts if columns)
    lines += [facts_text] if facts_text else []
    lines += [NOTES[name]] if name in NOTES else []
    lines += ["", "| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{f.name}` | {kind(f)} | {meaning(f)} |" for f in spec.schema]
    return "\n".join(lines) + "\n"


def kind(field: pa.Field) -> str:
    """Return a column's type in words."""
    return KINDS.get(str(field.type), str(field.type)) + (", null" if field.nullable else "")


def meaning(field: pa.Field) -> str:
    """Return a column's comment; a column without one is called by its name."""
    comment = str((field.metadata or {}).get(b"comment", b"").decode())
    return (comment or str(field.name).replace("_", " ")).replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(render())
