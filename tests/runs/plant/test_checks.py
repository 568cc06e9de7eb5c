"""Mistakes in plant.toml, the environment or a flag are said in one sentence that names place and value."""

from pathlib import Path

import pytest

from smelt.runs.plant.config import PLANT_FILE, read_plant
from smelt.terms.errors import InputError


def write(root: Path, text: str) -> Path:
    (root / PLANT_FILE).write_text(text)
    return root


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", r"plant\.toml: not TOML .*; mend the line"),
        ("tress = 5", r"plant\.toml: unknown setting 'tress'; known here: .*timezone"),
        ("[training]\ntress = 5", r"unknown setting 'training\.tress'; known here: .*\btrees\b"),
        (
            "[[devices]]\nuuid = 'u'\nname = 'n'\nkind = 'x'",
            r"unknown setting 'devices\.kind'; known here: class, name",
        ),
        ("[[agents]]\nname = 'n'\nprefix = 'p'\nuri = 'x'", r"unknown setting 'agents\.uri'"),
        ("[training]\ntrees = 'many'", r"training\.trees = 'many': .*integer"),
        ("[alarms]\nbudget_per_168h = 'two'", r"alarms\.budget_per_168h = 'two': .*number"),
        ("[work]\nengine = 'spark'", r"work\.engine = 'spark': .*'in-process'"),
        ("[[devices]]\nname = 'n'", r"devices\.0\.uuid"),
        ("training = 5", r"training = 5: expected a section \[training\]"),
        ("devices = 5", r"devices = 5: expected \[\[devices\]\]"),
        ("devices = [1]", r"devices = \[1\]: expected \[\[devices\]\]"),
        ("[devices]\nname = 'n'", r"devices = .*: expected \[\[devices\]\]"),
        ("contact_timeout_minutes = 0", r"contact_timeout_minutes = 0: expected a number above 0"),
        ("[training]\ntrees = 0", r"training\.trees = 0: expected a number above 0"),
        ("[training]\ntrain_share = 1.5", r"training\.train_share = 1\.5: expected .* between 0 and 1"),
        ("[training]\ntrain_share = 0.8\ncalibration_share = 0.4", r"train_share \+ .*calibration_share = 1\.2"),
        ("[alarms]\nbudget_per_168h = -1", r"alarms\.budget_per_168h = -1\.0: expected a number above 0"),
        ("[work]\nworkers = -1", r"work\.workers = -1"),
        ("[[devices]]\nuuid = 'u'\nname = 'n'\nclass = '../x'", r"class '\.\./x' of device 'n': expected letters"),
        ("[[devices]]\nuuid='u'\nname='n'\n[[devices]]\nuuid='u'\nname='m'", r"two devices have the uuid 'u'"),
        ("[[devices]]\nuuid='u'\nname='n'\n[[devices]]\nuuid='v'\nname='n'", r"two devices have the name 'n'"),
    ],
)
def test_a_mistake_is_said_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_plant(write(tmp_path, text), {}, {})
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"environment SMELT_TRAINING_TREES: training\.trees = 'many'"):
        read_plant(tmp_path, {}, {"SMELT_TRAINING_TREES": "many"})
    with pytest.raises(InputError, match=r"flag: work\.engine = 'fast'"):
        read_plant(tmp_path, {"work.engine": "fast"}, {})
