"""A caller's mistake: exit code 2, one sentence, nothing written."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.plants import edit_mapping, make_plant, snapshot

from smelt.cli.guard import guarded
from smelt.terms.errors import InputError, TransientError
from smelt.terms.tables import LAKE_FORMAT


def raising(error: BaseException):
    def command() -> None:
        """Do nothing well."""
        raise error

    return guarded(command)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (InputError("a is b; expected c."), 2, "smelt: a is b; expected c.\n"),
        (TransientError("the store is away; try again."), 75, "smelt: the store is away; try again.\n"),
        (
            OSError("Error performing GET http://s:1/b in 1ms - Server returned non-2xx status code: 403 Forbidden: "),
            2,
            "smelt: store http://s:1/b: 403 Forbidden; expected keys that may list, read, write and delete there. "
            "Mend the keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL; AZURE_… and "
            "GOOGLE_… likewise).\n",
        ),
        (
            RuntimeError("Error performing GET http://s:1/b in 1ms - HTTP error: error sending request"),
            75,
            "smelt: store http://s:1/b: no answer; tried again for a while. Nothing is half done: run it again.\n",
        ),
        (
            PermissionError(13, "Permission denied", "/x"),
            2,
            "smelt: [Errno 13] Permission denied: '/x'. Check that path, its permissions and the disk's free space, "
            "then run it again.\n",
        ),
        (
            RuntimeError("Generic LocalFileSystem error: Unable to open file /l/lake.json#1: Read-only (os error 30)"),
            2,
            "smelt: Unable to open file /l/lake.json#1: Read-only. Check that path, its permissions and the disk's "
            "free space, then run it again.\n",
        ),
        (KeyboardInterrupt(), 130, "smelt: stopped; what was committed stays, run it again to go on.\n"),
    ],
)
def test_an_error_is_a_sentence_and_a_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, text: str
) -> None:
    with pytest.raises(typer.Exit) as caught:
        raising(error)()
    assert caught.value.exit_code == code
    assert capsys.readouterr().err == text


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())()


def test_a_guarded_command_keeps_its_name_and_help() -> None:
    assert raising(InputError("x")).__doc__ == "Do nothing well."


def break_format(root: Path) -> None:
    (root / "lake/lake.json").write_text(json.dumps({"format": LAKE_FORMAT + 1}))


def break_mapping(root: Path) -> None:
    path = root / "mappings/machine.toml"
    path.write_text(path.read_text().replace('"load"  =', '"lode"  ='))


def break_unit(root: Path) -> None:
    edit_mapping(root, "machine", 'unit = "PERCENT"', 'unit = "CELSIUS"')


def break_toml(root: Path) -> None:
    (root / "plant.toml").write_text("devices = [")


def break_probe(root: Path) -> None:
    (root / "probe.xml").write_text("<nothing/>")


def break_static(root: Path) -> None:
    (root / "static.csv").write_text("name,site\nMILL,here\n")


def break_nothing(root: Path) -> None:
    pass


MISTAKES = [
    (break_nothing, ["run", "--landing", "nowhere"], "landing folder '.*nowhere' does not exist"),
    (break_nothing, ["ingest", "--landing", "nowhere"], "landing folder '.*nowhere' does not exist"),
    (break_nothing, ["run", "--probe", "no.xml"], "probe '.*no.xml' is not there"),
    (break_nothing, ["run", "--shdr", "no/*"], "landing folder '.*no' does not exist"),
    (break_nothing, ["run", "--engine", "spark"], "work.engine = 'spark'"),
    (break_nothing, ["run", "--workers", "-2"], "work.workers = -2"),
    (break_nothing, ["train", "--device", "MIL"], "no device 'MIL'; did you mean 'MILL'"),
    (break_nothing, ["exclude", "MIL", "2020-01-01", "2020-01-02", "--why", "x"], "no device 'MIL'; did you mean"),
    (break_nothing, ["exclude", "MILL", "2020-01-02", "2020-01-01", "--why", "x"], "is empty"),
    (break_nothing, ["mapping", "show", "--class", "mills"], "no class 'mills'; the plant has machine"),
    (break_nothing, ["sql", "select * from copper.file"], "no table 'copper.file'; did you mean 'copper.files'"),
    (break_nothing, ["sql", "delete from copper.files"], "one SELECT"),
    (break_nothing, ["init", "."], "is a plant already"),
    (break_mapping, ["run"], "item 'lode' .SAMPLE. is on no device of its class.*did you mean 'load'"),
    (break_mapping, ["train"], "item 'lode'"),
    (break_mapping, ["score"], "item 'lode'"),
    (break_mapping, ["compact"], "item 'lode'"),
    (break_unit, ["run"], "item 'load' is in PERCENT on DRILL, and CELSIUS cannot be made of it"),
    (break_unit, ["score"], "CELSIUS cannot be made of it"),
    (break_format, ["run"], f"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}"),
    (break_format, ["ingest"], f"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}"),
    (break_format, ["train"], f"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}"),
    (break_format, ["compact"], f"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}"),
    (
        break_format,
        ["exclude", "MILL", "2020-01-01", "2020-01-02", "--why", "x"],
        f"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}",
    ),
    (break_format, ["sql", "select 1"], f"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}"),
    (break_toml, ["run"], "not TOML"),
    (break_toml, ["config"], "not TOML"),
    (break_probe, ["run"], "probe"),
    (break_static, ["run"], "static.csv: no column 'device_uuid'"),
]


@pytest.mark.parametrize(("spoil", "args", "message"), MISTAKES, ids=lambda value: getattr(value, "__name__", None))
def test_a_mistake_writes_nothing_and_says_so_in_one_line(  # noqa: PLR0917
    smelt, plant: Path, monkeypatch: pytest.MonkeyPatch, spoil, args: list[str], message: str
) -> None:
    monkeypatch.chdir(plant)
    spoil(plant)
    (plant / "lake/ops/leases/etl.lock").write_text("another process")  # would be overwritten by who takes the lease
    before = snapshot(plant)
    result = smelt(*args)
    assert result.exit_code == 2, result.output
    assert snapshot(plant) == before
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("smelt: "), result.stderr
    assert re.search(message, lines[0]), lines[0]


@pytest.mark.parametrize(
    "args",
    [
        ["run", "--plant", "new", "--landing", "nowhere"],
        ["run", "--plant", "new"],
        ["train", "--plant", "new"],
        ["score", "--plant", "new"],
        ["compact", "--plant", "new"],
        ["exclude", "A", "2020-01-01", "2020-01-02", "--why", "x", "--plant", "new"],
        ["mapping", "propose", "--plant", "new"],
        ["init", "new"],
        ["init", "new", "--probe", "no.xml"],
        ["run"],
        ["config"],
        ["sql", "select * from ops.runs", "--plant", "new"],
    ],
    ids=" ".join,
)
def test_without_a_plant_nothing_is_begun(smelt, tmp_path: Path, args: list[str]) -> None:
    result = smelt(*args)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("smelt: ") and result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_log_of_no_known_device_writes_nothing(smelt, tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    (root / "logs/LATHE").mkdir(parents=True)
    (root / "logs/LATHE/1.txt").write_text("2020-01-01T00:00:00Z|load|1\n")
    before = snapshot(root)
    result = smelt("run", "--plant", root, "--landing", root, "--shdr", f"{root}/logs/*/*")
    assert result.exit_code == 2, result.output
    assert "neither its folder 'LATHE' nor its name says which device it is of" in result.stderr
    assert snapshot(root) == before


@pytest.mark.system
def test_another_driver_is_named_with_exit_code_2(smelt, plant: Path) -> None:
    code = (
        "import sys\nfrom smelt.lake.lease import hold\nfrom smelt.lake.location import Location\n"
        "with hold(Location(sys.argv[1]), 'etl'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(plant / "lake")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        before = snapshot(plant)
        result = smelt("run", "--plant", plant)
        assert result.exit_code == 2
        assert f"lease is held by process {holder.pid} on " in result.stderr
        assert snapshot(plant) == before
    assert smelt("run", "--plant", plant).exit_code == 0


@pytest.mark.system
def test_a_reader_that_has_enough_is_no_error(done: Path) -> None:
    args = [sys.executable, "-c", "from smelt.cli.main import app; app()", "sql", "--plant", str(done), "--csv"]
    with subprocess.Popen(
        [*args, "select range from range(1000000)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "range\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize(
    "args",
    [
        ["run", "--plant", "{file}", "--landing", "{folder}"],
        ["run", "--plant", "{folder}/new", "--landing", "{folder}", "--lake", "{file}"],
        ["init", "{file}", "--probe", "{plant}/probe.xml"],
        ["simulate", "{file}", "--days", "1"],
    ],
)
def test_a_file_where_a_folder_should_be_is_one_sentence(smelt, plant: Path, tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "folder").mkdir()
    places = {"file": str(tmp_path / "file"), "folder": str(tmp_path / "folder"), "plant": str(plant)}
    result = smelt(*(a.format(**places) for a in args))
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1 and result.stderr.startswith("smelt: ")
