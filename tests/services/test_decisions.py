"""Decisions of the PI: signed with their basis, read back by day, withdrawn; the register as it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.domain.decisions import IN_FORCE, OPEN, REOPENED, Open
from sle_desk.domain.protocol import VALUE
from sle_desk.domain.sealing import content_hash, sha256
from sle_desk.models.protocol import ProtocolDecision
from sle_desk.services import clarifications, decisions, history, in_force, signatures
from sle_desk.services.clarifications import register, register_row
from sle_desk.services.decisions import (
    AMENDMENT,
    APPROVED_PROTOCOL,
    MEMO,
    SIGN,
    WITHDRAW,
    NewDecision,
    signed_content,
    signing_for,
)
from sle_desk.services.desk import Desk

TODAY = date(2026, 11, 23)
SET = NewDecision(
    code="D01",
    option="acr_1997",
    basis=APPROVED_PROTOCOL,
    document="Protocol v2.0 of 2026-03-12",
    section="§5.1",
    approval_number="2026PHB-041",
    approved_on=date(2026, 3, 28),
    effective_from=TODAY,
    reason="The protocol names the set; the registry has a Sjögren set.",
)


CYCLE = "study.second_cycle"


@pytest.fixture
def pi(study: Study) -> Desk:
    """The principal investigator's desk."""
    return study.sit("wu.min", roles.PI)


def signed(study: Study, desk: Desk, new: NewDecision = SET) -> int:
    return decisions.sign_decision(desk, study.folder, new, signing_for(SIGN, "en", PASSWORD))


def refused(study: Study, desk: Desk, new: NewDecision) -> str:
    before = desk.head()
    with pytest.raises(RuleBroken) as error:
        signed(study, desk, new)
    assert desk.head() == before
    return error.value.code


def test_a_decision_holds_from_its_day_on_and_not_before(study: Study, pi: Desk) -> None:
    signed(study, pi, replace(SET, effective_from=TODAY + timedelta(days=2)))
    with pi.view() as session:
        for day, state in ((TODAY + timedelta(days=1), OPEN), (TODAY + timedelta(days=2), IN_FORCE)):
            assert decisions.readings_on(session, pi.protocol, day).state("D01") == state
        assert decisions.effective_days(session) == (TODAY + timedelta(days=2),)
    assert register_row(pi, "D01").decisions[0].state == "planned"


def given_value(code: str, choice: str) -> NewDecision:
    return replace(SET, code=code, option=VALUE, values={code: choice})


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (replace(SET, code="D14", option="day_85"), "Start of stage 2"),
        (replace(SET, code=CYCLE, option=VALUE, values={CYCLE: "yes"}), "48 weeks"),
    ],
)
def test_injections_counted_from_the_one_before_are_refused_beside_what_counts_from_day_1(
    study: Study, pi: Desk, first: NewDecision, words: str
) -> None:
    new = given_value("il2.anchoring", "last_dose")
    signed(study, pi, first)
    with pytest.raises(RuleBroken, match="decision.not_computed_beside") as error:
        signed(study, pi, new)
    for language in ("en", "zh_CN"):
        said = error_sentence(error.value, Language(language))
        assert "il2." not in said and "last_dose" not in said
    assert words in error_sentence(error.value, Language("en"))
    (label,) = register_row(pi, "il2.anchoring").not_supported
    assert label.en.startswith("The dose before")
    signed(study, pi, given_value("il2.anchoring", "day_1"))


def test_nothing_waits_for_what_a_second_cycle_asks_until_one_is_decided(study: Study, pi: Desk) -> None:
    asked = ("visit.window_week_48_days", "visit.second_cycle_activity", "belimumab.second_cycle_infusions")
    assert {(register_row(pi, code).severity, register_row(pi, code).waits) for code in asked} == {
        ("note", ())
    }
    signed(study, pi, given_value(CYCLE, "yes"))
    assert all("allocation" in register_row(pi, code).waits for code in asked)


def test_injections_counted_from_the_one_before_go_with_a_stage_that_begins_a_week_after_the_last(
    study: Study, pi: Desk
) -> None:
    signed(study, pi, replace(SET, code="D14", option="week_after_last"))
    signed(study, pi, given_value("il2.anchoring", "last_dose"))
    assert len(register_row(pi, "D14").not_supported) == 1


def test_the_labels_days_and_a_second_cycle_are_refused_beside_each_other(study: Study, pi: Desk) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert register_row(pi, "D10").not_supported == ()
    signed(study, pi, replace(given_value("study.second_cycle", "yes"), effective_from=tomorrow))
    option = next(
        option.code
        for option in pi.protocol.clarification("D10").options
        if option.sets.get("belimumab.interval") == "label"
    )
    assert refused(study, pi, replace(SET, code="D10", option=option)) == "decision.not_computed_beside"
    study.clock.advance(timedelta(days=1))
    assert len(register_row(study.sit("wu.min", roles.PI), "D10").not_supported) == 1


