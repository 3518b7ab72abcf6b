"""What a person at the whole window does at a visit, by keys: begin it, fill its forms and reports, sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

from at_the_desk import Person
from study_fixtures import Study

from sle_desk.services import dose_log, form_records, signatures, visits


@contextmanager
def at_the_subject(study: Study, login: str, language: str, code: str = "SLE-001") -> Iterator[Person]:
    """Let somebody sign in ten minutes later, go to the subject and leave again."""
    study.clock.advance(timedelta(minutes=10))
    person = Person(study, login, language)
    try:
        person.to_subject(code)
        yield person
    finally:
        person.close()


def register(person: Person, name: str, born: date, identity: str) -> None:
    """Register a woman and record her consent of ten to eight."""
    person.press("Ctrl+N")
    person.until_page("register")
    kind = {"identity_kind": "resident", "identity_number": identity}
    person.fill_in({"name": name, "sex": "F", "birth_date": str(born), **kind})
    person.press("Ctrl+Enter")
    person.until_page("consent")
    consent = {"consent_version": "v2.1", "signed_on": "t", "signed_time": "750", "copy_given": "Y"}
    person.fill_in({**consent, "explained_by": "Zhao Jing"})
    person.press("Ctrl+Enter")
    person.until_page("subject")


def begin_visit(person: Person, code: str, subject_id: int = 1) -> int:
    """Begin a visit of today from the subject's page; return its number."""
    person.to_row(lambda row: type(row).__name__ == "VisitLine" and row.code == code)
    person.press("Enter")
    person.fill("t")
    person.until(lambda: any(row.code == code for row in visits.visits(person.desk, subject_id)))
    return next(row.id for row in visits.visits(person.desk, subject_id) if row.code == code)


def fill_form(person: Person, visit_id: int, form: str, answers: Mapping[str, str]) -> None:
    """Fill a form of a visit and save it."""
    person.to_form(visit_id, form)
    person.fill_in(answers)
    person.press("Ctrl+Enter")
    person.until_page("subject")


def fill_report(person: Person, visit_id: int, panel: str, values: Mapping[str, str]) -> None:
    """Type a laboratory report as far as it goes and save it."""
    person.to_form(visit_id, panel)
    number = f"P26112304{visit_id}{len(panel)}"
    person.fill_in({"report_number": number, "drawn_on": "t", "drawn_time": "755", **values})
    person.press("Ctrl+Enter")
    if type(person.page).__name__ == "LabsPage":
        person.press("Ctrl+Enter")
    person.until_page("subject")


def score(person: Person, visit_id: int, form: str, answers: Mapping[str, str]) -> None:
    """Fill an assessment, open it again and sign it."""
    fill_form(person, visit_id, form, answers)
    sign_form(person, visit_id, form)


def sign_form(person: Person, visit_id: int, form: str) -> None:
    """Open a saved form of a visit and sign it."""
    person.to_form(visit_id, form)
    person.press("Ctrl+G")
    person.until_dialog()
    person.sign()
    record = form_records.saved_form(person.desk, visit_id, form)
    assert record is not None
    person.until(
        lambda: any(row.valid for row in signatures.signatures_of(person.desk, "form_record", record.id))
    )
    person.press("Esc")
    person.until_page("subject")


def infuse(person: Person, subject_id: int = 1) -> None:
    """Prepare the infusion of today, check it, and record it as given over an hour."""

    def prepared() -> bool:
        return any(row.progress == "prepared" for row in dose_log.doses(person.desk, subject_id))

    person.until_table()
    person.press("d")
    person.until_page("doses")
    person.press("i")
    person.until_page("infusion")
    view = person.page.view
    # A lot is named of the strengths that vials are proposed of.
    lots = {"400": "C7K2", "120": "C7K3"}
    named = (lot if view.field(f"vials_{size}").text() else "" for size, lot in lots.items())
    person.fill(*named, "Chen Lan")
    # Nothing to hold the dose for.
    person.press("N", "Ctrl+Enter")
    person.until(prepared)
    start = person.desk.now()
    person.study.clock.advance(timedelta(minutes=90))
    person.fill(f"{start:%H%M}", f"{start + timedelta(minutes=60):%H%M}")
    person.press("N", "Ctrl+Enter")
    person.until(lambda: not prepared())


def inject(person: Person, subject_id: int = 1) -> None:
    """Record the injection of today as given without a reaction, on the page of doses in sight."""
    before = len(dose_log.doses(person.desk, subject_id))
    person.until_table()
    person.press("G", "N", "Enter")
    person.until(lambda: len(dose_log.doses(person.desk, subject_id)) == before + 1)
