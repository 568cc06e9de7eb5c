"""A table as a pyarrow dataset, for engines that read Arrow: files are pruned by the statistics that there are."""

from functools import reduce
from operator import and_

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from smelt.lake.reader import open_table


def open_dataset(address: str) -> ds.Dataset:
    """Return the newest version of a table.

    delta-rs's own dataset says of a column without statistics that it lies between null and null, so that
    any filter on such a column finds nothing: each file's guarantee is written anew here. A folder's files are read
    by Arrow itself: delta-rs's way leads through Python, and a thread that still reads ahead as Python ends aborts the
    process (a LIMIT leaves such threads behind).
    """
    table = open_table(address)
    whole = table.to_pyarrow_dataset()
    stated = {row["path"]: row for row in pa.table(table.get_add_actions(flatten=True)).to_pylist()}
    files = whole.filesystem if "://" in address else SubTreeFileSystem(address, LocalFileSystem())
    fragments = [
        whole.format.make_fragment(
            file.path, filesystem=files, partition_expression=_guarantee(stated[file.path], whole.schema)
        )
        for file in whole.get_fragments()
    ]
    return ds.FileSystemDataset(fragments, whole.schema, whole.format, files)


def _guarantee(stated: dict[str, object], schema: pa.Schema) -> ds.Expression:
    """Say what holds for every row of a file: its partition, and bounds of columns that cannot be null."""
    known = [ds.scalar(True)]
    for field in schema:
        column = ds.field(field.name)
        if f"partition.{field.name}" in stated:
            known.append(column == pa.scalar(stated[f"partition.{field.name}"], field.type))
        low, high = (stated.get(f"{side}.{field.name}") for side in ("min", "max"))
        if low is not None and high is not None and not field.nullable:
            known += [column >= pa.scalar(low, field.type), column <= pa.scalar(high, field.type)]
    return reduce(and_, known)
