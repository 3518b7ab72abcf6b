"""The eligibility checklist of one subject: three texts, evidence, pre-check, decision, what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain.decisions import IN_FORCE, Readings, readings
from sle_desk.domain.eligibility import (
    UNCONFIRMED,
    Answered,
    Judged,
    Verdict,
    contradicts,
    evidence_record,
    judge,
    verdict,
)
from sle_desk.domain.eligibility_facts import Source
from sle_desk.domain.evidence_values import Missing
from sle_desk.domain.protocol import Criterion, Leaf, Protocol
from sle_desk.domain.sealing import canonical, sha256
from sle_desk.models.audit import Signature
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.people import User
from sle_desk.models.subject import Subject
from sle_desk.services.decisions import ApprovedText, approved_words, decisions_made, readings_on
from sle_desk.services.desk import Desk
from sle_desk.services.redacted import TakenOut, taken_out_since
from sle_desk.services.signatures import Ink, ink_of
from sle_desk.services.subject_facts import facts_of
from sle_desk.services.waived import Waiver, waiver_of


@dataclass(frozen=True)
class Given:
    """An answer a person gave: what, who, when, and why; with `ink` it was typed from that person's paper."""

    answer: str
    by: str
    at: datetime
    reason: str = ""
    ink: Ink | None = None


@dataclass(frozen=True)
class ChecklistRow:
    """One leaf as the page shows it.

    The three texts are the registry's words with their hash, the approved protocol's, and the reading
    in force (`judged.words` or `judged.own_words`). `contradicts`: the decision goes against what the
    facts say. `evidence_changed`: it was made on other evidence and has to be made again.
    """

    criterion: Criterion
    judged: Judged
    registry_words: str
    words_sha256: str
    approved: ApprovedText | None
    precheck: Given | None
    decision: Given | None
    contradicts: bool
    evidence_changed: bool

    @property
    def code(self) -> str:
        """Return the code of the leaf."""
        return self.judged.leaf.code

    @property
    def reading(self) -> Words | str | None:
        """Return the reading in force, the decider's own words where they stand, or None."""
        return self.judged.own_words or self.judged.words


