"""Free ports, and waiting for something to happen within a bound."""

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """A port that nobody listens on now. Nothing else on the machine takes ports at random while
    the tests run, so it is still free when the program under test binds it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Returns as soon as the condition holds; raises TimeoutError with `what` after the bound."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds} s still not: {what}")
        time.sleep(0.005)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
