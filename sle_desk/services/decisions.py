"""The PI's decisions on what the protocol leaves open: signed with their basis, withdrawn, read by day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain import ethics
from sle_desk.domain.decisions import Decision, Readings, check_decision, readings
from sle_desk.domain.plan_rules import not_computed
from sle_desk.domain.protocol import Given, Protocol, Setting
from sle_desk.domain.sealing import canonical, sha256
from sle_desk.domain.values import check_text
from sle_desk.models.audit import Signature
from sle_desk.models.protocol import ApprovedWords, ProtocolDecision
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.approvals import approval_taken, line_of
from sle_desk.services.desk import Change, Desk
from sle_desk.services.in_force import decision_of, decisions_made, effective_days, readings_on
from sle_desk.services.medication_findings import judge_medication_again
from sle_desk.services.signatures import (
    Ink,
    Signing,
    checked_ink,
    confirm_password,
    sign,
    void_signatures,
)
from sle_desk.services.signers import compare_signer

# What is decided is read here too: whoever works with decisions needs one name for both.
__all__ = ["decision_of", "decisions_made", "effective_days", "readings_on"]
APPROVED_PROTOCOL, MEMO, AMENDMENT = BASES = ("approved_protocol", "memo", "amendment")
# What of the ethics register a basis most likely rests on, where one number stands for several things.
KIND_OF_BASIS = {APPROVED_PROTOCOL: ethics.PROTOCOL, AMENDMENT: ethics.AMENDMENT}
SIGN, WITHDRAW = "decision.sign", "decision.withdraw"
SIGN_TRANSCRIBED, WITHDRAW_TRANSCRIBED = "decision.sign_transcribed", "decision.withdraw_transcribed"
STATEMENTS = {
    SIGN: message("I decide this reading for the study."),
    WITHDRAW: message("I withdraw this decision for the study."),
    # Who types from a paper can say no more than that it is what the paper says.
    SIGN_TRANSCRIBED: message("I have typed this decision as it stands on the paper signed by the PI."),
    WITHDRAW_TRANSCRIBED: message("I have typed this withdrawal as it stands on the paper signed by the PI."),
}


@dataclass(frozen=True)
class NewDecision:
    """A decision as the PI gives it, with what it rests on; it takes effect no earlier than its approval."""

    code: str
    option: str
    basis: str
    document: str
    approved_on: date
    effective_from: date
    reason: str
    values: Mapping[str, Given] = field(default_factory=dict)
    own_words: str = ""
    section: str = ""
    approval_number: str = ""
    # The line of the ethics register that number and day of the approval were taken from.
    approval_id: int | None = None


def signing_for(action: str, language: str, password: str) -> Signing:
    """Return what the PI signs for a decision or its withdrawal, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def sign_decision(
    desk: Desk, folder: StudyFolder, new: NewDecision, signing: Signing, ink: Ink | None = None
) -> int:
    """Sign a decision of the PI; return its number. It changes nothing that was judged before it.

    What is taken from its day on is judged by it, whenever it was entered: the medication of every subject.
    With `ink` the PI signed a paper, and who types it signs that it says so.
    """
    action = SIGN if ink is None else SIGN_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    new = approved_as_registered(desk, new)
    _check_basis(new, desk.today())
    _check_allowed(desk, new)
    _check_statement(signing, action)
    confirm_password(desk, folder, signing)
    if kept is not None and kept.signed_on < new.approved_on:
        raise RuleBroken("decision.ink_before", signed=kept.signed_on, approved=new.approved_on)
    with desk.change(action, new.reason.strip()) as change:
        if kept is not None:
            compare_signer(change, kept, None)
        row = _new_row(change, new)
        change.add(row)
        row.signature_id = sign(change, signing, "protocol_decision", row.id, signed_content(row), kept).id
        judge_medication_again(change)
        return row.id


def approved_as_registered(desk: Desk, new: NewDecision) -> NewDecision:
    """Return a decision with number and day of the approval it points at in the ethics register."""
    with desk.view() as session:
        if new.approval_id is None:
            known = line_of(session, new.approval_number, new.approved_on, KIND_OF_BASIS.get(new.basis, ""))
            return new if known is None else replace(new, approval_id=known.id)
        line = approval_taken(session, new.approval_id)
        return replace(new, approval_number=line.approval_number, approved_on=line.approved_on)


