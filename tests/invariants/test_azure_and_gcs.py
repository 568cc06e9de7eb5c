"""Landing zone and lake on stores that speak Azure's and Google's protocols: as in folders, one driver at a time.

Azure's protocol is spoken by a real server, Azurite; Google's is imitated (contract-tested).
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import azure, gcs, plants
from tests.plants import NOW, clock

from smelt.ingest.landing import Landing
from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.runs.run import Request, run
from smelt.runs.sql import query
from smelt.terms.errors import LeaseError

pytestmark = pytest.mark.system

HOURS = 14  # enough running minutes for a model of each machine


@pytest.fixture(scope="module", params=["az", "gs"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a store; gives the URL of its one container."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "az":
            with azure.azure_store(tmp_path_factory.mktemp("store")) as port:
                azure.use_azure(patch, port)
                yield f"az://{azure.CONTAINER}"
        else:
            with gcs.gcs_store(tmp_path_factory.mktemp("store")) as port:
                gcs.use_gcs(patch, port)
                yield f"gs://{gcs.BUCKET}"


def test_every_table_is_as_in_a_folder(store: str, tmp_path: Path) -> None:
    local = plants.make_plant(tmp_path / "local", HOURS)
    remote = plants.move_plant(local, tmp_path / "remote", f"{store}/lake", f"{store}/raw")
    for root in (local, remote):
        run(Request(root, {}), clock)
    expected = plants.results_of(local)
    assert expected["models/versions"].height == 2
    plants.assert_same_results(plants.results_of(remote), expected)
    assert {s.plans for s in run(Request(remote, {}), clock).stages} == {0}
    (count,) = query(plants.reader_of(remote), "select count(*) from copper.observations").rows()
    assert count == (expected["copper/observations"].height,)
    newest = [f.path for f in Landing.at(f"{store}/raw").newest_files(NOW)]
    assert newest == [plants.name_of(h) for h in range(HOURS - 3, HOURS)]


def test_one_driver_at_a_time(store: str) -> None:
    location = Location.of(f"{store}/leases")
    with hold(location, "etl", expiry_seconds=2.0) as make_sure:
        with pytest.raises(LeaseError, match="etl lease is held by process"):
            hold(location, "etl").__enter__()
        time.sleep(3)  # renewed in the meantime
        make_sure()
    with hold(location, "etl"):
        pass
