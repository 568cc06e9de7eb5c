import re

import pytest


@pytest.mark.parametrize("path", ["/", "/pipeline", "/devices/FOG1", "/devices/u-fog1", "/devices/FOGG1"])
def test_pages_have_no_inline_script_or_style_and_name_no_other_host(client, path):
    html = client.get(path).text
    assert not re.search(r"<script(?![^>]*src=)", html)
    assert "<style" not in html and " style=" not in html and "onclick" not in html
    assert not re.findall(r'(?:src|href)="(?!/|#)', html)


def test_everything_that_a_page_names_is_there(client):
    for page in ("/", "/pipeline", "/devices/FOG1"):
        for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(page).text):
            assert client.get(path).status_code == 200, path


def test_modules_import_only_modules_that_exist(client):
    seen, todo = set(), ["fleet.js", "device.js", "pipeline.js"]
    while todo:
        name = todo.pop()
        answer = client.get(f"/static/js/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith("text/javascript")
        seen.add(name)
        todo += [n for n in re.findall(r'from "\./([^"]+)"', answer.text) if n not in seen]
    assert {"lanes.js", "line_track.js", "pointer.js", "heat_map.js"} <= seen


def test_the_vendored_library_brings_its_licence(client):
    assert "MIT License" in client.get("/static/vendor/uplot/LICENSE").text
    assert "1.6.32" in client.get("/static/vendor/uplot/README.md").text


def test_an_unknown_device_gets_a_page_that_says_who_was_meant(client):
    answer = client.get("/devices/FOGG1")
    assert answer.status_code == 404
    assert "Did you mean" in answer.text and 'href="/devices/FOG1"' in answer.text


def test_a_name_is_never_markup(client):
    answer = client.get("/devices/%3Cimg%20src=x%20onerror=alert(1)%3E")
    assert answer.status_code == 404 and "&lt;img" in answer.text and "<img src=x" not in answer.text
