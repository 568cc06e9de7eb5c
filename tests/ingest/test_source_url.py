"""URLs of sources: whatever people write, no password is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.source_url import source_url
from smelt.terms.errors import InputError

WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(WORD, WORD, WORD, WORD)
def test_no_password_is_shown(user: str, password: str, host: str, path: str) -> None:
    secret = f"{password}!s3cret"
    url = source_url(f"mqtt://{user}:{secret}@{host}:1883/{path}/#?session={path}")
    assert url.password == secret and secret not in url.shown + url.root + repr(url)
    assert url.shown == f"mqtt://{host}:1883/{path}/#?session={path}"


def test_shown_is_read_as_the_same() -> None:
    url = source_url("kafka://a:1,b:2/t1,t2?group=g&security=ssl")
    assert source_url(url.shown) == url
    assert (url.hosts, url.path, url.options) == ("a:1,b:2", "t1,t2", {"group": "g", "security": "ssl"})


def test_topic_filters_are_ordinary_paths() -> None:
    assert source_url("mqtt://shop/MTConnect/+/x/#").path == "MTConnect/+/x/#"
    assert source_url("mqtt://shop").path == ""


@pytest.mark.parametrize("text", ["shop:1883", "", "://shop"])
def test_what_is_no_url_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected a URL"):
        source_url(text)


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", ""])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(InputError, match="expected a host and a port"):
        source_url(f"shdr://cell:{port}/m").host_and_port(7878)
