"""An imitation of Google Cloud Storage's XML protocol, in memory: contract tests, there is no real one to be had."""

import contextlib
import hashlib
import json
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
from tests.servers import free_port, listens, running

BUCKET = "shop"
_PAGE = 1000


@dataclass(frozen=True)
class _Object:
    body: bytes
    tag: str
    generation: int
    modified_at: datetime

    @property
    def headers(self) -> dict[str, str]:
        modified = format_datetime(self.modified_at, usegmt=True)
        return {"ETag": self.tag, "x-goog-generation": str(self.generation), "Last-Modified": modified}


@dataclass
class _Bucket:
    """Objects by key, and uploads in parts by their id; a generation is never given twice."""

    objects: dict[str, _Object] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    generation: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key: str, body: bytes, only_if: str | None) -> _Object | None:
        """Put an object; None if `only_if` asks for another generation than the one there (0: none)."""
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        with self.lock:
            there = self.objects.get(key)
            if only_if is not None and int(only_if) != (there.generation if there else 0):
                return None
            self.generation += 1
            now = datetime.now(UTC)  # noqa: TID251 a store has a clock of its own
            made = self.objects[key] = _Object(body, tag, self.generation, now)
            return made

    def listed(self, prefix: str, delimiter: str, after: str) -> tuple[list[str], list[str], str]:
        """Return a page of keys and of folders, and where the next one begins or nothing."""
        keys: list[str] = []
        folders: list[str] = []
        last = ""
        for key in sorted(self.objects.copy()):
            rest = key.removeprefix(prefix)
            if not key.startswith(prefix) or key <= after:
                continue
            if len(keys) + len(folders) == _PAGE:
                return keys, folders, last
            last = key
            if delimiter and delimiter in rest:
                folder = prefix + rest.partition(delimiter)[0] + delimiter
                if folder not in folders and not (after and after.startswith(folder)):
                    folders.append(folder)
            else:
                keys.append(key)
        return keys, folders, ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out as one
    bucket: _Bucket

    def do_GET(self) -> None:
        key, query = self._asked()
        self._list(query) if not key else self._send(key)

    def do_HEAD(self) -> None:
        self._send(self._asked()[0])

    def do_PUT(self) -> None:
        key, query = self._asked()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "uploadId" in query:
            self.bucket.uploads[query["uploadId"]][int(query["partNumber"])] = body
            self._answer(200, headers={"ETag": f'"{query["partNumber"]}"'})
            return
        if source := self.headers.get("x-goog-copy-source"):
            body = self.bucket.objects[unquote(source).lstrip("/").partition("/")[2]].body
        self._put(key, body)

    def do_POST(self) -> None:
        key, query = self._asked()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "uploads" in query:
            upload = uuid.uuid4().hex
            self.bucket.uploads[upload] = {}
            told = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            self._answer(200, told.encode())
        else:
            parts = self.bucket.uploads.pop(query["uploadId"])
            self._put(key, b"".join(parts[n] for n in sorted(parts)), is_upload=True)

    def do_DELETE(self) -> None:
        with self.bucket.lock:
            gone = self.bucket.objects.pop(self._asked()[0], None)
        self._answer(204 if gone else 404)

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return unquote(parts.path).removeprefix(f"/{BUCKET}").lstrip("/"), query

    def _put(self, key: str, body: bytes, is_upload: bool = False) -> None:
        made = self.bucket.put(key, body, self.headers.get("x-goog-if-generation-match"))
        if made is None:
            self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            return
        tag = escape(made.tag)
        told = f"<CompleteMultipartUploadResult><ETag>{tag}</ETag></CompleteMultipartUploadResult>" if is_upload else ""
        self._answer(200, told.encode(), made.headers)

    def _send(self, key: str) -> None:
        found = self.bucket.objects.get(key)
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        size, first, last = len(found.body), 0, len(found.body) - 1
        ranged = self.headers.get("Range", "").removeprefix("bytes=")
        if ranged:
            low, _, high = ranged.partition("-")
            first, last = (int(low), min(int(high or last), last)) if low else (max(size - int(high), 0), last)
            where = {"Content-Range": f"bytes {first}-{last}/{size}"}
            self._answer(206, found.body[first : last + 1], found.headers | where)
        else:
            self._answer(200, found.body, found.headers)

    def _list(self, query: dict[str, str]) -> None:
        after = query.get("continuation-token") or query.get("start-after", "")
        keys, folders, next_at = self.bucket.listed(query.get("prefix", ""), query.get("delimiter", ""), after)
        told = [
            f"<Contents><Key>{escape(key)}</Key><Size>{len(found.body)}</Size><ETag>{escape(found.tag)}</ETag>"
            f"<LastModified>{found.modified_at:%Y-%m-%dT%H:%M:%S.%fZ}</LastModified></Contents>"
            for key in keys
            if (found := self.bucket.objects.get(key))
        ]
        told += [f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>" for folder in folders]
        if next_at:
            told.append(f"<NextContinuationToken>{escape(next_at)}</NextContinuationToken>")
        self._answer(200, f"<ListBucketResult>{''.join(told)}</ListBucketResult>".encode())

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextlib.contextmanager
def gcs_store(folder: Path) -> Iterator[int]:
    """Run the store, with one bucket, as a process: delta-rs holds Python's lock while it waits; gives its port."""
    port = free_port()
    command, root = [sys.executable, "-m", "tests.gcs", str(port)], Path(__file__).parents[1]
    with running(command, folder / "gcs.log", lambda: listens(port), cwd=root):
        yield port


def use_gcs(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let every library of this process, and those that it starts, find the store."""
    account = {"gcs_base_url": f"http://127.0.0.1:{port}", "disable_oauth": True}
    account |= {"client_email": "", "private_key": "", "private_key_id": ""}
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(account))


if __name__ == "__main__":
    _Handler.bucket = _Bucket()
    _Server(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()
