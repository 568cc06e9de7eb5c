"""When a broker waits for acknowledgements, and when nothing happens, told apart by what follows them."""

from smelt.ingest.mqtt_window import FEW, LEAST, Pace, Window


def play(window: Window, start: float, broker_window: int | None, backlog: int, seconds: float) -> tuple[int, int]:
    """Let a broker with so many messages talk to a recorder that acknowledges on demand; return asks and messages."""
    now, unsettled, asks, sent = start, 0, 0, 0
    while now < start + seconds:
        room = backlog if broker_window is None else min(backlog, broker_window - unsettled)
        backlog, unsettled, sent = backlog - room, unsettled + room, sent + room
        if window.look(now, room, unsettled):
            asks += 1
            unsettled = 0
        now += 0.2
    return asks, sent


def test_a_narrow_window_is_freed_again_and_again() -> None:
    asks, sent = play(Window(), 0.0, 20, 1000, 120.0)
    assert sent == 1000 and asks == 50


def test_a_shop_that_is_quiet_now_and_then_is_soon_left_alone() -> None:
    window, asks = Window(), 0
    unsettled, now = 0, 0.0
    for second in range(600):
        for look in range(5):
            arrived = 12 if second % 5 == 0 and look == 0 else 0
            unsettled += arrived
            if window.look(now, arrived, unsettled):
                asks += 1
                unsettled = 0
            now += 0.2
        if second % 60 == 59:
            unsettled = 0  # the landing file is rolled
    assert asks <= 5


def test_a_guess_that_was_raised_comes_down_once_the_broker_shows_its_window() -> None:
    window = Window(guess=160)
    assert not window.look(0.0, 20, 20)
    assert not window.look(30.0, 0, 20)
    assert not window.look(60.0, 0, 0)  # acknowledged with the rolled file
    assert not window.look(60.2, 20, 20)
    assert window.guess == 20
    assert window.look(61.4, 0, 20)


def test_it_asks_once() -> None:
    window = Window()
    window.look(0.0, LEAST, LEAST)
    assert [window.look(1.0 + n / 5, 0, LEAST) for n in range(10)] == [True] + [False] * 9


def test_drained_is_silent_with_nothing_that_may_wait() -> None:
    window = Window()
    window.look(0.0, 5, 5)
    assert not window.is_drained(0.5) and window.is_drained(1.0)
    window.look(2.0, 10, 15)
    window.look(3.0, 0, 15)
    assert not window.is_drained(3.0)
    window.look(3.2, 0, 0)
    assert not window.is_drained(3.2)
    window.look(4.3, 0, 0)
    assert window.is_drained(4.3)


def test_what_comes_slowly_is_live_after_ten_seconds() -> None:
    slow, fast = Pace(100.0), Pace(100.0)
    ends = [second for second in range(1, 20) if slow.is_live(100.0 + second, 3)]
    assert ends[0] == 10
    assert not any(fast.is_live(100.0 + second / 5, FEW) for second in range(200))


def test_a_backlog_that_ends_is_live_a_second_later() -> None:
    pace = Pace(0.0)
    for second in range(1, 31):
        assert not pace.is_live(float(second), 5000)
    assert pace.is_live(31.0, 20)
