"""Tags, names and attributes on raw bytes; what is not plain is refused."""

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import load_byte
from smelt.mtconnect.xml_scanner.values import (
    AND,
    APOSTROPHE,
    BLANK,
    BRACKET,
    COLON,
    DASH,
    DOT,
    EQUALS,
    GT,
    LT,
    NINE,
    QUOTE,
    SLASH,
    UNDERSCORE,
    ZERO,
    Longs,
    is_same,
    which_word,
    words,
)

MOST_ATTRIBUTES = 32
_EXCLAMATION, _QUESTION, _FEED, _TAB = b"!?\n\t"
# Attributes that count, by their rows in what read_tag finds; behind them stand two signs, and an entity's place.
ID, NUMBER, STAMP, UUID, NATIVE_CODE, CONDITION_ID, RESET, RATE, COUNT, SIGNS, LAST_ENTITY, FOUND = range(12)
HAS_ENTITY, HAS_PREFIX = range(2)
_ATTRIBUTES = words(
    b"dataItemId", b"sequence", b"timestamp", b"uuid", b"nativeCode", b"conditionId", b"resetTriggered", b"sampleRate",
    b"sampleCount",
)  # fmt: skip
_ENTITIES = words(b"amp;", b"lt;", b"gt;", b"quot;", b"apos;")
_CDATA = words(b"<![CDATA[")


@inlined
def _is_name(byte: int) -> bool:
    is_letter = (byte | 0x20) >= 0x61 and (byte | 0x20) <= 0x7A
    return is_letter or (byte >= ZERO and byte <= COLON) or byte in (UNDERSCORE, DASH, DOT)


@inlined
def is_blank(byte: int) -> bool:
    """Say whether XML counts a byte as a blank."""
    return byte in (0x20, 0x0A, 0x0D, 0x09)


@inlined
def skip_blanks(at: int, limit: int) -> int:
    """Return the next place that is not blank."""
    while at < limit and is_blank(load_byte(at)):
        at += 1
    return at


@inlined
def name_end(at: int, limit: int) -> int:
    """Return the end of a name of ASCII letters, or `at` if none begins there."""
    byte = load_byte(at) if at < limit else 0
    if not _is_name(byte) or byte in (DASH, DOT) or (byte >= ZERO and byte <= NINE):
        return at
    while at < limit and _is_name(load_byte(at)):
        at += 1
    return at


@inlined
def local_name(at: int, end: int) -> int:
    """Return where a name begins behind its prefix."""
    for i in range(end - 1, at - 1, -1):
        if load_byte(i) == COLON:
            return i + 1
    return at


@part
def read_tag(at: int, limit: int, spans: Longs, found: Longs) -> int:
    """Read the attributes behind a start tag's name; returns the place of its '>' or '/>', or -1 if it is odd.

    Parameters
    ----------
    spans : room for the places of the names.
    found : (start, end) of the values by attribute, -1 where there is none; in row SIGNS whether one of them has an
        entity, or another one that XML does not know itself, and whether one that counts has a name with a prefix.
    """
    for i in range(len(found)):
        found[i, 0], found[i, 1] = -1, -1
    count = 0
    while True:
        start = skip_blanks(at, limit)
        if start + 1 >= limit:
            return -1
        if load_byte(start) == GT or (load_byte(start) == SLASH and load_byte(start + 1) == GT):
            return start
        end = name_end(start, limit)
        value = _value_start(end, limit)
        if start in (end, at) or value < 0 or count == MOST_ATTRIBUTES or _stands_before(start, end, spans, count):
            return -1
        spans[count, 0], spans[count, 1] = start, end
        count += 1
        at = _value_end(value, limit, found)
        if at < 0:
            return -1
        local = local_name(start, end)
        which = which_word(local, end, _ATTRIBUTES)
        if which >= 0 and local != start:
            found[SIGNS, HAS_PREFIX] = 1
        elif which >= 0:
            found[which, 0], found[which, 1] = value, at
            if found[LAST_ENTITY, 0] >= value:
                found[SIGNS, HAS_ENTITY] = 1
        at += 1


@inlined
def _value_start(at: int, limit: int) -> int:
    at = skip_blanks(at, limit)
    if at >= limit or load_byte(at) != EQUALS:
        return -1
    at = skip_blanks(at + 1, limit)
    return at + 1 if at < limit and load_byte(at) in (QUOTE, APOSTROPHE) else -1


@inlined
def _value_end(at: int, limit: int, found: Longs) -> int:
    """Return the place of the closing quote."""
    quote = load_byte(at - 1)
    while at < limit and load_byte(at) != quote:
        if load_byte(at) == LT or load_byte(at) < 0x20:
            return -1
        if load_byte(at) == AND:
            found[LAST_ENTITY, 0] = at
            if not _is_entity(at + 1):
                found[SIGNS, HAS_ENTITY] = 1
        at += 1
    return at if at < limit else -1


@part
def _is_entity(at: int) -> bool:
    """Say whether one of XML's own five names of a character stands there, with its semicolon."""
    is_known = False
    for i in range(len(_ENTITIES)):
        is_known = is_known or which_word(at, at + _ENTITIES[i, 0], _ENTITIES) == i
    return is_known


@inlined
def _stands_before(start: int, end: int, spans: Longs, count: int) -> bool:
    """Say whether one of the names before is the same."""
    for i in range(count):
        if spans[i, 1] - spans[i, 0] == end - start and is_same(start, spans[i, 0], end - start):
            return True
    return False


@part
def close_at(at: int, limit: int, name: Longs) -> int:
    """Return the end of the end tag of that name at `at`, or -1 if it does not stand there."""
    end = at + 2 + name[1] - name[0]
    if (
        end >= limit
        or load_byte(at) != LT
        or load_byte(at + 1) != SLASH
        or not is_same(at + 2, name[0], name[1] - name[0])
    ):
        return -1
    end = skip_blanks(end, limit)
    return end + 1 if end < limit and load_byte(end) == GT else -1


@part
def read_body(text: Longs, limit: int, name: Longs) -> int:
    """Return the end of an element of that name, or -1; comments and the like are not looked into.

    Parameters
    ----------
    text : where what stands in it begins; where that ends, and whether it is more than text, is filled in.
    """
    at = text[0]
    text[2] = 0
    while at < limit:
        byte = load_byte(at)
        if byte == LT:
            end = close_at(at, limit, name)
            if end >= 0:
                text[1] = at
                return end
            text[2] = 1
            if load_byte(at + 1) in (_EXCLAMATION, _QUESTION):
                at = _cdata_end(at, limit)
                if at < 0:
                    return -1
        elif is_mark(at):
            text[2] = 1
        at += 1
    return -1


@inlined
def is_mark(at: int) -> bool:
    """Say whether a byte within text may mean something else than itself, or be no text at all."""
    byte = load_byte(at)
    if byte == AND or (byte == BRACKET and load_byte(at + 1) == BRACKET):
        return True
    return byte < BLANK and byte not in (_FEED, _TAB)


@part
def _cdata_end(at: int, limit: int) -> int:
    """Return the last byte of the CDATA section that begins at `at`, or -1 if none does."""
    if which_word(at, at + 9, _CDATA) < 0:
        return -1
    at += 11
    while at < limit:
        if load_byte(at) == GT and load_byte(at - 1) == BRACKET and load_byte(at - 2) == BRACKET:
            return at
        at += 1
    return -1
