"""Read silver's measured bitmap."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from smelt.terms.errors import ShapeError


def measured_flags(measured: pl.Series, width: int) -> NDArray[np.bool_]:
    """Unpack a measured bitmap.

    Parameters
    ----------
    measured : binary cells of (width + 7) // 8 bytes; bit i, lowest first, is column i.
    width : number of the mapping's columns.

    Returns
    -------
    shape (len(measured), width): whether the column was observed at that instant.

    Raises
    ------
    ShapeError
        If a cell has another number of bytes: the rows were made with another mapping.
    """
    size = (width + 7) // 8
    array = measured.rechunk().to_arrow().cast(pa.large_binary())
    data = b"".join(array.to_pylist()) if array.offset else array.buffers()[2]
    flat = np.frombuffer(data if data is not None else b"", np.uint8)
    if len(flat) < len(measured) * size or (measured.bin.size() != size).any():
        raise ShapeError(
            f"measured bitmap: cells of {measured.bin.size().unique().to_list()} bytes, but {width} columns "
            f"need {size}. These silver rows were made with another mapping: make silver again."
        )
    bits = np.unpackbits(flat[: len(measured) * size].reshape(len(measured), size), axis=1, bitorder="little")
    return np.asarray(bits[:, :width], np.bool_)
