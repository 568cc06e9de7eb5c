"""What can be said of a message's body without decoding it, where its broker says nothing."""


def content_type_of(body: bytes) -> str:
    """Return the content type that a body looks like.

    Examples
    --------
    >>> content_type_of(b' {"Device":'), content_type_of(b"<?xml"), content_type_of(b"UNAVAILABLE")
    ('application/json', 'text/xml', 'application/octet-stream')
    """
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return "application/json"
    return "text/xml" if start.startswith(b"<") else "application/octet-stream"


def count_observations(body: bytes) -> int:
    """Return about how many observations a body holds, for the live line.

    Examples
    --------
    >>> count_observations(b'{"dataItemId":"x","value":1} {"dataItemId":"y"}')
    2
    """
    return body.count(b"dataItemId")
