"""The papers of a saved visit hold what was saved, say what changed, and prove that they are the same."""

from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial, register, screen
from worksheet_order import entry_order

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.printing import print_again, print_slip, print_visit_summary, print_worksheet
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import (
    dose_log,
    form_records,
    labs,
    papers,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.dispositions import record_disposition
from sle_desk.services.dose_corrections import void_dose
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.services.signatures import Ink
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
EN, ZH = Language("en"), Language("zh_CN")


def text_of(content, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).replace("\n", " ")


def visit_of(desk, code, subject_id=1):
    return next(row for row in visits.visits(desk, subject_id) if row.code == code)


@pytest.fixture
def desk(arms: Study):
    """The coordinator's desk, subject 1 with complement drawn at day 1: C3 low, anti-dsDNA high."""
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    visit = visit_of(desk, "V1").id
    new = NewSample(1, visit, "COMP", 1, desk.now(), "P1")
    results = (
        TypedResult("C3", "0.41", "", Decimal("0.41"), "g/L"),
        TypedResult("DDNAIGAB", "410", ">", Decimal("410"), "IU/mL"),
    )
    labs.save_results(desk, new, results)
    labs.save_results(desk, NewSample(1, visit, "CBC", 1, desk.now()), ())
    arms.clock.advance(timedelta(minutes=5))
    return desk


def correct_weight(desk, typed="62.0", visit="V1", note=""):
    form = form_records.saved_form(desk, visit_of(desk, visit).id, "vitals")
    value = Value(number=Decimal(typed), typed=typed)
    seen = form.answer_versions["weight"]
    reason = "other" if note else "slip"
    form_records.correct_value(
        desk, form_records.Correction(form.id, "weight", value, reason, seen, note=note)
    )


def test_every_value_of_a_saved_visit_stands_in_the_text_of_the_paper(desk, tmp_path):
    text = text_of(print_visit_summary(desk, visit_of(desk, "V1").id, EN).content, tmp_path)
    head = desk.head()
    for expected in ("SLE-001", "BEL + IL-2", "34 y", "61.2 kg", "1.50", "0.41", ">410", "Day 1, baseline"):
        assert expected in text, expected
    assert "R-0001" in text and papers.papers(desk)[0].audit_code in text
    assert "CBC: drawn" in text and head.number == papers.papers(desk)[0].audit_number + 1


def test_the_paper_speaks_the_language_it_is_asked_for(desk, tmp_path):
    text = text_of(print_visit_summary(desk, visit_of(desk, "V1").id, ZH).content, tmp_path)
    assert "女" in text and "第1天（基线）" in text


def test_no_person_stands_on_a_paper(desk, tmp_path):
    known = subjects.identity_of(desk, 1)
    made = [print_visit_summary(desk, visit_of(desk, code).id, EN).content for code in ("V0", "V1")]
    made.append(print_worksheet(desk, 1, "W4", EN).content)
    text = " ".join(text_of(content, tmp_path) for content in made)
    for secret in (
        known.name,
        known.identity_number,
        known.birth_date.isoformat(),
        f"{known.birth_date:%Y%m%d}",
    ):
        assert secret not in text


def test_a_name_typed_into_a_note_is_masked_on_the_paper(desk, tmp_path):
    who = subjects.identity_of(desk, 1)
    secrets = (who.name, who.identity_number, who.birth_date.isoformat())
    correct_weight(desk, note="read again, it was " + " ".join(secrets))
    text = text_of(print_visit_summary(desk, visit_of(desk, "V1").id, EN).content, tmp_path)
    assert not any(secret in text for secret in secrets) and "read again, it was" in text


def test_a_visit_that_was_not_done_has_no_summary(desk):
    with snapshot(desk) as copy, pytest.raises(RuleBroken, match="summary.no_visit"):
        from sle_desk.models.visit import Visit

        copy.session.get_one(Visit, 1).on_day = None
        visit_summary(copy, 1)


def test_a_lab_value_outside_stands_with_flag_change_and_who_judged_it(arms, desk):
    result = next(
        row for found in labs.samples(desk, 1) for row in found.results.values() if row.analyte == "C3"
    )
    assert result.flag == "LOW"
    investigator = arms.sit("zhao.jing", roles.INVESTIGATOR)
    judge_result(investigator, result.id, Verdict("NCS"), result.version)
    with snapshot(investigator) as copy:
        summary = visit_summary(copy, visit_of(investigator, "V1").id)
    row = next(row for row in summary.laboratory if row.test.en == "C3")
    assert (row.value, row.unit, row.flag.en, row.significance) == ("0.41", "g/L", "Low", "NCS")
    assert row.decided == f"Zhao Jing {investigator.today()}"


def test_treatment_is_counted_up_to_the_visit(arms, desk):
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, 1)
    inject(nurse, 1)
    with snapshot(nurse) as copy:
        rows = visit_summary(copy, visit_of(nurse, "V1").id).treatment
    belimumab, il2 = rows
    assert (belimumab.planned, belimumab.given, belimumab.missed) == (1, 0, 0)
    assert (il2.planned, il2.given, il2.percent, il2.last_dose) == (1, 1, "100 %", nurse.today())
    assert il2.cumulative.en == "1 million IU"


