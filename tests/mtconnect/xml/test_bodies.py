"""Bodies read many at once are what each of them is alone; one that is odd takes no other along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.xml.bodies import UnreadError, read_bodies

BODIES = [
    "a &amp; b", "<![CDATA[<body>]]>", " \r\n ", "UNAVAILABLE", " UNAVAILABLE", "&#46;", "", "x<!-- c -->y", "-->",
    "body", '<Entry key="a">1</Entry><Entry key="b" removed="true"/>', '<Entry key="g"><Cell key="x">1</Cell></Entry>',
    '<m:Entry m:key="a">1</m:Entry>', "</body><body>", "<b>", "</b>", "<!--", "<Entry>1</Entry>", "&nope;",
    "]]>", "<![CDATA[", "<r>", "</r>", "<a>" * 60 + "</a>" * 60,
]  # fmt: skip


def shown(values):
    return ["unread" if isinstance(value, UnreadError) else value for value in values]


@given(
    st.lists(st.sampled_from(BODIES), min_size=1, max_size=8),
    st.sampled_from(["SAMPLE", "EVENT", "CONDITION"]),
    st.sampled_from(["", "DataSet"]),
)
def test_many_at_once_are_each_what_it_is_alone(bodies, category, name):
    alone = [read_bodies([body], category, name)[0] for body in bodies]
    assert shown(read_bodies(bodies, category, name)) == shown(alone)


@pytest.mark.parametrize("body", BODIES[BODIES.index("</body><body>") :])
def test_what_is_odd_is_unread(body):
    assert isinstance(read_bodies([body], "EVENT")[0], UnreadError)


def test_a_set_without_entries_is_empty_and_no_text():
    assert read_bodies([" "], "EVENT", "DataSet") == [{}]
    assert read_bodies([" "], "EVENT") == [" "]
    assert read_bodies([" "], "CONDITION") == [None]
