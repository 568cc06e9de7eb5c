"""Data items as a probe declares them, in few words."""

from collections.abc import Callable

import polars as pl
import pytest

from smelt.terms.tables import DATA_ITEMS

Items = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def items() -> Items:
    """Make DATA_ITEMS rows from dictionaries; what they leave out has a plain default."""
    empty = pl.DataFrame(DATA_ITEMS.schema.empty_table())
    plain = {"agent": "a", "device_uuid": "d", "device_name": "D", "category": "SAMPLE", "type": "LOAD"}
    plain |= {"representation": "VALUE", "component": "Axes/Linear[X]", "is_agent": False}

    def make(*rows: dict[str, object]) -> pl.DataFrame:
        return pl.concat([empty, pl.DataFrame([plain | row for row in rows])], how="diagonal_relaxed")

    return make
