"""A form of the wrong patient, found after signing, by keys: void here, entered there, signed again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from at_the_desk import Person
from at_the_papers import export_for_site, print_summary, sheet, write_into
from at_the_visit import at_the_subject, begin_visit, score, sign_form
from outputs import words_of
from PySide6.QtWidgets import QApplication
from study_fixtures import Study

from sle_desk.domain import roles
from sle_desk.models.store import verification
from sle_desk.services import deviations, entered_in_error, form_records, overview, papers, signatures
from sle_desk.services.form_records import FormRow

WRONG, RIGHT = ("SLE-001", 1), ("SLE-002", 2)
PGA, NOTE = "1.37", "Wrong chart."
# What the dialog warns of, what the empty form says, and the state of the paper.
SAID = {
    "en": (
        "The signature of Zhao Jing goes void; entered there, it is signed again.",
        "It was entered at SLE-002, Week 4.",
        "Superseded",
    ),
    "zh_CN": ("Zhao Jing 的签字将作废；改录后须重新签字。", "已改录至 SLE-002", "已被取代"),
}


def score_the_wrong_one(study: Study, language: str, folder: Path) -> tuple[int, int]:
    """Begin week 4 of both; the PGA of the one is typed and signed at the other, and printed there."""
    with at_the_subject(study, "zhao.jing", language, RIGHT[0]) as person:
        right = begin_visit(person, "W4", RIGHT[1])
        person.to_subject(WRONG[0])
        wrong = begin_visit(person, "W4", WRONG[1])
        score(person, wrong, "pga", {"PGA": PGA})
        write_into(person, folder)
        assert PGA in words_of(print_summary(person, "W4", folder, WRONG[1]))
    return wrong, right


def put_right(person: Person, wrong: int, warned: str) -> None:
    """Mark the form at the wrong subject and enter it at week 4 of the right one."""
    person.to_form(wrong, "pga")
    person.press("Ctrl+Shift+X")
    person.until_dialog()
    assert person.sees(warned)
    person.press("1")
    person.type(NOTE)
    person.press("Enter", "2")
    person.type(RIGHT[0])
    # Screening stands first, week 4 below it.
    person.press("Down", "Down", "Enter", "Ctrl+Enter")
    person.until_page("subject")


def saved(person: Person, visit: int) -> FormRow | None:
    """Return the PGA that stands at a visit."""
    return form_records.saved_form(person.desk, visit, "pga")


def valid(person: Person, record_id: int) -> list[bool]:
    """Return of each signature of a form whether it is valid."""
    return [row.valid for row in signatures.signatures_of(person.desk, "form_record", record_id)]


def both_are_linked(person: Person, old: FormRow, right: int) -> FormRow:
    """The void record names the new one, the new one the void; values are as they were typed."""
    void, new = form_records.form_row(person.desk, old.id), saved(person, right)
    assert new is not None
    assert (void.void, void.void_reason, void.moved_to) == (True, f"slip: {NOTE}", new.id)
    (told,) = entered_in_error.voided(person.desk, WRONG[1])
    assert told.there is not None
    assert (told.id, told.there.subject_code, told.there.visit) == (old.id, RIGHT[0], "W4")
    assert new.values == old.values and valid(person, old.id) == [False] and valid(person, new.id) == []
    return new


def seen_in_the_window(person: Person, wrong: int, said: tuple[str, str, str]) -> None:
    """The form is empty again and says where it went; the paper is superseded; the right one waits."""
    _, gone, superseded = said
    person.to_form(wrong, "pga")
    person.until(lambda: person.sees(gone))
    assert not person.sees(PGA)
    person.to_page("reports")
    assert [row.state for row in papers.papers(person.desk)] == ["superseded"]
    assert superseded in person.row_words(lambda row: row.subject == WRONG[0])
    person.to_page("today")
    assert [(row.who.code, row.visit) for row in overview.today(person.desk).to_sign] == [(RIGHT[0], "W4")]


@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
def test_a_signed_form_of_the_wrong_patient_is_entered_where_it_belongs(
    arms: Study, qapp: QApplication, tmp_path: Path, language: str
) -> None:
    arms.clock.advance(timedelta(days=28))
    wrong, right = score_the_wrong_one(arms, language, tmp_path)
    with at_the_subject(arms, "zhao.jing", language) as person:
        old = saved(person, wrong)
        assert old is not None and valid(person, old.id) == [True]
        put_right(person, wrong, SAID[language][0])
        assert saved(person, wrong) is None
        new = both_are_linked(person, old, right)
        assert deviations.deviations(person.desk) == ()
        seen_in_the_window(person, wrong, SAID[language])
        person.to_subject(RIGHT[0])
        sign_form(person, right, "pga")
        assert (valid(person, old.id), valid(person, new.id)) == ([False], [True])
        person.to_page("reports")
        write_into(person, tmp_path)
        book = export_for_site(person, tmp_path)
    rows = [(row["SUBJID"], row["PGA_TYPED"]) for row in sheet(book, "PGA") if row["VISIT"] == "W4"]
    assert rows == [(RIGHT[0], PGA)]
    desk = arms.sit("wu.min", roles.PI)
    assert desk.cursor_check(verification.verify).holds
