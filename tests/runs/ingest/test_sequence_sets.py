"""Sequences in arrays are those in runs."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.batch import make_batch
from smelt.copper.rows import Run, merge_runs
from smelt.mtconnect.rows import Building, Cell, Document, Row, Rows
from smelt.runs.ingest.sequence_sets import SequenceSets

RUNS = st.lists(
    st.builds(lambda a, i, f, n: Run(a, i, f, f + n), st.sampled_from("ab"), st.integers(1, 2), st.integers(0, 60),
              st.integers(0, 5)),
    max_size=12,
)  # fmt: skip


def batch_of(sequences: list[int]) -> pa.Table:
    building, rows = Building(documents=[Document(0, 0, "MTConnectStreams", "json-v2", "a", 1)]), Rows()
    rows.add_all(Row(number, 0, "x", "SAMPLE", number, Cell(1.0)) for number in sequences)
    building.add_rows("m", rows)
    return building.finish().rows


@given(st.lists(RUNS, max_size=4))
def test_runs_that_touch_are_one(added: list[list[Run]]) -> None:
    sets = SequenceSets()
    for runs in added:
        sets.add(runs)
    assert sorted(sets.runs()) == merge_runs(run for runs in added for run in runs)


@given(RUNS, st.lists(st.integers(0, 70), min_size=1, unique=True))
def test_what_has_come_is_not_new(runs: list[Run], sequences: list[int]) -> None:
    sets = SequenceSets()
    sets.add(runs)
    batch = make_batch([batch_of(sequences)], ["a"], np.zeros(1, np.int64))
    is_new = np.ones(len(sequences), np.bool_)
    sets.leave_out(batch, is_new)
    known = {n for r in runs if (r.agent, r.instance_id) == ("a", 1) for n in range(r.first, r.last + 1)}
    assert is_new.tolist() == [n not in known for n in batch.sequence.tolist()]
