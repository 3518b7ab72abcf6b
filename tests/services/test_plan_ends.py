"""A death or a withdrawal ends the plan as an exit does; in error it opens again, and no record changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, inject
from ended_subjects import (
    DAY_ONE,
    DIED_ON,
    die,
    due,
    fatal,
    given,
    open_days,
    sit,
    treated,
    visit_days,
    void,
    withdraw,
)
from logged import enter
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.slips import allocation_slip
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import (
    deviations,
    dispositions,
    form_records,
    papers,
    plan,
    preparing,
    subject_trends,
    visits,
    week,
)
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction
from sle_desk.services.preparing import PreparedInfusion
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]


def proposed(desk: Desk) -> list[str]:
    return sorted(row.code for row in deviations.deviations(desk, BOTH, progress="proposed"))


def prepare(desk: Desk) -> None:
    weighed = {"weight": 61, "weighed_on": desk.today(), "vials": (), "prepared_at": desk.now()}
    preparing.prepare_infusion(
        desk, PreparedInfusion(BOTH, "BEL", desk.today(), prepared_by="A", checked_by="B", **weighed)
    )


@pytest.mark.parametrize(
    ("tell", "lacking"),
    [
        (die, "fatal_event"),
        (fatal, "death_entry"),
        (lambda desk: die(desk, "2026-11-UK"), "fatal_event"),
    ],
)
def test_after_a_death_nothing_is_due_but_what_tells_of_it_and_in_error_all_is_open_again(
    treated: Study, tell, lacking: str
) -> None:
    desk = sit(treated)
    before = open_days(desk), visit_days(desk), due(desk)
    assert "injection" in before[2]
    row = tell(desk)
    assert due(desk) == {"death", lacking}
    assert max(open_days(desk), default=DAY_ONE) <= desk.today()
    assert max(visit_days(desk), default=DAY_ONE) <= desk.today()
    assert week.week(desk, desk.today() + timedelta(days=7)).rows[0].who.subject_id != BOTH
    void(desk, row)
    assert (open_days(desk), visit_days(desk), due(desk)) == before


def test_a_corrected_day_of_death_moves_the_end_and_the_step_out_takes_the_row_away(treated: Study) -> None:
    desk = sit(treated)
    row = die(desk)
    assert subject_trends.alerts(desk, BOTH).death.on_day == DIED_ON
    later = Value(text=desk.today().isoformat())
    form_records.correct_value(desk, Correction(row.id, "day", later, "source", row.answer_versions["day"]))
    assert subject_trends.alerts(desk, BOTH).death.on_day == desk.today()
    dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "death")
    assert due(desk) == {"fatal_event"}


def test_an_event_that_turned_fatal_without_an_end_counts_from_the_day_that_was_written(
    treated: Study,
) -> None:
    desk = sit(treated)
    choices = {"grade": "4", "serious": "N", "outcome": "not_recovered"}
    row = enter(desk, "adverse_event", given(choices, term="Sepsis", start="2026-11-24"))
    at(treated, desk.today() + timedelta(days=2))
    desk = sit(treated)
    assert "injection" in due(desk)
    form_records.correct_value(
        desk, Correction(row.id, "outcome", Value(choice="fatal"), "late", row.answer_versions["outcome"])
    )
    death = subject_trends.alerts(desk, BOTH).death
    assert (death.on_day, death.exact, death.said) == (desk.today(), False, "")
    assert "injection" not in due(desk) and "death" in due(desk)


def test_what_happened_after_a_death_is_recorded_with_its_reason_and_proposed(treated: Study) -> None:
    desk = sit(treated)
    row = die(desk)
    with pytest.raises(RuleBroken, match=r"prepare\.died"):
        prepare(desk)
    with pytest.raises(RuleBroken, match=r"dose\.reason_needed"):
        inject(desk, BOTH, reason="")
    with pytest.raises(RuleBroken, match=r"visit\.reason_needed"):
        visits.record_visit(desk, BOTH, "UNS", desk.today())
    inject(desk, BOTH, reason="mistake")
    visits.record_visit(desk, BOTH, "UNS", desk.today(), reason="source")
    assert {"dose.after_death", "visit.after_death"} <= set(proposed(desk))
    kept = len(plan.calendar(desk, BOTH).other_visits)
    void(desk, row)
    assert not {"dose.after_death", "visit.after_death"} & set(proposed(desk))
    assert len(plan.calendar(desk, BOTH).other_visits) == kept


def test_a_death_that_is_told_later_compares_what_was_recorded_before(treated: Study) -> None:
    desk = sit(treated)
    inject(desk, BOTH)
    visits.record_visit(desk, BOTH, "UNS", desk.today())
    assert not {"dose.after_death", "visit.after_death"} & set(proposed(desk))
    fatal(desk)
    assert {"dose.after_death", "visit.after_death"} <= set(proposed(desk))


@pytest.mark.parametrize("tell", [die, fatal, lambda desk: withdraw(desk, treatment="Y")])
def test_slips_and_worksheets_of_before_are_superseded_and_new_ones_say_so(treated: Study, tell) -> None:
    desk = sit(treated)
    english = Language("en")
    printing.print_worksheet(desk, BOTH, "W2", english)
    printing.print_slip(desk, BOTH, english)
    row = tell(desk)
    assert {paper.state for paper in papers.papers(desk)} == {"superseded"}
    with snapshot(desk) as copy:
        slip = allocation_slip(copy, BOTH)
        assert len(slip.ended) == 1 and all(not plan.doses or len(plan.doses) < 5 for plan in slip.plans)
        if row.form == "withdrawal":
            assert len(visit_worksheet(copy, BOTH, "W2").ended) == 1
        else:
            with pytest.raises(RuleBroken, match=r"worksheet\.died"):
                visit_worksheet(copy, BOTH, "W2")
    printing.print_slip(desk, BOTH, english)
    assert {paper.state for paper in papers.papers(desk) if paper.kind == "slip"} >= {"on_ward"}
    void(desk, row)
    assert {paper.state for paper in papers.papers(desk)} == {"superseded"}


def test_without_consent_for_study_drugs_no_dose_is_due_and_visits_go_on(treated: Study) -> None:
    desk = sit(treated)
    row = withdraw(desk, treatment="Y")
    assert due(desk) == {"treatment_withdrawn"}
    assert open_days(desk, "BEL") == [] and visit_days(desk) != []
    with pytest.raises(RuleBroken, match=r"prepare\.withdrawn"):
        prepare(desk)
    shown = next(each for each in week.week(desk, desk.today()).rows if each.who.subject_id == BOTH)
    assert shown.waits is not None and shown.waits.code == "treatment"
    for drug in ("BEL", "IL2"):
        dispositions.record_disposition(desk, BOTH, "drug_stop", drug, desk.today(), "subject")
    assert due(desk) == set()
    at(treated, desk.today() + timedelta(days=2))
    desk = sit(treated)
    with pytest.raises(RuleBroken, match=r"dose\.reason_needed"):
        inject(desk, BOTH, reason="")
    inject(desk, BOTH, reason="mistake")
    assert "dose.after_withdrawal" in proposed(desk)
    void(desk, row)
    assert "dose.after_stop" in proposed(desk) and "dose.after_withdrawal" not in proposed(desk)


def test_without_consent_for_visits_none_is_due_and_doses_go_on(treated: Study) -> None:
    desk = sit(treated)
    withdraw(desk, visits="Y")
    assert due(desk) == {"visits_withdrawn", "injection"}
    assert visit_days(desk) == [] and open_days(desk) != []
    with snapshot(desk) as copy, pytest.raises(RuleBroken, match=r"worksheet\.visits_withdrawn"):
        visit_worksheet(copy, BOTH, "W2")
    at(treated, desk.today() + timedelta(days=10))
    desk = sit(treated)
    assert "visit" not in due(desk)
    with pytest.raises(RuleBroken, match=r"visit\.reason_needed"):
        visits.record_visit(desk, BOTH, "W2", desk.today())
    visits.record_visit(desk, BOTH, "W2", desk.today(), reason="source")
    assert "visit.after_withdrawal" in proposed(desk)
    dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "subject")
    assert due(desk) == set()
