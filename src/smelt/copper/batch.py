"""A batch of decoded rows as plain arrays and codes; strings are looked at once per distinct value, never per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from smelt.copper.row_kernels import NONE, find_runs, gather, hash_rows, hash_texts, recode, translate
from smelt.terms.observation import TIME
from smelt.terms.tables import OBSERVATIONS

WORDS = ("device_uuid", "data_item", "category", "text", "level", "native_code")
_OBSERVED = pa.schema(
    [f.with_type(pa.dictionary(pa.int32(), f.type)) if f.type == pa.string() else f for f in OBSERVATIONS.file_schema()]
)
_NO_WORD = np.uint64(0x9AE16A3B2F90404F)  # what a null counts as in a hash


@dataclass(frozen=True)
class Source:
    """Who numbered rows: an agent's instance; logs and records that tell none have None."""

    agent: str
    instance_id: int | None


@dataclass(frozen=True)
class Words:
    """A column of strings: a code for each row (-1 is null) and the distinct strings that codes count."""

    codes: NDArray[np.int32]
    values: pa.StringArray

    def at(self, rows: NDArray[np.int32]) -> pa.DictionaryArray:
        """Return some rows' strings with a dictionary that holds no others."""
        codes, is_valid = np.empty(len(rows), np.int32), np.empty(len(rows), np.bool_)
        numbers, kept = np.full(len(self.values), -1, np.int32), np.empty(len(self.values), np.int32)
        count = recode(self.codes, rows, numbers, kept, codes, is_valid)
        indices = _array(codes, is_valid, pa.int32())
        return pa.DictionaryArray.from_arrays(indices, self.values.take(pa.array(kept[:count])))

    def hashes(self) -> NDArray[np.uint64]:
        """Return the hash of each string; one more entry, the last, is for null."""
        found = np.full(len(self.values) + 1, _NO_WORD, np.uint64)
        _, offsets, data = self.values.buffers()
        if len(self.values):
            first = self.values.offset
            hash_texts(
                _fixed(offsets, np.int32)[first : first + len(self.values) + 1], _fixed(data, np.uint8), found[:-1]
            )
        return found


@dataclass(frozen=True)
class Batch:
    """Rows in the order in which they were read. A null is NONE in int64 columns and -1 in codes.

    `document` counts within the batch, `received_us` is per document, `source` counts in `sources`, which are
    in the order of their instance ids. Codes of device_uuid and data_item are in the order of their strings.
    """

    document: NDArray[np.int32]
    source: NDArray[np.int32]
    sequence: NDArray[np.int64]
    part: NDArray[np.int32]
    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    has_value: NDArray[np.bool_]
    native_units: NDArray[np.bool_]
    words: dict[str, Words]
    sources: tuple[Source, ...]
    received_us: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.source)

    def hashes(self) -> NDArray[np.uint64]:
        """Return 64 bits for what each row says, whoever numbered it: they never depend on codes or on the batch."""
        words = [self.words[name] for name in ("device_uuid", "data_item", "text", "level", "native_code")]
        found = np.empty(len(self), np.uint64)
        device, item, text, level, code = words
        hash_rows(
            device.codes, item.codes, text.codes, level.codes, code.codes,
            device.hashes(), item.hashes(), text.hashes(), level.hashes(), code.hashes(),
            self.time_us, self.sequence, self.part, self.value.view(np.int64), self.has_value, found,
        )  # fmt: skip
        return found

    def is_line(self) -> NDArray[np.bool_]:
        """Say of each row whether nobody numbered it: a log's, or a record's that tells no instance."""
        result: NDArray[np.bool_] = self.sequence == NONE
        unnumbered = np.array([s.instance_id is None for s in self.sources], np.bool_)
        return result | unnumbered[self.source] if unnumbered.any() else result

    def observations(self, rows: NDArray[np.int32]) -> pa.Table:
        """Return some rows as they stand in a file of copper/observations; strings are dictionaries."""
        agents = pa.array([s.agent for s in self.sources], pa.string())
        instances = np.array([NONE if s.instance_id is None else s.instance_id for s in self.sources], np.int64)
        columns: dict[str, pa.Array] = {name: words.at(rows) for name, words in self.words.items()}
        native, has_value = np.empty(len(rows), np.bool_), np.empty(len(rows), np.bool_)
        part, value = np.empty(len(rows), np.int32), np.empty(len(rows), np.float64)
        sequence, time, instance, received = (np.empty(len(rows), np.int64) for _ in range(4))
        gather(
            rows, self.source, self.document, self.native_units, self.part, self.sequence, self.time_us, self.value,
            self.has_value, instances, self.received_us, native, part, sequence, time, value, has_value, instance,
            received,
        )  # fmt: skip
        columns |= {
            "agent": Words(self.source, agents).at(rows),
            "instance_id": _nullable(instance, pa.int64()),
            "sequence": _nullable(sequence, pa.int64()),
            "part": _array(part, None, pa.int32()),
            "event_time": _nullable(time, TIME),
            "value": _array(value, has_value, pa.float64()),
            "native_units": pa.array(native),
            "received_at": _nullable(received, TIME),
        }
        return pa.Table.from_arrays([columns[name] for name in _OBSERVED.names], schema=_OBSERVED)

    def frame(self, rows: NDArray[np.int32]) -> pl.DataFrame:
        """Return a few rows as a frame of copper/observations, strings as strings."""
        return pl.DataFrame(self.observations(rows).cast(OBSERVATIONS.file_schema()))


