"""Landing zone and lake on a real S3 store: the same rows as in folders, one driver at a time, errors in a sentence."""

import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from click.testing import Result
from obstore.store import from_url
from tests import plants
from tests.plants import HOUR, NOW, START, clock, hour_of_work, name_of, packed
from tests.s3 import BUCKET, s3_store, use_s3
from tests.servers import free_port
from typer.testing import CliRunner

from smelt.cli.main import app
from smelt.ingest.landing import Landing
from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.lake.plan import plan_to_do
from smelt.lake.reader import LakeReader
from smelt.runs.compact import compact_lake
from smelt.runs.plant.classes import read_classes
from smelt.runs.plant.config import read_plant
from smelt.runs.probe import current_items
from smelt.runs.run import Request, run
from smelt.runs.sql import query
from smelt.terms.errors import LeaseError
from smelt.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2; with httpx it does the same
    from fastapi.testclient import TestClient

pytestmark = pytest.mark.system

HOURS = 14  # enough running minutes for a model of each machine
PLACE = '[lake]\nuri = "{0}/lake"\n[source]\nlanding = "{0}/raw"'


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store that every test of this module shares; each has a prefix of its own."""
    with pytest.MonkeyPatch.context() as patch, s3_store(tmp_path_factory.mktemp("store")) as port:
        use_s3(patch, port)
        yield


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plant in folders, taken the whole way."""
    root = plants.make_plant(tmp_path_factory.mktemp("local") / "plant", HOURS)
    run(Request(root, {}), clock)
    return root


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same plant with landing zone and lake in the store, taken the whole way."""
    root = plant_at(tmp_path_factory.mktemp("remote") / "plant", "whole", HOURS)
    run(Request(root, {}), clock)
    return root


def plant_at(root: Path, prefix: str, hours: int) -> Path:
    """A plant whose landing zone and lake are below a prefix of the bucket."""
    root.mkdir(parents=True)
    text = plants.PLANT.replace('[source]\nlanding = "raw"', PLACE.format(f"s3://{BUCKET}/{prefix}"))
    (root / "plant.toml").write_text(text)
    (root / "probe.xml").write_text(plants.probe_xml())
    for name, body in plants.hourly(hours):
        land(prefix, name, body)
    return root


def land(prefix: str, name: str, body: bytes) -> None:
    obstore.put(from_url(f"s3://{BUCKET}/{prefix}/raw"), name, body)


def smelt(*args: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in args])


def test_every_table_is_as_in_a_folder(local: Path, remote: Path) -> None:
    here, there = LakeReader(str(local / "lake")), reader_of(remote)
    assert here.names() == there.names()
    expected = plants.results_of(local)
    assert expected["models/versions"].height == 2 and expected["results/scores"].height > 1000
    for name, rows in expected.items():
        found = there.scan(name).collect().sort(plants.RESULTS[name], nulls_last=True)
        assert found.equals(rows), name


def test_a_second_run_does_nothing(remote: Path) -> None:
    assert {s.plans for s in run(Request(remote, {}), clock).stages} == {0}


def test_sql_and_pages_read_it(local: Path, remote: Path) -> None:
    asked = "select device_uuid, count(*) as n, avg(severity) from results.scores group by all order by 1"
    answers = [list(query(LakeReader(uri), asked).rows()) for uri in (str(local / "lake"), lake_of(remote))]
    assert answers[0] == answers[1] and len(answers[0]) == 2
    pages = [pages_of(root) for root in (local, remote)]
    for path in ("/", "/api/fleet"):
        said = [client.get(path) for client in pages]
        assert said[0].status_code == said[1].status_code == 200
        assert said[0].text == said[1].text


def test_commands_read_it(remote: Path) -> None:
    sql = smelt("sql", "--plant", remote, "--json", "select count(*) as n from copper.files")
    assert sql.exit_code == 0 and sql.stdout == f'[{{"n":{HOURS}}}]\n', sql.output
    doctor = smelt("doctor", "--plant", remote, "--port", free_port())
    assert f"{lake_of(remote)}: " in doctor.stdout and "tables" in doctor.stdout


def test_compaction_changes_no_row(tmp_path: Path) -> None:
    root = plant_at(tmp_path / "plant", "compacted", 0)
    for hour in range(5):
        land("compacted", name_of(hour), packed(hour_of_work(hour), 1 + 1000 * hour, START + (hour + 1) * HOUR))
        run(Request(root, {}, parts=("ingest",)), clock)
    reader = reader_of(root)
    before = reader.scan("copper/observations").collect().sort("agent", "instance_id", "sequence")
    done = {c.table: c for c in compact_lake(read_plant(root, {}, {}), clock, 0.0)}
    assert (done["copper/observations"].files_before, done["copper/observations"].files_after) == (5, 1)
    after = reader.scan("copper/observations").collect().sort("agent", "instance_id", "sequence")
    assert before.height and after.equals(before)


def test_what_is_retained_away_is_not_read_again(tmp_path: Path) -> None:
    root = plant_at(tmp_path / "plant", "retained", 6)
    request = Request(root, {}, parts=("ingest",), retain=NOW - (START + 4 * HOUR))
    report = run(request, clock)
    assert report.retained is not None and report.retained.files_deleted == 4
    assert [f.path for f in Landing.at(f"s3://{BUCKET}/retained/raw").files()] == [name_of(4), name_of(5)]
    for name, body in plants.hourly(2):  # the same content at the same place is the same file here
        land("retained", name, body)
    again = run(request, clock)
    assert again.stages[0].plans == 0
    assert again.retained is not None and again.retained.files_deleted == 2


def test_the_newest_hours_are_listed() -> None:
    landing = Landing.at(f"s3://{BUCKET}/newest/raw", ("backup/*",))
    for hour in range(30):
        land("newest", name_of(hour), b"x")
    for name in (
        "raw/2020/01/02/03/x",
        "backup/2020/01/02/05/x",
        ".recorders/x.json",
        "processing-failed/2020/01/02/05/x",
    ):
        land("newest", name, b"x")
    newest = [f.path for f in landing.newest_files(NOW)]
    assert newest == [name_of(27), name_of(28), name_of(29), "raw/2020/01/02/03/x"]
    assert [f.path for f in landing.files()] == [*(name_of(h) for h in range(30)), "raw/2020/01/02/03/x"]


def test_of_many_who_plan_one_is_heard() -> None:
    location = Location.of(f"s3://{BUCKET}/planned/lake")
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: plan_to_do(location, "ingest", 1, lambda: {"by": n}), range(8)))
    assert len({str(plan) for plan in found}) == 1


def test_of_two_ingesters_one_works_and_the_other_says_who(tmp_path: Path) -> None:
    root = plant_at(tmp_path / "plant", "two", 3)
    with hold(Location.of(lake_of(root)), "etl"):
        said = smelt("ingest", "--plant", root, "--once")
        assert said.exit_code == 2 and "etl lease is held by process" in said.stderr
    both = [started("ingest", "--plant", root, "--once", "--wait", "60", "--json") for _ in range(2)]
    outputs = [process.communicate() for process in both]
    assert [p.returncode for p in both] == [0, 0], outputs
    rows = reader_of(root).scan("copper/observations").collect()
    assert rows.height == sum(len(hour_of_work(h)) for h in range(3))
    assert reader_of(root).scan("ops/runs").collect().height == 1


def test_a_dead_holders_lease_expires() -> None:
    location = Location.of(f"s3://{BUCKET}/dead/lake")
    code = (
        "import sys, time\nfrom smelt.lake.lease import hold\nfrom smelt.lake.location import Location\n"
        "with hold(Location(sys.argv[1]), 'etl', 0.0, 3.0):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, location.uri], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder, holder.stdout:
        assert holder.stdout.readline() == "held\n"
        time.sleep(4)  # renewed in the meantime
        with pytest.raises(LeaseError, match=f"process {holder.pid} on "):
            hold(location, "etl").__enter__()
        holder.send_signal(signal.SIGKILL)
    with pytest.raises(LeaseError, match=f"process {holder.pid} on "):
        hold(location, "etl").__enter__()
    with hold(location, "etl", wait_seconds=60):
        pass


@pytest.mark.parametrize(
    ("environment", "option", "code", "said"),
    [
        ({}, "--lake=s3://nowhere-at-all/lake", 2, "NoSuchBucket, The specified bucket does not exist"),
        ({}, "--landing=s3://nowhere-at-all/raw", 2, "NoSuchBucket, The specified bucket does not exist"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, f"--lake=s3://{BUCKET}/wrong/lake", 2, "SignatureDoesNotMatch"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, f"--lake=s3://{BUCKET}/away/lake", 75, "no answer; tried again"),
    ],
)
def test_what_is_wrong_with_a_store_is_a_sentence(
    local: Path, environment: dict[str, str], option: str, code: int, said: str
) -> None:
    result = CliRunner(env=environment).invoke(app, ["run", "--plant", str(local), option])
    assert result.exit_code == code, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith("smelt: store http://127.0.0.1:") and said in line


def test_an_ingest_that_goes_on_outlives_its_store(tmp_path: Path) -> None:
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        use_s3(patch, port)
        patch.setenv("SMELT_WORK_POLL_SECONDS", "0.2")
        with s3_store(tmp_path, port):
            root = plant_at(tmp_path / "plant", "outlives", 2)
            process = started("ingest", "--plant", root)
            lines = iter(process.stderr)  # type: ignore[arg-type]
            assert "2 files" in next(lines)
        assert next(line for line in lines if "no answer" in line or "503" in line).startswith("smelt: store http")
        with s3_store(tmp_path, port):
            land("outlives", name_of(2), packed(hour_of_work(2), 9_000, START + 3 * HOUR))
            assert next(line for line in lines if " files " in line).startswith("3 files")
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate()
            assert process.returncode == 0 and "SIGTERM: stopped after the batch" in errors
            rows = reader_of(root).scan("copper/observations").collect()
    assert rows.height == sum(len(hour_of_work(h)) for h in range(3))


def test_everything_twice_and_half_a_month_later_again(tmp_path: Path, local: Path) -> None:
    """As other objects, in another order, and as the same ones."""
    root = plant_at(tmp_path / "plant", "twice", 0)
    files = list(plants.hourly(HOURS))
    for name, body in reversed(files):
        land("twice", name, body)
        land("twice", f"{name}-again", body)
        land("twice", name, body)
    run(Request(root, {}), clock)
    for name, body in files[::2]:
        land("twice", name.replace("2020/01/", "2020/02/"), body)
    run(Request(root, {}), lambda: NOW + timedelta(days=30))
    for name, rows in plants.results_of(local).items():
        found = reader_of(root).scan(name).collect().sort(plants.RESULTS[name], nulls_last=True)
        if name != "copper/observations":
            assert found.equals(rows), name
        assert found.drop("received_at", strict=False).equals(rows.drop("received_at", strict=False)), name


def started(*args: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "smelt", *(str(a) for a in args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def lake_of(root: Path) -> str:
    return read_plant(root, {}, {}).lake_uri


def reader_of(root: Path) -> LakeReader:
    return LakeReader(lake_of(root))


def pages_of(root: Path) -> TestClient:
    folder = read_plant(root, {}, {})
    reader = LakeReader(folder.lake_uri)
    classes = read_classes(folder.root, folder.plant, current_items(reader))
    return TestClient(create_app(reader, folder.plant, token=None, mappings=classes.mappings))
