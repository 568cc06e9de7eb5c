"""The Pipeline page in a real browser: drawn, readable without colours, by keyboard, narrow and in the dark."""

from pathlib import Path

import pytest
from tests.web.browsing import CHROMIUM, asked_of, open_page, pixels, wait_for_more

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: install the Debian package chromium"),
]


def test_the_heat_map_shows_gaps_losses_and_restarts(page, address):
    open_page(page, address, "/pipeline")
    for name in ("severity-4", "severity-5", "hatch", "hold"):
        assert pixels(page, name) > 10, name
    assert page.locator(".lane-names a").all_text_contents() == ["FOG1", "FOG2", "FAD1", "FAD2"]
    tiles = page.inner_text("#tiles")
    assert "✕ 250" in tiles and "and 1 restart" in tiles and "▲ 2" in tiles


def test_a_cell_says_what_it_is(page, address):
    open_page(page, address, "/pipeline")
    lane = page.locator(".lane-names .row[data-uuid]").nth(0).bounding_box()
    canvas = page.locator("#canvas").bounding_box()
    page.mouse.move(canvas["x"] + canvas["width"] * (1010 / 60 / 72), lane["y"] + lane["height"] / 2)
    tip = page.inner_text(".tip")
    assert tip.startswith("FOG1 · 26 Mar") and "contact 66 %" in tip and "lost 20 min" in tip
    assert "600 observations of about 900 expected" in tip


def test_tables_below_tell_the_rest(page, address):
    open_page(page, address, "/pipeline")
    gaps = page.inner_text("#gaps")
    assert "lost" in gaps and "FAD1, FAD2 and 2 more: all" in gaps and "250" in gaps
    assert "torn document <b>here</b>" in page.inner_text("#rejects")  # a reason is never markup
    assert "80 B at byte 1,200" in page.inner_text("#rejects")
    assert "shop" in page.inner_text("#agents")
    assert page.locator("#stages tbody tr").count() == 4
    assert "units changed" in page.inner_text("#drift") and "NEWTON" in page.inner_text("#drift")
    assert "copper/coverage" in page.inner_text("#tables")


def test_a_store_that_is_away_is_said(page, address):
    open_page(page, address, "/pipeline")
    recorders = page.inner_text("#recorders")
    assert (
        "shop-1: landing zone s3://ore/raw: no route. 3 files, 4 MB of at most 1 GB, wait on its local disk"
        in recorders
    )
    assert "store away" in recorders and "0.25 s" in recorders
    lost = page.locator("#recorders tbody tr td:nth-child(8)").all_text_contents()
    assert lost == ["7", "?"]  # what an adapter said while nobody listened, nobody counted


def test_by_keyboard(page, address):
    open_page(page, address, "/pipeline")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(".lane-names .row.chosen a").all_text_contents() == ["FOG2"]
    page.keyboard.press("?")
    assert "next device" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")  # it closes in its own time, and keeps the keys until then
    page.keyboard.press("Enter")
    page.wait_for_url("**/devices/FOG2")


def test_the_state_lives_in_the_address_and_goes_along_to_the_fleet(page, address):
    open_page(page, address, "/pipeline?from=2026-03-26T12:00Z&to=2026-03-27T12:00Z&tz=utc")
    page.fill("#filter", "mills")
    wait_for_more(page, lambda: page.press("#filter", "Enter"))
    assert asked_of(page) == {"from": "2026-03-26T12:00Z", "to": "2026-03-27T12:00Z", "tz": "utc", "devices": "mills"}
    assert page.locator(".lane-names a").all_text_contents() == ["FOG1", "FOG2"]
    page.click(".pages a >> text=Fleet")
    page.wait_for_selector("body[data-ready]")
    assert asked_of(page)["from"] == "2026-03-26T12:00Z" and page.title().startswith("Fleet")


def test_dragging_zooms(page, address):
    open_page(page, address, "/pipeline")
    box = page.locator("#canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3 + 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2 / 3, box["y"] + 60, steps=4)
    wait_for_more(page, page.mouse.up)
    found = asked_of(page)
    assert found["from"].startswith("2026-03-27T00:0") and found["to"] == "2026-03-28T00:00Z"


def test_the_canvas_has_a_table_a_picture_and_files(page, address):
    open_page(page, address, "/pipeline")
    page.click("#hours-table-button")
    assert page.locator("#hours-table tbody tr").count() == 4
    assert "66 %" not in page.inner_text("#hours-table tbody tr:nth-child(1)")  # its worst hour is worse
    with page.expect_download() as picture:
        page.click("#hours-png")
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
    for part in ("hours", "gaps", "rejects", "runs", "drift"):
        with page.expect_download() as file:
            page.click(f"#{part}-csv")
        assert file.value.suggested_filename == f"pipeline_{part}.csv"


def test_all_runs_and_a_copied_command(page, address, folder):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, address, "/pipeline")
    page.click("#runs-button")
    assert page.get_attribute("#runs-button", "aria-expanded") == "true"
    page.locator("#commands button").first.click()
    page.wait_for_selector(".toast")
    assert page.evaluate("navigator.clipboard.readText()") == f"smelt run --plant {folder.root}"


def test_narrow_and_dark(page, address):
    page.set_viewport_size({"width": 480, "height": 800})
    page.emulate_media(color_scheme="dark")
    open_page(page, address, "/pipeline")
    assert page.evaluate("document.documentElement.scrollWidth") == 480
    assert pixels(page, "severity-4") > 5
    assert page.locator("#canvas").bounding_box()["width"] > 200
