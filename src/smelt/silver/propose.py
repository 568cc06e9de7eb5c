"""Propose a class's mapping from its devices' probe: signals in, clocks, texts, vectors and bookkeeping out."""

import re
from dataclasses import dataclass, field
from itertools import chain, count

import polars as pl

from smelt.silver.mapping import CATEGORIES, RESERVED
from smelt.silver.units import conversion
from smelt.terms.plant import ClassMapping, Column

# Contact and identity (coverage knows them), free text, and counters: a clock that only rises looks abnormal for ever.
UNLIKE_SIGNALS = re.compile(
    r"AVAILABILITY|ASSET_.*|ADAPTER_.*|DEVICE_.*|MESSAGE|ALARM|BLOCK|.*COMMENT|MTCONNECT_VERSION|CONNECTION_STATUS"
    r"|OBSERVATION_UPDATE_RATE|CLOCK_TIME|DATE_CODE|SERIAL_NUMBER|APPLICATION|FIRMWARE|HARDWARE|LIBRARY|LICENSE"
    r"|NETWORK|WIRELESS|OPERATING_SYSTEM|OPERATOR_ID|USER|ACCUMULATED_TIME|EQUIPMENT_TIMER|PROCESS_TIMER"
)
SCALARS = ("VALUE", "DISCRETE")


@dataclass
class _Candidate:
    """What the class's devices say together about one line of the mapping."""

    item: str
    category: str
    type: str
    sub_type: str | None
    units: str | None
    component: str
    has_name: bool
    has_one_unit: bool = True
    ids: set[str] = field(default_factory=set)


def propose(class_name: str, data_items: pl.DataFrame, seen: set[str] | None = None) -> ClassMapping:
    """Propose the mapping of a class.

    Parameters
    ----------
    data_items : DATA_ITEMS rows of all the class's devices; the agent's own device is left out.
    seen : ids of the items that said something; others are left out. None: all of the probe.

    Returns
    -------
    A line for each signal, named by data item name where that is unique in each device (so that one line
    serves every device), else by id. SAMPLE becomes float64 in declared units, EVENT a string, or float64 if the
    probe declares units, CONDITION a level. Where devices declare units that do not become one another, the line
    has none: each device's values stay in its own. `running` is left to the default.

    Notes
    -----
    Left out: vectors, time series, data sets and tables; availability, assets, messages, comments; counters
    of time. They stay in copper, and a line in the mapping brings each of them in.
    """
    usable = data_items.filter(
        ~pl.col("is_agent"),
        pl.col("representation").fill_null("VALUE").is_in(SCALARS),
        ~pl.col("units").fill_null("").str.ends_with("_3D"),
        ~pl.col("type").str.replace(r"^.*:", "").str.contains(f"^(?:{UNLIKE_SIGNALS.pattern})$"),
        pl.col("type") != "PATH_POSITION",
    )
    candidates = _candidates(usable, data_items)
    if seen is not None:
        candidates = [c for c in candidates if c.ids & seen]
    taken = {name.lower() for name in RESERVED}
    columns = [_column(c, taken) for category in CATEGORIES for c in candidates if c.category == category]
    return ClassMapping(class_name, tuple(columns))


def _candidates(usable: pl.DataFrame, data_items: pl.DataFrame) -> list[_Candidate]:
    by_name = data_items.filter(pl.col("name").is_not_null()).unique(["device_uuid", "category", "id"])
    counts = by_name.group_by("device_uuid", "category", "name").len().filter(pl.col("len") > 1)
    ambiguous = set(counts.select("category", "name").iter_rows())
    ids = set(data_items["id"])
    found: dict[tuple[str, str], _Candidate] = {}
    for row in usable.iter_rows(named=True):
        name = row["name"]
        has_name = bool(name) and (row["category"], name) not in ambiguous and (name not in ids or name == row["id"])
        key = name if has_name else row["id"]
        candidate = found.setdefault(
            (row["category"], key),
            _Candidate(
                key, row["category"], row["type"], row["sub_type"], row["units"], row["component"], has_name=has_name
            ),
        )
        candidate.ids.add(row["id"])
        candidate.units = candidate.units or row["units"]
    for category, item, name, units in data_items.select("category", "id", "name", "units").iter_rows():
        for line in (found.get((category, key)) for key in (item, name)):  # a line means both: an id, else a name
            if line is not None:
                line.has_one_unit &= conversion(units, line.units) is not None
    return list(found.values())


def _column(candidate: _Candidate, taken: set[str]) -> Column:
    is_number = candidate.category == "SAMPLE" or (candidate.category == "EVENT" and candidate.units is not None)
    return Column(
        item=candidate.item,
        name=_name(candidate, taken),
        category=candidate.category,  # type: ignore[arg-type]
        dtype="float64" if is_number else "string",
        unit=candidate.units if is_number and candidate.has_one_unit else None,
    )


def _name(candidate: _Candidate, taken: set[str]) -> str:
    """Name the column, remembering it in `taken`: from name, else from component and type, made unique."""
    if candidate.has_name:
        first = snake_case(candidate.item)
    else:
        leaf = candidate.component.rsplit("/", 1)[-1]
        part = re.sub(r"^.*\[(.*)\]$", r"\1", leaf)
        words = [part, candidate.type or candidate.item, candidate.sub_type or ""]
        first = snake_case("_".join(word for word in words if word))
    more = [snake_case(f"{first}_{candidate.sub_type}")] if candidate.sub_type else []
    choices = chain([first, *more, f"{first}_{candidate.category.lower()}"], (f"{first}_{n}" for n in count(2)))
    name = next(choice for choice in choices if choice.lower() not in taken)
    taken.add(name.lower())
    return name


def snake_case(text: str) -> str:
    """Make a safe identifier in lower case.

    Examples
    --------
    >>> snake_case("PartCountAct"), snake_case("x:TOOL_GROUP"), snake_case("S2temp"), snake_case("3rd axis")
    ('part_count_act', 'tool_group', 's2temp', 'n3rd_axis')
    """
    text = re.sub(r"\b[a-z]+:", "", text.strip())
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", text)
    text = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:80].strip("_")
    if not text:
        return "item"
    return f"n{text}" if text[0].isdigit() else text
