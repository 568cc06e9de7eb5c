"""smelt mapping: propose, show and diff, with the exit code that a script asks for."""

import json
from pathlib import Path

from tests.plants import probe_xml


def test_no_drift_ends_with_0(smelt, said, done: Path) -> None:
    result = smelt("mapping", "diff", "--plant", done)
    assert (result.exit_code, result.stdout) == (0, "no drift: probes, data and mapping files agree\n")
    assert said("mapping", "diff", "--plant", done) == {"drift": [], "to_do": 0}


def test_drift_ends_with_1_and_says_what_to_do(smelt, done: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.xml"
    newer.write_text(probe_xml().replace('units="PERCENT"', 'units="NEWTON"'))
    result = smelt("mapping", "diff", "--plant", done, "--probe", newer)
    assert result.exit_code == 1
    assert "which cannot be made of NEWTON: correct it" in result.stdout
    found = json.loads(smelt("mapping", "diff", "--plant", done, "--probe", newer, "--json").stdout)
    assert found["to_do"] == 2 and {d["kind"] for d in found["drift"]} == {"units"}


def test_what_the_files_follow_is_shown_on_request(smelt, done: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.xml"
    newer.write_text(probe_xml().replace('units="PERCENT"', 'units="PERCENT" nativeUnits="KILO"'))
    result = smelt("mapping", "diff", "--plant", done, "--probe", newer)
    assert result.exit_code == 0 and "2 more changes that the mapping files follow" in result.stdout
    assert "PERCENT (native KILO)" in smelt("mapping", "diff", "--plant", done, "--probe", newer, "--all").stdout


def test_mapping_shows_and_proposes(smelt, plant: Path) -> None:
    shown = smelt("mapping", "show", "--plant", plant)
    assert shown.exit_code == 0 and shown.stdout.startswith("# machine\n") and "[SAMPLE]" in shown.stdout
    (plant / "mappings/machine.toml").unlink()
    assert smelt("mapping", "propose", "--plant", plant).stdout == "mappings/machine.toml: 4 columns proposed\n"
    assert smelt("mapping", "show", "--plant", plant).stdout == shown.stdout


def test_lines_as_json(said, done: Path) -> None:
    (text,) = said("mapping", "show", "--plant", done)
    assert text.startswith("# machine\n")
    assert "is there; move it away" in said("mapping", "propose", "--plant", done)[0]


def test_another_word_is_refused(smelt, done: Path) -> None:
    result = smelt("mapping", "guess", "--plant", done)
    assert result.exit_code == 2 and "expected propose, show or diff" in " ".join(result.output.split())
