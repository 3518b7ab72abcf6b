"""Judging a subject: pre-check, decisions on each leaf, one signature over all, and what voids it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain import roles
from sle_desk.domain.eligibility import (
    CANNOT_BE_JUDGED,
    ELIGIBLE,
    NOT_ELIGIBLE,
    Judged,
    check_answer,
    check_decision,
    check_paper_day,
    evidence_record,
    judge_leaf,
)
from sle_desk.domain.open_points import open_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import canonical
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Disposition, Subject
from sle_desk.services import subjects
from sle_desk.services.after_end import renew_after_end
from sle_desk.services.checklist import (
    Checklist,
    ChecklistRow,
    SignedDecision,
    answers_of,
    checklist,
    evidence_text,
    judged_as_signed,
    read_checklist,
    same_evidence,
    standing_decision,
)
from sle_desk.services.decisions import readings_on
from sle_desk.services.desk import Change, Desk
from sle_desk.services.signatures import (
    Ink,
    Signing,
    checked_ink,
    confirm_password,
    ink_of,
    put_ink,
    sign,
    void_signatures,
)
from sle_desk.services.signers import compare_signer, was_delegated
from sle_desk.services.standing import known_since
from sle_desk.services.subject_facts import facts_of
from sle_desk.services.waived import void_waiver, waiver_row

__all__ = [
    "Checklist", "ChecklistRow", "SignedDecision", "checklist", "decide", "is_to_sign", "precheck",
    "sign_eligibility", "signing_for", "void_if_changed",
]  # fmt: skip

SIGN, SIGN_TRANSCRIBED = "eligibility.sign", "eligibility.sign_transcribed"
DECIDE, DECIDE_TRANSCRIBED = "eligibility.decide", "eligibility.decide_transcribed"
# Who types from a paper can say no more than that it is what the paper says.
TRANSCRIBED = {
    ELIGIBLE: message(
        "I have typed each decision as it stands on the signed paper: the subject is eligible."
    ),
    NOT_ELIGIBLE: message(
        "I have typed each decision as it stands on the signed paper: the subject is not eligible."
    ),
}
STATEMENTS = {
    ELIGIBLE: message("I have judged each criterion on the evidence shown. This subject is eligible."),
    NOT_ELIGIBLE: message(
        "I have judged each criterion on the evidence shown. This subject is not eligible."
    ),
}
# Why a signature went void, as it is kept; the leaves follow.
EVIDENCE_CHANGED = "evidence_changed"
# More codes than these are not named in a sentence.
NAMED = 5
SCREEN_FAILURE, CRITERIA_NOT_MET = "screen_failure", "criteria"


def precheck(desk: Desk, subject_id: int, leaf: str, answer: str) -> None:
    """Record the pre-check of one leaf; it decides nothing, and cannot be given to a leaf that waits."""
    with desk.change("eligibility.precheck", subject_id=subject_id) as change:
        _check_open(change.session, subject_id)
        if standing_decision(change.session, subject_id) is not None:
            raise RuleBroken("eligibility.signed")
        check_answer(change.protocol, _judged_now(change, subject_id, leaf), answer)
        row = _answer_row(change, subject_id, leaf)
        row.precheck, row.precheck_at, row.precheck_by = answer, change.at, change.actor.user_id


def decide(
    desk: Desk, subject_id: int, leaf: str, answer: str, reason: str = "", ink: Ink | None = None
) -> None:
    """Record the decision on one leaf with its evidence frozen; with `ink` it is typed from a signed paper.

    A reason is needed where the evidence does not bear the answer, where an earlier decision is changed,
    and once the checklist is signed: the signature goes void.
    """
    check_text(reason)
    kept = None if ink is None else checked_ink(ink, desk.today())
    action = DECIDE if kept is None else DECIDE_TRANSCRIBED
    with desk.change(action, reason, subject_id=subject_id) as change:
        _check_open(change.session, subject_id)
        if kept is not None:
            _check_paper(change, subject_id, kept)
            compare_signer(change, kept, subject_id)
        judged = _judged_now(change, subject_id, leaf)
        if kept is not None:
            check_paper_day(judged, kept.signed_on)
        check_decision(change.protocol, judged, answer, reason)
        row = _answer_row(change, subject_id, leaf)
        signed = standing_decision(change.session, subject_id)
        # The same answer from another hand is a change too: whose decision it is must not go over unseen.
        changed = bool(row.decision) and (row.decision != answer or ink_of(row) != kept)
        if (changed or signed is not None) and not reason.strip():
            raise RuleBroken("eligibility.change_reason", leaf=leaf)
        row.decision, row.reason = answer, reason.strip()
        row.decided_at, row.decided_by = change.at, change.actor.user_id
        put_ink(row, kept)
        row.evidence = evidence_text(judged)
        versions = readings_on(change.session, change.protocol, change.at.date()).versions
        row.readings = canonical(versions).decode("utf-8")
        if signed is not None:
            _void(change, signed, f"{leaf}: {reason.strip()}", [leaf])


def _check_paper(change: Change, subject_id: int, ink: Ink) -> None:
    """Refuse a paper older than the subject's record, or signed under other readings than those in force."""
    since = known_since(change.session, subject_id)
    if ink.signed_on < since:
        raise RuleBroken("eligibility.ink_before", signed=ink.signed_on, since=since)
    then = dict(readings_on(change.session, change.protocol, ink.signed_on).versions)
    now = dict(readings_on(change.session, change.protocol, change.at.date()).versions)
    differing = sorted(code for code in {*then, *now} if then.get(code) != now.get(code))
    if differing:
        codes = ", ".join(differing[:NAMED]) + (" …" if len(differing) > NAMED else "")
        raise RuleBroken("eligibility.ink_readings", signed=ink.signed_on, codes=codes)


