"""The pages in a real browser: drawn, clickable, by keyboard, in the dark, and speaking to nobody else."""

from pathlib import Path

import pytest
from tests.web.browsing import CHROMIUM, asked_of, open_page, pixels, wait_for_more

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: install the Debian package chromium"),
]


def _lane_point(page, number, share):
    lane = page.locator(".lane-names .row[data-uuid]").nth(number).bounding_box()
    canvas = page.locator("#canvas").bounding_box()
    return canvas["x"] + share * canvas["width"], lane["y"] + lane["height"] / 2


def test_lanes_show_severity_off_and_no_data(page, address):
    open_page(page, address)
    for name in ("severity-1", "severity-4", "off", "hatch", "unscored"):
        assert pixels(page, name) > 10, name
    assert page.locator(".lane-names a").all_text_contents() == ["FOG1", "FOG2", "FAD1", "FAD2"]
    assert page.locator(".lane-names .row.class").all_text_contents() == ["mills", "drills"]
    heights = [row.bounding_box()["height"] for row in page.locator(".lane-names .row[data-uuid]").all()]
    assert min(heights) >= 14


def test_the_bar_says_how_far_the_data_goes_and_who_is_missing(page, address):
    open_page(page, address)
    assert page.inner_text("#until") == "Data until Sun 29 Mar 2026 01:00"
    tiles = page.locator(".tile").all_inner_texts()
    assert any("FAD2 since 28 Mar 18:20" in text for text in tiles)
    assert any("FOG2 wants 2.5 more days" in text for text in tiles)


def test_pointing_at_a_lane_tells_its_value_and_top_signal(page, address):
    open_page(page, address)
    box = page.locator("#canvas").bounding_box()
    start, end = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.interval)")
    episode = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.episodes[0])")
    _, y = _lane_point(page, 0, 0)
    page.mouse.move(box["x"] + box["width"] * (episode["peak"] - start) / (end - start), y)
    told = page.inner_text(".tip")
    assert "FOG1" in told and "top signal spindle_load" in told and "episode" in told and "severity" in told


def test_a_click_opens_the_device_at_that_time(page, address):
    open_page(page, address)
    page.mouse.click(*_lane_point(page, 2, 0.9))
    page.wait_for_url("**/devices/FAD1?**")
    page.wait_for_selector("body[data-ready]")
    asked = asked_of(page)
    start, end = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.interval)")
    middle = page.evaluate("([a, b]) => (Date.parse(a) + Date.parse(b)) / 2000", [asked["from"], asked["to"]])
    assert abs(middle - (start + 0.9 * (end - start))) < 600


def test_a_click_on_an_episode_opens_it(page, address):
    open_page(page, address)
    start, end = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.interval)")
    episode = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.episodes[0])")
    page.mouse.click(*_lane_point(page, 0, (episode["start"] + 600 - start) / (end - start)))
    page.wait_for_url("**/devices/FOG1?**")
    assert asked_of(page)["episode"] == episode["episode_id"]


@pytest.mark.parametrize(("path", "place"), [("/", "#canvas"), ("/devices/FOG1", "[data-track=severity] .plot")])
def test_dragging_zooms_and_a_double_click_resets(page, address, path, place):
    open_page(page, address, path)
    box = page.locator(place).bounding_box()
    y = box["y"] + box["height"] / 2

    def drag():
        page.mouse.move(box["x"] + box["width"] * 0.4, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=4)
        page.mouse.up()

    before = page.inner_text("#range")
    wait_for_more(page, drag)
    asked = asked_of(page)
    hours = page.evaluate("([a, b]) => (Date.parse(b) - Date.parse(a)) / 36e5", [asked["from"], asked["to"]])
    assert 72 * 0.18 < hours < 72 * 0.24
    assert page.inner_text("#range") != before
    wait_for_more(page, lambda: page.mouse.dblclick(box["x"] + box["width"] * 0.5, y))
    assert asked_of(page) == {} and page.inner_text("#range") == before
    wait_for_more(page, page.go_back)
    assert asked_of(page) == asked


def test_the_fleet_by_keyboard(page, address):
    open_page(page, address)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator(".row.chosen a").all_text_contents() == ["FOG2"]
    page.keyboard.press("?")
    assert "next lane" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")  # it closes in its own time, and keeps the keys until then
    page.locator("dialog").wait_for(state="detached")
    page.keyboard.press("Enter")
    page.wait_for_url("**/devices/FOG2")


