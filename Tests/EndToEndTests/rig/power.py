"""How a round ends: the process killed, or its power cut with all that it has not synced."""

import os
import signal
import subprocess
from pathlib import Path

from .programs import ROOT, Provider


class Kill:
    """`kill -9`: what the process has written stays in the page cache."""

    status = -signal.SIGKILL

    def prepare(self, number: int) -> None:
        """Called before each start of the server; nothing to do."""

    def end(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)


class PowerCut:
    """The layer of `Tests/Faults/PowerCut.c` under the server's data folder: it takes back every
    write that was not synced, and ends the process. In every second round each sector is kept or
    taken back by chance, as disks do."""

    status = 86

    def __init__(self, provider: Provider, folder: Path, lying_disk: bool = False) -> None:
        self.provider = provider
        self.trigger = folder / "power-cut"
        library = folder / "power-cut.so"
        source = ROOT / "Tests" / "Faults" / "PowerCut.c"
        options = ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-pthread"]
        subprocess.run(["cc", *options, "-o", library, source, "-ldl"], check=True)
        self.environment = {
            "LD_PRELOAD": str(library),
            "POWER_CUT_FOLDER": str(provider.folder / "data"),
            "POWER_CUT_TRIGGER": str(self.trigger),
        } | ({"POWER_CUT_LYING_DISK": "1"} if lying_disk else {})

    def prepare(self, number: int) -> None:
        self.trigger.unlink(missing_ok=True)
        chance = {"POWER_CUT_SEED": str(number)} if number % 2 else {}
        self.provider.server_environment = self.environment | chance

    def end(self, pid: int) -> None:
        self.trigger.touch()
