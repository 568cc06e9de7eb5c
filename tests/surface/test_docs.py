"""The documentation against the code: generated pages are current, everything is named, links and examples work."""

import importlib.util
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
import typer.main
from tests.plants import HOUR, START, Said, hour_of_work, land, make_plant, name_of, packed

from smelt.cli.main import app
from smelt.runs.config import read_plant
from smelt.terms.tables import FIXED_TABLES

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
PAGES = sorted([REPOSITORY / "README.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def tool(name: str) -> ModuleType:
    """Import a script of docs/."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def named(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as Git hosts make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    kept = ("".join(c for c in h.lower() if c.isalnum() or c in " _-") for h in headings)
    return {words.strip().replace(" ", "-") for words in kept}


@pytest.mark.parametrize("name", ["make_tables", "make_commands", "make_settings"])
def test_generated_pages_are_current(name: str) -> None:
    module = tool(name)
    assert module.TARGET.read_text() == module.render(), f"run 'python docs/{name}.py'"


def test_every_command_and_option_is_documented() -> None:
    page = (DOCS / "commands.md").read_text()
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        section = page.partition(f"## `smelt {name}`")[2].partition("\n## ")[0]
        assert section, name
        for parameter in command.params:
            assert (
                f"| `{parameter.opts[0]}` |" in section
                or f"| `{parameter.opts[0].upper()}` |" in section
                or (parameter.metavar and f"| `{parameter.metavar}` |" in section)
            ), (name, parameter.name)


def test_every_setting_has_a_meaning() -> None:
    settings = {s.name for s in read_plant(DOCS / "no plant", {}, {}).settings}
    assert set(tool("make_settings").MEANINGS) == settings
    page = (DOCS / "settings.md").read_text()
    assert all(f"| `{name}` |" in page for name in settings)


def test_every_column_has_a_meaning() -> None:
    tables = tool("make_tables")
    for spec in (*FIXED_TABLES, *tables.class_tables()):
        for field in spec.schema:
            assert tables.meaning(field), (spec.name, field.name)


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for address in LINK.findall(FENCE.sub("", page.read_text())):
            if "://" not in address:
                yield page, address


@pytest.mark.parametrize(("page", "address"), list(links()), ids=lambda x: named(x) if isinstance(x, Path) else x)
def test_links_lead_somewhere(page: Path, address: str) -> None:
    path, _, anchor = address.partition("#")
    target = (page.parent / path).resolve() if path else page
    if target.parent.name == "screenshots" and not target.parent.exists():
        pytest.skip("screenshots are taken last: make screenshots")
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_words_have_one_meaning() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    words = [w.strip().lower() for w in rows if w.strip() not in ("word", "---")]
    assert len(words) > 80
    assert sorted(words) == sorted(set(words))


def test_pages_know_no_machine_and_no_data_of_ours() -> None:
    for page in [*PAGES, *DOCS.glob("*.py")]:
        text = page.read_text()
        assert not re.search(r"/work/|/home/|/tmp/|/root/|\.\./shared", text), named(page)


def test_tests_that_the_docs_name_exist() -> None:
    tests = {p.name: p.read_text() for p in (REPOSITORY / "tests").rglob("test_*.py")}
    for page in PAGES:
        for file, name in re.findall(r"`(test_\w+\.py)::(test_\w+)`", page.read_text()):
            assert f"def {name}(" in tests.get(file, ""), f"{named(page)}: {file}::{name}"


def test_source_files_that_the_docs_name_exist() -> None:
    for page in PAGES:
        for path in re.findall(r"`((?:src|tests|docs|benchmarks)/[\w/.]+)`", page.read_text()):
            assert (REPOSITORY / path).exists(), f"{named(page)}: {path}"
        for module, name in re.findall(r"`(smelt(?:\.\w+)+)\.(\w+)`", page.read_text()):
            source = REPOSITORY / "src" / Path(*module.split(".")).with_suffix(".py")
            assert f"def {name}(" in source.read_text(), f"{named(page)}: {module}.{name}"


def test_the_readmes_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a small plant called demo, whose load jumps in its last half hour."""
    root = make_plant(tmp_path / "demo", 14)
    odd = [
        Said("mill-uuid", "load", START + 14 * HOUR + timedelta(minutes=m), 900.0 + 50 * m) for m in range(30)
    ]  # fmt: skip
    first = 1 + sum(len(hour_of_work(h)) for h in range(14))
    land(root, [(name_of(14), packed(odd, first, START + 15 * HOUR))])
    (code,) = re.findall(r"^```python\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    for variable in [v for v in os.environ if v.startswith("SMELT_")]:
        monkeypatch.delenv(variable)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "ingest: 3" in printed
    assert "mill-uuid" in printed
    assert "('minutes',)" in printed