def _check_allowed(desk: Desk, new: NewDecision) -> None:
    """Refuse what the package does not allow, beside the decisions that will hold on its first day."""
    decided = Decision(
        code=new.code,
        option=new.option,
        values=dict(new.values),
        own_words=new.own_words.strip(),
        effective_from=new.effective_from,
        withdrawn=None,
        number=0,
    )
    with desk.view() as session:
        made = decisions_made(session)
        later = [day for day in effective_days(session) if day > new.effective_from]
    check_decision(desk.protocol, decided, readings(desk.protocol, made, new.effective_from))
    for day in (new.effective_from, *later):
        require_computed(desk.protocol, made, decided, day)


def require_computed(protocol: Protocol, made: Sequence[Decision], decided: Decision, day: date) -> None:
    """Refuse a decision for which, beside the others of a day, the program would have no calendar."""
    uncomputed = newly_uncomputed(protocol, made, decided, day)
    if uncomputed:
        raise _not_supported(protocol, decided, made, day, uncomputed[0])


def newly_uncomputed(
    protocol: Protocol, made: Sequence[Decision], decided: Decision, day: date
) -> tuple[tuple[str, ...], ...]:
    """Return the settings that would together have no calendar on a day by a decision not signed yet."""
    before = not_computed(protocol, readings(protocol, made, day))
    after = not_computed(protocol, _beside(protocol, made, decided, day))
    return tuple(each for each in after if each not in before)


def _beside(protocol: Protocol, made: Sequence[Decision], decided: Decision, day: date) -> Readings:
    number = max((each.number for each in made), default=0) + 1
    return readings(protocol, [*made, replace(decided, number=number)], day)


def _not_supported(
    protocol: Protocol, decided: Decision, made: Sequence[Decision], day: date, codes: tuple[str, ...]
) -> RuleBroken:
    after = _beside(protocol, made, decided, day)

    def chosen(setting: Setting) -> Words:
        value = str(after.value(setting.code))
        return next((each.label for each in setting.choices if each.code == value), Words(value, value))

    settings = [protocol.setting(code) for code in codes]
    # The one that is being decided is named first: it is the one to decide otherwise.
    settings.sort(key=lambda setting: (setting.clarification or setting.code) != decided.code)
    first = settings[0]
    return RuleBroken(
        "decision.not_computed_beside",
        setting=first.label,
        chosen=chosen(first),
        other=_joined(each.label for each in settings[1:]),
        beside=_joined(chosen(each) for each in settings[1:]),
    )


def _joined(several: Iterable[Words]) -> Words:
    words = tuple(several)
    return Words(", ".join(each.en for each in words), "，".join(each.zh for each in words))


def _new_row(change: Change, new: NewDecision) -> ProtocolDecision:
    quotes = canonical(list(registry_words(change.protocol, new.code))).decode("utf-8")
    return ProtocolDecision(
        code=new.code,
        option=new.option,
        settings=canonical(dict(new.values)).decode("utf-8"),
        own_words=new.own_words.strip(),
        basis=new.basis,
        document=new.document.strip(),
        section=new.section.strip(),
        approval_number=new.approval_number.strip(),
        approved_on=new.approved_on,
        effective_from=new.effective_from,
        reason=new.reason.strip(),
        decided_at=change.at,
        decided_by=change.actor.user_id,
        quotes=quotes,
        quotes_sha256=sha256(quotes.encode("utf-8")),
        approval_id=new.approval_id,
    )


def _check_basis(new: NewDecision, today: date) -> None:
    """Refuse a decision without its basis, or one that would take effect in the past."""
    for text in (new.document, new.section, new.approval_number, new.reason, new.own_words):
        check_text(text)
    if new.basis not in BASES:
        raise RuleBroken("decision.basis", basis=new.basis, allowed=", ".join(BASES))
    needed = {"decision.document_needed": new.document, "decision.reason_needed": new.reason}
    if new.basis == APPROVED_PROTOCOL:
        needed["decision.section_needed"] = new.section
    if new.basis == AMENDMENT:
        needed["decision.approval_number_needed"] = new.approval_number
    for code, text in needed.items():
        if not text.strip():
            raise RuleBroken(code)
    if new.approved_on > today:
        raise RuleBroken("day.future", typed=new.approved_on.isoformat(), today=today.isoformat())
    # Backdated, a decision would cure what was a deviation on its own day (reality.md section 1).
    if new.effective_from < today:
        raise RuleBroken("decision.backdated", effective=new.effective_from, today=today)