def _judged_now(change: Change, subject_id: int, leaf: str) -> Judged:
    today = change.at.date()
    now = readings_on(change.session, change.protocol, today)
    facts = facts_of(change.session, change.protocol, subject_id, today)
    for state in now.leaves():
        if state.leaf.code == leaf:
            return judge_leaf(state, change.protocol, now, facts)
    raise RuleBroken("eligibility.no_leaf", leaf=leaf)


def _answer_row(change: Change, subject_id: int, leaf: str) -> CriterionAnswer:
    row = answers_of(change.session, subject_id).get(leaf)
    if row is None:
        row = CriterionAnswer(subject_id=subject_id, leaf=leaf)
        change.add(row)
    return row


def _check_open(session: Session, subject_id: int) -> None:
    """Refuse judging a subject who was entered in error or has left."""
    subject = session.get_one(Subject, subject_id)
    arm = session.scalar(select(Allocation.arm).where(Allocation.subject_id == subject_id))
    state = subjects.subject_state(session, subject, arm)
    failed_otherwise = state == "failed" and standing_decision(session, subject_id) is None
    if state in ("void", "died", "left", "complete") or failed_otherwise:
        raise RuleBroken("eligibility.closed", code=subject.code)


def signing_for(outcome: str, language: str, password: str, *, transcribed: bool = False) -> Signing:
    """Return what a person signs for a verdict or its transcription, in the words of a language."""
    statements = TRANSCRIBED if transcribed else STATEMENTS
    return Signing(f"eligibility.{outcome}", Language(language).text(statements[outcome]), language, password)


def is_to_sign(desk: Desk) -> bool:
    """Tell whether eligibility is delegated today to the person at the desk, or that person is the PI."""
    with desk.view() as session:
        return desk.actor.role == roles.PI or was_delegated(
            session, desk.actor.user_id, roles.ELIGIBILITY, desk.today()
        )


def _require_delegated(desk: Desk) -> None:
    """Refuse a signature of whom the PI did not give this task today: subjects are randomised on it."""
    if not is_to_sign(desk):
        refused = NotAllowed("eligibility.not_delegated", name=desk.actor.name)
        desk.refuse(SIGN, refused)
        raise refused


