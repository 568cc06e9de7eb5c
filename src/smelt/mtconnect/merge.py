"""Several Decodeds of one file to one, with the offsets of the file."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, Decoded


def merge(decodeds: Sequence[Decoded]) -> Decoded:
    """Join what several stretches of a file say, in order; their documents are counted on.

    Examples
    --------
    >>> from smelt.mtconnect.rows import Building
    >>> merge([Building().finish(), Building().finish()]).rows.num_rows
    0
    """
    if len(decodeds) == 1:
        return decodeds[0]
    bases = [0, *accumulate(d.documents.num_rows for d in decodeds)]
    together = list(zip(decodeds, bases, strict=False))
    return Decoded(
        _rows(decodeds, bases[:-1]),
        pa.concat_tables([DECODED_DOCUMENTS.empty_table(), *(d.documents for d in decodeds)]).combine_chunks(),
        tuple(reject for d in decodeds for reject in d.rejects),
        tuple(replace(p, document=p.document + base) for d, base in together for p in d.probes),
        tuple(replace(a, document=a.document + base) for d, base in together for a in d.assets),
    )


def _rows(decodeds: Sequence[Decoded], bases: Sequence[int]) -> pa.Table:
    rows = pa.concat_tables([DECODED_ROWS.empty_table(), *(d.rows for d in decodeds)])
    rows = rows.unify_dictionaries().combine_chunks()
    added = np.repeat(np.array(bases, np.int32), [d.rows.num_rows for d in decodeds])
    place = rows.schema.get_field_index("document")
    documents = pa.array(rows["document"].to_numpy() + added, pa.int32())
    return rows.set_column(place, DECODED_ROWS.field("document"), documents)


def moved(decoded: Decoded, by: int) -> Decoded:
    """Return what a stretch of a file says with the offsets of the file: the stretch begins at byte `by`."""
    place = decoded.documents.schema.get_field_index("offset")
    offsets = pc.add(decoded.documents["offset"], pa.scalar(by, pa.int64()))
    documents = decoded.documents.set_column(place, decoded.documents.schema.field(place), offsets)
    return replace(
        decoded, documents=documents, rejects=tuple(replace(r, offset=r.offset + by) for r in decoded.rejects)
    )
