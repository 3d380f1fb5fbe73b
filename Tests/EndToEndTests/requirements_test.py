"""The check of docs/requirements.md, on small trees with a fault planted in each."""

from pathlib import Path

import check_requirements as requirements
import pytest

LIST = """
due: first

| Milestone | What it brings |
| --- | --- |
| first | the beginning |
| second | the rest |

| Id | Milestone | Promise |
| --- | --- | --- |
| J-S-05 | first | One. |
| J-S-06 | first | Two. |
| J-S-07 | first | Three. |
| J-B-01 | second | Four. |
"""

ALL_DUE = '@Test("sees the words (J-S-05 to J-S-07)") func words() {}'


@pytest.fixture
def check(tmp_path: Path):
    """Checks a tree with this list, these Swift tests and these end-to-end tests."""

    def run(swift: str = "", python: str = "", promises: str = LIST) -> requirements.Finding:
        for path, text in {
            "docs/requirements.md": promises,
            "Tests/IdPTests/SignInTests.swift": swift,
            "Tests/EndToEndTests/sign_in_test.py": python,
        }.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return requirements.check(tmp_path)

    return run


def test_all_due_promises_have_a_test_and_later_ones_may_lack_it(check):
    finding = check(ALL_DUE)
    assert finding.faults == []
    assert finding.proved == {"J-S-05", "J-S-06", "J-S-07"}
    assert "first              3 of   3  due" in str(finding)
    assert "second             0 of   1  later\n    without a test: J-B-01" in str(finding)


def test_a_due_promise_without_a_test_is_a_fault(check):
    finding = check(ALL_DUE.replace("05 to J-S-07", "05, J-S-07"))
    assert finding.faults == ["J-S-06 is due, no test: Two."]


def test_what_is_set_due_is_missed_from_then_on(check):
    promises = LIST.replace("due: first", "due: first, second")
    assert check(ALL_DUE, promises=promises).faults == ["J-B-01 is due, no test: Four."]


def test_an_unknown_id_is_a_fault_at_its_line(check):
    finding = check(f'{ALL_DUE}\n\n@Suite("A parent (J-S-99)") struct Parent {{}}')
    assert finding.faults == ["Tests/IdPTests/SignInTests.swift:3: no promise J-S-99"]


@pytest.mark.parametrize("name", ["J-S-5", "J-S-005", "J-S-05-06", "J-SX-05", "J-S-05bis"])
def test_an_id_written_another_way_is_unknown(check, name):
    assert f"no promise {name}" in check(f'{ALL_DUE}\n@Test("x ({name})")').faults[0]


@pytest.mark.parametrize("name", ["J-S-07 to J-S-05", "J-S-05 to J-B-07", "J-S-05 to J-S-05"])
def test_a_range_that_is_none_is_a_fault(check, name):
    assert f"« {name} » is no range" in check(f'{ALL_DUE}\n@Test("x ({name})")').faults[0]


@pytest.mark.parametrize(
    "name", ["J-S-05 to J-S-07", "J-S-05 to 07", "J-S-05\u201307", "J-S-05, J-S-06 to J-S-07"]
)
def test_ranges_and_lists_are_read(name):
    assert requirements.ids_in(f"is so ({name}, SR-53)") == {"J-S-05", "J-S-06", "J-S-07"}


@pytest.mark.parametrize(
    "swift",
    [
        '@Test(\n    "with words on a line of their own: http://a (J-B-01)",\n    arguments: [1])',
        '@Suite("A parent (J-B-01)", .serialized)',
        '@Test(#"says "so" (J-B-01)"#)',
        '@Test("""\n    says so\n    (J-B-01)\n    """)',
        'let a = "https://b" // x\n@Test("says so (J-B-01)")',
    ],
)
def test_names_of_swift_tests_count(check, swift):
    assert check(swift).proved == {"J-B-01"}


@pytest.mark.parametrize(
    "swift",
    [
        '// @Test("says so (J-B-01)")',
        '/* later\n@Test("says so (J-B-01)") */',
        'let story = "J-B-01"',
        "/// As J-B-01 wants.\n@Test func so() {}",
        '@Test(.tags(.x)) func so() { print("J-B-01") }',
    ],
)
def test_ids_elsewhere_in_swift_do_not_count(check, swift):
    assert check(swift).proved == set()


def test_names_and_docstrings_of_end_to_end_tests_count(check):
    finding = check(
        python='def test_a():\n    """So (J-S-05)."""\n\ndef test_b_j_s_06_to_j_s_07_c():\n    pass\n'
    )
    assert finding.proved == {"J-S-05", "J-S-06", "J-S-07"}


def test_every_end_to_end_file_is_run_by_make_test():
    """An id in a file that no part runs would prove nothing."""
    parts = (requirements.ROOT / "Scripts" / "run_tests.py").read_text()
    files = [path.name.removesuffix("_test.py") for path in Path(__file__).parent.glob("*_test.py")]
    assert [name for name in files if f'"{name}"' not in parts] == []


def test_other_words_of_end_to_end_tests_do_not_count(check):
    finding = check(python='"""J-S-05"""\n\ndef helper():\n    """J-S-06"""\n\nX = "J-S-07"\n')
    assert finding.proved == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("due: first", ""),
        ("due: first", "due: frist"),
        ("| J-B-01 | second |", "| J-B-01 | third |"),
        ("| J-B-01 | second |", "| J-S-05 | second |"),
        ("| J-B-01 | second | Four. |", "| J-B-01 | second |"),
    ],
)
def test_a_list_that_is_not_well_formed_is_refused(check, old, new):
    with pytest.raises(ValueError):
        check(ALL_DUE, promises=LIST.replace(old, new))