def make_batch(tables: Sequence[pa.Table], agents: Sequence[str], received_us: NDArray[np.int64]) -> Batch:
    """Put decoded rows together.

    Parameters
    ----------
    tables : DECODED_ROWS each; their documents count on from table to table.
    agents, received_us : of each document.
    """
    columns = {name: [c for t in tables for c in t[name].chunks] for name in tables[0].column_names}
    document = _numbers(columns.pop("document"), pa.int32())
    source, sources = _sources(document, _numbers(columns.pop("instance_id"), pa.int64()), agents)
    words = {name: _words(columns.pop(name), is_ranked=name in ("device_uuid", "data_item")) for name in WORDS}
    has_value = np.concatenate([c.is_valid().to_numpy(zero_copy_only=False) for c in columns["value"]])
    return Batch(
        document,
        source,
        _numbers(columns.pop("sequence"), pa.int64()),
        _numbers(columns.pop("part"), pa.int32()),
        _numbers([c.cast(pa.int64()) for c in columns.pop("event_time")], pa.int64()),
        _numbers(columns.pop("value"), pa.float64()),
        has_value,
        np.concatenate([c.to_numpy(zero_copy_only=False) for c in columns.pop("native_units")]).astype(np.bool_),
        words,
        sources,
        received_us,
    )


def _sources(
    document: NDArray[np.int32], instance: NDArray[np.int64], agents: Sequence[str]
) -> tuple[NDArray[np.int32], tuple[Source, ...]]:
    names = sorted(set(agents))
    numbers = {name: k for k, name in enumerate(names)}
    agent = np.array([numbers[a] for a in agents], np.int32)
    starts = np.empty(len(document), np.int64)
    starts = starts[: find_runs(document, agent, instance, starts)]
    pairs = list(zip(instance[starts].tolist(), agent[document[starts]].tolist(), strict=True))
    ordered = sorted(set(pairs))
    place = {pair: k for k, pair in enumerate(ordered)}
    codes = np.array([place[pair] for pair in pairs], np.int32)
    source = np.repeat(codes, np.diff(np.append(starts, len(document))))
    return source, tuple(Source(names[a], None if i == NONE else i) for i, a in ordered)


def _words(chunks: list[pa.DictionaryArray], is_ranked: bool) -> Words:
    distinct = pa.concat_arrays([c.dictionary for c in chunks]).dictionary_encode()
    values, numbers = distinct.dictionary, np.array(distinct.indices)
    if is_ranked:
        order = pc.sort_indices(values)
        rank = np.empty(len(values), np.int32)
        rank[order.to_numpy()] = np.arange(len(values), dtype=np.int32)
        values, numbers = values.take(order), rank[numbers]
    codes = np.empty(sum(map(len, chunks)), np.int32)
    row = first = 0
    for chunk in chunks:
        own = numbers[first : first + len(chunk.dictionary)]
        translate(*_indices(chunk.indices), own, codes[row : row + len(chunk)])
        row, first = row + len(chunk), first + len(chunk.dictionary)
    return Words(codes, values)


def _indices(indices: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8], int]:
    """Return the numbers of an array as they lie there, the bits that say which are valid, and where those begin."""
    bits, numbers = indices.buffers()
    start = indices.offset
    valid = _fixed(bits if indices.null_count else None, np.uint8)
    return _fixed(numbers, np.int32)[start : start + len(indices)], valid, start


def _fixed(buffer: pa.Buffer | None, kind: type[np.generic]) -> NDArray[Any]:
    """Wrap a buffer without a copy, read-only whoever made it: kernels are compiled for that."""
    array = np.frombuffer(buffer or b"", kind)
    array.flags.writeable = False
    return array


def _numbers(chunks: list[pa.Array], kind: pa.DataType) -> Any:
    null = NONE if pa.types.is_int64(kind) else 0
    return np.concatenate([(c.fill_null(null) if c.null_count else c).to_numpy() for c in chunks])


def _nullable(values: NDArray[np.int64], kind: pa.DataType) -> pa.Array:
    return _array(values, values != NONE, kind)


def _array(values: NDArray[np.generic], is_valid: NDArray[np.bool_] | None, kind: pa.DataType) -> pa.Array:
    """Wrap numbers without a copy."""
    if is_valid is None or is_valid.all():
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
    bits = pa.py_buffer(np.packbits(is_valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)])
