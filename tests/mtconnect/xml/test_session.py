import pytest

from smelt.mtconnect.xml.session import Fault, RefusedError, Session, header_behind


class Events:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.found: list[tuple] = []

    def start(self, depth: int, name: str, attributes: dict[str, str], at: int) -> None:
        self.found.append((depth, name, at))

    def end(self, depth: int, end: int) -> None:
        self.found.append((depth, end))

    def text(self, found: str) -> None:
        self.found.append((found,))


def test_every_element_knows_where_it_begins_and_ends():
    data = b"..<x:a>t<b/><c></c ></x:a>"
    events = Events()
    session = Session(data, len(data), events)
    assert session.parse(2) is None
    assert events.found == [(0, "a", 2), ("t",), (1, "b", 8), (1, 12), (1, "c", 12), (1, 20), (0, 26)]
    assert (session.end, session.names) == (26, [])


def test_it_goes_on_behind_a_fault_within_the_elements_that_are_open():
    data = b"<a><b>&no;</b><c/></a> behind"
    events = Events()
    session = Session(data, len(data), events)
    assert session.parse(0) == Fault(6, "undefined entity")
    assert session.names == ["a", "b"]
    session.names.pop()
    assert session.parse(14) is None
    assert events.found[-3:] == [(1, "c", 14), (1, 18), (0, 22)]
    assert session.end == 22


def test_endless_nesting_is_refused():
    data = b"<a>" * 1000
    with pytest.raises(RefusedError, match="more than 64 deep"):
        Session(data, len(data), Events()).parse(0)


def test_a_header_that_is_none_has_no_attributes():
    for data in (b"", b"<Header", b"<Header a=1/>", b"<Header>", b"<Headers a='1'/>"):
        assert header_behind(data, 0, len(data)) == {}
