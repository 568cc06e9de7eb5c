"""Where a lake is: its store, its tables' addresses, and the format number it carries."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from smelt.lake.store_options import RETRIES
from smelt.terms.errors import InputError
from smelt.terms.tables import LAKE_FORMAT

FORMAT_FILE = "lake.json"


@dataclass(frozen=True)
class Location:
    """A folder or the URL of a prefix in an object store (S3, ADLS, GCS), without a slash at its end.

    A store's endpoint and keys come from its own environment variables (AWS_…, AZURE_…, GOOGLE_…), which every
    library that reads a lake (obstore, delta-rs, Polars, and DuckDB by delta-rs's file system) reads by itself.
    """

    uri: str

    @classmethod
    def of(cls, uri: str | Path) -> "Location":
        """Make the path absolute; URLs stay as they are."""
        text = str(uri)
        return cls(text.rstrip("/") if "://" in text else str(Path(text).absolute()))

    @property
    def is_local(self) -> bool:
        """Say whether the lake is a folder of this machine."""
        return "://" not in self.uri

    @cached_property
    def store(self) -> ObjectStore:
        """Open the store at the lake's root.

        Raises
        ------
        InputError
            If it is a URL of no store that we know.
        """
        if self.is_local:
            return LocalStore(self.uri, mkdir=True)
        try:
            return from_url(self.uri, retry_config=RETRIES)
        except (BaseError, ValueError) as error:
            raise InputError(
                f"lake '{self.uri}': {str(error).splitlines()[0]}; expected a folder, or a URL such as "
                "s3://bucket/lake, gs://bucket/lake or abfss://container@account.dfs.core.windows.net/lake. "
                "Nothing was written. Check --lake."
            ) from error

    def table(self, name: str) -> str:
        """Return a table's address."""
        return f"{self.uri}/{name}"

    def exists(self) -> bool:
        """Say whether a lake has been begun here."""
        if self.is_local:
            return (Path(self.uri) / FORMAT_FILE).exists()
        return self._format_text() is not None

    def check_format(self) -> None:
        """Raise InputError if the lake was written by another format's smelt, or says none; writes nothing."""
        text = self._local_format() if self.is_local else self._format_text()
        found = LAKE_FORMAT if text is None else _format(text)
        if found is None:
            raise InputError(
                f"lake {self.uri}: {FORMAT_FILE} holds {text!r:.80}; expected {json.dumps({'format': LAKE_FORMAT})}. "
                "Nothing was written. Mend the file, or name another lake."
            )
        if found < LAKE_FORMAT:
            raise InputError(
                f"lake {self.uri}: format {found}, this smelt writes {LAKE_FORMAT}; an older smelt made it. "
                "Nothing was written. Name a new lake and run over the landing zone again."
            )
        if found > LAKE_FORMAT:
            raise InputError(
                f"lake {self.uri}: format {found}, this smelt reads up to {LAKE_FORMAT}; "
                "a newer smelt wrote it. Nothing was written. Upgrade smelt, or name another lake."
            )

    def begin(self) -> None:
        """Write the format number of a new lake; an existing one is checked instead."""
        self.check_format()
        body = json.dumps({"format": LAKE_FORMAT}).encode()
        try:
            obstore.put(self.store, FORMAT_FILE, body, mode="create")
        except AlreadyExistsError:
            return

    def _local_format(self) -> str | None:
        path = Path(self.uri) / FORMAT_FILE
        return path.read_text(errors="replace") if path.exists() else None

    def _format_text(self) -> str | None:
        try:
            return bytes(obstore.get(self.store, FORMAT_FILE).bytes()).decode()
        except FileNotFoundError:
            return None


def _format(text: str) -> int | None:
    try:
        found = json.loads(text)["format"]
    except (ValueError, LookupError, TypeError):
        return None
    return found if type(found) is int else None
