"""The eligibility form of a real subject: open, decided, signed at the desk or in ink, and out of date."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from logged import medicine
from screened_studies import kept_screened, screened, screened_trial
from sqlalchemy import select
from study_fixtures import PASSWORD, Study, clock, made_study
from trial_fixtures import decide, judge, judge_leaves, made_trial, register, sign_judged

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.eligibility_forms import eligibility_form
from sle_desk.exports.printing import print_again, print_eligibility_form
from sle_desk.models.audit import Audit
from sle_desk.services import (
    consent_records,
    eligibility,
    form_records,
    labs,
    papers,
    redaction,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import TypedResult
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.services.signatures import Ink, Signing
from sle_desk.services.snapshots import snapshot
from sle_desk.services.subjects import NewConsent

__all__ = ["clock", "kept_screened", "made_study", "made_trial", "screened", "screened_trial"]


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def printed(desk, subject_id: int, language: str = "en") -> str:
    return words(print_eligibility_form(desk, subject_id, Language(language)).content)


def state(desk) -> str:
    return papers.papers(desk)[0].state


@pytest.fixture
def desk(screened_trial: Study, screened: int):
    return screened_trial.sit("chen.lan", roles.COORDINATOR)


@pytest.mark.parametrize(
    ("language", "differ", "close", "nothing"),
    [
        (
            "en",
            "The typed answer and the entries do not agree.",
            "lies at its limit or close to it",
            "Belimumab",
        ),
        ("zh_CN", "所填答案与记录不一致", "处于限值或接近限值", "贝利尤单抗"),
    ],
)
def test_the_form_shows_entries_beside_answers_and_what_is_close(
    desk, screened, language, differ, close, nothing
):
    medicine(desk, "Belimumab", "600", "2026-05-04", screened, stop="2026-05-20")
    before = printed(desk, screened, language).replace(" ", "")
    result = next(sample.results["HGB"] for sample in labs.samples(desk, screened) if "HGB" in sample.results)
    labs.correct_result(
        desk, result.id, TypedResult("HGB", "91", "", Decimal(91), "g/L"), "slip", result.version
    )
    text = printed(desk, screened, language).replace(" ", "")
    assert text.count(close.replace(" ", "")) == before.count(close.replace(" ", "")) + 1
    assert differ.replace(" ", "") in text and nothing in text and "2026-05-04" in text


@pytest.mark.parametrize(
    ("language", "title", "decision"),
    [("en", "Eligibility form", "My decision:"), ("zh_CN", "入排标准核对表", "我的判定")],
)
def test_undecided_it_shows_every_leaf_with_its_evidence_and_asks_in_ink(
    desk, screened, language, title, decision
):
    text = printed(desk, screened, language)
    sheet = eligibility.checklist(desk, screened)
    assert title in text and decision in text
    for row in sheet.rows:
        assert f"{row.code[:1]} {row.code[1:]}" in text
        if row.registry_words:
            assert " ".join(row.registry_words.split())[:40] in text
    who = subjects.identity_of(desk, screened)
    assert not any(secret in text for secret in (who.name, who.identity_number, who.birth_date.isoformat()))
    assert state(desk) == "for_signature"


def test_what_is_missing_is_listed_and_cannot_be_decided_by_the_signature(screened_trial):
    number = register(screened_trial, 7)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    with snapshot(desk) as copy:
        form = eligibility_form(copy, number)
    assert form.outcome == "undecided" and form.missing
    text = printed(desk, number)
    assert "Still missing:" in text and "My decision:" not in text


def test_signed_at_the_desk_it_shows_the_signature_and_needs_no_ink(screened_trial, screened):
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    text = printed(desk, screened)
    assert "SIGNED" in text and "Wu Min, Principal investigator" in text
    assert "This subject is eligible." in text and "Decided: every criterion allows inclusion." in text
    row = papers.papers(desk)[0]
    assert (row.state, row.signed_on) == ("signed", desk.today())
    assert print_again(desk, row).same


def test_typed_from_the_signed_paper_it_stays_what_was_signed(screened_trial, screened, desk):
    printed(desk, screened)
    ink = Ink("Wu Min", desk.today(), "Binder 2")
    paper = papers.papers(desk)[0]
    papers.record_ink(desk, paper.id, ink)
    sheet = eligibility.checklist(desk, screened)
    for row in sheet.to_decide:
        answer = row.judged.suggestion or ("met" if "met" in row.judged.leaf.answers else "absent")
        eligibility.decide(desk, screened, row.code, answer, "" if row.judged.suggestion else "asked", ink)
    signing = eligibility.signing_for("eligible", "en", PASSWORD, transcribed=True)
    signed = eligibility.sign_eligibility(desk, screened_trial.folder, screened, sheet.codes, signing, ink)
    assert signed.ink == ink
    assert state(desk) == "signed"
    text = printed(desk, screened)
    assert "Transcribed from the paper signed by Wu Min on" in text and "filed at Binder 2" in text


def test_an_entry_of_a_medicine_makes_an_unsigned_one_out_of_date(screened_trial, screened, desk):
    printed(desk, screened)
    medicine(desk, "Aspirin", "100", "2026-05-04", screened)
    assert state(desk) == "superseded"


def test_a_corrected_value_makes_it_out_of_date(screened_trial, screened, desk):
    printed(desk, screened)
    result = next(sample.results["HGB"] for sample in labs.samples(desk, screened) if "HGB" in sample.results)
    typed = TypedResult("HGB", "119", "", Decimal(119), "g/L")
    labs.correct_result(desk, result.id, typed, "slip", result.version)
    assert state(desk) == "superseded"


def test_another_subject_changes_nothing_and_a_decision_of_the_pi_does(screened_trial, screened, desk):
    printed(desk, screened)
    register(screened_trial, 8)
    desk = screened_trial.sit("wu.min", roles.PI)
    assert state(desk) == "for_signature"
    screened_trial.clock.advance(timedelta(days=1))
    decide(screened_trial, desk, "D02", "haemoglobin_only")
    assert state(desk) == "superseded"


def test_a_decision_changed_from_a_paper_makes_prints_out_of_date(screened_trial, screened):
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    printed(desk, screened)
    assert state(desk) == "signed"
    ink = Ink("Wu Min", desk.today(), "Binder 2")
    eligibility.decide(desk, screened, "I3b", "not_met", "As on the paper.", ink)
    assert state(desk) == "superseded"


def test_a_signed_form_says_the_same_years_later(screened_trial, screened):
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    printed(desk, screened)
    screened_trial.clock.advance(timedelta(days=800))
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    form = Given({"weight": Value(number=Decimal("63.5"), typed="63.5")})
    visit = visits.record_visit(desk, screened, "V1", desk.today())
    form_records.save_form(desk, NewForm(screened, visit.id, "vitals", desk.today(), form))
    consent_records.record_consent(
        desk, NewConsent(screened, "v2.1", desk.today(), "08:00", "Zhao Jing", "Y")
    )
    assert print_again(desk, papers.papers(desk)[0]).same


def test_a_signed_form_stands_whatever_is_entered_later(screened_trial, screened):
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    printed(desk, screened)
    row = next(s.results["HGB"] for s in labs.samples(desk, screened) if "HGB" in s.results)
    judge_result(desk, row.id, Verdict("NCS", Ink("Wu Min", desk.today(), "Binder 2")), row.version)
    assert state(desk) == "signed"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "After it was signed, a text was taken out of it on {day} by Wu Min (audit number {number})."),
        ("zh_CN", "签署之后，Wu Min 于 {day} 从中遮除了文字（稽查编号 {number}）。"),
    ],
)
def test_a_signed_form_says_that_a_text_was_taken_out_of_it(screened_trial, screened, language, told):
    desk = screened_trial.sit("wu.min", roles.PI)
    judge_leaves(desk, screened)
    eligibility.decide(desk, screened, "I3b", "met", "Not so, says aunt Qian.")
    sign_judged(screened_trial, desk, screened)
    assert "After it was signed" not in printed(desk, screened)
    screened_trial.clock.advance(timedelta(days=1))
    signing = Signing("redaction", "I have a text taken out.", "en", PASSWORD)
    redaction.redact(desk, screened_trial.folder, "aunt Qian", "typed by accident", signing)
    with desk.view() as session:
        number = session.scalars(select(Audit.number).where(Audit.action == redaction.ACTION)).first()
    sheet = eligibility.checklist(desk, screened)
    assert sheet.signed is not None and not any(row.evidence_changed for row in sheet.rows)
    text = printed(desk, screened, language)
    assert told.format(day=desk.today(), number=number).replace(" ", "") in text.replace(" ", "")
    assert "aunt Qian" not in text
