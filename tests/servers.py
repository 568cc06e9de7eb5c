"""Starts real servers for system tests: on loopback, on a free port, with their data in a folder of the test's.

What Debian does not package lies in the folder that tests/install_servers.sh fills: SMELT_SERVERS, else
~/.cache/smelt-servers.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SERVERS = Path(os.environ.get("SMELT_SERVERS", Path.home() / ".cache" / "smelt-servers"))
READY_SECONDS = 60.0


def program(name: str) -> str:
    """Return the path of a server's program; skips the test where it is absent."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:{SERVERS / 'bin'}")
    return found or pytest.skip(f"{name} is absent: run tests/install_servers.sh")


def installed(pattern: str) -> Path:
    """Return the newest folder of the servers' folder that fits; skips the test where there is none."""
    found = sorted(SERVERS.glob(pattern))
    return found[-1] if found else pytest.skip(f"{SERVERS / pattern} is absent: run tests/install_servers.sh")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def running(
    command: list[str],
    log: Path,
    is_ready: Callable[[], bool],
    cwd: Path | None = None,
    end: signal.Signals = signal.SIGTERM,
    **env: str,
) -> Iterator[None]:
    """Run a server while the block lasts; what it prints goes into `log`."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=cwd, env=os.environ | env, stdout=out, stderr=out)
    try:
        until = time.monotonic() + READY_SECONDS
        while not is_ready():
            assert process.poll() is None, f"{command[0]} ended: {log.read_text()[-2000:]}"
            assert time.monotonic() < until, f"{command[0]} is not ready: {log.read_text()[-2000:]}"
            time.sleep(0.02)
        yield
    finally:
        process.send_signal(end)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def mosquitto(folder: Path, port: int | None = None, *, persistence: bool = True, more: str = "") -> Iterator[int]:
    """Run Mosquitto; gives its port."""
    port = port or free_port()
    settings = f"listener {port} 127.0.0.1\nuser root\npersistence {str(persistence).lower()}\n"
    settings += f"persistence_location {folder}/\n{more or 'allow_anonymous true'}\n"
    (folder / "mosquitto.conf").write_text(settings)
    command = [program("mosquitto"), "-c", str(folder / "mosquitto.conf")]
    with running(command, folder / "mosquitto.log", lambda: listens(port)):
        yield port


@contextlib.contextmanager
def kafka(folder: Path, port: int | None = None, **settings: str) -> Iterator[int]:
    """Run a Kafka broker that is its own controller; gives its port. A folder that has been one is one again."""
    java, jars = program("java"), installed("kafka-*")
    port, control = port or free_port(), free_port()
    log, config = folder / "kafka.log", folder / "server.properties"
    config.write_text(
        "\n".join(
            f"{name.replace('_', '.')}={value}"
            for name, value in {
                "process_roles": "broker,controller",
                "node_id": "1",
                "controller_quorum_voters": f"1@127.0.0.1:{control}",
                "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{control}",
                "advertised_listeners": f"PLAINTEXT://127.0.0.1:{port}",
                "controller_listener_names": "CONTROLLER",
                "log_dirs": str(folder / "logs"),
                "offsets_topic_replication_factor": "1",
                "offsets_topic_num_partitions": "1",
                "transaction_state_log_replication_factor": "1",
                "transaction_state_log_min_isr": "1",
                "group_initial_rebalance_delay_ms": "0",
            }.items()
            | settings.items()
        )
    )
    run = [java, "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/libs/*"]
    if not (folder / "logs").exists():
        cluster = "MkU3OEVBNTcwNTJENDM2Qk"
        asked = [*run, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config)]
        subprocess.run(asked, check=True, capture_output=True)
    with running([*run, "kafka.Kafka", str(config)], log, lambda: listens(port), cwd=folder):
        yield port


@contextlib.contextmanager
def kinesis(folder: Path) -> Iterator[int]:
    """Run kinesis-local; gives its port for plain HTTP. It listens on every address: it has no setting for that."""
    node, code = program("node"), installed("kinesis-local-*") / "node_modules" / "kinesis-local"
    port, other = free_port(), free_port()
    quick = {
        f"{name}_DURATION": "20ms"
        for name in ("CREATE_STREAM", "DELETE_STREAM", "SPLIT_SHARD", "MERGE_SHARDS", "UPDATE_SHARD_COUNT")
    }
    env = {
        "KINESIS_MOCK_PLAIN_PORT": str(port),
        "KINESIS_MOCK_TLS_PORT": str(other),
        "LOG_LEVEL": "WARN",
        **quick,
    }
    command = [node, "main.js"]
    with running(command, folder / "kinesis.log", lambda: listens(port), code, signal.SIGKILL, **env):
        yield port
