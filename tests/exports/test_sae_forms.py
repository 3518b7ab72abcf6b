"""The printed report of a serious event: what it says, what it leaves for ink, when it is out of date."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta

import pytest
from pypdf import PdfReader
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.services import form_records, form_signing, papers, printables, subjects, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
BOTH = 1


def enter(
    desk: Desk, form: str, texts: Mapping[str, str], about: int | None = None, **choices: str
) -> FormRow:
    values = {code: Value(text=text) for code, text in texts.items()}
    values |= {code: Value(choice=choice) for code, choice in choices.items()}
    if form == "adverse_event":
        values |= {code: Value(day=desk.today()) for code in ("serious_since", "aware_day")}
    new = NewForm(BOTH, None, form, desk.today(), Given(values), parent_id=about)
    return form_records.save_form(desk, new)


@pytest.fixture
def reported(arms: Study) -> tuple[Study, Desk, FormRow, FormRow]:
    """A pneumonia of subject 1 with its first report."""
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    criteria = dict.fromkeys(("death", "life_threatening", "disability", "congenital", "important"), "N")
    event = enter(
        desk, "adverse_event", {"term": "Pneumonia 肺炎", "start": "2026-11-22", "aware_time": "06:30"},
        grade="3", serious="Y", hospitalisation="Y", related_belimumab="possible", related_il2="unlikely",
        outcome="not_recovered", action_belimumab="interrupted", action_il2="interrupted",
        related_background="unrelated", treated="N", special_interest="infection", expected="ink", **criteria,
    )  # fmt: skip
    report = enter(desk, "sae_report", {"narrative": "Fever 38.9, infiltrate."}, event.id, kind="first")
    return arms, desk, event, report


def part(event: FormRow, report: FormRow) -> str:
    return f"{event.id}-{report.id}"


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "Pneumonia",
                "Possible",
                "Unlikely",
                "First report",
                "Fever 38.9",
                "Initials, by hand",
                "2026-11-22",
            ),
        ),
        (
            "zh_CN",
            ("严重不良事件报告表", "肺炎", "可能有关", "首次报告", "姓名缩写（手写）", "住院或住院时间延长"),
        ),
    ],
)
def test_it_says_what_stands_and_names_nobody(reported, language, said):
    _, desk, event, report = reported
    printed = printing.print_sae_form(desk, part(event, report), Language(language))
    text = text_of(printed.content).replace(" ", "")
    assert [each for each in said if each.replace(" ", "") not in text] == []
    row = next(each for each in subjects.subjects(desk) if each.id == BOTH)
    assert row.name not in text and row.birth_date.isoformat() not in text


def test_it_is_offered_printed_again_alike_and_out_of_date_once_the_event_is_corrected(reported):
    study, desk, event, _ = reported
    (offered,) = [row for row in printables.printables(desk) if row.kind == "sae_form"]
    printing.print_one(desk, offered, Language("en"))
    (paper,) = papers.papers(desk)
    assert printing.can_print_again(paper) and printing.print_again(desk, paper).same
    study.clock.advance(timedelta(minutes=5))
    enter(desk, "medical_history", {"term": "Asthma"}, category="general")
    assert papers.papers(desk)[0].state != "superseded"
    seen = event.answer_versions["grade"]
    form_records.correct_value(desk, Correction(event.id, "grade", Value(choice="4"), "late", seen))
    assert papers.papers(desk)[0].state == "superseded"


def test_a_signature_stands_on_it_only_while_event_and_report_are_both_signed(reported):
    study, desk, event, report = reported
    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    rest = {"investigator_time": Value(text="07:00"), "sent_time": Value(text="07:10")}
    days = {code: Value(day=desk.today()) for code in ("investigator_day", "sent_day")}
    given = Given({**rest, **days, "sent_how": Value(choice="email")})
    report = form_records.complete_form(desk, report.id, given, report.version)
    form_signing.sign_form(desk, study.folder, report.id, report.version, signing)
    unsigned = text_of(printing.print_sae_form(desk, part(event, report), Language("en")).content)
    assert "Name in capitals" in unsigned
    form_signing.sign_form(desk, study.folder, event.id, event.version, signing)
    signed = text_of(printing.print_sae_form(desk, part(event, report), Language("en")).content)
    assert "Name in capitals" not in signed and "Zhao Jing" in signed


def test_a_report_or_event_entered_in_error_prints_no_more(reported):
    _, desk, event, report = reported
    void_forms.void_form(desk, event.id, "slip", event.version)
    assert not [row for row in printables.printables(desk) if row.kind == "sae_form"]
    with pytest.raises(RuleBroken, match="record.already_void"):
        printing.print_sae_form(desk, part(event, report), Language("en"))
