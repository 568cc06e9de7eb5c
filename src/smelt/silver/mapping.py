"""Mapping files: which data item feeds which column, read and written as TOML that people edit."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, get_args

import polars as pl

from smelt.terms.errors import InputError
from smelt.terms.observation import Category
from smelt.terms.plant import ClassMapping, Column, Dtype, Fill

RESERVED = frozenset({"device_uuid", "time", "minute", "month", "measured", "origin", "is_live", "is_running"})
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
CATEGORIES: tuple[Category, ...] = get_args(Category)
_SUBQUERY = re.compile(r"\b(select|from|with|table|values)\b", re.IGNORECASE)

_HEADER = """\
# What the columns of class '{name}' are made from: "data item (name or id)" = {{column, ...}}
# dtype  float64 or string             unit   what the values are in; null units stay undeclared
# fill   hold: the last value is carried forward; none: empty between observations
# range  [low, high]: values outside are implausible and missing in gold; -inf and inf leave an end open
"""
_RUNNING = """\
# running: which minutes are scored, an expression over the columns. As it stands: a SAMPLE was measured within
# 10 minutes, which idle machines that twitch fulfil too. Stricter, where there is such a column:
# running = "execution = 'ACTIVE'"
"""
_KEYS = ("column", "dtype", "unit", "fill", "range")


def load_mapping(text: str, class_name: str, path_for_errors: str) -> ClassMapping:
    """Read a mapping file.

    Parameters
    ----------
    text : the file's content: sections SAMPLE, EVENT and CONDITION, and `running` above them.
    class_name : the class that it maps.
    path_for_errors : how messages name the file.

    Raises
    ------
    InputError
        Naming file, line's item, value and what was expected.

    Examples
    --------
    >>> load_mapping('[SAMPLE]\\n"Xload" = {column = "x_load", dtype = "float64"}', "mills", "m.toml").columns[0].name
    'x_load'
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"mapping '{path_for_errors}': not valid TOML: {error}. Correct that line.") from None
    where = f"mapping '{path_for_errors}'"
    unknown = [key for key in content if key not in (*CATEGORIES, "running")]
    if unknown:
        raise InputError(f"{where}: unknown section or key '{unknown[0]}'; it has {', '.join(CATEGORIES)} and running.")
    columns = []
    for category in CATEGORIES:
        section = content.get(category, {})
        if not isinstance(section, dict):
            raise InputError(f"{where}: {category} is {section!r}; expected a section [{category}].")
        columns += [_column(item, line, category, f"{where}, {category} '{item}'") for item, line in section.items()]
    mapping = ClassMapping(class_name, tuple(columns), content.get("running"))
    _check_names(mapping, where)
    _check_running(mapping, where)
    return mapping


def dump_mapping(mapping: ClassMapping) -> str:
    """Write a mapping file that `load_mapping` reads back the same: SAMPLE, EVENT, CONDITION, aligned."""
    parts = [_HEADER.format(name=mapping.class_name)]
    if mapping.running is not None:
        parts.append(f"running = {_quoted(mapping.running)}\n")
    else:
        parts.append(_RUNNING)
    for category in CATEGORIES:
        columns = mapping.of(category)
        heads = [_quoted(c.item) for c in columns]
        names = [f"column = {_quoted(c.name)}," for c in columns]
        wide_head, wide_name = max(map(len, heads), default=0), max(map(len, names), default=0)
        lines = [
            f"{head:<{wide_head}} = {{{name:<{wide_name}} {_rest(column)}}}"
            for head, name, column in zip(heads, names, columns, strict=True)
        ]
        parts.append("\n".join([f"[{category}]", *lines]) + "\n")
    return "\n".join(parts)


def _rest(column: Column) -> str:
    words = [f"dtype = {_quoted(column.dtype)}"]
    if column.unit is not None:
        words.append(f"unit = {_quoted(column.unit)}")
    words.append(f"fill = {_quoted(column.fill)}")
    if column.low is not None or column.high is not None:
        low = "-inf" if column.low is None else repr(column.low)
        high = "inf" if column.high is None else repr(column.high)
        words.append(f"range = [{low}, {high}]")
    return ", ".join(words)


def _quoted(text: str) -> str:
    """Write a TOML basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _column(item: str, line: object, category: Category, where: str) -> Column:
    if not isinstance(line, dict):
        raise InputError(f'{where}: {line!r}; expected {{column = "...", dtype = "float64"}}.')
    unknown = [key for key in line if key not in _KEYS]
    if unknown:
        raise InputError(f"{where}: unknown key '{unknown[0]}'; a line may have {', '.join(_KEYS)}.")
    name = line.get("column")
    if not isinstance(name, str) or not IDENTIFIER.fullmatch(name) or name.lower() in RESERVED:
        raise InputError(
            f"{where}: column {name!r}; expected letters, digits and _ (not one of {', '.join(sorted(RESERVED))})."
        )
    dtype = _one_of(line, "dtype", get_args(Dtype), "string" if category != "SAMPLE" else "float64", where)
    if category == "CONDITION" and dtype != "string":
        raise InputError(f"{where}: dtype '{dtype}'; a condition's level is a string.")
    unit = line.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise InputError(f'{where}: unit {unit!r}; expected the standard\'s word, such as "MILLIMETER".')
    low, high = _range(line.get("range"), where)
    fill = _one_of(line, "fill", get_args(Fill), "hold", where)
    return Column(item, name, category, dtype, unit, fill, low, high)


def _one_of(line: Mapping[str, Any], key: str, choices: tuple[Any, ...], default: str, where: str) -> Any:
    value = line.get(key, default)
    if value not in choices:
        raise InputError(f"{where}: {key} {value!r}; expected {' or '.join(choices)}.")
    return value


def _range(value: object, where: str) -> tuple[float | None, float | None]:
    if value is None:
        return None, None
    numbers = value if isinstance(value, list) else []
    is_number = [isinstance(n, int | float) and not isinstance(n, bool) for n in numbers]
    if len(numbers) != 2 or not all(is_number) or not numbers[0] <= numbers[1]:
        raise InputError(f"{where}: range {value!r}; expected [low, high] with low <= high, such as [0, 200].")
    low, high = float(numbers[0]), float(numbers[1])
    return (None if low == float("-inf") else low), (None if high == float("inf") else high)


def _check_names(mapping: ClassMapping, where: str) -> None:
    taken: dict[str, Column] = {}
    for column in mapping.columns:
        other = taken.setdefault(column.name.lower(), column)
        if other is not column:
            raise InputError(
                f"{where}: column '{column.name}' is fed by '{other.item}' and by '{column.item}'; rename one of them."
            )


def _check_running(mapping: ClassMapping, where: str) -> None:
    if mapping.running is None:
        return
    if not isinstance(mapping.running, str):
        raise InputError(f"{where}: running is {mapping.running!r}; expected an expression such as \"mode = 'AUTO'\".")
    kinds = {c.name: pl.Float64 if c.dtype == "float64" else pl.String for c in mapping.columns}
    try:
        if _SUBQUERY.search(mapping.running):
            raise ValueError("it may only compare this class's columns")
        result = pl.DataFrame(schema=kinds).select(pl.sql_expr(mapping.running)).dtypes
    except (pl.exceptions.PolarsError, ValueError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise InputError(f"{where}: running = {mapping.running!r}: {reason}. Correct it, or delete the line.") from None
    if result != [pl.Boolean]:
        raise InputError(f"{where}: running = {mapping.running!r} gives {result[0]}; expected true or false.")