def test_a_subject_without_an_arm_has_no_treatment_section(arms, desk):
    subject_id = register(arms, 4)
    visit_id = screen(arms, subject_id)
    with snapshot(arms.desk) as copy:
        summary = visit_summary(copy, visit_id)
    assert summary.arm is None and summary.treatment is None and summary.randomised is None
    assert summary.laboratory is not None and summary.activity is not None


def test_a_correction_is_listed_with_old_new_reason_and_who_until_it_was_signed_for(desk, tmp_path):
    correct_weight(desk)
    visit = visit_of(desk, "V1").id
    first = print_visit_summary(desk, visit, EN)
    text = text_of(first.content, tmp_path)
    assert "61.2 → 62.0, Entry slip, Chen Lan" in text
    papers.record_ink(desk, first.paper_id, Ink("Wu Min", desk.today(), "binder 3"))
    again = text_of(print_visit_summary(desk, visit, EN).content, tmp_path)
    assert "61.2 → 62.0" not in again and "62.0 kg" in again


def test_an_unchanged_paper_keeps_its_number_and_counts_its_prints(desk):
    visit = visit_of(desk, "V1").id
    one, two = print_visit_summary(desk, visit, EN), print_visit_summary(desk, visit, EN)
    assert (one.numbered.number, one.numbered.print_number) == (1, 1)
    assert (two.numbered.number, two.numbered.print_number) == (1, 2)
    correct_weight(desk)
    assert print_visit_summary(desk, visit, EN).numbered.number == 2


def test_an_unchanged_paper_is_made_again_byte_by_byte_and_a_changed_one_is_told(desk):
    printed = print_visit_summary(desk, visit_of(desk, "V1").id, EN)
    row = papers.papers(desk)[0]
    again = print_again(desk, row)
    assert again.same and again.content == printed.content
    correct_weight(desk)
    changed = papers.papers(desk)[0]
    assert changed.state == "superseded" and not print_again(desk, changed).same


def test_what_comes_after_a_visit_does_not_supersede_its_summary(arms, desk):
    print_visit_summary(desk, visit_of(desk, "V1").id, EN)
    at(arms, desk.today() + timedelta(days=14))
    later = visits.record_visit(desk, 1, "W2", desk.today())
    values = {"weight": Value(number=Decimal("60.9"), typed="60.9")}
    form_records.save_form(
        desk, form_records.NewForm(1, later.id, "vitals", desk.today(), Given(values), "09:00")
    )
    assert papers.papers(desk)[0].state == "for_signature"
    correct_weight(desk, "61.0", "V0")
    assert papers.papers(desk)[0].state == "superseded"


def test_nothing_is_noted_of_a_paper_that_could_not_be_written(desk, tmp_path):
    taken = tmp_path / "taken.pdf"
    taken.write_bytes(b"")
    with pytest.raises(RuleBroken, match="file.exists"):
        print_visit_summary(desk, visit_of(desk, "V1").id, EN, taken)
    assert papers.papers(desk) == ()


