"""Nothing acknowledged is lost, and nothing consumed is usable again, when the server dies.

Tests/EndToEndTests: pytest crash_test.py --rounds 100
"""

import secrets

from rig.crash import CrashRounds
from rig.programs import Provider


def test_a_killed_server_keeps_what_it_acknowledged(run_folder, request, capsys):
    rounds = request.config.getoption("--rounds")
    seed = secrets.randbits(32)
    provider = Provider(run_folder / "crash")
    provider.load_demonstration_data()
    crash = CrashRounds(provider, seed)
    crash.register()
    with capsys.disabled():
        print(f"\nkills at random moments, seed {seed}")
        ledger = crash.run(rounds, report=print if rounds > 50 else lambda _: None)
        print(f"{ledger.busy_kills} of {rounds} kills found eight or more requests in flight")
        print(f"{ledger.verified:,} facts asked for after the restarts")
        print(ledger)
    assert ledger.findings == []
    assert ledger.lost == ledger.revived == 0
    assert ledger.acknowledged > 100 * rounds, "too little traffic to prove anything"
    assert ledger.busy_kills >= 0.9 * rounds, sorted(ledger.in_flight)
