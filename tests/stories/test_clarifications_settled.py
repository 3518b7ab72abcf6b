"""The PI settles what the registry leaves open, by keys alone; a patient is judged before and after."""

from __future__ import annotations

from at_the_checklist import judge, to_eligibility
from at_the_desk import Person, people
from at_the_visit import at_the_subject
from people_invented import identity_number, someone
from PySide6.QtWidgets import QApplication
from study_fixtures import Study
from trial_fixtures import decide, decide_everything, screen

from sle_desk.domain import roles
from sle_desk.services import checklist, clarifications, consent_records, preconditions, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.subjects import NewConsent

__all__ = ["people"]
# Each with the key of the reading that is taken: EULAR/ACR 2019, the lost limits restored, 18 and 70 both
# included, 30 subjects, every 28 days, 42 injections.
SETTLED = {"D01": "1", "D02": "1", "D08": "1", "D09": "1", "D10": "1", "D13": "1"}
# The criteria that wait for some of them, and those that an allocation waits for.
CRITERIA, ALLOCATED_BY = {"D01", "D02", "D08"}, {"D09", "D10", "D13"}
WAITING = dict.fromkeys(("I1", "I2", "E1b"), "waiting")
RESTORED = dict.fromkeys(("E1c", "E1d", "E1h"), "absent")
AFTERWARDS = {"I1": "met", "I2": "met", "E1b": "void", **RESTORED}


def eighteen_today(study: Study, number: int) -> int:
    """Register and screen a woman on the day on which she turns 18; return her number."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    born = desk.today().replace(year=desk.today().year - 18)
    new = someone(
        name=f"林慧{number}",
        initials=f"LH{number}",
        birth_date=born,
        identity_number=identity_number(born, "F", number),
    )
    subject_id = subjects.register_subject(desk, new).id
    at = f"{desk.now():%H:%M}"
    consent_records.record_consent(desk, NewConsent(subject_id, "v2.1", desk.today(), at, "Zhao Jing", "Y"))
    screen(study, subject_id)
    study.leave()
    return subject_id


def judged(desk: Desk, subject_id: int) -> dict[str, str | None]:
    """Return what the evidence suggests of each criterion that D01, D02 or D08 has a say in; or its state."""
    rows = checklist.checklist(desk, subject_id).rows
    return {
        row.code: row.judged.suggestion if row.judged.state == "in_force" else row.judged.state
        for row in rows
        if CRITERIA & {*row.judged.waits_on, *row.judged.decided_by}
    }


def waited_for(desk: Desk, subject_id: int) -> set[str]:
    """Return the clarifications that an allocation of the subject waits for."""
    found = preconditions.preconditions(desk, subject_id)
    return {str(each.facts["code"]) for each in found if each.code == preconditions.OPEN}


def settle(person: Person, code: str, key: str) -> None:
    """Decide a reading with the approved protocol as its basis, and sign."""
    person.to_page("study")
    person.to_row(lambda row: getattr(row, "code", "") == code)
    person.press("Enter", key, "p")
    person.fill("Protocol v2.0", "5.2", "2026PHB-041", "2026-11-20", "t")
    person.type("As the approved protocol has it.")
    before = len(clarifications.register_row(person.desk, code).decisions)
    person.press("Ctrl+Enter")
    person.until_dialog()
    person.sign()
    person.until(lambda: len(clarifications.register_row(person.desk, code).decisions) == before + 1)


def test_the_pi_settles_what_is_open_and_a_patient_is_judged_before_and_after(
    study: Study, qapp: QApplication
) -> None:
    decide_everything(study, but=frozenset(SETTLED))
    first = eighteen_today(study, 1)
    with at_the_subject(study, "wu.min", "en") as person:
        to_eligibility(person)
        assert judged(person.desk, first) == WAITING
        assert waited_for(person.desk, first) == ALLOCATED_BY
        # Each waiting criterion names what it waits for, and one key leads there.
        person.press("Home", "c")
        person.until_page("study")
        assert person.sees("D08")
        for code, key in SETTLED.items():
            settle(person, code, key)
        assert not waited_for(person.desk, first)
        # The lost words of the registry are void now; what was restored in their place is asked.
        assert judged(person.desk, first) == AFTERWARDS
        person.to_subject("SLE-001")
        to_eligibility(person)
        judge(person, first)
        signed = checklist.checklist(person.desk, first).signed
        assert signed is not None and signed.verdict == "eligible"
    # A later reading is for who is judged from then on: what was signed stays as it was signed.
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "D08", "over_18")
    second = eighteen_today(study, 2)
    desk = study.sit("wu.min", roles.PI)
    assert judged(desk, second)["I1"] == "not_met"
    assert judged(desk, first) == AFTERWARDS
    kept = checklist.checklist(desk, first).signed
    assert kept is not None and (kept.verdict, kept.content_hash) == ("eligible", signed.content_hash)
