"""A data file knows its partition."""

import pytest

from smelt.terms.work import DataFile


def test_the_value_of_a_partition_column() -> None:
    file = DataFile("x.parquet", 1, 1, (("month", "2020-01"), ("bucket", "0")))
    assert (file.value("month"), file.value("bucket")) == ("2020-01", "0")
    with pytest.raises(KeyError):
        file.value("device")
