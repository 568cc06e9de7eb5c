"""How files become durable: zone, else spool; in order, cursors last; what is known when the zone is away."""

import asyncio
import errno
import json
import os
import random
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import pytest

from smelt.ingest.delivery import LONGEST_WAIT_SECONDS, Batch, Delivery
from smelt.ingest.landing_zone import LandingZone
from smelt.ingest.spool import LandingBytes, Spool

T = TypeVar("T")


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    zone, spool = LandingZone(str(tmp_path / "zone")), Spool(tmp_path / "spool", 100)
    return Delivery("shop", zone, spool, random.Random(0), first_wait_seconds=0.001)


def done(work: Awaitable[T]) -> T:
    async def go() -> T:
        return await work

    return asyncio.run(go())


def batch(n: int, size: int = 10) -> Batch:
    return Batch((LandingBytes(f"2026/11/24/09/{n}.gz", bytes(size)),), {"mill": {"next": n}})


def away(delivery: Delivery) -> Path:
    """Put a file where the zone's folder is to be."""
    path = Path(delivery.zone.uri)
    delivery.zone.check()
    path.rmdir()
    path.write_text("")
    return path


def landed(delivery: Delivery) -> list[str]:
    return sorted(p.name for p in Path(delivery.zone.uri).rglob("*.gz"))


def test_a_batch_lies_in_the_zone_and_its_cursors_too(delivery: Delivery) -> None:
    assert done(delivery.begin()) == {}
    assert done(delivery.offer(batch(1)))
    assert landed(delivery) == ["1.gz"] and done(delivery.begin()) == {"mill": {"next": 1}}
    assert delivery.spool.delivered() == {"mill": {"next": 1}} and delivery.spool.waiting() == []


def test_behind_what_waits_a_batch_waits_too(delivery: Delivery) -> None:
    path = away(delivery)
    assert done(delivery.offer(batch(1)))
    path.unlink()
    assert done(delivery.offer(batch(2)))  # the zone is back, but the first comes first
    assert [p.name[:10] for p in delivery.spool.waiting()] == ["0000000000", "0000000001"]
    assert done(delivery.begin()) == {"mill": {"next": 2}}

    async def drain() -> None:
        while delivery.spool.waiting():
            assert not await delivery.drain(5)
            await asyncio.sleep(0.002)

    done(drain())
    assert landed(delivery) == ["1.gz", "2.gz"] and delivery.error is None
    assert json.loads((path / ".recorders/shop.json").read_text()) == {"mill": {"next": 2}}
    assert delivery.spool.cursors() is None


def test_without_room_nothing_is_taken_and_the_reason_is_told(delivery: Delivery) -> None:
    away(delivery)
    assert done(delivery.offer(batch(1, 90)))
    assert not done(delivery.offer(batch(2, 20)))
    assert "is full: 90 of 100 bytes wait" in str(delivery.error)
    assert done(delivery.begin()) == {"mill": {"next": 1}}


def test_a_disk_that_is_full_is_said_by_name_and_its_last_state_stays(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    away(delivery)
    assert done(delivery.offer(batch(1)))
    done(delivery.tell(".state.json", {"a": 1}))
    monkeypatch.setattr(Spool, "add", full)
    monkeypatch.setattr(Path, "write_text", full)
    assert not done(delivery.offer(batch(2)))
    done(delivery.tell(".state.json", {"a": 2}))
    assert delivery.error == (
        f"spool {delivery.spool.folder}: No space left on device. "
        "Recording waits until there is room, or the landing zone is back."
    )
    assert json.loads((delivery.spool.folder / "state.state.json").read_text()) == {"a": 1}


def test_draining_ends_when_its_time_is_over(delivery: Delivery) -> None:
    path = away(delivery)
    for n in range(3):
        assert done(delivery.offer(batch(n)))
    path.unlink()
    delivery._retry_at = 0.0
    assert done(delivery.drain(-1.0))
    assert len(delivery.spool.waiting()) == 3


def test_waits_grow_to_a_minute(delivery: Delivery) -> None:
    waits = []
    for failures in range(20):
        delivery._failures = failures
        waits.append(delivery.wait_seconds())
    assert waits[0] < 0.002 and max(waits) <= LONGEST_WAIT_SECONDS
    delivery.first_wait_seconds = 1.0
    assert LONGEST_WAIT_SECONDS / 2 <= delivery.wait_seconds() <= LONGEST_WAIT_SECONDS


def test_a_state_is_told_where_it_can_be(delivery: Delivery, tmp_path: Path) -> None:
    done(delivery.tell(".state.json", {"a": 1}))
    assert json.loads((tmp_path / "zone/.recorders/shop.state.json").read_text()) == {"a": 1}
    for path in sorted((tmp_path / "zone").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    away(delivery)
    done(delivery.tell(".state.json", {"a": 2}))
    assert json.loads((tmp_path / "spool/state.state.json").read_text()) == {"a": 2}
    assert str(delivery.error).startswith(f"landing zone {tmp_path / 'zone'}: ")
