"""Waiving criteria for a subject who is not eligible: a major deviation that the PI signs, never an override.

The verdict stays "not eligible".
"""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.eligibility import EXCLUDING, NOT_ELIGIBLE
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import canonical
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Signature
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.safety import Deviation
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Subject
from sle_desk.services import subjects
from sle_desk.services.after_end import renew_after_end
from sle_desk.services.checklist import answers_of, standing_decision
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import ACCEPTED
from sle_desk.services.eligibility import failures_by_criteria
from sle_desk.services.signatures import Ink, Signing, checked_ink, confirm_password, put_ink, sign
from sle_desk.services.signers import compare_signer
from sle_desk.services.waived import DECISION, DEVIATION, VOID, WAIVED, waiver_of, waiver_row

WAIVE, WAIVE_TRANSCRIBED = "eligibility.waive", "eligibility.waive_transcribed"
STATEMENTS = {
    WAIVE: message(
        "This subject is not eligible and stays so. I waive the criteria named and record that as a major "
        "deviation."
    ),
    WAIVE_TRANSCRIBED: message("I have typed this waiver as it stands on the paper signed by the PI."),
}
CATEGORY = "eligibility"
# Why a screen failure went void, as it is kept; the leaves follow.
LIFTED = "waived"


def signing_for(action: str, language: str, password: str) -> Signing:
    """Return what is signed for a waiver or its transcription, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def waive(
    desk: Desk,
    folder: StudyFolder,
    subject_id: int,
    reason: str,
    signing: Signing,
    ink: Ink | None = None,
) -> int:
    """Record that the PI waives what excludes a subject; return the number of the deviation.

    With `ink` the PI signed a paper, and who types it signs that it says so. Nothing of the verdict
    changes, and whether the subject may be randomised is a decision of its own.
    """
    action = WAIVE if ink is None else WAIVE_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    if not check_text(reason).strip():
        raise RuleBroken("waiver.reason_needed")
    if signing != signing_for(action, signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(action, reason.strip(), subject_id=subject_id) as change:
        decision = _to_waive(change, subject_id)
        if kept is not None:
            _check_paper(change, decision, kept)
            compare_signer(change, kept, subject_id)
        leaves = _excluding(change, subject_id)
        row = Deviation(
            subject_id=subject_id,
            code=WAIVED,
            severity=MAJOR,
            on_day=kept.signed_on if kept is not None else change.at.date(),
            facts=canonical({"leaves": ", ".join(leaves)}).decode("utf-8"),
            about_table=DECISION,
            about_id=decision.id,
            progress=ACCEPTED,
            explanation=reason.strip(),
            category=CATEGORY if _has_categories(change.protocol) else "",
            proposed_at=change.at,
            settled_at=change.at,
            settled_by=change.actor.user_id,
        )
        put_ink(row, kept)
        change.add(row)
        sign(change, signing, DEVIATION, row.id, _content(change, decision, leaves, reason.strip()), kept)
        return row.id


def _to_waive(change: Change, subject_id: int) -> EligibilityDecision:
    """Return the signed decision whose criteria are waived, or refuse: none, eligible, waived, gone."""
    session = change.session
    subject = session.get_one(Subject, subject_id)
    decision = standing_decision(session, subject_id)
    if decision is None or decision.verdict != NOT_ELIGIBLE:
        raise RuleBroken("waiver.not_signed", code=subject.code)
    arm = session.scalar(select(Allocation.arm).where(Allocation.subject_id == subject_id))
    if subjects.subject_state(session, subject, arm) in ("void", "died", "left", "complete"):
        raise RuleBroken("eligibility.closed", code=subject.code)
    if waiver_row(session, decision.id) is not None:
        raise RuleBroken("waiver.twice", code=subject.code)
    return decision


def _check_paper(change: Change, decision: EligibilityDecision, ink: Ink) -> None:
    """Refuse a paper older than the verdict that it waives."""
    signed = change.session.get_one(Signature, decision.signature_id)
    decided = signed.source_signed_on or decision.decided_on
    if ink.signed_on < decided:
        raise RuleBroken("waiver.ink_before", signed=ink.signed_on, decided=decided)


def _excluding(change: Change, subject_id: int) -> list[str]:
    """Return the leaves that exclude the subject, in the registry's order."""
    kept = answers_of(change.session, subject_id)
    order = [leaf.code for leaf in change.protocol.leaves]
    return [code for code in order if code in kept and kept[code].decision in EXCLUDING]


def lift_screen_failure(change: Change, subject_id: int) -> None:
    """Void the screen failure by criteria of a waived subject who is being randomised: the course goes on."""
    decision = standing_decision(change.session, subject_id)
    waiver = waiver_of(change.session, decision.id) if decision is not None else None
    if waiver is None:
        return
    for row in failures_by_criteria(change.session, subject_id):
        row.state, row.void_reason = VOID, f"{LIFTED}: {', '.join(waiver.leaves)}"
    renew_after_end(change, subject_id)


def _has_categories(protocol: Protocol) -> bool:
    # An earlier package declares no kinds of deviation.
    fields = {field.code: field for field in protocol.form("deviation").fields()}
    return "category" in fields and any(each.code == CATEGORY for each in fields["category"].choices)


def _content(
    change: Change, decision: EligibilityDecision, leaves: list[str], reason: str
) -> dict[str, object]:
    """Return what the waiver's signature is bound to: the verdict as it was signed, and what is waived."""
    signed = change.session.get_one(Signature, decision.signature_id)
    return {
        "subject": change.session.get_one(Subject, decision.subject_id).code,
        "verdict": decision.verdict,
        "verdict_signed": signed.content_hash,
        "waived": leaves,
        "reason": reason,
    }
