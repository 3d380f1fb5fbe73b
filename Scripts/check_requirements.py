"""Which promises of docs/requirements.md have a test that carries their id, and whether all that are
due have one. Prints what it counts; fails when a due one has no test, or a test names no promise.

An id counts in the name of a Swift test or suite, and in the name (`test_j_b_05_…`) or docstring of
an end-to-end test. « J-S-05 to J-S-08 » names four.
"""

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ROW = re.compile(r"\| (J-[A-Z]-\d\d) \| (\w+) \| (\S.*) \|")
MILESTONE = re.compile(r"\| ([a-z]+) \| [^|]+ \|")
ID = re.compile(r"\bJ-[A-Z]+-\w+(?:-\w+)*")
#: « J-S-05 to J-S-08 », « J-S-05 to 08 », the same with a dash.
RANGE = re.compile(r"\bJ-([A-Z]+)-(\d\d)\s*(?:to|\u2013)\s*(?:J-([A-Z]+)-)?(\d\d)\b")

STRING = r'(?P<hash>#+)".*?"(?P=hash)|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"'
COMMENT = re.compile(rf"(?P<string>{STRING})|//[^\n]*|/\*.*?\*/", re.DOTALL)
SWIFT_NAME = re.compile(rf"@(?:Test|Suite)\s*\(\s*(?P<name>{STRING})", re.DOTALL)
ID_IN_PYTHON = re.compile(r"(?<![a-z])j_([a-z])_(\d\d)(?!\d)")


@dataclass(frozen=True)
class Promises:
    """`milestones` maps each id to the milestone it falls due with, `words` to its sentence."""

    milestones: dict[str, str]
    words: dict[str, str]
    order: list[str]
    due: set[str]

    @classmethod
    def parse(cls, text: str) -> "Promises":
        """Raises ValueError for a list that is not well-formed."""
        milestones: dict[str, str] = {}
        words: dict[str, str] = {}
        order: list[str] = []
        due: list[str] | None = None
        for line in text.splitlines():
            if row := ROW.fullmatch(line):
                if row[1] in milestones:
                    raise ValueError(f"{row[1]} stands twice")
                milestones[row[1]], words[row[1]] = row[2], row[3]
            elif line.startswith("| J-"):
                raise ValueError(f"not a row: {line}")
            elif milestone := MILESTONE.fullmatch(line):
                order.append(milestone[1])
            elif line.startswith("due:"):
                due = re.findall(r"\w+", line.removeprefix("due:"))
        if due is None or not milestones:
            raise ValueError("no line « due: », or no row")
        if unknown := ({*milestones.values(), *due} - set(order)):
            raise ValueError(f"unknown milestones: {', '.join(sorted(unknown))}")
        return cls(milestones, words, order, set(due))


@dataclass
class Finding:
    """What the tests prove of the list."""

    promises: Promises
    proved: set[str] = field(default_factory=set)
    #: Names of tests that cannot be read, or that name what is not in the list.
    strays: list[str] = field(default_factory=list)

    @property
    def due(self) -> list[str]:
        milestones = self.promises.milestones
        return [id for id in milestones if milestones[id] in self.promises.due]

    @property
    def faults(self) -> list[str]:
        missing = [id for id in self.due if id not in self.proved]
        return [f"{id} is due, no test: {self.promises.words[id]}" for id in missing] + self.strays

    @property
    def summary(self) -> str:
        return f"{len(self.proved)} of {len(self.promises.milestones)} promises have a test"

    def __str__(self) -> str:
        lines = []
        for milestone in self.promises.order:
            ids = [id for id, due in self.promises.milestones.items() if due == milestone]
            open_ids = [id for id in ids if id not in self.proved]
            state = "due" if milestone in self.promises.due else "later"
            lines.append(f"{milestone:<16} {len(ids) - len(open_ids):>3} of {len(ids):>3}  {state}")
            indent = " " * 4
            lines += textwrap.wrap(
                " ".join(open_ids),
                100,
                initial_indent=f"{indent}without a test: ",
                subsequent_indent=indent,
                break_on_hyphens=False,
            )
        return "\n".join([*lines, self.summary, *self.faults])


def ids_in(name: str) -> set[str]:
    """The ids that a test's name or docstring carries. ValueError for a range that is none."""
    found: set[str] = set()
    for first in RANGE.finditer(name):
        letter, start, other, end = first.groups()
        if (other or letter) != letter or int(end) <= int(start):
            raise ValueError(f"« {first[0]} » is no range")
        found |= {f"J-{letter}-{number:02}" for number in range(int(start), int(end) + 1)}
    return found | set(ID.findall(RANGE.sub("", name)))


def swift_names(text: str) -> Iterator[tuple[int, str]]:
    """Line and display name of each test and suite, those in comments left out."""
    code = COMMENT.sub(lambda found: found["string"] or "\n" * found[0].count("\n"), text)
    for found in SWIFT_NAME.finditer(code):
        yield code.count("\n", 0, found.start()) + 1, found["name"]


def python_names(text: str) -> Iterator[tuple[int, str]]:
    """Line, and name with docstring, of each test function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            spelled = ID_IN_PYTHON.sub(lambda id: f" J-{id[1].upper()}-{id[2]} ", node.name)
            yield node.lineno, f"{spelled.replace('_', ' ')}\n{ast.get_docstring(node) or ''}"


def check(root: Path) -> Finding:
    """Reads the list and every test under `root`."""
    finding = Finding(Promises.parse((root / "docs" / "requirements.md").read_text()))
    swift = sorted((root / "Tests").rglob("*.swift"))
    python = sorted((root / "Tests" / "EndToEndTests").glob("*_test.py"))
    for path in [*swift, *python]:
        names = swift_names if path.suffix == ".swift" else python_names
        for line, name in names(path.read_text()):
            place = f"{path.relative_to(root)}:{line}"
            try:
                ids = ids_in(name)
            except ValueError as fault:
                finding.strays.append(f"{place}: {fault}")
                continue
            known = ids & finding.promises.milestones.keys()
            finding.proved |= known
            finding.strays += [f"{place}: no promise {id}" for id in sorted(ids - known)]
    return finding


if __name__ == "__main__":
    finding = check(ROOT)
    print(finding)
    sys.exit(1 if finding.faults else 0)
