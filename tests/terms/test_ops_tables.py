"""How it went: plans are counted alike in tasks and runs, and fingerprints fit what Delta stores."""

import pyarrow as pa

from smelt.terms.ops_tables import QUALITY, RUNS, TASKS


def test_a_task_and_its_run_name_stage_and_plan_alike() -> None:
    for name in ("stage", "plan"):
        assert TASKS.schema.field(name).equals(RUNS.schema.field(name)), name


def test_a_fingerprint_is_a_signed_number_of_64_bits() -> None:
    assert TASKS.schema.field("fingerprint").type == pa.int64()


def test_lateness_is_a_histogram_of_steps_and_rows() -> None:
    assert pa.types.is_list(QUALITY.schema.field("lateness_steps").type)
    assert QUALITY.schema.field("lateness_rows").type == pa.list_(pa.int64())
    assert QUALITY.sort_by == ("device_uuid", "period")
