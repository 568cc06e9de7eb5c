"""Landing zone and lake on a store that speaks Azure's protocol: the same rows as in folders, one driver at a time."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import plants
from tests.azure import CONTAINER, azure_store, use_azure
from tests.plants import NOW, clock

from smelt.ingest.landing import Landing
from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.runs.run import Request, run
from smelt.runs.sql import query
from smelt.terms.errors import LeaseError

pytestmark = pytest.mark.system

HOURS = 14  # enough running minutes for a model of each machine


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, azure_store(tmp_path_factory.mktemp("store")) as port:
        use_azure(patch, port)
        yield


def test_every_table_is_as_in_a_folder(tmp_path: Path) -> None:
    local = plants.make_plant(tmp_path / "local", HOURS)
    remote = plants.move_plant(local, tmp_path / "remote", f"az://{CONTAINER}/lake", f"az://{CONTAINER}/raw")
    for root in (local, remote):
        run(Request(root, {}), clock)
    expected = plants.results_of(local)
    assert expected["models/versions"].height == 2
    plants.assert_same_results(plants.results_of(remote), expected)
    assert {s.plans for s in run(Request(remote, {}), clock).stages} == {0}
    (count,) = query(plants.reader_of(remote), "select count(*) from copper.observations").rows()
    assert count == (expected["copper/observations"].height,)
    newest = [f.path for f in Landing.at(f"az://{CONTAINER}/raw").newest_files(NOW)]
    assert newest == [plants.name_of(h) for h in range(HOURS - 3, HOURS)]


def test_one_driver_at_a_time() -> None:
    location = Location.of(f"az://{CONTAINER}/leases")
    with hold(location, "etl", expiry_seconds=2.0) as make_sure:
        with pytest.raises(LeaseError, match="etl lease is held by process"):
            hold(location, "etl").__enter__()
        time.sleep(3)  # renewed in the meantime
        make_sure()
    with hold(location, "etl"):
        pass
