import logging

from smelt.mtconnect.scanner import compiled, scan


def test_an_edit_beside_it_changes_the_name_in_the_cache(tmp_path, monkeypatch):
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "one.py").write_text("x = 1")
    monkeypatch.setitem(compiled.sys.modules, "pack", type("Pack", (), {"__path__": [str(tmp_path)]}))
    before = compiled.sources_hash("pack.one")
    assert compiled.sources_hash("pack.one") == before
    (tmp_path / "two.py").write_text("y = 2")
    assert compiled.sources_hash("pack.one") != before


def test_where_no_cache_can_be_written_it_works_without(monkeypatch):
    def njit(function, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda at: at + 1

    def one(at: int) -> int:
        return at

    one.__module__ = scan.__name__
    monkeypatch.setattr(compiled, "njit", njit)
    assert compiled.entry(one)(1) == 2


def test_compiling_is_said_once(caplog):
    announcement = compiled._Announcement()
    with caplog.at_level(logging.WARNING):
        announcement.on_start(None)
        announcement.on_start(None)
    assert len(caplog.records) == 1 and "smelt warm" in caplog.text


def test_the_kernel_is_cached_under_a_name_that_knows_its_sources():
    name = scan.scan_documents._kernel.py_func.__qualname__
    assert name == f"scan_documents_{compiled.sources_hash(scan.__name__)}"
