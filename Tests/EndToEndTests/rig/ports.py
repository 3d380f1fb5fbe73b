"""Free ports, and waiting for something to happen within a bound."""

import random
import socket
import time
from collections.abc import Callable

#: Below the range from which Linux gives outgoing connections their own port: a probe of a server that
#: is still starting could else be given the very port that the server wants.
_PORTS = iter(random.sample(range(10_000, 32_000), 22_000))


def free_port() -> int:
    """A port that nobody listens on now and that this function has not given before."""
    for port in _PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free between 10000 and 32000")


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
