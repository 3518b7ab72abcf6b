"""What a subject takes home names also what is still due: its window is not over, nobody answered it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from dose_fixtures import at, dispense, infuse, inject, weigh
from study_fixtures import START, Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.pdf.slip import DosePlan
from sle_desk.exports.printing import print_date_card, print_dose_diary
from sle_desk.exports.subject_papers import date_card, dose_diary
from sle_desk.services import dosing, plan
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]

BOTH = 1
TODAY = START.date() + timedelta(days=31)
DUE = {"en": "due, until", "zh_CN": "待完成，至"}


@pytest.fixture
def desk(arms: Study):
    """Day 32: infusion 2 was planned three days ago, injection 16 yesterday."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, BOTH)
    infuse(arms, desk, BOTH)
    inject(desk, BOTH, reason="ward")
    at(arms, TODAY)
    return arms.sit("chen.lan", roles.COORDINATOR)


def numbers(plans: tuple[DosePlan, ...], name: str) -> dict[str, bool]:
    """Return the doses of a drug on the card, with whether each is marked as due."""
    (doses,) = (each.doses for each in plans if name in each.title.en.lower())
    return {due.label: bool(due.what) for due in doses}


def test_the_card_and_the_diary_name_what_is_still_due_and_mark_it(desk) -> None:
    with snapshot(desk) as copy:
        card, diary = date_card(copy, BOTH), dose_diary(copy, BOTH)
    calendar = plan.calendar(desk, BOTH)
    for drug, name in (("BEL", "belimumab"), ("IL2", "il-2")):
        # By the plan itself: nobody answered it, and the last day of its window is not past.
        open_ = [
            each.slot for each in calendar.of_drug(drug) if each.dose is None and each.slot.closes_on >= TODAY
        ]
        assert numbers(card.plans, name) == {str(slot.number): slot.planned_on <= TODAY for slot in open_}
    assert numbers(card.plans, "belimumab")["2"] and numbers(card.plans, "il-2")["16"]
    rows = {due.label: bool(due.what) for part in diary.parts for due in part.doses}
    assert rows == numbers(card.plans, "il-2")
    marked = {due.label.en for due in card.visits if due.what}
    assert marked == {
        desk.protocol.visit(each.planned.code).label.en
        for each in calendar.visits
        if each.on_day is None and each.planned.planned_on <= TODAY <= each.planned.closes_on
    }


def test_what_was_answered_meanwhile_is_due_no_more(desk, arms: Study) -> None:
    weigh(desk, BOTH, "W4")
    dosing.record_missed(desk, BOTH, "IL2", 16, "forgotten")
    infuse(arms, desk, BOTH)
    with snapshot(desk) as copy:
        card = date_card(copy, BOTH)
    assert "2" not in numbers(card.plans, "belimumab") and "16" not in numbers(card.plans, "il-2")
    assert not any(due.what for due in card.visits)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_mark_stands_on_the_paper(desk, language: str) -> None:
    for act in (print_date_card, print_dose_diary):
        pages = pypdf.PdfReader(BytesIO(act(desk, BOTH, Language(language)).content)).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert "".join(DUE[language].split()) in text