def test_every_form_and_panel_of_a_visit_stands_on_its_worksheet_in_some_order(desk):
    with snapshot(desk) as copy:
        for visit in desk.protocol.visits:
            order = entry_order(visit_worksheet(copy, 1, visit.code), desk.protocol, visit.code)
            assert sorted(order) == sorted((*visit.forms, *visit.panels)), visit.code


def test_a_worksheet_holds_the_sum_the_vials_and_the_injection_of_its_day(desk, tmp_path):
    with snapshot(desk) as copy:
        sheet = visit_worksheet(copy, 1, "V1")
    kinds = [type(part).__name__ for part in sheet.parts]
    assert kinds == ["Questions", "Samples", "Infusion", "Injection", *["Entries"] * 6, "Doctor"]
    infusion, injection = sheet.parts[2], sheet.parts[3]
    assert infusion.prefilled.prescribed == Decimal(612)
    assert infusion.prefilled.content - infusion.prefilled.prescribed == infusion.prefilled.left_over
    assert (injection.number, injection.planned) == (1, 54)
    text = text_of(print_worksheet(desk, 1, "V1", EN).content, tmp_path)
    assert "10 × 61.2 = 612 mg" in text


@pytest.mark.parametrize("act", ["weight", "stopped", "void"])
def test_a_paper_of_the_ward_is_superseded_by_what_changes_its_plan(arms, desk, act):
    dispense(desk, 1)
    inject(desk, 1)
    first = dose_log.doses(desk, 1)[0]
    print_worksheet(desk, 1, "W4", EN)
    print_slip(desk, 1, EN)
    assert {row.state for row in papers.papers(desk)} == {"on_ward"}
    if act == "weight":
        correct_weight(desk)
    elif act == "stopped":
        record_disposition(desk, 1, "drug_stop", "IL2", desk.today(), "subject")
    else:
        void_dose(desk, first.id, "slip", first.version)
    assert {row.state for row in papers.papers(desk)} == {"superseded"}


def test_what_is_typed_back_from_the_worksheet_does_not_supersede_it(arms, desk):
    dispense(desk, 1)
    print_worksheet(desk, 1, "W4", EN)
    arms.clock.advance(timedelta(days=28))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    visits.record_visit(desk, 1, "W4", desk.today())
    inject(desk, 1, reason="subject")
    assert [row.state for row in papers.papers(desk)] == ["on_ward"]


def test_a_worksheet_has_no_dose_of_a_drug_that_is_not_of_the_arm(desk):
    with snapshot(desk) as copy:
        kinds = [type(part).__name__ for part in visit_worksheet(copy, 3, "V1").parts]
        assert "Infusion" not in kinds and "Injection" in kinds
        assert "Injection" not in [type(part).__name__ for part in visit_worksheet(copy, 2, "V1").parts]


def test_ink_needs_signer_place_and_a_possible_day(desk):
    printed = print_visit_summary(desk, visit_of(desk, "V1").id, EN)
    today = desk.today()
    wrong = (
        (Ink("", today, "binder"), "ink.incomplete"),
        (Ink("Wu Min", today, " "), "ink.incomplete"),
        (Ink("Wu Min", today + timedelta(days=1), "binder"), "day.future"),
        (Ink("Wu Min", today - timedelta(days=1), "binder"), "paper.before_print"),
    )
    for ink, code in wrong:
        with pytest.raises(RuleBroken, match=code):
            papers.record_ink(desk, printed.paper_id, ink)
    papers.record_ink(desk, printed.paper_id, Ink("Wu Min", today, "binder"))
    with pytest.raises(RuleBroken, match="paper.signed_twice"):
        papers.record_ink(desk, printed.paper_id, Ink("Wu Min", today, "binder"))
    row = papers.papers(desk)[0]
    assert (row.state, row.signer, row.signed_on) == ("signed", "Wu Min", today)


def test_a_printed_code_agrees_with_the_chain_and_another_does_not(desk):
    print_visit_summary(desk, visit_of(desk, "V1").id, EN)
    row = papers.papers(desk)[0]
    assert papers.check_paper(desk, row.audit_number, row.audit_code.lower())
    assert not papers.check_paper(desk, row.audit_number - 1, row.audit_code)