def test_episodes_by_keyboard(page, address):
    open_page(page, address, "/devices/FOG1")
    wait_for_more(page, lambda: page.keyboard.press("j"))
    first = asked_of(page)["episode"]
    assert first.startswith("fog1-")
    side = page.inner_text("#side")
    assert "alarm minutes" in side and "5 points above 75 are 2.2 times rarer" in side
    shares = [int(t.removesuffix(" %")) for t in page.locator("#side .share .number").all_inner_texts()]
    assert abs(sum(shares) - 100) <= 2
    wait_for_more(page, lambda: page.keyboard.press("z"))
    assert {"from", "to", "episode"} <= set(asked_of(page))
    wait_for_more(page, lambda: page.keyboard.press("Escape"))
    assert "episode" not in asked_of(page)


def test_one_crosshair_reads_every_track(page, address):
    open_page(page, address, "/devices/FOG1?from=2026-03-27T08:00Z&to=2026-03-27T18:00Z")
    box = page.locator("[data-track=score] .plot").bounding_box()
    tracks = page.locator(".track[data-track]")

    def told_at(share):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + 20)
        return {t.get_attribute("data-track"): t.locator(".value").inner_text() for t in tracks.all()}

    told = told_at(0.3)
    assert {"score", "severity", "execution", "coverage", "spindle_load"} <= set(told)
    assert all(told.values()) and "no value" not in told.values()
    assert told["mode"] == "AUTOMATIC" and told["coverage"] == "live"
    assert page.inner_text(".crosshair output").startswith("Fri 27 Mar 2026 1")
    gap = told_at(0.6)  # in the outage
    assert gap["coverage"] == "silent" and gap["spindle_load"] == gap["score"] == gap["mode"] == "no value"


def test_any_other_signal_can_be_added_and_taken_away(page, address):
    open_page(page, address, "/devices/FOG1")
    wait_for_more(page, lambda: page.select_option("#add", "servo"))
    assert asked_of(page)["signals"] == "servo"
    track = page.locator("[data-track=servo]")
    assert track.count() == 1
    wait_for_more(page, lambda: track.locator("button", has_text="✕").click(force=True))
    assert page.locator("[data-track=servo]").count() == 0


def test_dark_and_light(page, address):
    open_page(page, address)
    background = "getComputedStyle(document.body.parentElement).backgroundColor"
    light = page.evaluate(background)
    page.keyboard.press("d")
    dark = page.evaluate(background)
    assert light != dark
    assert pixels(page, "severity-1") > 20  # the canvas has the new theme's colours
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate(background) == dark


def test_the_systems_theme_is_followed(page, address):
    page.emulate_media(color_scheme="dark")
    open_page(page, address, "/devices/FOG1")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("html[data-theme=light]")


def test_times_are_written_in_the_chosen_zone(page, address):
    open_page(page, address)
    wait_for_more(page, lambda: page.select_option("#zone", "utc"))
    assert asked_of(page)["tz"] == "utc"
    assert page.inner_text("#until") == "Data until Sun 29 Mar 2026 00:00"


def test_each_canvas_has_a_table(page, address):
    open_page(page, address)
    page.click("#lanes-table-button")
    assert page.locator("#lanes-table tbody tr").count() == 4
    assert "FAD2" in page.inner_text("#lanes-table")
    open_page(page, address, "/devices/FOG1")
    for track in page.locator(".track[data-track]").all():
        track.locator("button", has_text="Table").click(force=True)
        assert track.locator(".equivalent tbody tr").count() > 0, track.get_attribute("data-track")


def test_every_plot_gives_a_picture_and_a_file(page, address):
    open_page(page, address, "/devices/FOG1")
    for name in ("score", "execution", "spindle_load"):
        track = page.locator(f"[data-track={name}]")
        with page.expect_download() as picture:
            track.locator("button", has_text="PNG").click(force=True)
        assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
        with page.expect_download() as file:
            track.locator("a", has_text="CSV").click(force=True)
        assert Path(file.value.path()).read_text().startswith("minute,")
    open_page(page, address)
    with page.expect_download() as picture:
        page.click("#lanes-png")
    assert picture.value.suggested_filename == "fleet.png"


def test_the_filter_lives_in_the_address(page, address):
    open_page(page, address)
    page.fill("#filter", "drills")
    wait_for_more(page, lambda: page.press("#filter", "Enter"))
    assert asked_of(page)["devices"] == "drills"
    assert page.locator(".lane-names a").all_text_contents() == ["FAD1", "FAD2"]


def test_copy_link_gives_exactly_this_view(page, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, address)
    page.click("#copy")
    page.wait_for_selector(".toast")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}/?from=2026-03-26T00:00Z&to=2026-03-29T00:00Z&tz=plant"