@pytest.mark.parametrize("last", ["D13", "D14", "study.second_cycle"])
def test_a_cycle_that_goes_on_into_the_next_one_is_refused_whichever_is_decided_last(
    study: Study, pi: Desk, last: str
) -> None:
    # 43 doses until day 85, 12 weekly ones from day 92: the last falls on day 169, where the next begins.
    new = {
        "D13": replace(SET, code="D13", option="forty_three"),
        "D14": replace(SET, code="D14", option="week_after_last"),
        "study.second_cycle": given_value("study.second_cycle", "yes"),
    }
    refusal = new.pop(last)
    for each in new.values():
        signed(study, pi, each)
    with pytest.raises(RuleBroken, match="decision.not_computed_beside") as error:
        signed(study, pi, refusal)
    for code, words in (("en", "Yes, 48 weeks"), ("zh_CN", "有（按已发表摘要共48周）")):
        said = error_sentence(error.value, Language(code))
        assert words in said and "il2." not in said and "after_first_stage" not in said


def test_a_value_is_decided_by_an_option_or_given_and_never_proposed(study: Study, pi: Desk) -> None:
    asked = "eligibility.laboratory_days"
    assert decisions.readings_today(pi).value(asked) == Open(asked, asked)
    new = replace(SET, code=asked, option=VALUE, values={asked: "14"})
    signed(study, pi, new)
    signed(study, pi)
    now = decisions.readings_today(pi)
    assert (now.value(asked), now.value("eligibility.classification")) == (14, "acr_1997")


def test_the_signature_is_bound_to_all_of_it_and_to_the_registrys_words(study: Study, pi: Desk) -> None:
    number = signed(study, pi)
    (signature,) = signatures.signatures_of(pi, "protocol_decision", number)
    with pi.view() as session:
        row = session.get_one(ProtocolDecision, number)
        content = signed_content(row)
        assert sha256(row.quotes.encode("utf-8")) == row.quotes_sha256
    assert content["registry_words"] == ["American-European Consensus Group 2002"]
    assert signature.content_hash == content_hash(content)
    assert (signature.name, signature.role, signature.valid) == ("Wu Min", "pi", True)
    assert signature.content_hash != content_hash({**content, "option": "slicc_2012"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"basis": "habit"}, "decision.basis"),
        ({"document": " "}, "decision.document_needed"),
        ({"section": ""}, "decision.section_needed"),
        ({"basis": AMENDMENT, "approval_number": ""}, "decision.approval_number_needed"),
        ({"reason": ""}, "decision.reason_needed"),
        ({"approved_on": TODAY + timedelta(days=1)}, "day.future"),
        ({"effective_from": TODAY - timedelta(days=1)}, "decision.backdated"),
        ({"code": "D99"}, "decision.unknown"),
        ({"option": "whatever"}, "decision.option"),
        ({"option": "own_words"}, "decision.own_words"),
        ({"values": {"eligibility.classification": "acr_1997"}}, "decision.value_not_asked"),
        ({"code": "eligibility.classification", "option": VALUE}, "decision.governed"),
        ({"reason": "line\x00"}, "text.control"),
    ],
)
def test_a_decision_without_its_basis_or_against_the_package_is_refused_and_changes_nothing(
    study: Study, pi: Desk, changes: dict[str, object], code: str
) -> None:
    assert refused(study, pi, replace(SET, **changes)) == code  # type: ignore[arg-type]


def test_a_memo_needs_neither_section_nor_approval_number(study: Study, pi: Desk) -> None:
    assert signed(study, pi, replace(SET, basis=MEMO, section="", approval_number=""))


def test_a_decision_that_contradicts_another_in_force_is_refused(study: Study, pi: Desk) -> None:
    signed(study, pi, replace(SET, code="D14", option="day_85"))
    forty_three = next(option for option in pi.protocol.clarification("D13").options if option.excludes)
    assert refused(study, pi, replace(SET, code="D13", option=forty_three.code)) == "decision.contradicts"


def test_only_the_principal_investigator_decides_and_the_try_is_audited(study: Study) -> None:
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(NotAllowed):
        signed(study, desk)
    newest = history.audit_trail(desk)[0]
    assert (newest.action, newest.facts) == ("refused", {"action": SIGN, "code": "role.may_not"})


