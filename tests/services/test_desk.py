"""The doors of the Desk."""

from __future__ import annotations

import pytest
from people_invented import someone
from sqlalchemy import text
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.safety import Deviation
from sle_desk.services import delegations, drafts, history, people, studies, subjects
from sle_desk.services.delegations import NewDelegation
from sle_desk.services.desk import Desk
from sle_desk.services.drafts import Place


def test_a_read_inside_a_write_is_refused_and_nothing_is_half_saved(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = subjects.register_subject(desk, someone())
    with pytest.raises(StorageFailed, match="desk.nested"), desk.change("language.choose") as change:
        change.session.execute(text("UPDATE user SET language = 'zh_CN' WHERE login = 'chen.lan'"))
        subjects.subjects(desk)
    study.leave()
    again = study.sit("chen.lan", roles.COORDINATOR)
    assert [row.code for row in subjects.subjects(again)] == [first.code]
    with again.view() as session:
        from sle_desk.models.people import User

        assert session.query(User).filter_by(login="chen.lan").one().language == "en"


def test_a_refused_action_is_noted_in_the_audit(study: Study) -> None:
    monitor = study.sit("he.jian", roles.MONITOR)
    with pytest.raises(NotAllowed):
        subjects.register_subject(monitor, someone())
    newest = history.audit_trail(monitor)[0]
    assert (newest.action, newest.facts["action"]) == ("refused", "subject.register")


def test_a_change_that_fails_leaves_nothing(desk: Desk) -> None:
    before = desk.head()
    with pytest.raises(ZeroDivisionError), desk.change("language.choose") as change:
        change.session.execute(text("UPDATE user SET language = 'zh_CN'"))
        raise ZeroDivisionError
    assert desk.head() == before


def test_a_correction_without_a_reason_is_refused_at_the_door(desk: Desk) -> None:
    row = subjects.register_subject(desk, someone())
    from sle_desk.models.subject import Subject

    with pytest.raises(RuleBroken, match="reason_needed"), desk.change("subject.entered_in_error") as change:
        change.session.get_one(Subject, row.id).sex = "M"
    with desk.view() as session:
        assert session.get_one(Subject, row.id).sex == "F"


def test_an_act_without_delegation_is_recorded_and_proposes_a_deviation(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    person = people.create_person(
        admin, study.folder, studies.NewPerson("ma.li", "Ma Li", PASSWORD), (roles.NURSE,)
    )
    nurse = study.sit("ma.li", roles.NURSE)
    subjects.register_subject(nurse, someone())
    with nurse.view() as session:
        found = [row.code for row in session.query(Deviation)]
    assert found == ["delegation.missing"]
    pi = study.sit("wu.min", roles.PI)
    delegations.record_delegation(pi, NewDelegation(person, roles.ENTRY, pi.today()))
    nurse = study.sit("ma.li", roles.NURSE)
    subjects.register_subject(nurse, someone(initials="LXM", identity_number=""))
    with nurse.view() as session:
        assert session.query(Deviation).count() == 1


def test_listeners_hear_which_tables_changed(desk: Desk) -> None:
    heard: list[frozenset[str]] = []
    stop = desk.subscribe(heard.append)
    subjects.register_subject(desk, someone())
    stop()
    subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    assert heard == [frozenset({"subject", "identity"})]


def test_a_draft_is_its_authors_own_and_leaves_no_trace_in_the_audit(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    before = desk.head()
    place = Place("vitals:1", 0, 0)
    drafts.keep_draft(desk, place, "weight", "56")
    drafts.keep_draft(desk, place, "weight", "56.4")
    assert desk.head() == before
    assert drafts.drafts(desk, place) == {"weight": "56.4"}
    study.leave()
    assert drafts.drafts(study.sit("lin.yue", roles.NURSE), place) == {}
    again = study.sit("chen.lan", roles.COORDINATOR)
    assert drafts.drafts(again, place) == {"weight": "56.4"}
    drafts.drop_drafts(again, place)
    assert drafts.drafts(again, place) == {}


def test_the_statistician_holds_no_second_role_that_enrols(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    with pytest.raises(RuleBroken, match="role.together"):
        people.create_person(
            admin,
            study.folder,
            studies.NewPerson("two.hats", "Two Hats", PASSWORD),
            (roles.STATISTICIAN, roles.COORDINATOR),
        )


def test_a_password_is_changed_only_by_who_knows_it(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(NotAllowed, match="old_wrong"):
        people.change_password(desk, study.folder, "not the old one", "seven blue mountains")
    people.change_password(desk, study.folder, PASSWORD, "seven blue mountains")
    study.leave()
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    studies.leave(studies.unlock(study.folder.path, "chen.lan", "seven blue mountains", study.clock))


def test_what_is_noted_carries_the_reason_of_the_act_and_nothing_else_does(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    desk.note("backup.make", {"file": "x"}, "asked by a test")
    with desk.change("visit.record", "asked by a test") as change:
        change.event("keys.changed", {"found_number": 1})
    rows = {row.action: row.reason for row in history.audit_trail(desk)[:2]}
    assert rows == {"backup.make": "asked by a test", "keys.changed": ""}
