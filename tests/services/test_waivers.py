"""A waiver is a signed major deviation beside a verdict that stays: it overrides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from dose_fixtures import dispense, inject
from screened_studies import kept_screened, screened, screened_trial
from sqlalchemy import select
from study_fixtures import PASSWORD, Study
from trial_fixtures import baseline, decide, made_trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE
from sle_desk.exports import printing
from sle_desk.exports.dataset import Source
from sle_desk.exports.dataset_decisions import verdict_table
from sle_desk.models.audit import Signature
from sle_desk.services import (
    allocation,
    deviation_records,
    deviations,
    dispositions,
    eligibility,
    overview,
    papers,
    preconditions,
    subjects,
    waivers,
)
from sle_desk.services.desk import Desk
from sle_desk.services.deviations import DeviationRow
from sle_desk.services.due_rows import NOW
from sle_desk.services.signatures import Ink
from sle_desk.services.waived import RANDOMISES, WAIVED

__all__ = ["kept_screened", "made_trial", "screened", "screened_trial"]
WHY = "Stable on a higher dose; benefit outweighs."


def not_eligible(study: Study, subject_id: int) -> Desk:
    """Let the PI decide that the subject does not meet I3b, and sign that."""
    desk = study.sit("wu.min", roles.PI)
    for each in eligibility.checklist(desk, subject_id).to_decide:
        suggested = each.judged.suggestion
        answer = suggested or ("met" if "met" in each.judged.leaf.answers else "absent")
        if each.code == "I3b":
            answer, suggested = "not_met", None
        eligibility.decide(desk, subject_id, each.code, answer, "" if suggested else "asked")
    codes = eligibility.checklist(desk, subject_id).codes
    signing = eligibility.signing_for("not_eligible", "en", PASSWORD)
    eligibility.sign_eligibility(desk, study.folder, subject_id, codes, signing)
    return desk


def waive(study: Study, desk: Desk, subject_id: int, reason: str = WHY, ink: Ink | None = None) -> int:
    action = waivers.WAIVE if ink is None else waivers.WAIVE_TRANSCRIBED
    signing = waivers.signing_for(action, "en", PASSWORD)
    return waivers.waive(desk, study.folder, subject_id, reason, signing, ink)


def deviation(desk: Desk, subject_id: int) -> DeviationRow:
    return next(each for each in deviations.deviations(desk, subject_id) if each.code == WAIVED)


def gaps(desk: Desk, subject_id: int) -> set[str]:
    rows = preconditions.preconditions(desk, subject_id)
    return {gap.code for row in rows if row.code in ("eligibility", "not_before") for gap in row.missing}


def offered(desk: Desk, subject_id: int) -> tuple[str, str]:
    """Return how Today shows the allocation, and what it offers."""
    rows = overview.today(desk).group(NOW)
    own = [each for each in rows if each.who is not None and each.who.subject_id == subject_id]
    (row,) = [each for each in own if each.items[0].code.startswith("allocation")]
    return row.status, row.action


def test_a_waiver_is_a_signed_major_deviation_and_the_verdict_stays(
    screened_trial: Study, screened: int
) -> None:
    desk = not_eligible(screened_trial, screened)
    number = waive(screened_trial, desk, screened)
    sheet = eligibility.checklist(desk, screened)
    assert sheet.signed is not None and sheet.signed.verdict == "not_eligible"
    assert sheet.verdict.outcome == "not_eligible"
    assert sheet.waiver is not None
    assert (sheet.waiver.leaves, sheet.waiver.reason, sheet.waiver.signed_by) == (("I3b",), WHY, "Wu Min")
    row = deviation(desk, screened)
    assert (row.id, row.severity, row.category, row.progress) == (number, "major", "eligibility", "accepted")
    assert (row.settled_by, row.facts["leaves"]) == ("Wu Min", "I3b")
    with desk.view() as session:
        about = (Signature.about_table == "deviation", Signature.about_id == number)
        signature = session.scalars(select(Signature).where(*about)).one()
        assert (signature.role, signature.meaning) == ("pi", waivers.WAIVE)
    assert subjects.subject_row(desk, screened).state == "failed"


def test_only_a_signed_verdict_of_not_eligible_is_waived_once_with_a_reason_by_the_pi(
    screened_trial: Study, screened: int
) -> None:
    with pytest.raises(NotAllowed):
        waive(screened_trial, screened_trial.sit("zhao.jing", roles.INVESTIGATOR), screened)
    with pytest.raises(RuleBroken, match=r"waiver\.not_signed"):
        waive(screened_trial, screened_trial.sit("wu.min", roles.PI), screened)
    desk = not_eligible(screened_trial, screened)
    with pytest.raises(RuleBroken, match=r"waiver\.reason_needed"):
        waive(screened_trial, desk, screened, " ")
    other = waivers.signing_for(waivers.WAIVE_TRANSCRIBED, "en", PASSWORD)
    with pytest.raises(RuleBroken, match=r"signature\.statement"):
        waivers.waive(desk, screened_trial.folder, screened, WHY, other)
    wrong = waivers.signing_for(waivers.WAIVE, "en", "not the password")
    with pytest.raises(NotAllowed, match=r"signature\.password"):
        waivers.waive(desk, screened_trial.folder, screened, WHY, wrong)
    waive(screened_trial, desk, screened)
    with pytest.raises(RuleBroken, match=r"waiver\.twice"):
        waive(screened_trial, desk, screened)


def test_nobody_is_randomised_on_a_waiver_unless_the_pi_decided_so_with_a_basis(
    screened_trial: Study, screened: int
) -> None:
    desk = not_eligible(screened_trial, screened)
    assert gaps(desk, screened) == {"precondition.not_eligible", "precondition.not_screening"}
    waive(screened_trial, desk, screened)
    assert gaps(desk, screened) == {"precondition.waiver_not_enough", "precondition.not_screening"}
    row = next(each for each in preconditions.preconditions(desk, screened) if each.code == "eligibility")
    assert (row.missing[0].place.kind, row.missing[0].place.code) == ("decision", RANDOMISES)
    decide(screened_trial, desk, RANDOMISES, VALUE, eligibility_waiver_randomises="yes")
    assert gaps(desk, screened) == set()
    assert offered(desk, screened) == ("waived", "fill_gap")
    baseline(screened_trial, screened)
    assert offered(screened_trial.sit("wu.min", roles.PI), screened) == ("waived", "open_allocation")


def test_a_waived_subject_is_randomised_as_not_eligible_and_the_course_goes_on(
    screened_trial: Study, screened: int
) -> None:
    desk = not_eligible(screened_trial, screened)
    waive(screened_trial, desk, screened)
    decide(screened_trial, desk, RANDOMISES, VALUE, eligibility_waiver_randomises="yes")
    baseline(screened_trial, screened)
    pi = screened_trial.sit("wu.min", roles.PI)
    subject = subjects.subject_row(pi, screened)
    usual = allocation.signing_for(roles.PI, "en", PASSWORD)
    with pytest.raises(RuleBroken, match=r"signature\.statement"):
        allocation.open_allocation(
            pi, screened_trial.folder, screened, subject.code[-3:], str(subject.birth_date.year), usual
        )
    signing = allocation.signing_for(roles.PI, "en", PASSWORD, waived=True)
    assert "not eligible" in signing.statement
    allocation.open_allocation(
        pi, screened_trial.folder, screened, subject.code[-3:], str(subject.birth_date.year), signing
    )
    assert subjects.subject_row(pi, screened).state == "randomised"
    assert dispositions.dispositions(pi, screened) == ()
    sheet = eligibility.checklist(pi, screened)
    assert sheet.signed is not None and sheet.signed.verdict == "not_eligible"
    dispense(pi, screened)
    inject(pi, screened)
    found = {each.code for each in deviations.deviations(pi, screened)}
    assert "dose.ineligible" not in found, "what was waived is said once, not with every dose"
    row = deviation(pi, screened)
    deviation_records.void(pi, row.id, "slip", row.version)
    assert {each.code for each in deviations.deviations(pi, screened)} >= {deviation_records.WAIVER_VOID}


def test_the_coordinator_types_a_waiver_that_the_pi_signed_on_paper(
    screened_trial: Study, screened: int
) -> None:
    day = not_eligible(screened_trial, screened).today()
    screened_trial.clock.advance(timedelta(days=2))
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken, match=r"waiver\.ink_before"):
        waive(screened_trial, desk, screened, ink=Ink("Wu Min", day - timedelta(days=1), "Binder 2"))
    waive(screened_trial, desk, screened, ink=Ink("Wu Min", day + timedelta(days=1), "Binder 2"))
    waiver = eligibility.checklist(desk, screened).waiver
    assert waiver is not None and waiver.ink == Ink("Wu Min", day + timedelta(days=1), "Binder 2")
    assert deviation(desk, screened).on_day == day + timedelta(days=1)


def test_a_waiver_on_the_paper_of_somebody_else_bears_no_allocation(
    screened_trial: Study, screened: int
) -> None:
    pi = not_eligible(screened_trial, screened)
    decide(screened_trial, pi, RANDOMISES, VALUE, eligibility_waiver_randomises="yes")
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    waive(screened_trial, desk, screened, ink=Ink("Zhao Jing", desk.today(), "Binder 2"))
    assert "precondition.waiver_not_pi" in gaps(desk, screened)
    assert "signer.not_pi" in {each.code for each in deviations.deviations(desk, screened)}


def test_a_waiver_goes_void_with_its_verdict_and_when_entered_in_error_and_is_never_reopened(
    screened_trial: Study, screened: int
) -> None:
    desk = not_eligible(screened_trial, screened)
    waive(screened_trial, desk, screened)
    row = deviation(desk, screened)
    with pytest.raises(RuleBroken, match=r"waiver\.signed"):
        deviations.reopen(desk, row.id, row.version, "other", "judge again")
    deviation_records.void(desk, row.id, "slip", row.version)
    assert eligibility.checklist(desk, screened).waiver is None
    waive(screened_trial, desk, screened)
    eligibility.decide(desk, screened, "I3b", "met", "Asked again: met.")
    sheet = eligibility.checklist(desk, screened)
    assert sheet.signed is None and sheet.waiver is None
    assert all(each.code != WAIVED for each in deviations.deviations(desk, screened))
    with desk.view() as session:
        states = session.scalars(select(Signature.state).where(Signature.about_table == "deviation")).all()
        assert states == ["void", "void"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Not eligible; I 3b waived by Wu Min"), ("zh_CN", "不符合入选条件；I 3b由Wu Min")],
)
def test_the_printed_form_says_not_eligible_waived_by_whom_and_the_one_before_is_superseded(
    screened_trial: Study, screened: int, language: str, words: str
) -> None:
    desk = not_eligible(screened_trial, screened)
    before = printing.print_eligibility_form(desk, screened, Language(language))
    screened_trial.clock.advance(timedelta(minutes=2))
    waive(screened_trial, desk, screened)
    assert next(row for row in papers.papers(desk) if row.id == before.paper_id).state == "superseded"
    after = printing.print_eligibility_form(desk, screened, Language(language))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(after.content)).pages)
    plain = "".join(text.split())
    assert "".join(words.split()) in plain and "".join(WHY.split()) in plain
    assert ("Decided: not eligible." if language == "en" else "不符合") in text.replace("\n", "")
    assert next(row for row in papers.papers(desk) if row.id == after.paper_id).state == "signed"


def test_the_export_says_who_was_waived_and_under_what_everybody_was_judged(
    screened_trial: Study, screened: int
) -> None:
    desk = not_eligible(screened_trial, screened)
    waive(screened_trial, desk, screened)
    with desk.view() as session:
        table = verdict_table(Source(desk.protocol, session))
    names = [column.name for column in table.columns]
    (row,) = (dict(zip(names, values, strict=True)) for values in table.rows)
    assert (row["VERDICT"], row["WAIVED"], row["WAIVED_CRITERIA"]) == ("not_eligible", "Y", "I3b")
    assert row["WAIVER_REASON"] == WHY and row["WAIVER_SIGNED_AT"] is not None
    assert row["PACKAGE_VERSION"] == desk.protocol.version
    assert str(row["READINGS"]).startswith("D01 1; D02 2; ")


def test_a_subject_of_a_study_whose_package_does_not_ask_is_never_randomised_on_a_waiver(
    screened_trial: Study, screened: int
) -> None:
    desk = not_eligible(screened_trial, screened)
    waive(screened_trial, desk, screened)
    kept = tuple(each for each in desk.protocol.settings if each.code != RANDOMISES)
    earlier = replace(desk.protocol, settings=kept)
    with desk.view() as session:
        found = preconditions.rows(session, earlier, screened, desk.now())
    row = next(each for each in found if each.code == "eligibility")
    assert [gap.code for gap in row.missing] == ["precondition.not_eligible"]
