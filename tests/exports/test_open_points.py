"""What waits for a setting is said by its name, never by its code: in refusals, findings and on paper."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest
from registered_package import registered
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import decide_everything, register, screen

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.domain.open_points import open_words
from sle_desk.domain.said import finding_words
from sle_desk.exports.printing import print_eligibility_form
from sle_desk.services import eligibility
from sle_desk.services.desk import Desk

__all__ = ["clock", "made_study", "study"]
DAYS, LEAF = "eligibility.pregnancy_test_days", "E8a"
LANGUAGES = (Language("en"), Language("zh_CN"))


@pytest.fixture
def waiting(study: Study) -> tuple[Desk, int]:
    """Somebody screened while one setting is open; at the desk of the PI."""
    decide_everything(study, but=frozenset({DAYS}))
    subject_id = register(study)
    screen(study, subject_id)
    return study.sit("wu.min", roles.PI), subject_id


def names(code: str) -> dict[str, str]:
    label = registered().setting(code).label
    return {language.code: language.words(label) for language in LANGUAGES}


def test_refusals_name_the_setting(waiting: tuple[Desk, int]) -> None:
    desk, subject_id = waiting
    with pytest.raises(RuleBroken, match=r"eligibility\.waits") as refused:
        eligibility.decide(desk, subject_id, LEAF, "absent", "known")
    with pytest.raises(RuleBroken, match=r"setting\.open") as undecided, desk.view() as session:
        eligibility.readings_on(session, desk.protocol, desk.today()).settled(DAYS)
    for language in LANGUAGES:
        for error in (refused.value, undecided.value):
            said = error_sentence(error, language)
            assert names(DAYS)[language.code] in said and DAYS not in said


def test_the_paper_names_the_setting(waiting: tuple[Desk, int]) -> None:
    desk, subject_id = waiting
    for language in LANGUAGES:
        pages = pypdf.PdfReader(BytesIO(print_eligibility_form(desk, subject_id, language).content)).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert text.count("".join(names(DAYS)[language.code].split())) >= 2 and DAYS not in text


def test_a_dose_whose_plan_waits_names_the_settings_and_clarifications_by_number() -> None:
    protocol = registered()
    found = finding_words(protocol, "dose.plan_open", {"codes": "belimumab.window_days, D05"})
    named = open_words(protocol, ("belimumab.window_days", "D05", "D05"))
    for language in LANGUAGES:
        name, said = names("belimumab.window_days")[language.code], language.words(found)
        assert name in said and "D05" in said and "belimumab.window_days" not in said
        assert language.words(named).count("D05") == 1
