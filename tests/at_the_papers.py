"""What a person at the whole window prints and exports by keys, and what stands in it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from at_the_desk import Person

from sle_desk.services import papers, visits


def write_into(person: Person, folder: Path) -> None:
    """Let the dialogs of files answer with a folder."""
    reports = person.shell.page("reports")
    reports.ask_new_file = lambda parent, title, name: folder / name
    reports.export.ask_folder = lambda parent, title, start: folder


def print_summary(person: Person, visit: str, folder: Path, subject_id: int = 1) -> Path:
    """Print the summary of a visit from the subject's page and save it as a file."""
    seen = next(row.id for row in visits.visits(person.desk, subject_id) if row.code == visit)
    person.to_row(lambda row: getattr(row, "visit_id", 0) == seen)
    person.press("p")
    person.until_page("reports")
    before = len(papers.papers(person.desk))
    person.press("Enter")
    return _saved(person, before, folder)


def print_paper(person: Person, kind: str, visit: str, folder: Path, subject_id: int = 1) -> Path:
    """Choose a paper among what can be printed, on the page of reports, and save it as a file."""

    def choose() -> None:
        person.to_row(lambda row: (row.kind, row.visit, row.subject_id) == (kind, visit, subject_id))
        person.press("Enter")

    before = len(papers.papers(person.desk))
    person.in_dialog(choose)
    person.press("Ctrl+P")
    return _saved(person, before, folder)


def _saved(person: Person, before: int, folder: Path) -> Path:
    person.until(lambda: len(papers.papers(person.desk)) == before + 1)
    person.until_table()
    known = set(folder.glob("*.pdf"))
    person.press("s")
    (made,) = set(folder.glob("*.pdf")) - known
    return made


def export_for_site(person: Person, folder: Path) -> Path:
    """Write the workbook that stays at the site, with doses; the focus lands on the button that writes."""
    known = set(folder.glob("*.xlsx"))
    person.press("Ctrl+E", "Shift+Tab", "Shift+Tab", "Right", "Tab", "Tab", "Enter")
    # Written, read back and compared cell by cell: longer than any other step.
    person.until(lambda: set(folder.glob("*.xlsx")) - known, 40_000)
    (made,) = set(folder.glob("*.xlsx")) - known
    return made


def sheet(path: Path, name: str) -> list[dict[str, object]]:
    """Return the rows of a sheet by the names in its head."""
    book = openpyxl.load_workbook(path)
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]
