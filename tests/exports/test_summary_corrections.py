"""The visit summary lists every correction since the last signed one, whatever was corrected."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from sqlalchemy import select
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, laboratory, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.printing import print_visit_summary
from sle_desk.models.subject import Consent
from sle_desk.services import dose_corrections, dose_log, labs, record_corrections, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult, as_new
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
IL2 = 3


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The coordinator's desk: dose, visit, sample and consent were put right, a dose is in error."""
    number = laboratory(arms)
    nurse = arms.sit("lin.yue", roles.NURSE)
    day = nurse.today()
    at(arms, day, "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2, site="LA")
    at(arms, day + timedelta(days=2), "16:00")
    wrong = inject(nurse, IL2)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    at(arms, day + timedelta(days=14), "16:00")
    visit = visits.record_visit(desk, IL2, "W2", desk.today())
    results = (TypedResult("HGB", "121", "", Decimal(121), "g/L"),)
    saved = labs.save_results(desk, NewSample(IL2, visit.id, "CBC", number, desk.now(), "R-1"), results)
    first = next(row for row in dose_log.doses(desk, IL2) if row.id != wrong.id)
    dose_corrections.correct_dose(desk, first.id, {"site": "RA"}, "slip", first.version)
    dose_corrections.void_dose(desk, wrong.id, "slip", None)
    right = replace(as_new(saved), report_number="R-77")
    record_corrections.correct_sample(desk, Why(saved.id, saved.version, "source"), right)
    row = next(row for row in visits.visits(desk, IL2) if row.id == visit.id)
    moved = desk.today() - timedelta(days=1)
    record_corrections.correct_visit_day(desk, Why(row.id, row.version, "slip"), moved)
    with desk.view() as session:
        consent = session.scalars(select(Consent).where(Consent.subject_id == IL2)).one()
        kept = NewConsent(
            IL2, consent.consent_version, consent.signed_on, consent.signed_time, "Zhao Lei", "Y"
        )
        why = Why(consent.id, consent.version, "slip")
    record_corrections.correct_consent(desk, why, kept)
    return desk


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_was_corrected_is_listed_with_before_and_after(desk: Desk, language: str) -> None:
    visit = next(row.id for row in visits.visits(desk, IL2) if row.code == "W2")
    content = print_visit_summary(desk, visit, Language(language)).content
    pages = pypdf.PdfReader(BytesIO(content)).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    moved = desk.today() - timedelta(days=1)
    wanted = {
        "en": (
            "leftupperarm,outerside→rightupperarm,outerside",
            "entered→enteredinerror",
            "R-1→R-77",
            "→ZhaoLei",
        ),
        "zh_CN": ("左上臂外侧→右上臂外侧", "已录入→录入错误", "R-1→R-77", "→ZhaoLei"),
    }[language]
    for each in (*wanted, f"{desk.today()}→{moved}"):
        assert each in text, (each, re.findall(".{40}→.{40}", text))
