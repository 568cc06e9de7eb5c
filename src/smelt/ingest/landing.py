"""The landing zone: which files lie there, what identifies them, when they arrived, and their bytes."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from smelt.ingest.newest import NEWEST, Meta, newest_objects
from smelt.terms.errors import InputError

if TYPE_CHECKING:
    from obstore.store import RetryConfig

SKIPPED_ENDS = (".manifest", "manifest.json", ".tmp", ".part")
SKIPPED_STARTS = (".", "_SUCCESS", "_committed_", "_started_")
ERROR_ENDS = ("-failed", "_failed")  # processing-failed, format-conversion-failed, splunk-failed, …
CHUNK_BYTES = 4 << 20
RETRIES: "RetryConfig" = {  # as the lake's: what is away for ten seconds is not missed
    "max_retries": 50,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(seconds=1), "max_backoff": timedelta(seconds=2), "base": 2},
}
_IN_NAME = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)")
_IN_FOLDER = re.compile(r"(?:^|/)(\d{4})/(\d\d)/(\d\d)/(\d\d)(?:/|$)")


@dataclass(frozen=True, order=True)
class LandingFile:
    """A file as listed; path is below the landing folder, and (path, size, etag) is its identity."""

    path: str
    size: int
    etag: str

    @property
    def folder(self) -> str:
        """The path without the file's name."""
        return self.path.rpartition("/")[0] or "."


@dataclass(frozen=True)
class Landing:
    """A folder or URL that raw files land in.

    `pattern` keeps some of them, `exclude` leaves some out (fnmatch on the path: `*` crosses slashes): Firehose's
    backup of source records, say, which would be every record again.
    """

    root: str
    pattern: str = "*"
    exclude: tuple[str, ...] = ()

    @classmethod
    def at(cls, where: str, exclude: tuple[str, ...] = ()) -> "Landing":
        """Split an address with wildcards, such as 'logs/*/2016-*', into root and pattern.

        Raises
        ------
        InputError
            If the folder does not exist, or the URL is of no store that we know.
        """
        if "://" in where:
            return cls._at_url(where.rstrip("/"), exclude)
        parts = Path(where).parts
        literal = len(parts) if Path(where).exists() else 0
        wild = literal or next((i for i, part in enumerate(parts) if any(c in part for c in "*?[")), len(parts))
        root = Path(*parts[:wild]).absolute()
        if root.is_file():
            return cls(str(root.parent), escape(root.name), exclude)
        if not root.is_dir():
            raise InputError(
                f"landing folder '{root}' does not exist; expected a folder of raw files. "
                "Nothing was written. Check --landing or --shdr."
            )
        return cls(str(root), "/".join(parts[wild:]) or "*", exclude)

    @classmethod
    def _at_url(cls, where: str, exclude: tuple[str, ...]) -> "Landing":
        try:
            _open(where)
        except (BaseError, ValueError) as error:
            raise InputError(
                f"landing '{where}': {str(error).splitlines()[0]}; expected a folder, or a URL such as "
                "s3://bucket/raw, gs://bucket/raw or abfss://container@account.dfs.core.windows.net/raw. "
                "Nothing was written. Check --landing."
            ) from error
        return cls(where, exclude=exclude)

    def files(self) -> list[LandingFile]:
        """List the files to read, in the order of their paths; markers and error prefixes are left out."""
        with self._explained():
            return self._files(found for page in _open(self.root).list() for found in page)

    def newest_files(self, now: datetime, count: int = NEWEST) -> list[LandingFile]:
        """List those of the newest `count` hour folders alone (see newest_objects): bounded work."""
        with self._explained():
            found = newest_objects(_open(self.root), now, lambda folder: self._is_wanted(f"{folder}/x"), count)
            return self._files(found)

    def read(self, file: LandingFile) -> bytes:
        """Return a file's bytes as they lie there."""
        return bytes(obstore.get(_open(self.root), file.path).bytes())

    def chunks(self, file: LandingFile, start: int = 0) -> Iterator[bytes]:
        """Return a file's bytes from an offset on, some megabytes at a time."""
        if "://" not in self.root:
            return _local_chunks(f"{self.root}/{file.path}", start)  # many small files: a tenth of the time
        if start >= file.size:
            return iter(())
        found = obstore.get(_open(self.root), file.path, options={"range": {"offset": start}} if start else None)
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK_BYTES))

    def delete(self, file: LandingFile) -> bool:
        """Delete a file, and folders that it leaves empty; False if other content lies at its path, or none."""
        store = _open(self.root)
        try:
            head = obstore.head(store, file.path)
        except FileNotFoundError:
            return False
        if (head["size"], head["e_tag"] or "") != (file.size, file.etag):
            return False
        obstore.delete(store, file.path)
        return True

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say which file of a folder no one can name: control characters, bytes that are no UTF-8, a loop of links."""
        try:
            yield
        except BaseError as error:
            if "://" in self.root:
                raise
            said = "".join(c if c.isprintable() else "?" for c in str(error).partition("\n\nDebug source")[0])
            raise InputError(
                f"landing folder '{self.root}' cannot be listed: {said}. Nothing was written. "
                "Rename what it names, or move it out, and run it again."
            ) from error

    def _files(self, found: Iterable[Meta]) -> list[LandingFile]:
        return sorted(
            LandingFile(o["path"], o["size"], o["e_tag"] or "")
            for o in found
            if o["size"] and self._is_wanted(o["path"]) and fnmatchcase(o["path"], self.pattern)
        )

    def _is_wanted(self, path: str) -> bool:
        return is_data(path) and not any(fnmatchcase(path, e) for e in self.exclude)


def _local_chunks(path: str, start: int) -> Iterator[bytes]:
    with open(path, "rb") as opened:  # noqa: PTH123 a Path for each of many files is a third of their time
        opened.seek(start)
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk


@lru_cache(maxsize=8)
def _open(root: str) -> ObjectStore:
    if "://" in root:
        return from_url(root, retry_config=RETRIES)
    return LocalStore(root, automatic_cleanup=True)


def is_data(path: str) -> bool:
    """Say whether a key is data: no marker, no manifest, nothing below an error prefix or a hidden folder.

    Examples
    --------
    >>> is_data("2017/10/05/09/stream-1.gz"), is_data("processing-failed/2017/x"), is_data("2017/_SUCCESS")
    (True, False, False)
    """
    folder, _, name = path.rpartition("/")
    if not name or name.startswith(SKIPPED_STARTS) or name.endswith(SKIPPED_ENDS):
        return False
    return not any(part.startswith(".") or part.endswith(ERROR_ENDS) for part in folder.split("/"))


def received_at(path: str) -> str | None:
    """Return the time in an object's key as ISO text: the name's own, else its hour folder's, else None.

    Digits that are no time, such as month 13, are none either.

    Examples
    --------
    >>> received_at("2017/10/05/09/s-1-2017-10-05-09-30-31-6513270e.gz")
    '2017-10-05T09:30:31+00:00'
    >>> received_at("2017/10/05/09/x.gz"), received_at("GFAgie01-20161108-20161109.txt.gz")
    ('2017-10-05T09:00:00+00:00', None)
    """
    named = _IN_NAME.search(path.rpartition("/")[2])
    folder = named or _IN_FOLDER.search(path)
    if folder is None:
        return None
    numbers = [int(part) for part in folder.groups()]
    try:
        return datetime(*numbers, tzinfo=UTC).isoformat()  # type: ignore[misc, arg-type]
    except ValueError:
        return None
