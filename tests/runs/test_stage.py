"""What every stage is to the driver: a name of its own, a kernel that another process finds, the protocol's shape."""

import pickle

from smelt.runs.coverage import Coverage
from smelt.runs.episodes import Episodes
from smelt.runs.gold import Gold
from smelt.runs.ingest.stage import Ingest
from smelt.runs.score import Scores
from smelt.runs.silver import Silver
from smelt.runs.stage import MAX_TASKS, Change, Outcome, Stage
from smelt.runs.train import Train
from smelt.terms.tables import QUARANTINE

STAGES = (Ingest, Coverage, Silver, Gold, Train, Scores, Episodes)


def test_names_are_their_own() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)


def test_kernels_are_found_by_another_process() -> None:
    for stage in STAGES:
        assert pickle.loads(pickle.dumps(stage.kernel)) is stage.kernel


def test_stages_have_all_that_the_driver_asks_for() -> None:
    wanted = {name for name in vars(Stage) if not name.startswith("_")}
    assert wanted == {"name", "kernel", "plan", "tasks", "outcome", "left"}
    for stage in STAGES:
        assert wanted <= set(dir(stage))


def test_a_change_removes_nothing_and_an_outcome_rejects_nothing_unless_it_says_so() -> None:
    assert Change(QUARANTINE, ()).removes == ()
    assert Outcome((), (), 0).rejects == 0
    assert MAX_TASKS == 16
