"""What stands open before the lock leads to where it is dealt with: the first of its kind, or its list."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from study_fixtures import Study
from study_room import Person
from trial_fixtures import made_arms, made_ready, made_trial, ready, trial
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import printing
from sle_desk.services import drafts, lock_items, subjects, visits
from sle_desk.services.drafts import Place, diary_place, form_place, infusion_place, keep_draft
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages import lock_places
from sle_desk.ui.shell import Shell

__all__ = ["made_arms", "made_ready", "made_trial", "opened", "ready", "trial"]


def at_lock(study: Study, qtbot: QObject) -> tuple[Person, list[Go]]:
    """Sit down as the PI before the lock; where Enter leads is kept."""
    person = Person(study, "wu.min", roles.PI, qtbot)
    went: list[Go] = []
    person.state.going.connect(went.append)
    person.to("lock")
    return person, went


def led_to(person: Person, went: list[Go], code: str) -> Go:
    person.at(lock_items.ITEMS[code])
    person.press("Enter")
    return went[-1]


def test_each_kind_leads_to_its_list_with_the_filter_that_shows_it(ready: Study, qtbot: QObject) -> None:
    person, went = at_lock(ready, qtbot)
    assert led_to(person, went, "results") == Go("lab_list", tab="to_judge")
    assert led_to(person, went, "due") == Go("today", tab="all")
    # In the study while somebody is; else those in screening, and nobody whose way has ended.
    assert led_to(person, went, "subjects") == Go("subjects", tab="screening")
    assert lock_places.place_of(person.state, "queries") == Go("today", tab="queries")
    assert lock_places.place_of(person.state, "laboratory") == Go("today", tab="labs")


def test_every_kind_has_a_place(ready: Study, qtbot: QObject) -> None:
    person, _ = at_lock(ready, qtbot)
    # Nobody began anything: drafts alone lead nowhere then.
    for code in lock_items.ITEMS:
        assert (lock_places.place_of(person.state, code) is None) == (code == "drafts"), code


def test_the_first_paper_and_the_first_decision_are_shown(
    ready: Study, qtbot: QObject, tmp_path: Path
) -> None:
    desk = ready.sit("wu.min", roles.PI)
    (subject,) = subjects.subjects(desk)
    paper = printing.print_eligibility_form(desk, subject.id, Language("en"), tmp_path / "form.pdf").paper_id
    person, went = at_lock(ready, qtbot)
    rows = {item.code for item in lock_items.open_items(person.state.desk)}
    if "papers" in rows:
        assert led_to(person, went, "papers") == Go("reports", record_id=paper)


def test_what_the_pi_began_is_led_to_and_of_others_it_is_said_whose_it_is(
    ready: Study, qtbot: QObject
) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    (subject,) = subjects.subjects(desk)
    visit = visits.visits(desk, subject.id)[0].id
    keep_draft(desk, form_place(visit, "vitals"), "weight", "61")
    person, went = at_lock(ready, qtbot)
    person.at(lock_items.ITEMS["drafts"])
    person.press("Enter")
    assert went == [] and person.sees("Left unsaved by Chen Lan")
    own = person.state.desk
    for place, where in (
        (form_place(visit, "pga"), Go("form", subject_id=subject.id, visit_id=visit, form="pga")),
        (Place(f"lab:{visit}:CBC"), Go("labs", subject_id=subject.id, visit_id=visit, panel="CBC")),
        (Place(f"entry:{subject.id}:death::"), Go("form", subject_id=subject.id, form="death")),
        (
            Place(f"entry:{subject.id}:adverse_event::result:7"),
            Go("form", subject_id=subject.id, form="adverse_event", link=("result", 7)),
        ),
        (Place(f"consent:{subject.id}"), Go("consent", subject_id=subject.id)),
        (diary_place(subject.id), Go("diary", subject_id=subject.id)),
        (
            infusion_place(subject.id, "BEL", "give", 4),
            Go("infusion", subject_id=subject.id, about_drug="BEL"),
        ),
        (Place("decision:D04"), Go("study", tab="clarifications", panel="D04")),
        (Place("study.lab_range.1"), Go("study", tab="laboratories")),
        (Place("stock.receipt"), Go("stock")),
    ):
        keep_draft(own, place, "some", "thing")
        assert led_to(person, went, "drafts") == where
        drafts.drop_drafts(own, place)


def test_the_lists_show_what_they_were_asked_for(ready: Study, opened: Open) -> None:
    window, _ = opened(ready, "wu.min")
    for where in (Go("lab_list", tab="to_judge"), Go("today", tab="labs"), Go("subjects", tab="screening")):
        window.state.go(where)
        shown = window.findChild(Shell).current_page()
        assert shown.filters.code() == where.tab
    window.close()
