"""Many small XML documents, each a text of its own: read together they are scanned, as those of a file are."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np
import pyarrow as pa

from smelt.mtconnect.xml.decode import decode_xml
from smelt.mtconnect.xml.documents import BLANKS
from smelt.terms.observation import Decoded, Origin

_WORTH = 1 << 16  # bytes; fewer are not scanned either
_FIRST = Origin()


def decode_together(texts: Sequence[bytes], origin: Origin) -> list[Decoded | None]:
    """Decode each text as if it stood alone; None for one that is more or less than one whole Streams document.

    Parameters
    ----------
    origin : its `sample_rates` place time series; source and arrival are those of each text, and not noted.
    """
    found: list[Decoded | None] = [None] * len(texts)
    data = b"".join(texts)
    if len(data) < _WORTH or b"\0" in data:
        return found
    decoded = decode_xml(data, replace(_FIRST, sample_rates=origin.sample_rates))
    offsets, lengths = (decoded.documents[name].to_pylist() for name in ("offset", "length"))
    kinds = decoded.documents["kind"].to_pylist()
    places = {span: place for place, span in enumerate(zip(offsets, lengths, kinds, strict=True))}
    borders = np.searchsorted(decoded.rows["document"].to_numpy(), np.arange(len(offsets) + 1)).tolist()
    starts = list(accumulate(map(len, texts), initial=0))[:-1]
    faults = np.searchsorted(starts, [reject.offset for reject in decoded.rejects], "right") - 1
    spoiled = set(faults.tolist())
    for i, (text, start) in enumerate(zip(texts, starts, strict=True)):
        place = places.get((start, len(text.rstrip(BLANKS)), "MTConnectStreams"))
        if place is not None and i not in spoiled:
            rows = decoded.rows.slice(borders[place], borders[place + 1] - borders[place])
            column = rows.schema.get_field_index("document")
            zeros = pa.array(np.zeros(len(rows), np.int32))
            rows = rows.set_column(column, rows.schema.field(column), zeros)
            found[i] = Decoded(rows, decoded.documents.slice(place, 1), ())
    return found
