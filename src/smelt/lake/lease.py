"""One driver per lake: a lease that says who holds it and ends with its holder."""

import fcntl
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from smelt.lake.location import Location
from smelt.terms.errors import LeaseError

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, PutResult, UpdateVersion

EXPIRY_SECONDS = 60.0  # of an object store's lease since it was last renewed
RENEWALS = 4  # in that time
POLL_SECONDS = 0.2
_LEFT: set[str] = set()  # who held, in this process, what a store that was away did not take back


Renew = Callable[[], None]


@contextmanager
def hold(
    location: Location,
    role: str,
    wait_seconds: float = 0.0,
    expiry_seconds: float = EXPIRY_SECONDS,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Renew]:
    """Hold the lease of one role ('etl' or 'ml') while the block runs; gives a function that makes sure of it.

    A folder's lease is a lock of the operating system, gone with its holder. An object store's is a conditional
    put, renewed by a thread of its holder; a dead holder's expires, by the store's own clock. A lease keeps two
    drivers from doing work twice; what makes their commits exclusive are the tables' transactions.

    Raises
    ------
    LeaseError
        If another driver holds it longer than `wait_seconds`, or until one is to stop; the message says who. From
        the function, called after each commit: if it expired and another driver took it.
    """
    deadline = time.monotonic() + wait_seconds

    def is_over() -> bool:
        return time.monotonic() >= deadline or should_stop()

    if location.is_local:
        with _file_lock(Path(location.uri) / "ops" / "leases" / f"{role}.lock", role, is_over):
            yield _nothing
        return
    lease = _StoreLease(location, role, expiry_seconds)
    while not lease.take():
        if is_over():
            raise _taken(role, lease.holder())
        time.sleep(POLL_SECONDS)
    with _renewing(lease):
        yield lease.make_sure


@contextmanager
def _renewing(lease: "_StoreLease") -> Iterator[None]:
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(lease.expiry_seconds / RENEWALS) and not lease.is_lost:
            with suppress(BaseError, OSError):  # a store that is away: tried again, make_sure says if it was too late
                lease.renew()

    thread = threading.Thread(target=renew, name=f"lease {lease.role}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        lease.release()


@contextmanager
def _file_lock(path: Path, role: str, is_over: Callable[[], bool]) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if is_over():
                    file.seek(0)
                    raise _taken(role, file.read().strip() or "another process") from None
                time.sleep(POLL_SECONDS)
        file.truncate(0)
        file.write(_who())
        file.flush()
        yield


class _StoreLease:
    """A lease in an object store: an object that only its holder's e-tag may overwrite."""

    def __init__(self, location: Location, role: str, expiry_seconds: float) -> None:
        self.role, self.expiry_seconds = role, expiry_seconds
        self.is_lost = False
        self._store = location.store
        self._path, self._asked = f"ops/leases/{role}.json", f"ops/leases/{role}.asked"
        self._holder = uuid.uuid4().hex
        self._ours: UpdateVersion = {}

    def take(self) -> bool:
        """Put the lease if it is absent, has expired or was left by this process; say whether it is ours now."""
        try:
            found = obstore.get(self._store, self._path)
        except FileNotFoundError:
            return self._put("create")
        said = _said(bytes(found.bytes()))
        if said.get("holder") in _LEFT:
            return self._put(_same(found.meta))
        expiry = said.get("expires_after_s", EXPIRY_SECONDS)
        age = (self._now() - found.meta["last_modified"]).total_seconds()
        return age >= expiry and self._put(_same(found.meta))

    def renew(self) -> None:
        """Put the lease again over our own; if that is there no more, it is lost."""
        self.is_lost = not self._put(self._ours) and not self._was_put()

    def make_sure(self) -> None:
        """Raise LeaseError if another driver took the lease: ours had expired."""
        if self.is_lost:
            raise _taken(self.role, self.holder())

    def release(self) -> None:
        """Delete the lease if it is still ours; a store that is away keeps it until it expires, or for this process."""
        try:
            if _same(obstore.head(self._store, self._path)) == self._ours:
                obstore.delete(self._store, self._path)
        except FileNotFoundError:
            pass
        except (BaseError, OSError):
            _LEFT.add(self._holder)

    def holder(self) -> str:
        """Return who holds it."""
        try:
            body = bytes(obstore.get(self._store, self._path).bytes())
        except FileNotFoundError:
            return "a driver that has just ended"
        return str(_said(body).get("who", "another driver"))

    def _now(self) -> datetime:
        """Return the store's time: when it says that it took what we put just now."""
        obstore.put(self._store, self._asked, b"")
        now: datetime = obstore.head(self._store, self._asked)["last_modified"]
        return now

    def _was_put(self) -> bool:
        """Say whether what lies there is ours all the same: a store may take what it cannot answer any more."""
        try:
            found = obstore.get(self._store, self._path)
        except FileNotFoundError:
            return False
        is_ours = _said(bytes(found.bytes())).get("holder") == self._holder
        if is_ours:
            self._ours = _same(found.meta)
        return is_ours

    def _put(self, mode: "PutMode") -> bool:
        said = {
            "who": _who(),
            "holder": self._holder,
            "expires_after_s": self.expiry_seconds,
            "drawn": uuid.uuid4().hex,
        }
        try:
            done = obstore.put(self._store, self._path, json.dumps(said).encode(), mode=mode)
        except (AlreadyExistsError, PreconditionError, FileNotFoundError):
            return False
        self._ours = _same(done)
        return True


def _same(found: "ObjectMeta | PutResult") -> "UpdateVersion":
    """Return what tells that an object is still the one found: S3 and ADLS look at the e-tag, GCS at the version."""
    tag, version = found["e_tag"], found["version"]
    return {"e_tag": tag} if version is None else {"e_tag": tag, "version": version}


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _nothing() -> None:
    """Renew what needs no renewal."""


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _taken(role: str, holder: str) -> LeaseError:
    return LeaseError(
        f"the lake's {role} lease is held by {holder}; one {role} driver works at a time. "
        "Wait for it to end (--wait SECONDS), or stop it."
    )
