"""Tables of what is learned agree on how a model, its scores and its episodes are named."""

import pyarrow as pa

from smelt.terms.result_tables import CONTRIBUTIONS, EPISODES, MODELS, SCORES


def test_a_score_and_an_episode_name_their_device_and_model_alike() -> None:
    for name in ("device_uuid", "model_version"):
        fields = [spec.schema.field(name) for spec in (MODELS, SCORES, EPISODES)]
        assert {f.type for f in fields} == {pa.string()} and not any(f.nullable for f in fields), name


def test_contributions_are_signals_with_a_share_in_both() -> None:
    assert SCORES.schema.field("contributions").type == EPISODES.schema.field("contributions").type == CONTRIBUTIONS
    assert [f.name for f in CONTRIBUTIONS.value_type] == ["signal", "share"]


def test_every_score_has_its_severity_and_the_threshold_that_it_was_read_with() -> None:
    assert not any(SCORES.schema.field(n).nullable for n in ("score", "severity", "threshold"))
