"""What was acknowledged outlives a power cut: every write that was not synced is gone with it.

kill -9 alone proves little, since the page cache survives it. Here a layer under the store takes
back what was not synced when it ends the process. The last test shows that the rounds can fail: over
a disk that only says it has synced they do. (With `synchronous=OFF`, for which the program has no
switch, the store's own suite shows the same: `PowerCutTests`.)
"""

import secrets
from pathlib import Path

from rig.crash import CrashRounds
from rig.power import PowerCut
from rig.programs import Provider


def rounds_over(folder: Path, lying_disk: bool = False) -> CrashRounds:
    """Rounds on a provider whose server, not its preparation, runs over the layer."""
    provider = Provider(folder)
    provider.load_demonstration_data()
    ending = PowerCut(provider, folder, lying_disk)
    crash = CrashRounds(provider, seed=secrets.randbits(32), ending=ending)
    crash.register()
    return crash


def test_a_power_cut_keeps_what_was_acknowledged(run_folder, request, capsys):
    rounds = request.config.getoption("--power-cuts")
    crash = rounds_over(run_folder / "power-cut")
    with capsys.disabled():
        ledger = crash.run(rounds)
        print(
            f"\n{ledger.busy_kills} of {rounds} power cuts found eight or more requests in flight"
        )
        print(ledger)
    assert ledger.findings == []
    assert ledger.lost == ledger.revived == 0
    assert ledger.acknowledged > 50 * rounds, "too little traffic to prove anything"


def test_the_same_rounds_fail_where_nothing_is_synced(run_folder, capsys):
    crash = rounds_over(run_folder / "power-cut-unsynced", lying_disk=True)
    ledger = crash.ledger
    try:
        crash.run(5)
    except (AssertionError, RuntimeError, KeyError):
        # Losses can be so large that the next round does not even begin: the session is gone, or
        # the file can't be read. Whatever else breaks a round is no loss that was noticed.
        if ledger.lost + ledger.revived == 0:
            raise
    finally:
        if crash.provider.is_running:
            crash.provider.kill()
    with capsys.disabled():
        print(f"\nwithout syncing: {ledger}; {'; '.join(ledger.findings[:3])[:200]}")
    assert ledger.lost + ledger.revived > 0, (
        "five power cuts without syncing lost nothing: the layer does not work"
    )
