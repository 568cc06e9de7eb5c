"""The pages in a real browser: drawn, clickable, by keyboard, in the dark, and speaking to nobody else."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn

from smelt.web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: install the Debian package chromium"),
]


@pytest.fixture(scope="module")
def address(reader, plant, page_lake) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(reader, plant, token=None, mappings=dict.fromkeys(plant.classes, page_lake.MAPPING))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'smelt[test]' brings playwright")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    """A page in a fresh profile; afterwards nothing may have gone wrong and no other host been asked."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light", accept_downloads=True)
    tab = context.new_page()
    wrong, hosts = [], set()
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc or urlsplit(request.url).scheme))
    yield tab
    context.close()
    assert wrong == []
    assert hosts <= {urlsplit(address).netloc, "blob"}


def _open(page, address, path="/"):
    page.goto(address + path)
    page.wait_for_selector("body[data-ready]")


def _asked(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def _wait_for_more(page, act):
    before = page.get_attribute("body", "data-ready")
    act()
    page.wait_for_function("before => document.body.dataset.ready !== before", arg=before)


def _pixels(page, name):
    """Count the canvas's pixels of a named colour."""
    return page.evaluate(
        """name => {
          const canvas = document.getElementById("canvas");
          const hex = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
          const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          const isIt = (_, i) => data[4 * i] === r && data[4 * i + 1] === g && data[4 * i + 2] === b;
          return Array.from({ length: data.length / 4 }, isIt).filter(Boolean).length;
        }""",
        name,
    )


def _lane_point(page, number, share):
    lane = page.locator(".lane-names .row[data-uuid]").nth(number).bounding_box()
    canvas = page.locator("#canvas").bounding_box()
    return canvas["x"] + share * canvas["width"], lane["y"] + lane["height"] / 2


def test_lanes_show_severity_off_and_no_data(page, address):
    _open(page, address)
    for name in ("severity-1", "severity-4", "off", "hatch", "unscored"):
        assert _pixels(page, name) > 10, name
    assert page.locator(".lane-names a").all_text_contents() == ["FOG1", "FOG2", "FAD1", "FAD2"]
    assert page.locator(".lane-names .row.class").all_text_contents() == ["mills", "drills"]
    heights = [row.bounding_box()["height"] for row in page.locator(".lane-names .row[data-uuid]").all()]
    assert min(heights) >= 14


def test_the_bar_says_how_far_the_data_goes_and_who_is_missing(page, address):
    _open(page, address)
    assert page.inner_text("#until") == "Data until Sun 29 Mar 2026 01:00"
    tiles = page.locator(".tile").all_inner_texts()
    assert any("FAD2 since 28 Mar 18:20" in text for text in tiles)
    assert any("FOG2 wants 2.5 more days" in text for text in tiles)


def test_pointing_at_a_lane_tells_its_value_and_top_signal(page, address):
    _open(page, address)
    box = page.locator("#canvas").bounding_box()
    start, end = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.interval)")
    episode = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.episodes[0])")
    _, y = _lane_point(page, 0, 0)
    page.mouse.move(box["x"] + box["width"] * (episode["peak"] - start) / (end - start), y)
    told = page.inner_text(".tip")
    assert "FOG1" in told and "top signal spindle_load" in told and "episode" in told and "severity" in told


def test_a_click_opens_the_device_at_that_time(page, address):
    _open(page, address)
    page.mouse.click(*_lane_point(page, 2, 0.9))
    page.wait_for_url("**/devices/FAD1?**")
    page.wait_for_selector("body[data-ready]")
    asked = _asked(page)
    start, end = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.interval)")
    middle = page.evaluate("([a, b]) => (Date.parse(a) + Date.parse(b)) / 2000", [asked["from"], asked["to"]])
    assert abs(middle - (start + 0.9 * (end - start))) < 600


def test_a_click_on_an_episode_opens_it(page, address):
    _open(page, address)
    start, end = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.interval)")
    episode = page.evaluate("fetch('/api/fleet').then(r => r.json()).then(p => p.episodes[0])")
    page.mouse.click(*_lane_point(page, 0, (episode["start"] + 600 - start) / (end - start)))
    page.wait_for_url("**/devices/FOG1?**")
    assert _asked(page)["episode"] == episode["episode_id"]


