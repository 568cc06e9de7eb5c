"""Every command, setting and table is named in the documentation, and every test that it names exists."""

import re
from pathlib import Path

import pytest

from smelt.cli.main import app
from smelt.runs.plant.config import read_plant
from smelt.terms.class_tables import features_table, minutes_table, silver_table
from smelt.terms.plant import ClassMapping
from smelt.terms.tables import FIXED_TABLES

ROOT = Path(__file__).parents[2]
CLASS = ClassMapping("<class>", ())
TABLES = [spec.name for spec in FIXED_TABLES]
TABLES += [spec.name for spec in (silver_table(CLASS), minutes_table(CLASS), features_table(CLASS, 15))]
COMMANDS = [str(c.name) for c in app.registered_commands]
SETTINGS = [s.name for s in read_plant(ROOT / "nowhere", {}, {}).settings]


@pytest.fixture(scope="module")
def docs() -> str:
    """The README and every page of docs/."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_documented(docs: str, command: str) -> None:
    assert f"smelt {command}" in docs


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_documented(docs: str, setting: str) -> None:
    section, _, key = setting.rpartition(".")
    assert setting in docs or (f"[{section}]" in docs and f"`{key}`" in docs), f"{setting} is in no page of docs/"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_documented(docs: str, table: str) -> None:
    assert table in docs or table.replace("/", ".") in docs


def test_a_test_that_is_named_exists(docs: str) -> None:
    named = set(re.findall(r"\b(test_\w+\.py)::(test_\w+)", docs))
    found = {
        (path.name, name)
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"(?m)^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 200 and sorted(named - found) == []


def test_a_page_that_is_linked_exists() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        links = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page


def test_there_is_something_to_document() -> None:
    assert len(COMMANDS) >= 13 and len(SETTINGS) >= 15 and len(TABLES) >= 19
