"""The printed report of a serious event: what it says, what it leaves for ink, when it is out of date."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta

import pytest
from logged import medicine
from pypdf import PdfReader
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.pdf.sae_form import SaeForm
from sle_desk.exports.sae_forms import sae_form
from sle_desk.services import form_records, form_signing, papers, printables, subjects, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm
from sle_desk.services.snapshots import snapshot

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
            (
                "严重不良事件报告表",
                "贝利尤单抗+重组人白介素-2",
                "肺炎",
                "可能有关",
                "首次报告",
                "姓名缩写（手写）",
                "住院或住院时间延长",
            ),
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


def tell(desk: Desk, report: FormRow, at: str) -> FormRow:
    """Add that a report was sent at an hour of today, and whom it was told to."""
    times = {"investigator_time": Value(text=at), "sent_time": Value(text=at)}
    days = {code: Value(day=desk.today()) for code in ("investigator_day", "sent_day")}
    given = Given({**times, **days, "sent_how": Value(choice="email")})
    return form_records.complete_form(desk, report.id, given, report.version)


@pytest.mark.parametrize("printed", [True, False])
def test_a_version_that_was_sent_is_printed_as_it_was_or_not_at_all(reported, printed: bool) -> None:
    study, desk, event, report = reported
    english, named = Language("en"), part(event, report)

    def corrected(code: str, choice: str) -> None:
        study.clock.advance(timedelta(minutes=5))
        seen = form_records.form_row(desk, event.id).answer_versions[code]
        form_records.correct_value(desk, Correction(event.id, code, Value(choice=choice), "late", seen))

    corrected("outcome", "recovering")
    if printed:
        printing.print_sae_form(desk, named, english)
    sent_at = f"{desk.now():%H:%M}"
    study.clock.advance(timedelta(minutes=5))
    tell(desk, report, sent_at)
    assert "Recovering" in text_of(printing.print_sae_form(desk, named, english).content)
    corrected("related_il2", "definite")
    with pytest.raises(RuleBroken, match=r"report\.changed_since") as error:
        printing.print_sae_form(desk, named, Language("zh_CN"))
    assert error.value.facts["changed"] == f"{desk.now():%Y-%m-%d %H:%M}"
    with pytest.raises(RuleBroken, match=r"report\.changed_since"):
        printing.print_again(desk, papers.papers(desk)[-1])
    follow = enter(desk, "sae_report", {"narrative": "Better."}, event.id, kind="follow_up")
    text = text_of(printing.print_sae_form(desk, part(event, follow), english).content)
    assert "Follow-up report" in text and "Definite" in text


def test_a_medicine_of_the_time_that_came_to_be_known_after_sending_goes_into_a_follow_up(reported) -> None:
    study, desk, event, report = reported
    tell(desk, report, f"{desk.now():%H:%M}")
    study.clock.advance(timedelta(days=1))
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    medicine(desk, "Ibuprofen", "400", desk.today().isoformat())
    printing.print_sae_form(desk, part(event, report), Language("en"))
    medicine(desk, "Calcitriol", "1", "2026-01-05")
    with pytest.raises(RuleBroken, match=r"report\.changed_since"):
        printing.print_sae_form(desk, part(event, report), Language("en"))


def test_a_signature_stands_on_it_only_while_event_and_report_are_both_signed(reported):
    study, desk, event, report = reported
    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    report = tell(desk, report, "07:10")
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


def form_of(desk: Desk, report: FormRow) -> SaeForm:
    with snapshot(desk) as copy:
        return sae_form(copy, report.id)


def test_it_lists_the_medicines_of_the_onset_and_those_given_for_the_event_apart(reported) -> None:
    study, desk, _, _ = reported
    study.clock.advance(timedelta(days=18))
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    medicine(desk, "Ibuprofen", "400", "2026-11-24", stop="2026-11-30")
    medicine(desk, "Calcitriol", "1", "2026-11-UK")
    medicine(desk, "Ceftriaxone", "2", "2026-12-02", indication="pneumonia")
    medicine(desk, "Paracetamol", "500", "2026-12-05", indication="Pain")
    event = enter(desk, "adverse_event", {"term": "Pneumonia", "start": "2026-11-28"}, grade="3", serious="Y")
    report = enter(desk, "sae_report", {"narrative": "Late."}, event.id, kind="first")
    form = form_of(desk, report)
    assert [(row[0].en, row[4].en) for row in form.medication] == [
        ("Ibuprofen", "yes"),
        ("Calcitriol", "possibly"),
    ]
    assert [row[0].en for row in form.treatment] == ["Ceftriaxone"]
    text = text_of(printing.print_sae_form(desk, part(event, report), Language("en")).content)
    assert "Medication given for the event" in text and "Paracetamol" not in text


@pytest.mark.parametrize(("start", "said"), [("2026-UK-UK", " or "), ("UK-UK-UK", "not known")])
def test_the_age_is_that_of_the_onset_and_both_where_a_birthday_may_lie_between(
    reported, start: str, said: str
) -> None:
    _, desk, _, _ = reported
    event = enter(desk, "adverse_event", {"term": "Rash", "start": start}, grade="3", serious="Y")
    report = enter(desk, "sae_report", {"narrative": "Late."}, event.id, kind="first")
    assert said in form_of(desk, report).sex_age.en


def test_a_medicine_that_was_put_right_away_from_the_onset_changes_what_was_sent(reported) -> None:
    study, desk, event, report = reported
    row = medicine(desk, "Calcitriol", "1", "2026-01-05")
    study.clock.advance(timedelta(minutes=5))
    tell(desk, report, f"{desk.now():%H:%M}")
    study.clock.advance(timedelta(minutes=5))
    seen = form_records.form_row(desk, row.id).answer_versions["start"]
    late = Correction(row.id, "start", Value(text="2026-11-23"), "late", seen)
    form_records.correct_value(desk, late)
    with pytest.raises(RuleBroken, match=r"report\.changed_since"):
        printing.print_sae_form(desk, part(event, report), Language("en"))
