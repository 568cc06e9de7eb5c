"""Observations as lines: columns for people, or JSON with every field."""

import math
from collections.abc import Iterator
from typing import Any

from smelt.cli.output import iso
from smelt.terms.observation import Decoded

_BATCH = 50_000
_CONTROLS = {n: f"\\x{n:02x}" for n in (*range(32), *range(127, 160))} | {9: "\\t", 10: "\\n", 13: "\\r"}
_NAMES = {math.inf: "Infinity", -math.inf: "-Infinity"}


def records(decoded: Decoded) -> Iterator[dict[str, Any]]:
    """Yield each observation with the fields of DECODED_ROWS; times in ISO 8601, NaN and infinities as text."""
    for batch in decoded.rows.to_batches(_BATCH):
        for row in batch.to_pylist():
            if row["event_time"] is not None:
                row["event_time"] = iso(row["event_time"])
            if row["value"] is not None and not math.isfinite(row["value"]):
                row["value"] = _NAMES.get(row["value"], "NaN")
            yield row


def columns(decoded: Decoded) -> Iterator[str]:
    """Yield each observation as a line: time, device, item, category, what it says, sequence and part."""
    widths = [_width(decoded, name) for name in ("device_uuid", "data_item")]
    for row in records(decoded):
        place = "" if row["sequence"] is None else f"  #{row['sequence']}"
        part = f".{row['part']}" if row["part"] else ""
        device, item = (_plain(row[n]).ljust(w) for n, w in zip(("device_uuid", "data_item"), widths, strict=True))
        yield f"{row['event_time'] or '-':<27}  {device}  {item}  {row['category']:<9}  {_said(row)}{place}{part}"


def _width(decoded: Decoded, name: str) -> int:
    import pyarrow.compute as pc

    return max((len(_plain(word)) for word in pc.unique(decoded.rows[name]).to_pylist()), default=0)


def _said(row: dict[str, Any]) -> str:
    """Return level, code and message of a condition; else the text, else the number."""
    said = [row["level"], row["native_code"], row["text"]]
    if row["text"] is None and row["value"] is not None:
        said[2] = row["value"] if isinstance(row["value"], str) else f"{row['value']:.15g}"
    return _plain(" ".join(word for word in said if word)) or "(empty)"


def _plain(text: str) -> str:
    """Return the text without what could move a terminal's cursor or break the line."""
    return text.translate(_CONTROLS)