def sign_eligibility(
    desk: Desk,
    folder: StudyFolder,
    subject_id: int,
    shown: frozenset[str],
    signing: Signing,
    ink: Ink | None = None,
) -> SignedDecision:
    """Sign the verdict over every leaf, once each was shown and decided; the evidence is frozen with it.

    With `ink` the paper was signed, and who types it signs that it says so. Nobody overrides the verdict: a
    subject who is not eligible is recorded as a screen failure. At the desk only who is delegated it signs;
    ink is recorded whosever it is, for it is there already.
    """
    action = SIGN if ink is None else SIGN_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    if kept is None:
        _require_delegated(desk)
    wanted = partial(signing_for, transcribed=kept is not None)
    with desk.view() as session:
        _ready(session, desk.protocol, subject_id, shown, signing, wanted, desk.today())
    confirm_password(desk, folder, signing)
    with desk.change(action, subject_id=subject_id) as change:
        if kept is not None:
            _check_paper(change, subject_id, kept)
            compare_signer(change, kept, subject_id)
        ready = _ready(change.session, change.protocol, subject_id, shown, signing, wanted, change.at.date())
        if kept is not None:
            _check_typed_from(ready, kept)
        content = _content(change, ready)
        row = EligibilityDecision(
            subject_id=subject_id,
            verdict=ready.verdict.outcome,
            decided_on=change.at.date(),
            content=canonical(content).decode("utf-8"),
        )
        change.add(row)
        row.signature_id = sign(change, signing, "eligibility_decision", row.id, content, kept).id
        if row.verdict == NOT_ELIGIBLE:
            _record_screen_failure(change, ready, kept.signed_on if kept is not None else change.at.date())
        change.session.flush()
        signed = read_checklist(change.session, change.protocol, subject_id, change.at.date()).signed
        assert signed is not None
        return signed


def _ready(
    session: Session,
    protocol: Protocol,
    subject_id: int,
    shown: frozenset[str],
    signing: Signing,
    wanted: Callable[[str, str, str], Signing],
    today: date,
) -> Checklist:
    """Return the checklist to sign, or refuse: signed already, not shown, cannot be judged, other verdict."""
    _check_open(session, subject_id)
    ready = read_checklist(session, protocol, subject_id, today)
    if ready.signed is not None:
        raise RuleBroken("eligibility.signed")
    unseen = sorted(ready.codes - shown)
    if unseen:
        raise RuleBroken("eligibility.not_shown", leaves=", ".join(unseen))
    outcome = ready.verdict.outcome
    if outcome == CANNOT_BE_JUDGED:
        leaves = dict.fromkeys(reason.leaf or str(reason.facts["waits"]) for reason in ready.verdict.reasons)
        named = open_words(protocol, leaves)
        raise RuleBroken("eligibility.cannot_be_judged", count=len(leaves), leaves=named)
    if signing != wanted(outcome, signing.language, signing.password):
        raise RuleBroken("signature.statement")
    return ready


def _check_typed_from(ready: Checklist, ink: Ink) -> None:
    """Refuse to sign that every decision stands on a paper from which not every one was typed."""
    others = [row.code for row in ready.to_decide if row.decision is not None and row.decision.ink != ink]
    if others:
        leaves = ", ".join(others[:NAMED]) + (" …" if len(others) > NAMED else "")
        raise RuleBroken("eligibility.ink_differs", signer=ink.signer, count=len(others), leaves=leaves)


def _content(change: Change, ready: Checklist) -> dict[str, object]:
    """Return what is frozen and signed: verdict, texts with their hashes, readings, evidence and answers."""
    sources = {(source.table, source.id) for row in ready.rows for source in row.judged.sources}
    kept = answers_of(change.session, ready.subject_id)
    return {
        "subject": ready.subject_code,
        "verdict": ready.verdict.outcome,
        "decided_on": change.at.date(),
        "protocol": [change.protocol.code, change.protocol.version, ready.registry_sha256],
        "readings": [list(each) for each in ready.readings],
        "sources": [list(each) for each in sorted(sources)],
        "leaves": [_leaf_content(row, kept.get(row.code)) for row in ready.rows],
    }