@pytest.mark.parametrize(("path", "place"), [("/", "#canvas"), ("/devices/FOG1", "[data-track=severity] .plot")])
def test_dragging_zooms_and_a_double_click_resets(page, address, path, place):
    _open(page, address, path)
    box = page.locator(place).bounding_box()
    y = box["y"] + box["height"] / 2

    def drag():
        page.mouse.move(box["x"] + box["width"] * 0.4, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=4)
        page.mouse.up()

    before = page.inner_text("#range")
    _wait_for_more(page, drag)
    asked = _asked(page)
    hours = page.evaluate("([a, b]) => (Date.parse(b) - Date.parse(a)) / 36e5", [asked["from"], asked["to"]])
    assert 72 * 0.18 < hours < 72 * 0.24
    assert page.inner_text("#range") != before
    _wait_for_more(page, lambda: page.mouse.dblclick(box["x"] + box["width"] * 0.5, y))
    assert _asked(page) == {} and page.inner_text("#range") == before
    _wait_for_more(page, page.go_back)
    assert _asked(page) == asked


def test_the_fleet_by_keyboard(page, address):
    _open(page, address)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator(".row.chosen a").all_text_contents() == ["FOG2"]
    page.keyboard.press("?")
    assert "next lane" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    assert page.locator("dialog").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_url("**/devices/FOG2")


def test_episodes_by_keyboard(page, address):
    _open(page, address, "/devices/FOG1")
    _wait_for_more(page, lambda: page.keyboard.press("j"))
    first = _asked(page)["episode"]
    assert first.startswith("fog1-")
    side = page.inner_text("#side")
    assert "alarm minutes" in side and "5 points above 75 are 2.2 times rarer" in side
    shares = [int(t.removesuffix(" %")) for t in page.locator("#side .share .number").all_inner_texts()]
    assert abs(sum(shares) - 100) <= 2
    _wait_for_more(page, lambda: page.keyboard.press("z"))
    assert {"from", "to", "episode"} <= set(_asked(page))
    _wait_for_more(page, lambda: page.keyboard.press("Escape"))
    assert "episode" not in _asked(page)


def test_one_crosshair_reads_every_track(page, address):
    _open(page, address, "/devices/FOG1?from=2026-03-27T08:00Z&to=2026-03-27T18:00Z")
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
    _open(page, address, "/devices/FOG1")
    _wait_for_more(page, lambda: page.select_option("#add", "servo"))
    assert _asked(page)["signals"] == "servo"
    track = page.locator("[data-track=servo]")
    assert track.count() == 1
    _wait_for_more(page, lambda: track.locator("button", has_text="✕").click(force=True))
    assert page.locator("[data-track=servo]").count() == 0


def test_dark_and_light(page, address):
    _open(page, address)
    background = "getComputedStyle(document.body.parentElement).backgroundColor"
    light = page.evaluate(background)
    page.keyboard.press("d")
    dark = page.evaluate(background)
    assert light != dark
    assert _pixels(page, "severity-1") > 20  # the canvas has the new theme's colours
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate(background) == dark


def test_the_systems_theme_is_followed(page, address):
    page.emulate_media(color_scheme="dark")
    _open(page, address, "/devices/FOG1")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("html[data-theme=light]")


def test_times_are_written_in_the_chosen_zone(page, address):
    _open(page, address)
    _wait_for_more(page, lambda: page.select_option("#zone", "utc"))
    assert _asked(page)["tz"] == "utc"
    assert page.inner_text("#until") == "Data until Sun 29 Mar 2026 00:00"


def test_each_canvas_has_a_table(page, address):
    _open(page, address)
    page.click("#lanes-table-button")
    assert page.locator("#lanes-table tbody tr").count() == 4
    assert "FAD2" in page.inner_text("#lanes-table")
    _open(page, address, "/devices/FOG1")
    for track in page.locator(".track[data-track]").all():
        track.locator("button", has_text="Table").click(force=True)
        assert track.locator(".equivalent tbody tr").count() > 0, track.get_attribute("data-track")


def test_every_plot_gives_a_picture_and_a_file(page, address):
    _open(page, address, "/devices/FOG1")
    for name in ("score", "execution", "spindle_load"):
        track = page.locator(f"[data-track={name}]")
        with page.expect_download() as picture:
            track.locator("button", has_text="PNG").click(force=True)
        assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
        with page.expect_download() as file:
            track.locator("a", has_text="CSV").click(force=True)
        assert Path(file.value.path()).read_text().startswith("minute,")
    _open(page, address)
    with page.expect_download() as picture:
        page.click("#lanes-png")
    assert picture.value.suggested_filename == "fleet.png"


def test_the_filter_lives_in_the_address(page, address):
    _open(page, address)
    page.fill("#filter", "drills")
    _wait_for_more(page, lambda: page.press("#filter", "Enter"))
    assert _asked(page)["devices"] == "drills"
    assert page.locator(".lane-names a").all_text_contents() == ["FAD1", "FAD2"]


def test_copy_link_gives_exactly_this_view(page, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(page, address)
    page.click("#copy")
    page.wait_for_selector(".toast")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}/?from=2026-03-26T00:00Z&to=2026-03-29T00:00Z&tz=plant"
