def test_no_page_describes_the_server_to_strangers(client):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_an_address_that_is_nothing_points_home(client):
    answer = client.get("/cases")
    assert answer.status_code == 404 and answer.text == "404: nothing at /cases; the fleet is at /."


def test_nothing_can_be_written(client):
    assert client.post("/api/fleet").status_code == 405
    assert client.delete("/devices/FOG1").status_code == 405


def test_files_outside_static_stay_there(client):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert client.get(path).status_code in (400, 404)
