"""Signing a saved form: who may, what it is bound to, what voids it, and what is refused unsigned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from study_fixtures import PASSWORD, Study
from trial_fixtures import register, score, vitals

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.sealing import content_hash
from sle_desk.models.audit import Audit
from sle_desk.models.visit import FormRecord
from sle_desk.services import form_records, redaction, visits, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.services.form_signing import (
    SIGN,
    SIGN_TRANSCRIBED,
    canonical_value,
    sign_form,
    sign_transcribed,
    signed_content,
    signing_for,
)
from sle_desk.services.signatures import Ink, Signing, signatures_of, void_signatures

DIRECT = signing_for(SIGN, "en", PASSWORD)
TYPED = signing_for(SIGN_TRANSCRIBED, "en", PASSWORD)


@pytest.fixture
def visit(study: Study) -> tuple[int, int]:
    """A registered subject and the screening visit of today."""
    subject = register(study)
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    return subject, visits.record_visit(desk, subject, "V0", desk.today()).id


@pytest.fixture
def pga(study: Study, visit: tuple[int, int]) -> int:
    """A saved PGA of 1.50."""
    return score(study.sit("zhao.jing", roles.INVESTIGATOR), *visit, "pga")


def seen(desk: Desk, record: int) -> int:
    """Return the version a form is shown as."""
    return form_records.form_row(desk, record).version


def paper(desk: Desk) -> Ink:
    """Return a signature of today on paper."""
    return Ink("Zhao Jing", desk.today(), "Binder 3, page 12")


def test_an_investigator_signs_what_was_saved(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    signed = sign_form(desk, study.folder, pga, form_records.form_row(desk, pga).version, DIRECT)
    (row,) = signatures_of(desk, "form_record", pga)
    assert (row.name, row.meaning, row.transcribed, row.valid) == ("Zhao Jing", SIGN, False, True)
    assert row.content_hash == signed.content_hash


def test_the_signature_is_bound_to_every_value_and_the_version_of_the_form(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    signed = sign_form(desk, study.folder, pga, seen(desk, pga), DIRECT)
    with desk.view() as session:
        content = signed_content(session, desk.protocol, session.get_one(FormRecord, pga))
    assert content_hash(content) == signed.content_hash
    assert content["values"] == {"PGA": ["number", "1.5"]}
    assert content["form_version"] == desk.protocol.form("pga").version
    assert content_hash({**content, "form_version": "0"}) != signed.content_hash


def test_equal_numbers_are_one_content_however_they_were_typed() -> None:
    assert canonical_value(Value(number=Decimal("1.50"), typed="1.50")) == ["number", "1.5"]
    assert canonical_value(Value(number=Decimal("100"), typed="100")) == ["number", "100"]
    assert canonical_value(Value(number=Decimal(3), comparator="<")) == ["number", "<3"]
    assert canonical_value(Value(day=date(2026, 11, 23))) == ["day", "2026-11-23"]
    assert canonical_value(Value(choice="Y")) != canonical_value(Value(text="Y"))


def test_a_correction_voids_the_signature_and_the_form_is_signed_again(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    sign_form(desk, study.folder, pga, seen(desk, pga), DIRECT)
    before = form_records.form_row(desk, pga).answer_versions["PGA"]
    right = Value(number=Decimal("1.4"), typed="1.4")
    form_records.correct_value(desk, Correction(pga, "PGA", right, "slip", before))
    sign_form(desk, study.folder, pga, form_records.form_row(desk, pga).version, DIRECT)
    assert [row.valid for row in signatures_of(desk, "form_record", pga)] == [False, True]


def test_a_form_is_not_signed_twice(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    sign_form(desk, study.folder, pga, seen(desk, pga), DIRECT)
    with pytest.raises(RuleBroken, match=r"form\.already_signed"):
        sign_form(desk, study.folder, pga, seen(desk, pga), DIRECT)


def test_a_wrong_password_signs_nothing(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(NotAllowed, match=r"signature\.password"):
        sign_form(desk, study.folder, pga, seen(desk, pga), replace(DIRECT, password="not this one"))
    assert signatures_of(desk, "form_record", pga) == ()


def test_another_statement_signs_nothing(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    for other in (replace(DIRECT, statement="I agree."), TYPED):
        with pytest.raises(RuleBroken, match=r"signature\.statement"):
            sign_form(desk, study.folder, pga, seen(desk, pga), other)


@pytest.mark.parametrize(
    ("login", "role"), [("chen.lan", roles.COORDINATOR), ("lin.yue", roles.NURSE), ("he.jian", roles.MONITOR)]
)
def test_only_who_judges_signs_an_assessment(study: Study, pga: int, login: str, role: str) -> None:
    desk = study.sit(login, role)
    with pytest.raises(NotAllowed, match=r"role\.may_not"):
        sign_form(desk, study.folder, pga, seen(desk, pga), DIRECT)


def test_a_form_seen_otherwise_is_not_signed(study: Study, pga: int) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(Stale):
        sign_form(desk, study.folder, pga, seen(desk, pga) - 1, DIRECT)


def test_a_form_without_its_values_is_not_signed(study: Study, visit: tuple[int, int]) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    new = NewForm(*visit, "pga", desk.today(), Given({}), "08:05")
    record = form_records.save_form(desk, new)
    with pytest.raises(RuleBroken, match=r"form\.sign_incomplete"):
        sign_form(desk, study.folder, record.id, record.version, DIRECT)


def test_a_form_that_nobody_signs_is_refused(study: Study, visit: tuple[int, int]) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(RuleBroken, match=r"form\.not_signed_kind"):
        sign_form(desk, study.folder, vitals(desk, *visit), 1, DIRECT)


def test_a_nurse_signs_that_she_typed_what_the_paper_says(study: Study, pga: int) -> None:
    desk = study.sit("lin.yue", roles.NURSE)
    sign_transcribed(desk, study.folder, pga, seen(desk, pga), TYPED, paper(desk))
    (row,) = signatures_of(desk, "form_record", pga)
    assert (row.name, row.meaning, row.transcribed) == ("Lin Yue", SIGN_TRANSCRIBED, True)
    assert (row.source_signer, row.source_reference) == ("Zhao Jing", "Binder 3, page 12")
    assert row.source_signed_on == desk.today()


def test_a_paper_needs_a_hand_a_place_and_a_day_that_can_be(study: Study, pga: int) -> None:
    desk = study.sit("lin.yue", roles.NURSE)
    ink, day = paper(desk), timedelta(days=1)
    refused = {
        "ink.incomplete": (replace(ink, signer=" "), replace(ink, reference="")),
        "day.future": (replace(ink, signed_on=desk.today() + day),),
        "form.ink_before": (replace(ink, signed_on=desk.today() - day),),
    }
    for code, papers in refused.items():
        for one in papers:
            with pytest.raises(RuleBroken) as error:
                sign_transcribed(desk, study.folder, pga, seen(desk, pga), TYPED, one)
            assert error.value.code == code
    assert signatures_of(desk, "form_record", pga) == ()


def take_out(study: Study, text: str) -> Desk:
    """Let the PI take a text out of the study; return the desk of the PI."""
    desk = study.sit("wu.min", roles.PI)
    signing = Signing("redaction", "I have a text taken out.", "en", PASSWORD)
    redaction.redact(desk, study.folder, text, "typed by accident", signing)
    return desk


def test_a_text_taken_out_after_signing_stands_beside_the_signature_and_nothing_else_does(
    study: Study, pga: int, visit: tuple[int, int]
) -> None:
    other = score(study.sit("zhao.jing", roles.INVESTIGATOR), *visit, "joints28")
    desk = study.sit("lin.yue", roles.NURSE)
    ink = replace(paper(desk), reference="Binder 3, from aunt Qian")
    sign_transcribed(desk, study.folder, pga, seen(desk, pga), TYPED, ink)
    sign_transcribed(
        desk, study.folder, other, seen(desk, other), TYPED, replace(ink, reference="Binder of uncle Sun")
    )
    study.clock.advance(timedelta(days=1))
    desk = take_out(study, "aunt Qian")
    (row,) = signatures_of(desk, "form_record", pga)
    assert row.valid and row.source_reference == "Binder 3, from [redacted]"
    with desk.view() as session:
        first = session.scalars(select(Audit.number).where(Audit.action == redaction.ACTION)).first()
    assert [(each.number, each.by, each.at.date()) for each in row.taken_out] == [
        (first, "Wu Min", desk.today())
    ]
    assert [each.taken_out for each in signatures_of(desk, "form_record", other)] == [()]
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    # What was signed anew was seen without the text.
    with desk.change("form.save", "signed again") as change:
        void_signatures(change, "form_record", pga, "signed again")
    sign_form(desk, study.folder, pga, form_records.form_row(desk, pga).version, DIRECT)
    assert [bool(each.taken_out) for each in signatures_of(desk, "form_record", pga)] == [True, False]


def test_what_another_person_corrected_meanwhile_is_not_signed_nor_marked_unseen(
    study: Study, pga: int
) -> None:
    before = form_records.form_row(study.sit("zhao.jing", roles.INVESTIGATOR), pga)
    other = study.sit("wu.min", roles.PI)
    right = Value(number=Decimal("2.5"), typed="2.5")
    form_records.correct_value(other, Correction(pga, "PGA", right, "slip", before.answer_versions["PGA"]))
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(Stale):
        sign_form(desk, study.folder, pga, before.version, DIRECT)
    with pytest.raises(Stale):
        void_forms.void_form(desk, pga, "slip", before.version)
    now = form_records.form_row(desk, pga)
    assert now.version > before.version and not now.void
    assert sign_form(desk, study.folder, pga, now.version, DIRECT).id
