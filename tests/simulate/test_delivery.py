import gzip
from pathlib import Path

from smelt.simulate.agent import Document
from smelt.simulate.data_faults import DataFault
from smelt.simulate.delivery import BUFFER_MS, Delivery

START_MS = 1_788_220_800_000
MINUTE_MS = 60_000


def deliver(folder: Path, minutes: int, *faults: DataFault) -> Delivery:
    delivery = Delivery(folder, 1)
    delivery.expect(faults)
    for n in range(minutes):
        delivery.put(Document(START_MS + n * MINUTE_MS, b'{"n":%d}' % n, 1))
    delivery.flush()
    return delivery


def objects(folder: Path) -> dict[str, bytes]:
    found = sorted((folder / "raw").rglob("*.gz"))
    return {p.relative_to(folder).as_posix(): gzip.decompress(p.read_bytes()) for p in found}


def test_objects_join_documents_without_a_delimiter_by_the_quarter_hour(tmp_path):
    delivery = deliver(tmp_path, 70)
    found = objects(tmp_path)
    assert len(found) == delivery.files == -(-70 * MINUTE_MS // BUFFER_MS)
    assert b"".join(found.values()) == b"".join(b'{"n":%d}' % n for n in range(70))
    first = next(iter(found))
    assert first.startswith("raw/2026/09/01/00/seed-mtconnect-1-2026-09-01-00-00-00-") and first.endswith(".gz")
    assert len({Path(p).parent for p in found}) == 2


def test_a_late_file_lies_in_a_later_hour(tmp_path):
    late = DataFault("late_file", "", "", START_MS + 20 * MINUTE_MS, START_MS + 200 * MINUTE_MS)
    delivery = deliver(tmp_path, 70, late)
    found = objects(tmp_path)
    ((fault, path),) = delivery.spoiled
    assert fault is late and path.startswith("raw/2026/09/01/03/")
    assert found[path].startswith(b'{"n":15}') and len(found) == 5


def test_a_doubled_file_is_the_same_bytes_under_another_key(tmp_path):
    double = DataFault("duplicated_file", "", "", START_MS + 20 * MINUTE_MS, START_MS + 90 * MINUTE_MS)
    delivery = deliver(tmp_path, 70, double)
    found = objects(tmp_path)
    ((_, path),) = delivery.spoiled
    assert delivery.files == len(found) == 6
    assert list(found.values()).count(found[path]) == 2
