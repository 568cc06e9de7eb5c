"""init, mapping, config and simulate, as a person calls them."""

import json
from pathlib import Path

import pytest
from tests.plants import probe_xml


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    (tmp_path / "probe.xml").write_text(probe_xml())
    return tmp_path / "probe.xml"


def test_init_says_what_it_made_and_what_is_next(smelt, probe: Path, tmp_path: Path) -> None:
    result = smelt("init", tmp_path / "new", "--probe", probe)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"plant.toml: 2 devices in {tmp_path / 'new'}",
        "mappings/machine.toml: 4 columns proposed; read it through, it decides what silver holds",
        f"Next: smelt run --plant {tmp_path / 'new'} --landing FOLDER",
    ]


def test_init_in_json(said, probe: Path, tmp_path: Path) -> None:
    found = said("init", tmp_path / "new", "--probe", probe)
    assert found["mappings"] == {"machine": 4}
    assert [d["name"] for d in found["devices"]] == ["DRILL", "MILL"]


def test_init_twice_is_refused(smelt, probe: Path, tmp_path: Path) -> None:
    smelt("init", tmp_path / "new", "--probe", probe)
    result = smelt("init", tmp_path / "new", "--probe", probe)
    assert result.exit_code == 2 and "is a plant already" in result.stderr


def test_config_says_where_a_value_comes_from(smelt, said, done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMELT_ALARMS_BUDGET_PER_168H", "3")
    rows = {r["name"]: (r["value"], r["origin"]) for r in said("config", "--plant", done)}
    assert rows["training.trees"] == (5, "file plant.toml")
    assert rows["alarms.budget_per_168h"][1] == "environment SMELT_ALARMS_BUDGET_PER_168H"
    assert rows["timezone"] == ("UTC", "default")
    assert "environment SMELT_ALARMS_BUDGET_PER_168H" in smelt("config", "--plant", done).stdout


@pytest.mark.system
def test_simulate_and_what_is_next(smelt, tmp_path: Path) -> None:
    result = smelt("simulate", tmp_path / "plant", "--days", 1)
    assert result.exit_code == 0
    assert "1 days from" in result.stdout
    assert result.stdout.splitlines()[-1] == f"Next: smelt run --plant {tmp_path / 'plant'}"
    again = smelt("simulate", tmp_path / "plant", "--days", 1)
    assert again.exit_code == 2
    dry = smelt("run", "--plant", tmp_path / "plant", "--dry-run", "--json")
    assert json.loads(dry.stdout)["stages"][0]["tasks"] > 0
