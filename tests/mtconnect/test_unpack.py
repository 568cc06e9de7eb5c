import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.unpack import Unpacked, unpack, unpack_stream
from smelt.terms.observation import Reject

TEXT = b"".join(b"line %d of a landing file\n" % i for i in range(20_000))


def test_plain_bytes_pass_through():
    assert unpack(b"garbage").data == b"garbage"
    assert unpack(b"").data == b""


def test_members_are_joined_and_a_double_gzip_is_opened_twice():
    assert unpack(gzip.compress(b"one") + gzip.compress(b"two")).data == b"onetwo"
    assert unpack(gzip.compress(gzip.compress(b"inner"))).data == b"inner"


def test_garbage_behind_the_last_member_is_one_reject_at_the_old_size():
    packed = gzip.compress(TEXT)
    unpacked = unpack(packed + b"garbage")
    assert unpacked.data == TEXT
    assert unpacked.rejects == (Reject(len(packed), 7, "bytes behind the last gzip member"),)


def test_zeros_behind_the_last_member_are_padding():
    assert unpack(gzip.compress(TEXT) + bytes(512)).rejects == ()


def test_a_torn_stream_keeps_what_was_read():
    packed = gzip.compress(TEXT)
    unpacked = unpack(packed[: len(packed) // 2])
    assert TEXT.startswith(unpacked.data)
    assert len(unpacked.data) > len(TEXT) // 3
    assert [r.reason for r in unpacked.rejects] == ["gzip ends in the middle of a member"]


def test_a_wrong_checksum_keeps_the_data_and_is_told():
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 0xFF
    unpacked = unpack(bytes(packed))
    assert unpacked.data == TEXT
    assert len(unpacked.rejects) == 1
    assert "incorrect data check" in unpacked.rejects[0].reason


def test_a_bomb_is_rejected_whole():
    bomb = gzip.compress(bytes(10_000_000))
    unpacked = unpack(bomb, max_bytes=1_000_000)
    assert unpacked.data == b""
    assert unpacked.rejects[0].length == len(bomb)
    assert "more than 1000000 bytes" in unpacked.rejects[0].reason
    assert unpack(gzip.compress(bomb), max_bytes=1_000_000).data == b""
    assert unpack(bomb, max_bytes=10_000_000).data == bytes(10_000_000)


def test_garbage_inside_a_double_gzip_is_told_with_the_outer_file():
    outer = gzip.compress(gzip.compress(b"inner") + b"garbage")
    unpacked = unpack(outer)
    assert unpacked.data == b"inner"
    assert (unpacked.rejects[0].offset, unpacked.rejects[0].length) == (0, len(outer))
    assert "inner gzip, byte 25" in unpacked.rejects[0].reason


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
def test_no_bytes_raise_and_rejects_lie_inside(content, place, value):
    packed = bytearray(gzip.compress(content))
    packed[place % len(packed)] = value
    unpacked = unpack(bytes(packed))
    assert all(r.offset >= 0 and r.offset + r.length <= len(packed) for r in unpacked.rejects)


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=5), st.data())
def test_members_before_a_tear_are_whole(parts, data):
    members = [gzip.compress(p) for p in parts]
    kept = data.draw(st.integers(0, len(members) - 1))
    torn = members[kept][: data.draw(st.integers(2, len(members[kept]) - 1))]
    unpacked = unpack(b"".join(members[:kept]) + torn)
    before = b"".join(parts[:kept])
    if not before.startswith(b"\x1f\x8b"):
        assert unpacked.data.startswith(before)


MEMBERS = [b"".join(b'{"document":%d,"line":%d,"x":%d}\n' % (k, n, hash((k, n))) for n in range(300)) for k in range(4)]


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_damaged_member_costs_its_own_bytes_alone(place):
    packed = [gzip.compress(m) for m in MEMBERS]
    damaged = bytearray(packed[1])
    at = int(len(damaged) * place)
    damaged[at : at + 8] = b"\xff" * 8
    unpacked = unpack(packed[0] + bytes(damaged) + packed[2] + packed[3])
    assert unpacked.data.startswith(MEMBERS[0])
    assert unpacked.data.endswith(MEMBERS[2] + MEMBERS[3])
    (reject,) = unpacked.rejects
    begin, end = len(packed[0]), len(packed[0]) + len(damaged)
    assert begin < reject.offset <= end == reject.offset + reject.length
    assert "gzip is damaged" in reject.reason


def test_a_torn_member_does_not_take_the_next_one_along():
    packed = [gzip.compress(m) for m in MEMBERS]
    unpacked = unpack(packed[0] + packed[1][: len(packed[1]) // 2] + packed[2])
    assert unpacked.data.startswith(MEMBERS[0])
    assert unpacked.data.endswith(MEMBERS[2])
    assert len(unpacked.rejects) == 1


def test_garbage_between_members_is_told_and_what_follows_is_read():
    first, second = gzip.compress(b"one"), gzip.compress(b"two")
    garbage = b"garbage \x1f\x8b\x08 and more"
    unpacked = unpack(first + garbage + second)
    assert unpacked.data == b"onetwo"
    assert unpacked.rejects == (Reject(len(first), len(garbage), "bytes between gzip members"),)
    assert unpack(first + bytes(100) + second) == Unpacked(b"onetwo")


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=5), st.integers(1, 50))
def test_a_stream_in_small_chunks_is_the_file(parts, size):
    packed = b"".join(map(gzip.compress, parts)) + b"behind"
    rejects = []
    stream = unpack_stream(
        lambda at: (packed[i : i + size] for i in range(at, len(packed), size)), len(packed), rejects
    )
    assert (b"".join(stream), tuple(rejects)) == (unpack(packed).data, unpack(packed).rejects)


def test_a_bomb_is_unpacked_some_megabytes_at_a_time():
    bomb = gzip.compress(bytes(50_000_000))
    chunks = [len(c) for c in unpack_stream(lambda at: (bomb[at:],), len(bomb), [])]
    assert sum(chunks) == 50_000_000
    assert max(chunks) <= 8 << 20
