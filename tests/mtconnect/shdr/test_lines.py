from smelt.mtconnect.shdr.lines import LogLines, is_record


def lines(data: bytes) -> LogLines:
    return LogLines(data, data.decode().split("\n"))


def test_spans_count_bytes_not_letters():
    log = lines("grün\nzwei\r\ndrei".encode())
    assert [log.span(i, i + 1) for i in range(3)] == [(0, 5), (6, 10), (12, 16)]
    assert log.span(0, 3) == (0, 16)


def test_chosen_lines_know_where_they_stood():
    log = LogLines(b"a\nb\nc\nd", ["b", "d"], [1, 3])
    assert log.span(0, 1) == (2, 3)
    assert log.span(1, 2) == (6, 7)
    assert log.number(1) == 3


def test_a_terminals_wraps_are_undone():
    record = "2017-01-31T21:19:15.9843750Z|" + "a|1|" * 30
    wrapped = "\n".join([record[:80], record[80:], "2017-01-31T21:19:16Z|b|2"]).encode()
    log = lines(wrapped)
    assert log.is_wrapped()
    log.join_wrapped()
    assert log.texts == [record, "2017-01-31T21:19:16Z|b|2"]
    assert log.span(0, 1) == (0, len(record) + 1)


def test_what_is_not_wrapped_stays():
    full = "2017-01-31T21:19:16Z|b|".ljust(80, "x")
    for behind in ("2017-01-31T21:19:17Z|b|2", "* PING", "", "<<<<<<< HEAD"):
        log = lines(f"{full}\n{behind}".encode())
        assert not log.is_wrapped()
        log.join_wrapped()
        assert log.texts == [full, behind]
    assert not lines(b"short\nrest").is_wrapped()


def test_records():
    assert is_record("   2017-01-31T21") and is_record("* PONG 1000") and is_record("\r")
    assert not is_record("2017") and not is_record("garbage") and not is_record("--multiline--A")
