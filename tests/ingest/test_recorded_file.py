"""A recorded file: what is put in comes out, whatever is in it; its key is Firehose's."""

import gzip
import re
from email.parser import BytesParser

from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.landing import is_data, received_at
from smelt.ingest.recorded_file import RecordedFile, as_folder_name, folder_of, landing_key, packed
from smelt.ingest.recorder import SHDR, Part

AT_US = 1_795_512_600_123_456
texts = st.text(max_size=40)
parts = st.builds(Part, st.binary(max_size=300), texts, texts, st.integers(0, 4 * 10**15), st.none() | texts)


@given(st.lists(parts, min_size=1, max_size=5))
def test_every_body_comes_out_as_it_went_in(given: list[Part]) -> None:
    file = RecordedFile("k")
    for part in given:
        file.add(part)
    rest = gzip.decompress(file.finish())
    assert file.plain_bytes == len(rest)
    for part in given:
        head, _, rest = rest.partition(b"\r\n\r\n")
        boundary, _, fields = head.partition(b"\r\n")
        found = BytesParser().parsebytes(fields + b"\r\n\r\n")
        assert boundary == b"--smelt" and not found.defects
        assert int(found["Content-Length"]) == len(part.body)
        assert (found["Record-Key"] is None) == (part.record_key is None)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", found["Received-At"])
        assert rest[: len(part.body) + 2] == part.body + b"\r\n"
        rest = rest[len(part.body) + 2 :]
    assert rest == b""


def test_what_is_packed_is_known_while_it_grows() -> None:
    file = RecordedFile("k")
    for n in range(200):
        file.add(Part(bytes(str(n**50), "ascii"), "text/xml", "x", AT_US))
    assert 0 < file.packed_bytes < file.plain_bytes
    assert file.packed_bytes <= len(file.finish()) == file.packed_bytes


@given(st.lists(parts, max_size=5), st.booleans())
def test_packed_at_once_is_packed_in_pieces(given: list[Part], is_log: bool) -> None:
    file = RecordedFile("k", is_log)
    pieces = [piece for part in given for piece in file.add(part)]
    assert packed(b"".join(pieces)) == file.finish()


def test_the_key_tells_hour_and_time_and_is_data() -> None:
    key = landing_key("", AT_US, "shop", "6513270e")
    assert key == "2026/11/24/09/shop-2026-11-24-09-30-00-6513270e.gz"
    assert is_data(key) and received_at(key) == "2026-11-24T09:30:00+00:00"
    assert landing_key("shdr/Mill", AT_US, "shop", "x").startswith("shdr/Mill/2026/11/24/09/shop-")


@given(texts)
def test_a_folder_is_one_visible_component_and_different_for_different_names(name: str) -> None:
    folder = as_folder_name(name)
    assert "/" not in folder and "\\" not in folder and folder not in ("", ".", "..") and folder[0] != "."
    assert folder_of(Part(b"", "text/xml", name, 0)) == ""


def test_the_device_is_what_the_source_names_last() -> None:
    assert folder_of(Part(b"", SHDR, "shdr://h:7878/a%20b", 0)) == "shdr/a b"
    assert folder_of(Part(b"", SHDR, "shdr://h:7878/..%2F..", 0)) == "shdr/%2E.%2F.."
