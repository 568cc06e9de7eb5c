import fcntl
import gc
import logging
import threading
from pathlib import Path

import pytest

from smelt import compiled
from smelt.models.rcf.grow import grow
from smelt.models.rcf.visit import visit_rows
from smelt.mtconnect.scanner import scan
from smelt.scores.episode_kernel import fold_minutes

SOURCES = (
    "from smelt.compiled import entry, part\n\n"
    "@part\ndef twice(x: int) -> int:\n    return {factor} * x\n\n"
    "@entry\ndef kernel(x: int) -> int:\n    return twice(x) + 1\n"
)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a module with a kernel and a part, and return the kernel."""
    monkeypatch.setattr(compiled._Announcement, "is_said", False)
    monkeypatch.setattr("numba.core.config.CACHE_DIR", "")
    monkeypatch.setattr(compiled, "find_spec", lambda name: type("Spec", (), {"origin": str(tmp_path / "made.py")}))

    def write(factor=2):
        path = tmp_path / "made.py"
        path.write_text(SOURCES.format(factor=factor))
        made = {"__name__": "made", "__file__": str(path)}
        exec(compile(path.read_text(), str(path), "exec"), made)
        return made["kernel"]

    return write


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.nbi"))


def test_a_kernel_is_compiled_with_its_parts_and_said_once(write, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert write()(20) == 41
        assert write(3)(20) == 61
    assert len(caplog.records) == 1 and "smelt warm" in caplog.text
    assert len(files(tmp_path)) == 1  # what was compiled of older sources is gone


def test_what_is_cached_is_not_compiled_again(write, caplog):
    write()(20)
    compiled._Announcement.is_said = False
    with caplog.at_level(logging.WARNING):
        caplog.clear()
        assert write()(20) == 41
    assert not caplog.records


def test_processes_load_what_is_cached_together_but_compile_alone(write, tmp_path):
    write()(20)
    lock = next(tmp_path.rglob("*.lock"))
    with lock.open() as another:
        fcntl.flock(another, fcntl.LOCK_SH)  # one that loads at this moment
        assert write()(20) == 41
        edited, seen = write(3), []
        waiting = threading.Thread(target=lambda: seen.append(edited(20)))
        waiting.start()
        waiting.join(0.3)
        assert seen == []
        fcntl.flock(another, fcntl.LOCK_UN)
        waiting.join()
    assert seen == [61]


@pytest.mark.parametrize("is_on", [True, False])
def test_the_collector_rests_while_something_is_compiled(write, monkeypatch, is_on):
    seen = []
    monkeypatch.setattr(compiled._Announcement, "on_end", lambda *_: seen.append(gc.isenabled()))
    (gc.enable if is_on else gc.disable)()
    try:
        write()(20)
        assert seen and not any(seen)
        assert gc.isenabled() == is_on
    finally:
        gc.enable()


def test_other_types_keep_what_is_cached(write, tmp_path):
    write()(20)
    assert write()(0.5) == 2.0
    assert len(files(tmp_path)) == 1
    assert len(list(tmp_path.rglob("*.nbc"))) == 2


def test_where_no_cache_can_be_written_it_works_without(write, monkeypatch):
    njit = compiled.njit

    def refuse(function, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(function, **options)

    monkeypatch.setattr(compiled, "njit", refuse)
    assert write()(20) == 41


def test_an_edit_in_what_a_module_imports_changes_the_name_in_the_cache(tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text("from smelt.two import x\n")
    (tmp_path / "two.py").write_text("x = 1\n")

    def find(name):
        return type("Spec", (), {"origin": str(tmp_path / f"{name.rpartition('.')[2]}.py")})

    monkeypatch.setattr(compiled, "find_spec", find)
    before = compiled.sources_hash("smelt.one")
    assert compiled.sources_hash("smelt.one") == before
    (tmp_path / "two.py").write_text("x = 2\n")
    assert compiled.sources_hash("smelt.one") != before


def test_a_scanner_knows_the_sources_of_its_parts():
    found = compiled._sources(scan.__name__, {})
    assert {"smelt.mtconnect.scanner.document", "smelt.mtconnect.scanner.number", "smelt.compiled"} <= set(found)


@pytest.mark.parametrize("kernel", [grow, visit_rows, fold_minutes])
def test_a_kernel_of_one_signature_is_never_compiled_for_another(kernel):
    with pytest.raises(TypeError):
        kernel("anything else")
