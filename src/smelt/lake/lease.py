"""One driver per lake: a lease that says who holds it and ends with its holder."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from smelt.lake.location import Location
from smelt.terms.errors import LeaseError

if TYPE_CHECKING:
    from obstore import PutMode

EXPIRY_SECONDS = 120.0
POLL_SECONDS = 0.2


Renew = Callable[[], None]


@contextmanager
def hold(location: Location, role: str, wait_seconds: float = 0.0) -> Iterator[Renew]:
    """Hold the lease of one role ('etl' or 'ml') while the block runs; gives a function that renews it.

    A folder's lease is a lock of the operating system, gone with its holder; renewing it does nothing.
    An object store's is a conditional put that expires EXPIRY_SECONDS after it was last renewed, by the
    store's clock against this machine's: call it after each commit.

    Raises
    ------
    LeaseError
        If another driver holds it longer than `wait_seconds`; the message says who. On renewing, if it
        expired and another driver took it.
    """
    if location.is_local:
        with _file_lock(Path(location.uri) / "ops" / "leases" / f"{role}.lock", role, wait_seconds):
            yield _nothing
        return
    lease = _StoreLease(location, role)
    deadline = time.monotonic() + wait_seconds
    while not lease.take():
        if time.monotonic() >= deadline:
            raise _taken(role, lease.holder())
        time.sleep(POLL_SECONDS)
    try:
        yield lease.renew
    finally:
        lease.release()


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


class _StoreLease:
    """A lease in an object store: an object that only its holder's e-tag may overwrite."""

    def __init__(self, location: Location, role: str) -> None:
        self._store = location.store
        self._role = role
        self._path = f"ops/leases/{role}.json"
        self._tag: str | None = None

    def take(self) -> bool:
        """Put the lease if it is absent or has expired; say whether it is ours now."""
        try:
            head = obstore.head(self._store, self._path)
        except FileNotFoundError:
            return self._put("create")
        age = time.time() - head["last_modified"].timestamp()  # noqa: TID251 against the store's clock
        return age >= EXPIRY_SECONDS and self._put({"e_tag": head["e_tag"]})

    def renew(self) -> None:
        """Put the lease again over our own."""
        if not self._put({"e_tag": self._tag}):
            raise _taken(self._role, self.holder())

    def release(self) -> None:
        """Delete the lease if it is still ours."""
        try:
            if obstore.head(self._store, self._path)["e_tag"] == self._tag:
                obstore.delete(self._store, self._path)
        except FileNotFoundError:
            return

    def holder(self) -> str:
        """Return who holds it."""
        try:
            return str(json.loads(bytes(obstore.get(self._store, self._path).bytes()))["who"])
        except FileNotFoundError:
            return "a driver that has just ended"

    def _put(self, mode: "PutMode") -> bool:
        try:
            done = obstore.put(self._store, self._path, json.dumps({"who": _who()}).encode(), mode=mode)
        except (AlreadyExistsError, PreconditionError):
            return False
        self._tag = done["e_tag"]
        return True


def _nothing() -> None:
    """Renew what needs no renewal."""


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _taken(role: str, holder: str) -> LeaseError:
    return LeaseError(
        f"the lake's {role} lease is held by {holder}; one {role} driver works at a time. "
        "Wait for it to end (--wait SECONDS), or stop it."
    )
