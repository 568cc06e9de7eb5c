"""What stands in XML observations beside plain text, many at once: text with entities or CDATA, entries of sets."""

from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from smelt.mtconnect.xml.element import Element
from smelt.mtconnect.xml.session import unprefixed
from smelt.terms.observation import Category

_MAX_DEPTH = 50  # within an observation; the parser of whole documents refuses what is deeper


class UnreadError(Exception):
    """A body is not well-formed, or what stands in it is odd."""


def read_bodies(bodies: Sequence[str], category: Category, element: str = "") -> list[Any]:
    """Return of each body its value as the agent's JSON would have it, or an UnreadError.

    Parameters
    ----------
    element : name of the observations, of which the end counts: `DataSet` or `Table`.

    Examples
    --------
    >>> read_bodies(["a &lt; b", '<Entry key="k">1</Entry>'], "EVENT")
    ['a < b', {'k': '1'}]
    """
    try:
        return _Bodies(category, element).read(bodies)
    except (expat.ExpatError, UnreadError) as error:
        if len(bodies) == 1:
            return [UnreadError(str(error))]
    half = len(bodies) // 2
    return read_bodies(bodies[:half], category, element) + read_bodies(bodies[half:], category, element)


class _Bodies:
    """Hears of the elements of a document in which every child of the root holds one body."""

    def __init__(self, category: Category, element: str) -> None:
        self._category: Category = category
        self._name = element
        self._element = Element(element, {}, 0)
        self._values: list[Any] = []
        self._depth = 0

    def read(self, bodies: Sequence[str]) -> list[Any]:
        """Return the values; raises ExpatError or UnreadError if one cannot be read."""
        around = "body"
        while any(around in body for body in bodies):
            around += "_"
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(f"<r><{around}>{f'</{around}><{around}>'.join(bodies)}</{around}></r>", True)
        if len(self._values) != len(bodies):
            raise UnreadError("it is not within itself")
        return self._values

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadError("it nests too deep")
        if self._depth == 2:
            self._element = Element(self._name, {}, 0)
        elif self._depth > 2:
            self._element.open(unprefixed(attributes))

    def _end(self, _: str) -> None:
        if self._depth == 2:
            self._add()
        elif self._depth > 2:
            self._element.close()
        self._depth -= 1

    def _text(self, found: str) -> None:
        self._element.add_text(found)

    def _add(self) -> None:
        if self._element.fault is not None:
            raise UnreadError(self._element.fault)
        self._values.append(self._element.value(self._category))
