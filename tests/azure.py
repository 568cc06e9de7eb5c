"""A store that speaks Azure's blob protocol for system tests: Azurite over a folder."""

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest
from tests.servers import free_port, installed, listens, program, running

CONTAINER = "shop"
ACCOUNT = "devstoreaccount1"
KEY = base64.b64encode(b"a key that only tests know").decode()


@contextlib.contextmanager
def azure_store(folder: Path) -> Iterator[int]:
    """Run the store, with one container; gives its port."""
    code = installed("azurite-*") / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    port = free_port()
    where = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder / "azure")]
    command = [program("node"), str(code), *where, "--silent", "--skipApiVersionCheck"]
    with running(command, folder / "azure.log", lambda: listens(port), AZURITE_ACCOUNTS=f"{ACCOUNT}:{KEY}"):
        _make_container(port)
        yield port


def use_azure(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let every library of this process, and those that it starts, find the store."""
    settings = {
        "AZURE_STORAGE_USE_EMULATOR": "true", "AZURITE_BLOB_STORAGE_URL": f"http://127.0.0.1:{port}",
        "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": KEY,
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def _make_container(port: int) -> None:
    date, version = formatdate(usegmt=True), "2021-12-02"
    path = f"/{ACCOUNT}/{CONTAINER}"
    signed = f"PUT{chr(10) * 12}x-ms-date:{date}\nx-ms-version:{version}\n/{ACCOUNT}{path}\nrestype:container"
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()).decode()
    headers = {"x-ms-date": date, "x-ms-version": version, "Authorization": f"SharedKey {ACCOUNT}:{signature}"}
    made = httpx.put(f"http://127.0.0.1:{port}{path}?restype=container", headers=headers)
    assert made.status_code == httpx.codes.CREATED, made.text