def _check_statement(signing: Signing, action: str) -> None:
    wanted = Language(signing.language).text(STATEMENTS[action])
    if (signing.meaning, signing.statement) != (action, wanted):
        raise RuleBroken("signature.statement")


def registry_words(protocol: Protocol, code: str) -> tuple[str, ...]:
    """Return the registry's own words that a decision is about, as the study's package holds them."""
    found = next((each for each in protocol.clarifications if each.code == code), None)
    return found.quotes if found is not None else ()


def signed_content(row: ProtocolDecision) -> dict[str, object]:
    """Return what the signature of a decision is bound to: all of it, and the registry's words verbatim."""
    return {
        "code": row.code,
        "option": row.option,
        "values": json.loads(row.settings),
        "own_words": row.own_words,
        "basis": row.basis,
        "document": row.document,
        "section": row.section,
        "approval_number": row.approval_number,
        "approved_on": row.approved_on,
        "effective_from": row.effective_from,
        "reason": row.reason,
        "registry_words": json.loads(row.quotes),
        "registry_words_sha256": row.quotes_sha256,
    }


def withdraw_decision(
    desk: Desk,
    folder: StudyFolder,
    decision_id: int,
    reason: str,
    signing: Signing,
    ink: Ink | None = None,
) -> None:
    """Withdraw a decision from today: its code is open again; what was judged under it keeps its reading."""
    action = WITHDRAW if ink is None else WITHDRAW_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    if not reason.strip():
        raise RuleBroken("decision.reason_needed")
    _check_statement(signing, action)
    confirm_password(desk, folder, signing)
    with desk.change(action, check_text(reason)) as change:
        row = change.session.get_one(ProtocolDecision, decision_id)
        if row.withdrawn_on is not None:
            raise RuleBroken("decision.withdrawn", code=row.code, day=row.withdrawn_on)
        if kept is not None:
            _check_withdrawal_paper(change, row, kept)
            compare_signer(change, kept, None)
        row.withdrawn_on, row.withdrawn_reason = change.at.date(), reason.strip()
        row.withdrawn_at, row.withdrawn_by = change.at, change.actor.user_id
        void_signatures(change, "protocol_decision", row.id, reason.strip())
        content = {
            **signed_content(row),
            "withdrawn_on": row.withdrawn_on,
            "withdrawn_reason": reason.strip(),
        }
        sign(change, signing, "protocol_decision", row.id, content, kept)
        judge_medication_again(change)


def _check_withdrawal_paper(change: Change, row: ProtocolDecision, ink: Ink) -> None:
    """Refuse a paper older than the decision that it withdraws: that one's own ink, or its day here."""
    signature = change.session.get_one(Signature, row.signature_id)
    decided = signature.source_signed_on or signature.signed_at.date()
    if ink.signed_on < decided:
        raise RuleBroken("decision.withdrawn_before", signed=ink.signed_on, decided=decided)


def readings_today(desk: Desk) -> Readings:
    """Return the readings in force today."""
    with desk.view() as session:
        return readings_on(session, desk.protocol, desk.today())


@dataclass(frozen=True)
class ApprovedText:
    """The approved protocol's own words, as the site entered them."""

    target: str
    words: str
    document_version: str
    section: str
    recorded_on: date


def record_approved_words(desk: Desk, target: str, words: str, document_version: str, section: str) -> None:
    """Record the approved protocol's words for a leaf, a criterion or a clarification."""
    protocol = desk.protocol
    codes = {each.code for each in protocol.leaves} | {each.code for each in protocol.criteria}
    if target not in codes | {each.code for each in protocol.clarifications}:
        raise RuleBroken("words.target", target=target)
    if not all(check_text(text).strip() for text in (words, document_version, section)):
        raise RuleBroken("words.needed")
    with desk.change("words.record") as change:
        change.add(
            ApprovedWords(
                target=target,
                words=words.strip(),
                document_version=document_version.strip(),
                section=section.strip(),
                recorded_at=change.at,
                recorded_by=change.actor.user_id,
            )
        )


def approved_words(session: Session) -> dict[str, ApprovedText]:
    """Return the newest words of the approved protocol by what they are about."""
    rows = session.scalars(select(ApprovedWords).order_by(ApprovedWords.id))
    return {
        row.target: ApprovedText(
            row.target, row.words, row.document_version, row.section, row.recorded_at.date()
        )
        for row in rows
    }
