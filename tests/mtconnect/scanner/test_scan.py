import subprocess
import sys

import numpy as np
import pytest
from tests.mtconnect.scanner.spoiling import a_document, an_observation, rows_of

from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.scanner.scan import Scan

DOCUMENT = a_document(b",".join(an_observation(b"1.5", sequence=n) for n in range(1500)))

AT_THE_EDGE = """
import ctypes, mmap, sys
from smelt.mtconnect.json.decode import decode_json
data = sys.stdin.buffer.read()
page = mmap.PAGESIZE
size = -(-len(data) // page) * page
area = mmap.mmap(-1, size + page)
area[size - len(data) : size] = data
address = ctypes.addressof(ctypes.c_char.from_buffer(area))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.mprotect(ctypes.c_void_p(address + size), page, 0) == 0
for cut in (0, 1, 2, 7, 30, 100, 300):
    print(decode_json(memoryview(area)[size - len(data) + cut : size]).rows.num_rows)
"""


IN_A_PAGE = """
import mmap, sys
from smelt.mtconnect.json.decode import decode_json
data = sys.stdin.buffer.read()
area = mmap.mmap(-1, len(data) + mmap.PAGESIZE)
for behind in (b" ", b'"', b"0", b"}", data):
    area[:] = (data + behind * mmap.PAGESIZE)[: len(area)]
    for cut in (0, 1, 2, 7, 30, 100, 300):
        print(decode_json(memoryview(area)[: len(data) - cut]).rows.num_rows)
"""


def test_what_lies_behind_the_data_is_not_read_as_data():
    data = DOCUMENT * 2
    assert len(data) > 1 << 16 and len(data) % 4096 < 3800
    told = subprocess.run([sys.executable, "-c", IN_A_PAGE], input=data, capture_output=True, check=True)
    expected = [decode_json(data[: len(data) - cut]).rows.num_rows for cut in (0, 1, 2, 7, 30, 100, 300)]
    assert list(map(int, told.stdout.split())) == expected * 5


def test_nothing_is_left_over_at_the_end_of_a_page_that_has_room():
    data = DOCUMENT * 2
    scan = Scan()
    area = np.zeros(len(data) + 8192, np.uint8)
    start = -area.ctypes.data % 4096
    view = area[start : start + len(data)]
    view[:] = np.frombuffer(data, np.uint8)
    scan.open(memoryview(view))
    assert scan.resume(0) == len(data)
    assert (scan.rows, scan.count("leftovers")) == (3000, 0)


def test_a_view_is_read_like_bytes():
    data = DOCUMENT * 3
    assert len(data) > 1 << 16
    assert rows_of(decode_json(memoryview(data))) == rows_of(decode_json(data))
    assert rows_of(decode_json(memoryview(DOCUMENT[:2000]))) == rows_of(decode_json(DOCUMENT[:2000]))


def test_documents_are_found_where_they_lie():
    data = b" \n" + DOCUMENT + b",\x1e" + DOCUMENT
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert [data[found.start : found.end] for found in scan.documents(0)] == [DOCUMENT, DOCUMENT]
    assert [(found.row, found.row_end) for found in scan.documents(0)] == [(0, 1500), (1500, 3000)]


def test_there_is_room_for_any_number_of_documents():
    heartbeat = a_document(b"")
    data = heartbeat * 9000
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert scan.documents(0)[-1].end == len(data) and len(scan.documents(0)) == 9000


def test_it_stops_where_something_else_stands():
    data = DOCUMENT + b"oops" + DOCUMENT
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(DOCUMENT)
    assert scan.resume(len(DOCUMENT) + 4) == len(data)


@pytest.mark.system
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is protected by Linux's libc here")
def test_nothing_is_read_behind_the_buffer():
    done = subprocess.run([sys.executable, "-c", AT_THE_EDGE], input=DOCUMENT * 3, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.split()[0] == b"4500"


def test_rows_go_on_from_buffer_to_buffer():
    scan = Scan()
    for count in range(1, 40):
        scan.open(DOCUMENT)
        assert scan.resume(0) == len(DOCUMENT)
        assert scan.documents(count - 1)[0].start == 0
    assert scan.rows == 39 * 1500
    assert scan.column("sequence").reshape(39, 1500)[:, :1490].tolist() == [[*range(1490)]] * 39  # the end is left over
    assert scan.rows_in_documents().tolist() == [1500] * 39
    assert scan.blocks["row"].tolist() == [n * 1500 for n in range(39)]


def test_what_rows_take_counts_their_words():
    few, many = (
        a_document(b",".join(an_observation(b'"%0999d"' % (n % k), sequence=n) for n in range(200)), "Events", "Block")
        for k in (1, 200)
    )
    taken = []
    for data in (few, many):
        scan = Scan()
        scan.open(data)
        assert scan.resume(0) == len(data)
        taken.append(scan.nbytes)
    assert taken[0] > 200 * 40
    assert taken[1] - taken[0] > 199 * 999