def test_a_wrong_password_signs_nothing(study: Study, pi: Desk) -> None:
    with pytest.raises(NotAllowed, match=r"signature\.password"):
        decisions.sign_decision(pi, study.folder, SET, signing_for(SIGN, "en", "some other words"))
    assert decisions.readings_today(pi).state("D01") == OPEN
    assert history.audit_trail(pi)[0].facts["code"] == "signature.password"


def test_another_statement_than_that_of_the_act_is_refused(study: Study, pi: Desk) -> None:
    signing = signing_for(WITHDRAW, "en", PASSWORD)
    with pytest.raises(RuleBroken, match=r"signature\.statement"):
        decisions.sign_decision(pi, study.folder, SET, signing)


def test_a_later_decision_supersedes_and_the_earlier_one_stays_in_the_register(
    study: Study, pi: Desk
) -> None:
    signed(study, pi)
    signed(study, pi, replace(SET, option="eular_acr_2019", reason="Amendment 1."))
    row = register_row(pi, "D01")
    assert [each.state for each in row.decisions] == ["superseded", "in_force"]
    assert row.in_force is not None
    assert row.in_force.option == "eular_acr_2019"
    assert [(setting.decided, setting.value) for setting in row.settings] == [(True, "eular_acr_2019")]


def test_a_withdrawn_decision_opens_its_code_again_from_that_day(study: Study, pi: Desk) -> None:
    number = signed(study, pi)
    study.clock.advance(timedelta(days=3))
    decisions.withdraw_decision(
        pi, study.folder, number, "The committee asks again.", signing_for(WITHDRAW, "en", PASSWORD)
    )
    with pi.view() as session:
        then = decisions.readings_on(session, pi.protocol, TODAY + timedelta(days=2))
        now = decisions.readings_on(session, pi.protocol, TODAY + timedelta(days=3))
    assert (then.state("D01"), now.state("D01")) == (IN_FORCE, REOPENED)
    assert [each.valid for each in signatures.signatures_of(pi, "protocol_decision", number)] == [False, True]
    with pytest.raises(RuleBroken, match=r"decision\.withdrawn"):
        decisions.withdraw_decision(pi, study.folder, number, "Twice.", signing_for(WITHDRAW, "en", PASSWORD))


def test_what_is_written_of_a_decision_is_read_back_at_once(study: Study, pi: Desk) -> None:
    signed(study, pi)
    with pi.view() as session:
        (made,) = in_force.decisions_made(session)
        assert made.withdrawn is None and in_force.decisions_made(session) == (made,)
        session.get_one(ProtocolDecision, made.number).withdrawn_on = TODAY
        assert [each.withdrawn for each in in_force.decisions_made(session)] == [TODAY]
    with pi.view() as session:
        assert in_force.decisions_made(session) == (made,)


def test_a_withdrawal_needs_its_reason(study: Study, pi: Desk) -> None:
    number = signed(study, pi)
    with pytest.raises(RuleBroken, match="reason_needed"):
        decisions.withdraw_decision(pi, study.folder, number, " ", signing_for(WITHDRAW, "en", PASSWORD))


def test_the_register_shows_every_clarification_open_with_its_proposal_unused(pi: Desk) -> None:
    rows = register(pi)
    clarified = [row for row in rows if row.kind == clarifications.CLARIFICATION]
    assert [row.code for row in clarified] == [f"D{number:02d}" for number in range(1, 31)]
    assert {row.code for row in rows if row.kind == clarifications.SETTING} == {
        setting.code for setting in pi.protocol.settings if not setting.clarification
    }
    assert {row.state for row in rows} == {OPEN}
    assert all(not setting.decided and setting.value is None for row in rows for setting in row.settings)
    lost = register_row(pi, "D02")
    assert (lost.proposes, lost.in_force) == ("restored", None)
    assert all(quote in pi.protocol.registry.text for row in rows for quote in row.quotes)


def test_the_approved_protocols_words_stand_beside_the_registrys(desk: Desk) -> None:
    for words in ("血红蛋白 < 90 g/L", "血红蛋白 ≤ 90 g/L"):
        decisions.record_approved_words(desk, "E1a", words, "v2.0", "§5.2(1)")
    decisions.record_approved_words(desk, "D01", "EULAR/ACR 2019", "v2.0", "§5.1")
    with desk.view() as session:
        approved = decisions.approved_words(session)
    assert (approved["E1a"].words, approved["E1a"].section) == ("血红蛋白 ≤ 90 g/L", "§5.2(1)")
    found = register_row(desk, "D01").approved
    assert found is not None
    assert found.document_version == "v2.0"
    for target, words in (("E99", "x"), ("E1a", " ")):
        with pytest.raises(RuleBroken, match=r"words\."):
            decisions.record_approved_words(desk, target, words, "v2.0", "§5")
