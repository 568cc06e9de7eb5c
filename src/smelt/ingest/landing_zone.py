"""The landing zone as recorders write to it: whole durable files; what they keep for themselves is in `.recorders/`."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from smelt.terms.errors import InputError

if TYPE_CHECKING:
    from obstore.store import RetryConfig

OWN = ".recorders"
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}  # then the spool takes over
AWAY = (BaseError, OSError)


@dataclass(frozen=True)
class LandingZone:
    """A folder, or the URL of a prefix in an object store (S3, ADLS, GCS)."""

    uri: str

    @classmethod
    def at(cls, where: str) -> "LandingZone":
        """Take an address as people write it.

        Raises
        ------
        InputError
            If it is a URL of no store that we know.
        """
        scheme, is_url, path = where.partition("://")
        zone = cls(f"{scheme}://{path.rstrip('/')}" if is_url else str(Path(where).absolute()))
        try:
            _ = zone._store
        except (BaseError, ValueError) as error:
            raise InputError(
                f"landing zone '{where}': {str(error).splitlines()[0]}; expected a folder, or a URL such as "
                "s3://bucket/raw, az://container/raw or gs://bucket/raw. Nothing was recorded. Check --landing."
            ) from error
        return zone

    @property
    def is_local(self) -> bool:
        """Say whether it is a folder of this machine."""
        return "://" not in self.uri

    def check(self) -> None:
        """List what recorders keep here: raises whatever the store does if it is away, absent or locked."""
        self._store.list(OWN).collect()

    async def put(self, key: str, body: bytes) -> None:
        """Write a file so that it is there whole or not at all, and stays after a power cut."""
        await obstore.put_async(self._store, key, body)
        if self.is_local:
            settle(Path(self.uri) / key)

    async def put_once(self, key: str, body: bytes) -> None:
        """Write a file that may lie there already, whole, because a process was killed after it had put it."""
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            await self.put(key, body)

    async def put_own(self, name: str, value: Mapping[str, Any]) -> None:
        """Write a recorder's own JSON file, `.recorders/<name>`."""
        await self.put(f"{OWN}/{name}", json.dumps(value).encode())

    async def own(self, name: str) -> dict[str, Any] | None:
        """Read a recorder's own JSON file; None where there is none.

        Raises
        ------
        InputError
            If it does not hold a JSON object.
        """
        try:
            found = await obstore.get_async(self._store, f"{OWN}/{name}")
            text = bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise InputError(
                f"{self.uri}/{OWN}/{name} holds {text!r:.80}; expected a JSON object that a recorder wrote. "
                "Nothing was recorded. Mend it, or delete it: its sources are then recorded from their oldest data."
            )
        return value

    @cached_property
    def _store(self) -> ObjectStore:
        if self.is_local:
            return LocalStore(self.uri, mkdir=True)
        return from_url(self.uri, retry_config=RETRIES)  # client_options would hide AWS_ALLOW_HTTP


def settle(path: Path) -> None:
    """Make a file and its entry in the folder stay after a power cut."""
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(place, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
