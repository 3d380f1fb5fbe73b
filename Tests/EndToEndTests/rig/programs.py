"""The programs under test, as an operator runs them: release builds, a folder, a configuration."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

from .ports import free_port, wait_until

ROOT = Path(__file__).resolve().parents[3]
#: Where the release programs lie. Another folder serves to try other builds with the same tests.
PROGRAMS = Path(os.environ.get("EDUCONNECT_PROGRAMS", ROOT / ".build" / "release"))


#: What the programs are given: none of the tests' own EDUCONNECT_ variables, which they would take
#: for settings; and a crash under test must end the process at once, not print for a minute.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("EDUCONNECT_")
} | {"SWIFT_BACKTRACE": "enable=no"}


def program(name: str) -> Path:
    path = PROGRAMS / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: swift build -c release --product {name}")
    return path


def secret_file(folder: Path, name: str, secret: str) -> str:
    """Writes a secret into a file that only its owner reads; the path, for a configuration."""
    file = folder / name
    file.touch(0o600)
    file.write_text(secret)
    return str(file)


class Process:
    """A program that listens on a port and answers there once it can serve."""

    #: What answers 200 then.
    ready_path = "/health/ready"

    def __init__(self, arguments: list, port: int, folder: Path, environment: dict | None = None):
        self.arguments = [str(argument) for argument in arguments]
        self.port = port
        self.folder = folder
        self.environment = environment or {}
        #: What the server alone is given, not the commands.
        self.server_environment: dict[str, str] = {}
        self.log = folder / f"{Path(self.arguments[0]).name}.log"
        self.process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, ready_within: float = 20) -> "Process":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT | self.environment | self.server_environment,
            )
        try:
            wait_until(self._is_ready, ready_within, f"{self.arguments[0]} is ready")
        except TimeoutError:
            self.kill()
            raise TimeoutError(f"not ready after {ready_within} s:\n{self.tail()}") from None
        return self

    def _is_ready(self) -> bool:
        if not self.is_running:
            raise RuntimeError(
                f"{' '.join(self.arguments)} ended with {self.process.returncode}:\n{self.tail()}"
            )
        try:
            url = f"http://127.0.0.1:{self.port}{self.ready_path}"
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def tail(self, lines: int = 30) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def kill(self) -> None:
        """As a power failure would, but for the page cache."""
        if self.is_running:
            self.process.kill()
        self.process.wait(20)

    def stop(self, within: float = 20) -> int:
        """As systemd does; the exit status."""
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def resident_anonymous_kilobytes(self) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
        raise RuntimeError("the kernel does not tell RssAnon")

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


class Provider(Process):
    """`educonnect serve` with a folder of its own, demonstration data and the clients asked for."""

    def __init__(
        self,
        folder: Path,
        issuer: str | None = None,
        port: int | None = None,
        settings: dict | None = None,
        environment: dict | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = port or free_port()
        self.issuer = issuer or f"http://localhost:{port}"
        self.configuration = folder / "educonnect.json"
        self.configuration.write_text(
            json.dumps(_merged(self._settings(self.issuer, port), settings or {}), indent=2)
        )
        arguments = [program("educonnect"), "serve", "--config", self.configuration]
        super().__init__(arguments, port, folder, environment)

    @staticmethod
    def _settings(issuer: str, port: int) -> dict:
        """The whole configuration; paths are relative to its file."""
        return {
            "issuer": issuer,
            "listen": {"host": "127.0.0.1", "port": port, "trustedProxies": ["127.0.0.1"]},
            "data": "data",
            "store": {"sqlite": "data/educonnect.sqlite", "migrateAtStart": True},
            "keys": {"folder": "keys", "lead": 2},
        }

    def command(self, *words, within: float = 60) -> subprocess.CompletedProcess:
        """Runs one of the commands on this configuration, whether or not the server runs."""
        return subprocess.run(
            [str(word) for word in (program("educonnect"), *words, "--config", self.configuration)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=within,
            env=ENVIRONMENT | self.environment,
        )

    def succeed(self, *words) -> str:
        done = self.command(*words)
        if done.returncode != 0:
            raise RuntimeError(f"educonnect {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def load_demonstration_data(self) -> None:
        self.succeed("demo-data", "--anyway")

    def register(self, name: str, metadata: dict) -> dict:
        """The registration response: `client_id`, `client_secret`, …"""
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(metadata))
        return json.loads(self.succeed("client", "add", "--metadata", file))


class Teleservices(Process):
    """`lsu`: the school reports and a second teleservice, registered as any teleservice is.

    `sites` maps each kind (`lsu`, `inscription`) to its public address and its private port."""

    ready_path = "/"
    #: As in config/lsu/lsu.json: one has a key, the other is a public client.
    OWN: ClassVar = {
        "lsu": {
            "authentication": {"method": "private_key_jwt", "keyFile": "lsu.pem"},
            "reportsFile": str(ROOT / "config/lsu/reports.json"),
        },
        "inscription": {"authentication": {"method": "none"}},
    }

    def __init__(
        self, folder: Path, provider: Provider, sites: dict[str, tuple[str, int]], authority: Path
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.sites = sites
        self.configuration = folder / "lsu.json"
        settings = {
            "issuer": provider.issuer,
            "extraCAFile": str(authority),
            "trustedProxies": ["127.0.0.1"],
            "teleservices": [
                {
                    "kind": kind,
                    "clientID": kind,
                    "baseURL": public,
                    "port": port,
                }
                | self.OWN[kind]
                | ({"portalURL": f"{provider.issuer}/portail"} if kind == "lsu" else {})
                for kind, (public, port) in sites.items()
            ],
        }
        self.configuration.write_text(json.dumps(settings, indent=2))
        arguments = [program("lsu"), "serve", "--config", self.configuration]
        super().__init__(arguments, sites["lsu"][1], folder)

    def metadata(self, kind: str) -> dict:
        """What the operator registers; the first call makes the teleservice's key."""
        words = ["registration", kind, "--config", self.configuration]
        done = subprocess.run(
            [program("lsu"), *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=ENVIRONMENT,
        )
        if done.returncode != 0:
            raise RuntimeError(f"lsu registration: {done.stderr.strip()}")
        return json.loads(done.stdout)


def _merged(settings: dict, over: dict) -> dict:
    merged = dict(settings)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged
