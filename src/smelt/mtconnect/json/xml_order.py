"""Converters that keep the order of elements (xml-js by default, fast-xml-parser's preserveOrder), as the others write.

xml-js: `{"type": "element", "name": …, "attributes": {…}, "elements": […]}`; fast-xml-parser: `{"Header": […],
":@": {…}}`, with text as `{"#text": …}`.
"""

from typing import Any

from smelt.mtconnect.json.header import UnfitError

_MAX_DEPTH = 64
_TEXTS = ("text", "cdata", "#text")


def compact(value: dict[str, Any]) -> dict[str, Any] | None:
    """Return a whole document with its root as its key, or None if it is not of these shapes.

    Examples
    --------
    >>> compact({"elements": [{"type": "element", "name": "MTConnectError", "attributes": {"a": "1"}}]})
    {'MTConnectError': {'_attributes': {'a': '1'}}}
    """
    elements = value.get("elements")
    if not isinstance(elements, list):
        return None
    found = [e for e in elements if isinstance(e, dict) and e.get("type") == "element"]
    return {str(e.get("name")): _named(e, 0) for e in found} or None


def compact_list(children: list[Any], attributes: Any, depth: int = 0) -> dict[str, Any]:
    """Return an element from what stands in it, in order, and its attributes, if it has any.

    Examples
    --------
    >>> compact_list([{"Header": [], ":@": {"@_instanceId": "1"}}, {"#text": "a"}], None)
    {'Header': [{'$': {'@_instanceId': '1'}}], '#text': 'a'}
    """
    _check(depth)
    made: dict[str, Any] = {"$": attributes} if isinstance(attributes, dict) else {}
    for child in children:
        for key, member in child.items() if isinstance(child, dict) else ():
            if key in _TEXTS:
                made[key] = made.get(key, "") + str(member)
            elif isinstance(member, list):
                made.setdefault(key, []).append(compact_list(member, child.get(":@"), depth + 1))
    return made


def _named(element: dict[str, Any], depth: int) -> dict[str, Any]:
    _check(depth)
    attributes, children = element.get("attributes"), element.get("elements")
    made: dict[str, Any] = {"_attributes": attributes} if isinstance(attributes, dict) else {}
    for child in children if isinstance(children, list) else ():
        if not isinstance(child, dict):
            continue
        if child.get("type") == "element":
            made.setdefault(str(child.get("name")), []).append(_named(child, depth + 1))
        elif child.get("type") in _TEXTS:
            made["_text"] = made.get("_text", "") + str(child.get(child["type"], ""))
    return made


def _check(depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise UnfitError(f"nested more than {_MAX_DEPTH} deep")
