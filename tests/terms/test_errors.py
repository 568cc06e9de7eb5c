"""Errors by who has to act: what a caller did wrong is told apart from a bad row and from a store that failed."""

import inspect

import pytest

from smelt.terms import errors
from smelt.terms.errors import DataError, InputError, LeaseError, ShapeError, SmeltError, TransientError

KINDS = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__}


def test_all_are_of_one_family() -> None:
    assert all(issubclass(kind, SmeltError) for kind in KINDS.values())
    assert not issubclass(SmeltError, OSError | ValueError)


@pytest.mark.parametrize("kind", [ShapeError, LeaseError])
def test_the_callers_mistakes_are_caught_together(kind: type[SmeltError]) -> None:
    with pytest.raises(InputError, match="expected two"):
        raise kind("one; expected two.")


def test_the_three_families_do_not_overlap() -> None:
    families = (InputError, DataError, TransientError)
    assert [[issubclass(a, b) for b in families] for a in families] == [[a is b for b in families] for a in families]


def test_the_tree_in_the_docstring_names_them_all() -> None:
    assert errors.__doc__ is not None
    assert set(KINDS) == {word for word in errors.__doc__.split() if word.endswith("Error")}
