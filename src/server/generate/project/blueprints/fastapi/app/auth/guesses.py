"""Wrong passwords are counted: whoever guesses has to wait. In the memory of this process, and bounded."""

import threading
import time
from collections import OrderedDict

WINDOW_SECONDS = 15 * 60
MOST_KEYS = 10_000


class Guesses:
    """Counts wrong passwords for each account and address, and for each address."""

    def __init__(self, per_account: int, per_address: int) -> None:
        self.per_account = per_account
        self.per_address = per_address
        self._lock = threading.Lock()
        # The oldest are forgotten first.
        self._seen: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def wait(self, email: str, address: str) -> int:
        """Seconds until the next guess is looked at; 0 if it is now."""
        with self._lock:
            return max(
                self._wait((email, address), self.per_account),
                self._wait(("", address), self.per_address),
            )

    def add(self, email: str, address: str) -> None:
        """Counts a wrong guess."""
        with self._lock:
            for key in ((email, address), ("", address)):
                count, since = self._seen.pop(key, (0, time.monotonic()))
                if time.monotonic() - since > WINDOW_SECONDS:
                    count, since = 0, time.monotonic()
                self._seen[key] = (count + 1, since)
            while len(self._seen) > MOST_KEYS:
                self._seen.popitem(last=False)

    def forget(self, email: str, address: str) -> None:
        """The right password was given."""
        with self._lock:
            self._seen.pop((email, address), None)

    def _wait(self, key: tuple[str, str], most: int) -> int:
        count, since = self._seen.get(key, (0, 0.0))
        left = since + WINDOW_SECONDS - time.monotonic()
        return int(left) + 1 if count >= most and left > 0 else 0
