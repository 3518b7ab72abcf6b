"""A whole subject entered in error, the papers about it, and the file opened again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dose_fixtures import dispense, inject
from logged import enter, event, given
from people_invented import someone
from study_fixtures import Study
from trial_fixtures import (
    arms,
    laboratory,
    made_arms,
    made_ready,
    made_trial,
    ready,
    register,
    score,
    screen,
    trial,
    vitals,
)

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.store import verification
from sle_desk.services import (
    allocation,
    checklist,
    deviations,
    dose_corrections,
    dose_log,
    entered_in_error,
    form_records,
    overview,
    papers,
    subjects,
    visits,
    void_forms,
    void_subjects,
    void_visits,
)
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow
from sle_desk.services.papers import NewPaper

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


def coordinator(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def visit_of(desk: Desk, subject_id: int, code: str) -> int:
    """Return the visit of a subject, recorded today when there is none yet."""
    known = {row.code: row.id for row in visits.visits(desk, subject_id)}
    return known.get(code) or visits.record_visit(desk, subject_id, code, desk.today()).id


def two(study: Study) -> tuple[Desk, int, int]:
    """Register two subjects with a screening visit each; return the desk and the visits."""
    first, second = register(study, 1), register(study, 2)
    laboratory(study)
    desk = coordinator(study)
    return desk, visit_of(desk, first, "V0"), visit_of(desk, second, "V0")


def holds(desk: Desk) -> bool:
    return bool(desk.cursor_check(verification.verify).holds)


def form(desk: Desk, record_id: int) -> FormRow:
    return form_records.form_row(desk, record_id)


# A form.


def registered_twice(study: Study) -> tuple[Desk, int, int]:
    first = register(study, 1)
    screen(study, first)
    desk = coordinator(study)
    again = subjects.register_subject(desk, someone(identity_number="", initials="H"))
    return desk, first, again.id


def test_a_subject_registered_twice_points_at_the_one_that_stands_and_both_are_kept(trial: Study) -> None:
    desk, first, again = registered_twice(trial)
    vitals(desk, again, visit_of(desk, again, "V0"))
    row = subjects.subject_row(desk, again)
    void_subjects.void_subject(desk, again, "slip", row.version, "Two cards.", same_as=first)
    assert [each.id for each in subjects.subjects(desk)] == [first]
    assert [each.state for each in subjects.subjects(desk, void=True)] == ["screening", "void"]
    standing = void_subjects.registration(desk, first)
    gone = void_subjects.registration(desk, again)
    assert standing.others == ((again, row.code),) and not standing.void
    assert (gone.void, gone.reason, gone.stands) == (True, "slip: Two cards.", (first, "SLE-001"))
    assert deviations.deviations(desk, again) == ()
    assert all(each.who is None or each.who.subject_id != again for each in rows_of_today(desk))
    following = subjects.register_subject(desk, someone(identity_number="", initials="NEW"))
    assert following.code == "SLE-003"
    with pytest.raises(RuleBroken, match=r"subject\.void"):
        visits.record_visit(desk, again, "V1", desk.today())
    assert holds(desk)


def rows_of_today(desk: Desk) -> list[overview.TodayRow]:
    return [row for group in overview.today(desk).groups for row in group.rows]


def test_a_record_of_a_void_subject_can_still_be_entered_where_it_belongs(trial: Study) -> None:
    desk, first, again = registered_twice(trial)
    saved = score(desk, again, visit_of(desk, again, "V0"), "pga")
    version = subjects.subject_row(desk, again).version
    void_subjects.void_subject(desk, again, "slip", version, same_as=first)
    there = visit_of(desk, first, "V0")
    assert there in {place.visit_id for place in entered_in_error.places_for_form(desk, saved)}
    moved = void_forms.void_form(desk, saved, "slip", form(desk, saved).version, to_visit=there)
    assert moved is not None and form(desk, moved).subject_id == first


def test_the_record_that_stands_is_another_one_and_stands(trial: Study) -> None:
    desk, first, again = registered_twice(trial)
    version = subjects.subject_row(desk, again).version
    with pytest.raises(RuleBroken, match="same_as_itself"):
        void_subjects.void_subject(desk, again, "slip", version, same_as=again)
    void_subjects.void_subject(desk, first, "slip", subjects.subject_row(desk, first).version)
    with pytest.raises(RuleBroken, match="same_as_void"):
        void_subjects.void_subject(desk, again, "slip", version, same_as=first)
    with pytest.raises(Stale):
        void_subjects.void_subject(desk, again, "slip", version + 1)
    with pytest.raises(RuleBroken, match="already_void"):
        void_subjects.void_subject(desk, first, "slip", 9)


def test_an_allocated_subject_in_error_keeps_its_row_used_and_the_investigator_is_told(arms: Study) -> None:
    desk = coordinator(arms)
    opened = allocation.commitment(desk)
    row = subjects.subject_row(desk, BOTH)
    void_subjects.void_subject(desk, BOTH, "slip", row.version, same_as=BELIMUMAB)
    found = allocation.commitment(desk)
    assert found is not None and opened is not None
    assert found.opened == opened.opened == 3
    assert found.in_error == ((1, "SLE-001"),)
    (told,) = [each for each in deviations.deviations(desk) if each.code == "allocation.subject_void"]
    assert (told.subject_id, told.severity) == (BELIMUMAB, "major")
    assert told.facts == {"number": "R-001", "subject": "SLE-001"}
    assert checklist.checklist(desk, BOTH).signed is None
    assert overview.today(desk).enrolment.randomised == 2


# Papers.


def printed(desk: Desk, subject_id: int, visit_id: int | None, kind: str = "visit_summary") -> int:
    new = NewPaper(kind, "en", {"printed": f"{subject_id} {visit_id}"}, subject_id, visit_id)
    return papers.record_paper(desk, new, papers.number_paper(desk, new), b"paper")


def state_of(desk: Desk, paper_id: int) -> str:
    return next(row.state for row in papers.papers(desk) if row.id == paper_id)


def test_papers_here_and_there_are_superseded_by_a_move(trial: Study) -> None:
    desk, here, there = two(trial)
    saved = vitals(desk, 1, here)
    first, second = printed(desk, 1, here), printed(desk, 2, there)
    assert {state_of(desk, first), state_of(desk, second)} == {"for_signature"}
    void_forms.void_form(desk, saved, "slip", form(desk, saved).version, to_visit=there)
    assert {state_of(desk, first), state_of(desk, second)} == {"superseded"}


def test_every_paper_of_a_void_subject_or_visit_is_superseded(trial: Study) -> None:
    desk, here, _ = two(trial)
    paper, slip = printed(desk, 1, here), printed(desk, 2, None, "eligibility_form")
    (visit,) = visits.visits(desk, 1)
    void_visits.void_visit(desk, here, "slip", visit.version, seen=())
    void_subjects.void_subject(desk, 2, "slip", subjects.subject_row(desk, 2).version)
    assert {state_of(desk, paper), state_of(desk, slip)} == {"superseded"}


def test_what_was_marked_holds_after_the_file_is_opened_again(trial: Study) -> None:
    desk, here, there = two(trial)
    saved = vitals(desk, 1, here)
    void_forms.void_form(desk, saved, "slip", form(desk, saved).version, to_visit=there)
    trial.leave()
    desk = trial.sit("wu.min", roles.PI)
    assert holds(desk) and form_records.saved_form(desk, here, "vitals") is None


def test_a_serious_event_a_pregnancy_and_a_dose_are_moved_before_their_subject_goes(arms: Study) -> None:
    arms.clock.advance(timedelta(hours=2))
    desk = coordinator(arms)
    dispense(desk, INTERLEUKIN)
    dose = inject(desk, INTERLEUKIN)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, INTERLEUKIN, "Headache")
    serious = event(
        desk, INTERLEUKIN, "Pneumonia", serious="Y", hospitalisation="Y",
        **dict.fromkeys(("death", "life_threatening", "disability", "congenital", "important"), "N"),
    )  # fmt: skip
    expecting = enter(desk, "pregnancy", given({}, whose="subject"), INTERLEUKIN)

    def mark() -> None:
        row = subjects.subject_row(desk, INTERLEUKIN)
        void_subjects.void_subject(desk, INTERLEUKIN, "slip", row.version, same_as=BOTH)

    def named() -> list[str]:
        held = [each.en for each in void_subjects.stands_there(desk, INTERLEUKIN).held]
        with pytest.raises(RuleBroken, match="still_holds") as refused:
            mark()
        assert refused.value.facts["code"] == "SLE-003"
        return held

    assert [each.partition(" ")[0] for each in named()] == ["serious", "Pregnancy", "IL-2"]
    void_forms.void_form(desk, serious.id, "slip", form(desk, serious.id).version, to_subject=BOTH)
    assert [each.partition(" ")[0] for each in named()] == ["Pregnancy", "IL-2"]
    void_forms.void_form(desk, expecting.id, "slip", form(desk, expecting.id).version, to_subject=BOTH)
    row = next(row for row in dose_log.doses(desk, INTERLEUKIN) if row.id == dose.id)
    assert len(named()) == 1
    dose_corrections.void_dose(desk, row.id, "slip", row.version)
    assert void_subjects.stands_there(desk, INTERLEUKIN).counts["form_record"] > 0
    mark()
    clocks = [row for row in rows_of_today(desk) if row.items[0].code == "serious"]
    assert [row.who.subject_id for row in clocks if row.who] == [BOTH]
