"""Runs every test of EduConnect, part by part, and prints what each part counted and how long it took.

    make test                        all parts
    make test PARTS="units browser"  some of them, for whoever works on one

A part that is absent, counts no test or skips one has failed. Logs are kept in .build-tests/.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

import check_requirements

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".build-tests"
END_TO_END = ROOT / "Tests" / "EndToEndTests"

#: Seconds on two cores, by group of rows.
BUDGETS = {
    "requirements": 30,
    "builds": 25 * 60,
    "units and stores": 8 * 60,
    "crash rounds": 6 * 60,
    "real clients": 5 * 60,
    "messages": 3 * 60,
    "processes and bad input": 5 * 60,
    "browser": 10 * 60,
}


@dataclass
class Row:
    """A line of the table. `remark` is what the part itself says in its last words."""

    group: str
    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0
    remark: str = ""


@dataclass
class Report:
    rows: list[Row] = field(default_factory=list)

    def add(self, *rows: Row) -> None:
        self.rows += rows

    @property
    def failed(self) -> int:
        return sum(row.failed for row in self.rows)

    def show(self) -> None:
        print(f"\n{'part':<40} {'passed':>7} {'failed':>7} {'seconds':>8} {'budget':>7}")
        for group, budget in BUDGETS.items():
            rows = [row for row in self.rows if row.group == group]
            if not rows:
                continue
            seconds = sum(row.seconds for row in rows)
            over = "  over its budget" if seconds > budget else ""
            print(f"{group:<40} {'':>7} {'':>7} {seconds:>8.0f} {budget:>7}{over}")
            for row in rows:
                tail = f"{row.passed:>7} {row.failed:>7} {row.seconds:>8.0f}"
                print(
                    f"  {row.name:<38} {tail}" + (f"          {row.remark}" if row.remark else "")
                )
        print(f"\n{sum(row.passed for row in self.rows)} passed, {self.failed} failed")


#: Seconds after which a part hangs: it is ended, and has failed.
PATIENCE = 30 * 60


def run(name: str, command: list, environment: dict | None = None) -> tuple[int, Path, float]:
    """Runs a command with its output in a log; the exit status, the log and the seconds."""
    LOGS.mkdir(exist_ok=True)
    log = LOGS / f"{name}.log"
    print(f"— {name}", flush=True)
    started = time.monotonic()
    with log.open("wb") as output:
        # A group of its own, so that what hangs is ended with all that it has started.
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
            start_new_session=True,
        )
        try:
            status = process.wait(PATIENCE)
        except BaseException as failure:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(failure, subprocess.TimeoutExpired):
                raise
            status = 1
            output.write(f"\nended after {PATIENCE} s\n".encode())
    seconds = time.monotonic() - started
    print(f"  {'done' if status == 0 else 'FAILED'} in {seconds:.0f} s", flush=True)
    if status != 0:
        print("\n".join(log.read_text(errors="replace").splitlines()[-80:]), flush=True)
    return status, log, seconds


def build(report: Report, name: str, *options: str) -> bool:
    status, _, seconds = run(f"build-{name}", ["swift", "build", *options])
    report.add(Row("builds", name, passed=status == 0, failed=status != 0, seconds=seconds))
    return status == 0


def units(report: Report, postgresql: str) -> None:
    """All Swift tests, in two runs: tests with time limits beside the store's races, which keep every
    core and the disk busy, would measure the machine. Cases are counted by the database they ran on."""
    rest = Row("units and stores", "unit and endpoint tests")
    rows = {
        "sqlite": Row("units and stores", "store suite on SQLite"),
        "postgresql": Row("units and stores", "store suite on PostgreSQL"),
        "": Row("units and stores", "store suite, drivers and faults"),
    }
    swift_tests("stores", postgresql, rows, "--filter", "^StoreTests\\.")
    swift_tests("units", postgresql, {"": rest}, "--skip", "^StoreTests\\.")
    report.add(*(with_something(row) for row in [*rows.values(), rest]))


def swift_tests(name: str, postgresql: str, rows: dict[str, Row], *selection: str) -> None:
    """Runs the selected tests and adds their cases to the rows."""
    events = LOGS / f"{name}.events.jsonl"
    LOGS.mkdir(exist_ok=True)
    events.unlink(missing_ok=True)
    status, log, seconds = run(
        name,
        [
            *("swift", "test", "--skip-build", *selection),
            *("--event-stream-output-path", events, "--event-stream-version", "0"),
        ],
        {"EDUCONNECT_TEST_POSTGRESQL": postgresql, "EDUCONNECT_TEST_REQUIRE_ALL": "1"},
    )
    skipped, unfinished = count_cases(events, rows)
    closing = re.findall(r"Test run with \d+ tests.*", log.read_text(errors="replace"))
    row = rows[""]
    row.seconds = seconds
    row.remark = closing[-1] if closing else f"no end; unfinished: {', '.join(unfinished)}"
    if status != 0 and not any(row.failed for row in rows.values()):
        row.failed += 1
    row.failed += skipped


def count_cases(events: Path, rows: dict[str, Row]) -> tuple[int, list[str]]:
    """Adds the cases of the event stream to the rows; the number of tests that were skipped, and the
    tests that began and did not end."""
    skipped = 0
    plain: set[str] = set()  # functions without cases, which are counted themselves
    running: dict[tuple, str] = {}
    broken: set[tuple] = set()
    text = events.read_text() if events.exists() else ""
    # Not `splitlines`: names of cases hold every line separator there is. A run that was ended leaves
    # part of a line.
    for line in text.split("\n")[:-1]:
        record = json.loads(line)
        payload = record["payload"]
        if record["kind"] == "test" and payload.get("isParameterized") is False:
            plain.add(payload["id"])
        if record["kind"] != "event":
            continue
        test = payload.get("testID")
        key = (test, (payload.get("_testCase") or {}).get("id"))
        match payload["kind"]:
            case "testSkipped":
                skipped += 1
            case "testCaseStarted" if test not in plain:
                running[key] = database_of(payload)
            case "testStarted" if test in plain:
                running[(test, None)] = ""
            case "issueRecorded" if not payload.get("issue", {}).get("isKnown"):
                broken |= {key, (test, None)}
            case "testCaseEnded" | "testEnded" if key in running:
                row = rows.get(running.pop(key), rows[""])
                if key in broken:
                    row.failed += 1
                else:
                    row.passed += 1
    return skipped, sorted({str(test) for test, _ in running})


def database_of(payload: dict) -> str:
    """The database that a test case runs on, by the name of its argument."""
    if not str(payload.get("testID", "")).startswith("StoreTests."):
        return ""
    name = ((payload.get("_testCase") or {}).get("displayName") or "").lower()
    return next((database for database in ("sqlite", "postgresql") if database in name), "")


def end_to_end(report: Report, group: str, name: str, files: list[str], *options: str) -> None:
    result = LOGS / f"{files[0]}.xml"
    LOGS.mkdir(exist_ok=True)
    result.unlink(missing_ok=True)
    status, log, seconds = run(
        name.replace(" ", "-"),
        [
            *(sys.executable, "-m", "pytest", "-q", "--durations=5", f"--junitxml={result}"),
            *(f"--rootdir={END_TO_END}", "-c", END_TO_END / "pytest.ini"),
            *options,
            *(END_TO_END / f"{file}_test.py" for file in files),
        ],
    )
    row = Row(group, name, seconds=seconds)
    if result.exists():
        suite = ElementTree.parse(result).getroot().find("testsuite")
        total = int(suite.get("tests"))
        # A skipped test is a part that was wanted and is absent.
        row.failed = sum(int(suite.get(kind)) for kind in ("failures", "errors", "skipped"))
        row.passed = total - row.failed
    elif status != 0:
        row.failed = 1
    ledgers = re.findall(r"^ledger: .*$", log.read_text(errors="replace"), re.MULTILINE)
    row.remark = "; ".join(ledgers[-2:])
    report.add(with_something(row))


def requirements(report: Report) -> None:
    """Each promise that is due has a test; and the check itself sees what it should see."""
    end_to_end(report, "requirements", "the check of requirements", ["requirements"])
    finding = check_requirements.check(ROOT)
    print(finding, flush=True)
    failed = len(finding.faults)
    passed = sum(id in finding.proved for id in finding.due)
    report.add(Row("requirements", "promises due", passed, failed, remark=finding.summary))


def with_something(row: Row) -> Row:
    if row.passed + row.failed == 0:
        row.failed, row.remark = 1, "no test ran"
    return row


def with_postgresql(report: Report) -> None:
    script = ROOT / "Scripts" / "postgresql-for-tests"
    folder = subprocess.run(
        [script, "start"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    try:
        conninfo = subprocess.run(
            [script, "conninfo", folder], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()
        units(report, conninfo)
    finally:
        subprocess.run([script, "stop", folder], check=False)


def main(wanted: list[str]) -> int:
    report = Report()
    pictures = LOGS / "pictures"
    parts = {
        "requirements": lambda: requirements(report),
        "units": lambda: (
            build(report, "debug, with tests", "--build-tests") and with_postgresql(report)
        ),
        "release": lambda: [
            build(report, f"release, {product}", "--configuration", "release", "--product", product)
            for product in ("educonnect", "lsu", "franceconnect-simulator")
        ],
        "crash": lambda: end_to_end(
            report, "crash rounds", "crash and power cut", ["crash", "power_cut"]
        ),
        "clients": lambda: (
            end_to_end(report, "real clients", "Apache with mod_auth_openidc", ["apache"]),
            end_to_end(report, "real clients", "Authlib and joserfc", ["authlib"]),
        ),
        "messages": lambda: end_to_end(
            report, "messages", "Kannel, SMTP and a gateway", ["message_rig", "message_delivery"]
        ),
        "input": lambda: (
            end_to_end(
                report,
                "processes and bad input",
                "processes and commands",
                ["process", "command_line"],
            ),
            end_to_end(
                report,
                "processes and bad input",
                "bad input at every endpoint",
                ["bad_authorization", "bad_token", "foreign_token", "bad_sign_in"],
            ),
            end_to_end(report, "processes and bad input", "floods and framing", ["flood"]),
            end_to_end(
                report,
                "processes and bad input",
                "the simulated FranceConnect",
                ["franceconnect_simulator", "franceconnect_tokens", "franceconnect_misbehaviour"],
            ),
        ),
        "browser": lambda: (
            end_to_end(
                report,
                "browser",
                "Chromium",
                ["browser", "browser_pages", "franceconnect_pages"],
                f"--pictures={pictures}",
            ),
            end_to_end(
                report,
                "browser",
                "the three journeys",
                ["journeys", "wrong_turns", "sign_out", "demonstration"],
                f"--pictures={pictures}",
            ),
            end_to_end(
                report,
                "browser",
                "the parent's own place",
                ["portal", "account", "recovery", "other_cases", "keyboard"],
                f"--pictures={pictures}",
            ),
        ),
    }
    unknown = set(wanted) - set(parts)
    if unknown:
        print(f"unknown parts {sorted(unknown)}; there are: {' '.join(parts)}", file=sys.stderr)
        return 2
    for name, part in parts.items():
        if not wanted or name in wanted:
            part()
    report.show()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
