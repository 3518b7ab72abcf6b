"""When a limit is decided or withdrawn, what was entered before is compared again; nothing is cured by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at
from logged import BEL, BOTH, IL2, medicine, proposed
from sqlalchemy import select
from study_fixtures import PASSWORD, Study, clock, made_study
from trial_fixtures import arms, decide, made_arms, made_trial, register

from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE
from sle_desk.models.audit import Audit
from sle_desk.services import decisions, deviations, subjects, void_subjects
from sle_desk.services.decisions import WITHDRAW, signing_for
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
ABOVE, FACTOR = "medication.prednisone_above", "steroid.betamethasone_mg"


def withdraw(study: Study, desk: Desk, code: str) -> None:
    with desk.view() as session:
        number = max(each.number for each in decisions.decisions_made(session) if each.code == code)
    signing = signing_for(WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(desk, study.folder, number, "Asked again.", signing)


def later(study: Study, days: int = 3) -> Desk:
    """Let some days pass, and let the PI sit down."""
    at(study, study.clock.now().date() + timedelta(days=days))
    return study.sit("wu.min", roles.PI)


@pytest.fixture
def waiting(arms: Study) -> Study:
    """The trial three days later: the limit is withdrawn, and 40 mg a day was entered for two subjects."""
    withdraw(arms, later(arms), "D07")
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    for subject in (BOTH, IL2):
        day = desk.today().isoformat()
        medicine(desk, "Prednisone", "40", day, subject)
    assert proposed(desk, BOTH) == proposed(desk, IL2) == ["medication.not_stable"]
    return arms


def about(desk: Desk, subject: int, code: str = ABOVE) -> list[deviations.DeviationRow]:
    """Return the deviations of a code that were ever proposed about a subject, void ones too."""
    found = (*deviations.deviations(desk, subject), *deviations.deviations(desk, subject, progress="void"))
    return [row for row in found if row.code == code]


def test_a_limit_that_is_decided_later_judges_what_is_still_taken_of_every_subject(waiting: Study) -> None:
    pi = later(waiting)
    number = decide(waiting, pi, "D07", "as_registered")
    for subject in (BOTH, IL2):
        (row,) = about(pi, subject)
        # It is no deviation from a limit before the day on which there was one.
        assert (row.progress, row.on_day, row.facts["limit"]) == ("proposed", pi.today(), "10")
    assert about(pi, BEL) == []
    with pi.view() as session:
        rows = session.scalars(
            select(Audit).where(Audit.table_name.in_(("protocol_decision", "deviation")))
        ).all()
        (signed,) = {
            row.change for row in rows if (row.table_name, row.row_id) == ("protocol_decision", number)
        }
        made = [row.change for row in rows if row.table_name == "deviation"][-2:]
    assert made == [signed, signed]


def test_it_is_proposed_once_however_often_something_is_decided(waiting: Study) -> None:
    pi = later(waiting)
    decide(waiting, pi, "D07", "as_registered")
    for _ in range(2):
        pi = later(waiting)
        withdraw(waiting, pi, "D07")
        pi = later(waiting)
        decide(waiting, pi, "D07", "as_registered")
        decide(waiting, pi, "D06", pi.protocol.clarification("D06").options[0].code)
    assert [row.progress for row in about(pi, BOTH)] == ["proposed"]


def test_what_ended_before_a_limit_was_decided_is_not_judged_by_it(waiting: Study) -> None:
    desk = waiting.sit("chen.lan", roles.COORDINATOR)
    day = desk.today().isoformat()
    medicine(desk, "Prednisone", "30", day, BEL, stop=day)
    pi = later(waiting)
    decide(waiting, pi, "D07", "as_registered")
    assert about(pi, BEL) == []


def test_what_was_settled_stays_settled_and_a_withdrawal_or_a_higher_limit_cures_nothing(
    waiting: Study,
) -> None:
    pi = later(waiting)
    decide(waiting, pi, "D07", "as_registered")
    (settled,) = about(pi, BOTH)
    deviations.explain(pi, settled.id, settled.version, "Agreed with the sponsor.")
    pi = later(waiting)
    withdraw(waiting, pi, "D07")
    pi = later(waiting)
    decide(waiting, pi, "D07", "other_maximum", eligibility_prednisone_highest="60")
    assert [row.progress for row in about(pi, BOTH)] == ["explained"]
    assert [row.progress for row in about(pi, IL2)] == ["proposed"]
    medicine(waiting.sit("chen.lan", roles.COORDINATOR), "Prednisone", "50", "2026-12-04", BEL)
    assert about(waiting.desk, BEL) == []


def test_a_limit_withdrawn_on_its_own_day_never_held_and_its_proposals_go_void(waiting: Study) -> None:
    pi = later(waiting)
    decide(waiting, pi, "D07", "as_registered")
    (row,) = about(pi, IL2)
    deviations.accept(pi, row.id, row.version, deviations.Judged("minor"))
    withdraw(waiting, pi, "D07")
    assert [row.progress for row in about(pi, BOTH)] == ["void"]
    assert [row.progress for row in about(pi, IL2)] == ["accepted"]


def test_a_factor_that_is_decided_later_judges_what_waited_for_it(arms: Study) -> None:
    withdraw(arms, later(arms), FACTOR)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Betamethasone", "2", desk.today().isoformat())
    assert about(desk, BOTH) == []
    pi = later(arms)
    decide(arms, pi, FACTOR, VALUE, steroid_betamethasone_mg="0.6")
    (row,) = about(pi, BOTH)
    assert (row.facts["amount"], row.facts["limit"]) == ("16.666667", "10")


def test_who_has_no_arm_or_was_entered_in_error_is_not_judged(waiting: Study) -> None:
    screened = register(waiting, 9)
    desk = waiting.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Prednisone", "40", "2026-11-01", screened)
    void_subjects.void_subject(desk, IL2, "slip", subjects.subject_row(desk, IL2).version)
    pi = later(waiting)
    decide(waiting, pi, "D07", "as_registered")
    assert about(pi, screened) == [] and about(pi, IL2) == []
    assert len(about(pi, BOTH)) == 1


def test_a_stop_is_a_deviation_of_the_day_of_the_stop(arms: Study) -> None:
    at(arms, arms.clock.now().date() + timedelta(days=10))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Prednisone", "10", "2024-UK-UK", stop="2026-11-30")
    (row,) = about(desk, BOTH, "medication.stopped")
    assert row.on_day.isoformat() == "2026-11-30"


def test_nothing_is_prohibited_from_the_day_on_which_the_pi_decided_for_no_list(waiting: Study) -> None:
    pi = later(waiting)
    withdraw(waiting, pi, "D15")
    decide(waiting, pi, "D15", "recorded_only")
    pi = later(waiting)
    desk = waiting.sit("chen.lan", roles.COORDINATOR)
    for start in ("2026-11-24", desk.today().isoformat()):
        medicine(desk, "Rituximab", "500", start, IL2)
    begun = [row.on_day for row in deviations.deviations(desk, IL2) if row.code == "medication.prohibited"]
    assert [day.isoformat() for day in begun] == ["2026-11-24"]
