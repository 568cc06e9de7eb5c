"""One driver per lake: a second one is told who holds it, or waits; a killed holder holds nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from smelt.lake import lease
from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.terms.errors import InputError, LeaseError

WHERE = Path(__file__).parents[2]


@pytest.fixture(params=["folder", "store"])
def held(request: pytest.FixtureRequest, location: Location) -> Location:
    """A lake in a folder, whose lease is a lock, and one in an object store, whose lease is a put."""
    return location if request.param == "folder" else Location.of("memory:///lake")


def test_it_is_free_again_after_the_block(held: Location) -> None:
    for _ in range(2):
        with hold(held, "etl"):
            pass


def test_it_is_free_again_after_an_error(held: Location) -> None:
    with pytest.raises(RuntimeError), hold(held, "etl"):
        raise RuntimeError
    with hold(held, "etl"):
        pass


def test_a_second_holder_is_told_who_holds_it(held: Location) -> None:
    with hold(held, "etl"):
        with pytest.raises(LeaseError, match=rf"etl lease is held by process {os.getpid()} on .*--wait SECONDS"):
            hold(held, "etl").__enter__()
        with hold(held, "ml"):  # another role is another lease
            pass


def test_that_is_the_callers_error() -> None:
    assert issubclass(LeaseError, InputError)


def test_a_second_holder_waits(held: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "POLL_SECONDS", 0.01)
    first = hold(held, "etl")
    first.__enter__()
    releases = threading.Timer(0.1, first.__exit__, (None, None, None))
    releases.start()
    with hold(held, "etl", wait_seconds=30):
        assert releases.finished.is_set()
    releases.join()


def test_waiting_ends_when_it_is_to_stop(held: Location) -> None:
    with hold(held, "etl"), pytest.raises(LeaseError, match="etl lease is held by process"):
        hold(held, "etl", wait_seconds=3600, should_stop=lambda: True).__enter__()


def test_the_lock_names_its_holder(location: Location) -> None:
    with hold(location, "etl"):
        text = Path(location.uri, "ops/leases/etl.lock").read_text()
    assert text.startswith(f"process {os.getpid()} on ")


def test_a_store_lease_that_expired_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    location = Location.of("memory:///lake")
    body = json.dumps({"who": "process 1 on elsewhere"}).encode()
    lease.obstore.put(location.store, "ops/leases/etl.json", body)
    with pytest.raises(LeaseError, match="process 1 on elsewhere"):
        hold(location, "etl").__enter__()
    monkeypatch.setattr(lease, "EXPIRY_SECONDS", -1.0)
    with hold(location, "etl"):
        found = json.loads(bytes(lease.obstore.get(location.store, "ops/leases/etl.json").bytes()))
    assert found["who"].startswith(f"process {os.getpid()} on ")


@pytest.mark.system
def test_it_is_free_after_its_holder_was_killed(location: Location) -> None:
    code = (
        "import sys, time\nfrom smelt.lake.lease import hold\nfrom smelt.lake.location import Location\n"
        "with hold(Location(sys.argv[1]), 'etl'):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, location.uri], cwd=WHERE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder, holder.stdout:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LeaseError, match=f"process {holder.pid} on "):
            hold(location, "etl").__enter__()
        holder.send_signal(signal.SIGKILL)
        assert holder.wait(30) == -signal.SIGKILL
    with hold(location, "etl"):
        pass


def store_lease(location: Location) -> tuple[str | None, dict[str, object]]:
    found = lease.obstore.get(location.store, "ops/leases/etl.json")
    return found.meta["e_tag"], json.loads(bytes(found.bytes()))


def until(is_so: Callable[[], bool]) -> None:
    """Look again and again, for a minute at most."""
    for _ in range(6_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def test_a_dead_holders_store_lease_expires_when_it_said_so() -> None:
    location = Location.of("memory:///lake")
    body = json.dumps({"who": "process 1 on elsewhere", "expires_after_s": 0.3}).encode()
    lease.obstore.put(location.store, "ops/leases/etl.json", body)
    with hold(location, "etl", wait_seconds=60):
        assert str(store_lease(location)[1]["who"]).startswith(f"process {os.getpid()} on ")


def test_the_holder_of_a_store_lease_renews_it() -> None:
    location = Location.of("memory:///lake")
    with hold(location, "etl", expiry_seconds=0.1) as make_sure:
        first = store_lease(location)
        until(lambda: store_lease(location)[0] != first[0])
        make_sure()
        assert store_lease(location)[1]["who"] == first[1]["who"]


def test_a_holder_whose_store_lease_was_taken_is_told() -> None:
    location = Location.of("memory:///lake")
    with hold(location, "etl", expiry_seconds=0.1) as make_sure:
        taken = json.dumps({"who": "process 1 on elsewhere"}).encode()
        lease.obstore.put(location.store, "ops/leases/etl.json", taken)

        def is_told() -> bool:
            try:
                make_sure()
            except LeaseError as error:
                return "process 1 on elsewhere" in str(error)
            return False

        until(is_told)
    assert store_lease(location)[1]["who"] == "process 1 on elsewhere"  # what is not ours stays


def test_what_a_store_that_was_away_did_not_take_back_is_free_for_the_same_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise OSError("no route")

    location = Location.of("memory:///lake")
    with monkeypatch.context() as patched, hold(location, "etl"):
        patched.setattr(lease.obstore, "head", away)
    with hold(location, "etl"):
        assert str(store_lease(location)[1]["who"]).startswith(f"process {os.getpid()} on ")
        with pytest.raises(LeaseError, match="etl lease is held by process"):  # it is no longer what was left
            hold(location, "etl").__enter__()


def test_a_renewal_whose_answer_was_lost_is_still_ours() -> None:
    location = Location.of("memory:///lake")
    with hold(location, "etl", expiry_seconds=0.1) as make_sure:
        lease.obstore.put(location.store, "ops/leases/etl.json", json.dumps(store_lease(location)[1]).encode())
        unheard = store_lease(location)[0]
        until(lambda: store_lease(location)[0] != unheard)
        make_sure()
    with hold(location, "etl"):
        pass


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"who": 7}'])
def test_a_store_lease_that_nobody_can_read_is_held_until_it_expires(body: bytes) -> None:
    location = Location.of("memory:///lake")
    lease.obstore.put(location.store, "ops/leases/etl.json", body)
    with pytest.raises(LeaseError, match=r"etl lease is held by \w+"):
        hold(location, "etl").__enter__()
