"""One driver per lake: a lease that says who holds it and ends with its holder."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from smelt.lake.location import Location
from smelt.terms.errors import LeaseError

EXPIRY_SECONDS = 120.0
POLL_SECONDS = 0.2


@contextmanager
def hold(location: Location, role: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lease of one role ('etl' or 'ml') while the block runs.

    A folder's lease is a lock of the operating system, gone with its holder. An object store's is a
    conditional put that expires EXPIRY_SECONDS after it was written; drivers renew it at each commit.

    Raises
    ------
    LeaseError
        If another driver holds it longer than `wait_seconds`; the message says who.
    """
    if location.is_local:
        with _file_lock(Path(location.uri) / "ops" / "leases" / f"{role}.lock", role, wait_seconds):
            yield
    else:
        with _conditional_put(location, f"ops/leases/{role}.json", role, wait_seconds):
            yield


@contextmanager
def _file_lock(path: Path, role: str, wait_seconds: float) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with path.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.seek(0)
                    raise _taken(role, file.read().strip() or "another process") from None
                time.sleep(POLL_SECONDS)
        file.truncate(0)
        file.write(_who())
        file.flush()
        yield


@contextmanager
def _conditional_put(location: Location, path: str, role: str, wait_seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + wait_seconds
    while not _try_put(location, path):
        if time.monotonic() >= deadline:
            holder = bytes(obstore.get(location.store, path).bytes()).decode()
            raise _taken(role, str(json.loads(holder)["who"]))
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        obstore.delete(location.store, path)


def _try_put(location: Location, path: str) -> bool:
    try:
        head = obstore.head(location.store, path)
    except FileNotFoundError:
        head = None
    body = json.dumps({"who": _who()}).encode()
    try:
        if head is None:
            obstore.put(location.store, path, body, mode="create")
            return True
        if time.time() - head["last_modified"].timestamp() < EXPIRY_SECONDS:  # noqa: TID251 the store's own clock
            return False
        obstore.put(location.store, path, body, mode={"e_tag": head["e_tag"]})
    except (AlreadyExistsError, PreconditionError):
        return False
    return True


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _taken(role: str, holder: str) -> LeaseError:
    return LeaseError(
        f"the lake's {role} lease is held by {holder}; one {role} driver works at a time. "
        "Wait for it to end (--wait SECONDS), or stop it."
    )