def _leaf_content(row: ChecklistRow, kept: CriterionAnswer | None) -> dict[str, object]:
    approved = row.approved
    content: dict[str, object] = {
        "leaf": row.code,
        "criterion": row.criterion.code,
        "registry_words": row.registry_words,
        "registry_words_sha256": row.words_sha256,
        "approved_words": [approved.words, approved.document_version, approved.section] if approved else [],
        "judged_on": evidence_record(row.judged),
        "contradicts": row.contradicts,
    }
    if kept is not None:
        content["precheck"] = [kept.precheck, kept.precheck_by, kept.precheck_at]
        content["decision"] = [kept.decision, kept.decided_by, kept.decided_at, kept.reason]
        if (ink := ink_of(kept)) is not None:
            content["decision_on_paper"] = [ink.signer, ink.signed_on, ink.reference]
    return content


def _record_screen_failure(change: Change, ready: Checklist, on_day: date) -> None:
    excluded = ", ".join(reason.leaf for reason in ready.verdict.reasons)
    change.add(
        Disposition(
            **change.record_facts(ready.subject_id, on_day),
            kind=SCREEN_FAILURE,
            on_day=on_day,
            reason=CRITERIA_NOT_MET,
            note=excluded,
        )
    )
    renew_after_end(change, ready.subject_id)


def failures_by_criteria(session: Session, subject_id: int) -> Sequence[Disposition]:
    """Return the screen failures that a signed verdict recorded."""
    return session.scalars(
        select(Disposition).where(
            Disposition.subject_id == subject_id,
            Disposition.state == "current",
            Disposition.kind == SCREEN_FAILURE,
            Disposition.reason == CRITERIA_NOT_MET,
        )
    ).all()


def changed_leaves(session: Session, protocol: Protocol, signed: EligibilityDecision) -> list[str]:
    """Return the leaves whose evidence is no longer what was signed, in the registry's order."""
    frozen = {each["leaf"]: json.dumps(each["judged_on"]) for each in json.loads(signed.content)["leaves"]}
    _, judged = judged_as_signed(session, protocol, signed)
    now = {each.leaf.code: evidence_text(each) for each in judged}
    return [leaf for leaf in frozen if leaf not in now or not same_evidence(now[leaf], frozen[leaf])]


def void_if_changed(change: Change, subject_id: int) -> bool:
    """Void the signed decision when a value its evidence rests on was changed; tell whether it was.

    For services that correct or void a record, inside their own change. What was entered later than the
    signature is not looked at, and neither are readings decided since.
    """
    change.session.flush()
    signed = standing_decision(change.session, subject_id)
    changed = changed_leaves(change.session, change.protocol, signed) if signed is not None else []
    if signed is None or not changed:
        return False
    _void(change, signed, f"{EVIDENCE_CHANGED}: {', '.join(changed)}", changed)
    return True


def _void(change: Change, signed: EligibilityDecision, reason: str, leaves: list[str]) -> None:
    """Void a signed decision: its signature, the screen failure it recorded; after allocation a deviation."""
    signed.state, signed.void_reason, signed.voided_at = "void", reason, change.at
    void_signatures(change, "eligibility_decision", signed.id, reason)
    # What was waived was this verdict: another one is waived anew, or needs none.
    if (waiver := waiver_row(change.session, signed.id)) is not None:
        void_waiver(change, waiver, reason)
    subject_id = signed.subject_id
    failures = failures_by_criteria(change.session, subject_id)
    for row in failures if signed.verdict == NOT_ELIGIBLE else ():
        row.state, row.void_reason = "void", reason
        renew_after_end(change, subject_id)
    if change.session.scalar(select(Allocation.id).where(Allocation.subject_id == subject_id)) is not None:
        listed = ", ".join(leaves)
        change.propose(
            subject_id, "eligibility.void_after_allocation", "major", change.at.date(), leaves=listed
        )
