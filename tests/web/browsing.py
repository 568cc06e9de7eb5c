"""What tests of pages in a real browser share: where it is, how a page is opened, and which colours it shows."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def open_page(page, address, path="/"):
    """Open a page and wait until it is drawn."""
    page.goto(address + path)
    page.wait_for_selector("body[data-ready]")


def asked_of(page):
    """Return the query of the page's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_more(page, act):
    """Act, and wait until the page is drawn anew."""
    before = page.get_attribute("body", "data-ready")
    act()
    page.wait_for_function("before => document.body.dataset.ready !== before", arg=before)


def pixels(page, name):
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
