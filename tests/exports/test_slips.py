"""The allocation slip of a subject in a real study: only after the allocation, dated only after day 1."""

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial, register

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.printing import print_again, print_slip
from sle_desk.exports.slips import allocation_slip
from sle_desk.services import infusions, papers, plan, subjects
from sle_desk.services.printables import SLIP, printables
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
WEIGH_FIRST = {
    "en": "Weigh first: 10 mg/kg of the weight of the day.",
    "zh_CN": "请先称体重：按当日体重",
}


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def slip_of(study: Study, subject_id: int):
    with snapshot(study.desk) as copy:
        return allocation_slip(copy, subject_id)


@pytest.fixture
def desk(arms: Study):
    return arms.sit("chen.lan", roles.COORDINATOR)


def test_before_the_allocation_there_is_no_slip(arms: Study, desk) -> None:
    number = register(arms, 9)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert (SLIP, number) not in {(row.kind, row.subject_id) for row in printables(desk)}
    with pytest.raises(RuleBroken, match="slip.not_allocated"):
        print_slip(desk, number, Language("en"))


def test_before_the_first_dose_every_day_counts_from_day_1_and_no_date_is_printed(arms: Study, desk) -> None:
    slip = slip_of(arms, BOTH)
    days = [due for part in (slip.visits, *(each.doses for each in slip.plans)) for due in part]
    assert days and all(due.planned is None and due.study_day is not None for due in days)
    assert slip.first_dose is not None and slip.first_dose.prescribed == slip.first_dose.weight * 10


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_slip_prepares_nothing_by_a_weight_that_the_screen_takes_for_too_old(
    arms: Study, desk, language
) -> None:
    at(arms, desk.today() + timedelta(days=9), "10:00")
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert infusions.propose_infusion(desk, BELIMUMAB).sum is None
    slip = slip_of(arms, BELIMUMAB)
    assert slip.first_dose is None and slip.weigh_first is not None
    text = "".join(words(print_slip(desk, BELIMUMAB, Language(language)).content).split())
    assert "".join(WEIGH_FIRST[language].split()) in text and "612" not in text
    # An arm without an infusion has nobody weighed for one.
    assert slip_of(arms, INTERLEUKIN).weigh_first is None


def test_the_calendar_of_the_slip_is_the_plan_of_the_subject(arms: Study, desk) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, INTERLEUKIN)
    inject(nurse, INTERLEUKIN)
    slip, calendar = slip_of(arms, INTERLEUKIN), plan.calendar(nurse, INTERLEUKIN)
    (injections,) = slip.plans
    planned = [each.slot.planned_on for each in calendar.of_drug("IL2")]
    assert [due.planned for due in injections.doses] == planned and injections.compact
    assert [due.planned for due in slip.visits] == [each.planned.planned_on for each in calendar.visits]
    assert all(due.closed == (due.planned.weekday() > 4) for due in injections.doses)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_slip_is_a_numbered_paper_that_names_nobody_and_is_made_again(arms: Study, desk, language) -> None:
    who = subjects.identity_of(desk, BELIMUMAB)
    done = print_slip(desk, BELIMUMAB, Language(language))
    text = words(done.content)
    row = next(row for row in papers.papers(desk) if row.id == done.paper_id)
    assert papers.report_number(row.number) in text and "SLE-002" in text
    for secret in (who.name, who.identity_number, who.birth_date.isoformat()):
        assert secret not in text
    assert print_again(desk, row).same


def test_a_slip_is_superseded_when_the_plan_gets_its_dates(arms: Study, desk) -> None:
    done = print_slip(desk, INTERLEUKIN, Language("en"))
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, INTERLEUKIN)
    inject(nurse, INTERLEUKIN)
    row = next(row for row in papers.papers(nurse) if row.id == done.paper_id)
    assert not print_again(nurse, row).same
