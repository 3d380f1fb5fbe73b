"""What was acknowledged outlives a power cut: every write that was not synced is gone with it.

kill -9 alone proves little, since the page cache survives it. Here a layer under the store keeps
unsynced writes in the process's memory, so that the kill takes them along. The last test shows that
the rounds can fail: with syncing turned off they do.
"""

import secrets
import subprocess
from pathlib import Path

import pytest

from rig.crash import CrashRounds
from rig.programs import Provider

FAULTS = Path(__file__).parent / "Faults"
#: Read by the program for this test alone; it logs an error whenever it is set.
UNSAFE = "EDUCONNECT_UNSAFE_SYNCHRONOUS_FOR_FAULT_TESTS"


@pytest.fixture(scope="module")
def layer(run_folder) -> str:
    """The shared library that loses unsynced writes."""
    library = run_folder / "unsynced-writes.so"
    source = FAULTS / "unsynced_writes.c"
    options = ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-pthread"]
    subprocess.run(["gcc", *options, "-o", library, source, "-ldl"], check=True)
    return str(library)


def rounds_over(folder: Path, environment: dict[str, str]) -> CrashRounds:
    """Rounds on a provider whose server, not its preparation, runs over the layer."""
    provider = Provider(folder)
    provider.load_demonstration_data()
    crash = CrashRounds(provider, seed=secrets.randbits(32))
    crash.register()
    provider.environment |= environment
    return crash


def test_a_power_cut_keeps_what_was_acknowledged(run_folder, layer, request, capsys):
    rounds = request.config.getoption("--power-cuts")
    crash = rounds_over(run_folder / "power-cut", {"LD_PRELOAD": layer})
    with capsys.disabled():
        ledger = crash.run(rounds)
        print(
            f"\n{ledger.busy_kills} of {rounds} power cuts found eight or more requests in flight"
        )
        print(ledger)
    assert ledger.findings == []
    assert ledger.lost == ledger.revived == 0
    assert ledger.acknowledged > 50 * rounds, "too little traffic to prove anything"


def test_the_same_rounds_fail_where_nothing_is_synced(run_folder, layer, capsys):
    crash = rounds_over(run_folder / "power-cut-unsafe", {"LD_PRELOAD": layer, UNSAFE: "1"})
    noticed = ""
    try:
        ledger = crash.run(5)
        noticed = "; ".join(ledger.findings[:3])
    except (AssertionError, RuntimeError, KeyError) as broken:
        # Losses can be so large that the next round does not even begin: the session is gone, or
        # the file can't be read.
        noticed = str(broken)
    finally:
        if crash.provider.is_running:
            crash.provider.kill()
    with capsys.disabled():
        print(f"\nwithout syncing: {noticed[:200]}")
    assert noticed, "five power cuts without syncing lost nothing: the layer does not work"
