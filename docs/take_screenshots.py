"""Take the pages' screenshots of a running server, light and dark: `python docs/take_screenshots.py URL OUT`."""

import argparse
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

PIPELINE_HEIGHT = 1104  # heat map, gaps, rejects, agents
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def take(page: Any, url: str, path: Path) -> None:
    """Open an address, wait until it is drawn, and store the picture."""
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(300)
    page.screenshot(path=path)


def worst_episode(page: Any, url: str, device: str | None) -> str | None:
    """Return the address of the highest episode, of one device or of all; None if there is none."""
    page.goto(f"{url}/?devices={device or ''}")
    page.wait_for_selector("body[data-ready]")
    page.click("[data-range=all]")
    page.wait_for_timeout(2000)
    link = page.locator("#episodes tbody a").first
    return url + link.get_attribute("href") if link.count() else None


def main() -> None:
    """Store fleet-light.png, fleet-dark.png, device-… and pipeline-…, each light and dark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="such as http://127.0.0.1:8000")
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--device", help="whose highest episode is shown; default: the fleet's highest")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    url = asked.url.rstrip("/")
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=FLAGS)
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=theme)
            take(page, url, asked.out / f"fleet-{theme}.png")
            episode = worst_episode(page, url, asked.device)
            if episode:
                take(page, episode, asked.out / f"device-{theme}.png")
            page.set_viewport_size({"width": 1440, "height": PIPELINE_HEIGHT})
            take(page, f"{url}/pipeline", asked.out / f"pipeline-{theme}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
