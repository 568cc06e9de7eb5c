"""An XML observation as its elements are told, to the mapping that the agent's JSON would have sent."""

from typing import Any

from smelt.terms.observation import UNAVAILABLE, Category

_MARKS = ("sampleRate", "sampleCount")


class Element:
    """An observation under construction; `levels` holds the entries, and the cells of the entry that is open."""

    def __init__(self, name: str, attributes: dict[str, str], start: int) -> None:
        self.name = name
        self.attributes = attributes
        self.start = start
        self.fault: str | None = None
        self._text: list[str] = []
        self._keys: list[tuple[str, bool]] = []
        self._levels: list[dict[str, Any]] = [{}]

    def open(self, attributes: dict[str, str]) -> None:
        """Begin an Entry or a Cell."""
        if "key" not in attributes:
            self.fault = "an entry without a key"
        self._keys.append((attributes.get("key", ""), attributes.get("removed") in ("true", "1")))
        self._levels.append({})
        self._text.clear()

    def close(self) -> None:
        """End an Entry or a Cell."""
        members, (key, is_removed) = self._levels.pop(), self._keys.pop()
        self._levels[-1][key] = {"removed": True} if is_removed else members or "".join(self._text)
        self._text.clear()

    def add_text(self, found: str) -> None:
        """Take text, which may come in pieces."""
        self._text.append(found)

    def observation(self, category: Category) -> dict[str, Any]:
        """Return the observation as the agent's JSON has it."""
        return {**self.attributes, "value": self.value(category)}

    def value(self, category: Category) -> Any:
        """Return the value of the observation alone."""
        text = "".join(self._text)
        stripped = text.strip()
        if stripped == UNAVAILABLE:
            return stripped
        if self._levels[0] or (self.name.endswith(("DataSet", "Table")) and not stripped):
            return self._levels[0]
        if category == "SAMPLE" and (self.name.endswith("TimeSeries") or any(m in self.attributes for m in _MARKS)):
            return stripped.split()
        if category == "EVENT":
            return text
        return (stripped if category == "SAMPLE" else text) if stripped else None
