"""Warming: what is used once goes through every kernel that it names."""

import pytest

from smelt.copper import period_kernels, row_kernels
from smelt.models.rcf import grow, visit
from smelt.mtconnect.long import json_walk as long_json_walk
from smelt.mtconnect.long import xml_walk as long_xml_walk
from smelt.mtconnect.scanner import log, scan
from smelt.mtconnect.shdr import repeats as shdr_repeats
from smelt.mtconnect.xml_scanner import scan as xml_scan
from smelt.runs import warm
from smelt.scores import episode_kernel
from smelt.simulate import lag, report_on_change

OF_JSON, OF_LOG = [scan.scan_documents], [log.scan_lines, shdr_repeats.mark_equal]
OF_FOREST, OF_EPISODES = [grow.grow, visit.visit_rows], [episode_kernel.fold_minutes]
OF_SIMULATION = [lag._follow, report_on_change._leave_band]
OF_XML = [xml_scan.scan, xml_scan.copy_spans]
OF_LONG = [long_json_walk.walk, long_xml_walk.walk]
OF_COPPER = [
    found
    for module in (row_kernels, period_kernels)
    for found in vars(module).values()
    if type(found) is type(scan.scan_documents)
]


@pytest.mark.parametrize(
    ("part", "kernels"),
    [
        ("JSON scanner", OF_JSON),
        ("XML scanner", OF_XML),
        ("log scanner", OF_LOG),
        ("long documents", OF_LONG),
        ("rows of copper", OF_COPPER),
        ("random cut forest", OF_FOREST),
        ("episodes", OF_EPISODES),
        ("simulated plant", OF_SIMULATION),
    ],
)
def test_every_kernel_of_a_part_is_compiled_then(part, kernels):
    warm.PARTS[part]()
    assert kernels
    assert [kernel.py_func.__name__ for kernel in kernels if not kernel.is_ready] == []


def test_ingest_needs_the_scanner_and_copper(monkeypatch):
    used = []
    for name in ("use_json", "use_copper", "use_forest"):
        monkeypatch.setattr(warm, name, lambda name=name: used.append(name))
    warm.warm_stage("silver")
    warm.warm_stage("ingest")
    assert used == ["use_json", "use_copper"]
