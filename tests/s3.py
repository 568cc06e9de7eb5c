"""A real S3 store for system tests: versitygw over a folder, a bucket being a folder in it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers import free_port, listens, program, running

BUCKET = "shop"


@contextlib.contextmanager
def s3_store(folder: Path, port: int | None = None) -> Iterator[int]:
    """Run the store; gives its port."""
    port = port or free_port()
    (folder / "s3" / BUCKET).mkdir(parents=True, exist_ok=True)
    command = [program("versitygw"), "--port", f"127.0.0.1:{port}", "posix", str(folder / "s3")]
    env = {"ROOT_ACCESS_KEY": "tests", "ROOT_SECRET_KEY": "tests-secret"}
    with running(command, folder / "s3.log", lambda: listens(port), **env):
        yield port


def use_s3(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let every library of this process, and those that it starts, find the store."""
    settings = {
        "AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests-secret", "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ALLOW_HTTP": "true", "AWS_CONDITIONAL_PUT": "etag",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
