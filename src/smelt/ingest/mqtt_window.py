"""What a broker does not say but shows: how many unacknowledged messages it allows, and that it has no more."""

from dataclasses import dataclass

LEAST = 10  # fewer than any broker's window: Mosquitto 20 (MQTT 3.1.1), EMQX 32, AWS IoT 100
SILENT_SECONDS = 1.0
ANSWER_SECONDS = 1.0
ONCE_SECONDS = 10.0
FEW = 500  # messages a second: what a broker kept comes faster


@dataclass
class Window:
    """Tells when a broker is silent because it waits for acknowledgements, not because nothing happens.

    The first guess is low. A broker that goes on once it was acknowledged had waited; where nothing comes then, the
    guess was too low, and is doubled: a shop that is quiet now and then costs no landing files.

    guess : unacknowledged messages from which on silence is taken for a full window.
    """

    guess: int = LEAST
    _heard_at: float = 0.0
    _unsettled: int = 0
    _is_asked: bool = False
    _freed: int = 0
    _freed_at: float | None = None

    def look(self, now: float, arrived: int, unsettled: int) -> bool:
        """Take a look; True if what was put should become durable at once.

        Parameters
        ----------
        now : seconds of any clock that is not set back.
        arrived : messages since the last look.
        unsettled : messages that are not acknowledged now.
        """
        if arrived:
            if self._freed_at is not None:
                self.guess = max(LEAST, min(self.guess, self._freed))
            self._freed_at, self._heard_at, self._is_asked = None, now, False
        elif unsettled < self._unsettled and self._is_silent(now):
            self._freed, self._freed_at = self._unsettled, now
        elif self._freed_at is not None and now - self._freed_at >= ANSWER_SECONDS:
            self.guess, self._freed_at = max(self.guess, 2 * self._freed), None
        self._unsettled = unsettled
        if self._is_asked or unsettled < self.guess or not self._is_silent(now):
            return False
        self._is_asked = True
        return True

    def is_drained(self, now: float) -> bool:
        """Say whether the broker is silent because it has nothing more."""
        return self._is_silent(now) and self._unsettled < self.guess and self._freed_at is None

    def _is_silent(self, now: float) -> bool:
        return now - self._heard_at >= SILENT_SECONDS


@dataclass
class Pace:
    """Tells messages that happen now from those that a broker kept: they come slowly.

    began_at : when the first could come.
    """

    began_at: float
    _second_at: float = 0.0
    _count: int = 0

    def is_live(self, now: float, arrived: int) -> bool:
        """Count what arrived; True once, ten seconds after the start, less than FEW came in a second."""
        self._count += arrived
        if now - max(self._second_at, self.began_at) < 1.0:
            return False
        is_slow, self._second_at, self._count = self._count < FEW, now, 0
        return is_slow and now - self.began_at >= ONCE_SECONDS
