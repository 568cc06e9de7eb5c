"""The states of recorders, as the page reads them: the newest of each, whatever else lies there."""

import json
from dataclasses import replace
from pathlib import Path

from smelt.ingest.recorder import Gap, Part
from smelt.ingest.recorder_state import KEPT_GAPS, RecorderState, SourceState, recorder_states

STATE = RecorderState("shop", "process 1 on vm", 1, 2, "landing", 3, 4, sources=(SourceState("mill", "http://mill"),))


def write(folder: Path, name: str, state: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(state))


def test_a_state_reads_as_it_was_written(tmp_path: Path) -> None:
    state = replace(STATE, sources=(STATE.sources[0].with_gap(Gap("lost", 5, 7, "seven")),))
    write(tmp_path / ".recorders", "shop.state.json", state.as_json())
    assert recorder_states(str(tmp_path)) == [state]


def test_the_newest_of_zone_and_spool_counts(tmp_path: Path) -> None:
    newer = replace(STATE, written_at_us=9, error="zone is away")
    write(tmp_path / "landing/.recorders", "shop.state.json", STATE.as_json())
    write(tmp_path / "landing/.recorders", "hall.state.json", replace(STATE, name="hall").as_json())
    write(tmp_path / "spool/shop", "state.state.json", newer.as_json())
    found = recorder_states(str(tmp_path / "landing"), tmp_path / "spool")
    assert found == [replace(STATE, name="hall"), newer]


def test_what_is_no_state_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / ".recorders", "a.state.json", {"name": "a"})
    write(tmp_path / ".recorders", "b.state.json", [])
    (tmp_path / ".recorders/c.state.json").write_text("{")
    (tmp_path / ".recorders/shop.json").write_text("{}")
    assert recorder_states(str(tmp_path)) == []
    assert recorder_states(str(tmp_path / "absent"), tmp_path / "absent") == []


def test_parts_end_an_error_and_gaps_are_kept_for_a_while() -> None:
    state = replace(STATE.sources[0], error="away")
    state = state.with_parts([Part(b"12", "", "", 10, created_at_us=4), Part(b"3", "", "", 12, observations=2)], 12)
    assert (state.parts, state.bytes, state.observations, state.error, state.last_contact_us) == (2, 3, 2, None, 12)
    assert state.with_parts([], 20).last_contact_us == 20
    for n in range(KEPT_GAPS + 5):
        state = state.with_gap(Gap("lost", n, n if n % 2 else None, ""))
    assert len(state.gaps) == KEPT_GAPS and state.gaps[-1].at_us == KEPT_GAPS + 4
    assert state.lost == sum(n for n in range(KEPT_GAPS + 5) if n % 2)