@dataclass(frozen=True)
class SignedDecision:
    """The signed decision on a subject: verdict, signer, and the audit's own hash of what was signed.

    With `ink` it is the paper that was signed, and `signed_by` typed it.
    """

    id: int
    verdict: str
    decided_on: date
    signed_by: str
    signed_at: datetime
    content_hash: str
    ink: Ink | None = None
    # Where a text was taken out of it after it was signed.
    taken_out: tuple[TakenOut, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """The whole checklist; once signed it shows what was signed, until a change voids it."""

    subject_id: int
    subject_code: str
    rows: tuple[ChecklistRow, ...]
    verdict: Verdict
    signed: SignedDecision | None
    voided: tuple[str, ...]
    registry_sha256: str
    readings: tuple[tuple[str, int], ...]
    # The version of the package it is judged under: of today, or of the signature.
    protocol_version: str = ""
    # The version in force now, where the signature stands on an earlier one: what was judged keeps its own.
    later_version: str = ""
    waiver: Waiver | None = None

    @property
    def to_decide(self) -> tuple[ChecklistRow, ...]:
        """Return the rows that are not void."""
        return tuple(row for row in self.rows if row.judged.state != "void")

    @property
    def decided(self) -> int:
        """Return how many rows are decided."""
        return sum(row.decision is not None and not row.evidence_changed for row in self.to_decide)

    @property
    def missing(self) -> tuple[tuple[str, Missing], ...]:
        """Return everything that is missing with its leaf, and where to enter it."""
        return tuple((row.code, gap) for row in self.rows for gap in row.judged.missing)

    @property
    def codes(self) -> frozenset[str]:
        """Return the code of every leaf that has to be shown before a signature."""
        return frozenset(row.code for row in self.rows)


def checklist(desk: Desk, subject_id: int) -> Checklist:
    """Return the checklist of a subject as it stands now, or as it was signed."""
    with desk.view() as session:
        return read_checklist(session, desk.protocol, subject_id, desk.today())


def read_checklist(session: Session, protocol: Protocol, subject_id: int, today: date) -> Checklist:
    """Return the checklist of a subject inside a view or a change in hand."""
    signed = standing_decision(session, subject_id)
    in_force = protocol
    if signed is not None:
        protocol = protocol.of(_version_of(signed))
    if signed is None:
        now = readings_on(session, protocol, today)
        judged = judge(protocol, now, facts_of(session, protocol, subject_id, today))
    else:
        now, judged = judged_as_signed(session, protocol, signed)
    names = {user.id: user.name for user in session.scalars(select(User))}
    answers = answers_of(session, subject_id)
    approved = approved_words(session)
    rows = tuple(_row(each, answers.get(each.leaf.code), approved, names, protocol) for each in judged)
    return Checklist(
        subject_id=subject_id,
        subject_code=session.get_one(Subject, subject_id).code,
        rows=rows,
        verdict=verdict(judged, _answered(rows), now.waits("eligibility")),
        signed=_signed(session, signed, names) if signed is not None else None,
        voided=_voided(session, subject_id),
        registry_sha256=protocol.registry.sha256,
        readings=now.versions,
        protocol_version=protocol.version,
        later_version=in_force.version if in_force.version != protocol.version else "",
        waiver=waiver_of(session, signed.id) if signed is not None else None,
    )


def standing_decision(session: Session, subject_id: int) -> EligibilityDecision | None:
    """Return the signed decision of a subject that stands, or None."""
    return session.scalar(
        select(EligibilityDecision).where(
            EligibilityDecision.subject_id == subject_id, EligibilityDecision.state == "current"
        )
    )


def _version_of(signed: EligibilityDecision) -> str:
    return str(json.loads(signed.content)["protocol"][1])


def answers_of(session: Session, subject_id: int) -> dict[str, CriterionAnswer]:
    """Return the kept answers of a subject by leaf."""
    rows = session.scalars(select(CriterionAnswer).where(CriterionAnswer.subject_id == subject_id))
    return {row.leaf: row for row in rows}


def judged_as_signed(
    session: Session, protocol: Protocol, signed: EligibilityDecision
) -> tuple[Readings, tuple[Judged, ...]]:
    """Judge again what was signed: on its day, its readings and the records it rested on, as they are now.

    What came later is not looked at; a record that was changed or voided shows in the evidence.
    """
    content = json.loads(signed.content)
    protocol = protocol.of(_version_of(signed))
    then = _readings_then(session, protocol, content, signed.decided_on)
    facts = facts_of(session, protocol, signed.subject_id, signed.decided_on)
    sources = [Source(table, row_id) for table, row_id in content["sources"]]
    return then, judge(protocol, then, facts.resting_on(sources))


def _readings_then(session: Session, protocol: Protocol, content: Mapping[str, Any], day: date) -> Readings:
    numbers = {number for _, number in content["readings"]}
    # A decision withdrawn since still held then.
    made = [replace(each, withdrawn=None) for each in decisions_made(session) if each.number in numbers]
    return readings(protocol, made, day)


def evidence_text(judged: Judged) -> str:
    """Return the evidence of a leaf as canonical JSON: what is frozen with a decision and compared later."""
    return canonical(evidence_record(judged)).decode("utf-8")


def same_evidence(one: str, other: str) -> bool:
    """Tell whether two frozen evidences say the same, whether or not a range was confirmed meanwhile."""
    return one == other or _unmarked(one) == _unmarked(other)


def _unmarked(frozen: str) -> Any:
    return json.loads(
        frozen, object_hook=lambda found: {key: found[key] for key in found if key != UNCONFIRMED}
    )


def _row(
    judged: Judged,
    kept: CriterionAnswer | None,
    approved: Mapping[str, ApprovedText],
    names: Mapping[int, str],
    protocol: Protocol,
) -> ChecklistRow:
    leaf, criterion = judged.leaf, protocol.criterion_of(judged.leaf.code)
    precheck = decision = None
    if kept is not None and kept.precheck and kept.precheck_at is not None:
        precheck = Given(kept.precheck, names[kept.precheck_by or 0], kept.precheck_at)
    if kept is not None and kept.decision and kept.decided_at is not None:
        ink = ink_of(kept)
        decision = Given(kept.decision, names[kept.decided_by or 0], kept.decided_at, kept.reason, ink)
    return ChecklistRow(
        criterion=criterion,
        judged=judged,
        registry_words=leaf.quote,
        words_sha256=sha256(leaf.quote.encode("utf-8")),
        approved=approved.get(leaf.code) or approved.get(criterion.code),
        precheck=precheck,
        decision=decision,
        contradicts=decision is not None and contradicts(judged, decision.answer),
        evidence_changed=decision is not None
        and kept is not None
        and not (
            same_evidence(kept.evidence, evidence_text(judged))
            and _same_words(protocol, judged.leaf, decision)
        ),
    )


def _same_words(protocol: Protocol, leaf: Leaf, decision: Given) -> bool:
    """Tell whether a leaf was decided on the words it has now: an amendment may have other ones."""
    then = protocol.on(decision.at.date())
    return then is protocol or then.leaf(leaf.code).words == leaf.words


def _answered(rows: Iterable[ChecklistRow]) -> dict[str, Answered]:
    return {
        row.code: Answered(row.decision.answer, row.decision.reason, row.evidence_changed)
        for row in rows
        if row.decision is not None and row.judged.state == IN_FORCE
    }


def _signed(session: Session, row: EligibilityDecision, names: Mapping[int, str]) -> SignedDecision:
    signature = session.get_one(Signature, row.signature_id)
    return SignedDecision(
        id=row.id,
        verdict=row.verdict,
        decided_on=row.decided_on,
        signed_by=names[signature.user_id],
        signed_at=signature.signed_at,
        content_hash=signature.content_hash,
        ink=ink_of(signature),
        taken_out=taken_out_since(session, signature),
    )


def _voided(session: Session, subject_id: int) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(EligibilityDecision.void_reason)
            .where(EligibilityDecision.subject_id == subject_id, EligibilityDecision.state == "void")
            .order_by(EligibilityDecision.id)
        )
    )
