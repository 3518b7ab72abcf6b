"""The content of an eligibility form: each leaf with texts, evidence, answers, as it stands or was signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.base.words import sentence
from sle_desk.domain.decisions import VOID, WAITING
from sle_desk.domain.eligibility import CANNOT_BE_JUDGED
from sle_desk.domain.evidence_values import Missing
from sle_desk.domain.open_points import open_word, open_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.roles import ROLES
from sle_desk.domain.values import plain
from sle_desk.exports import eligibility_words as words
from sle_desk.exports.pdf.eligibility_form import CriterionGroup, CriterionRow, EligibilityForm, Judged
from sle_desk.exports.pdf.parts import Signature
from sle_desk.exports.visit_summaries import sex_age, study_name
from sle_desk.exports.wording import Said, moment, signer_words, spoken, taken_out_words
from sle_desk.models import audit
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.subject import Consent, Subject
from sle_desk.models.visit import Visit
from sle_desk.services.checklist import Checklist, ChecklistRow, Given, read_checklist
from sle_desk.services.infusions import last_weight
from sle_desk.services.snapshots import Snapshot

INCLUSION, EXCLUSION = message("Inclusion criteria"), message("Exclusion criteria")
UNDECIDED = "undecided"


def eligibility_form(copy: Snapshot, subject_id: int) -> EligibilityForm:
    """Return the form of a subject as the checklist stands, or as it was signed.

    RuleBroken `subject.void` for a subject who was entered in error.
    """
    session, protocol, today = copy.session, copy.protocol, copy.as_of.date()
    subject = session.get_one(Subject, subject_id)
    if subject.state == "void":
        raise RuleBroken("subject.void")
    sheet = read_checklist(session, protocol, subject_id, today)
    # A signed form says the same on every later day: age, weight and consent are those of its decision.
    day = sheet.signed.decided_on if sheet.signed is not None else today
    weight = last_weight(session, subject_id, day, before=False)
    outcome = sheet.verdict.outcome
    return EligibilityForm(
        study=study_name(protocol),
        subject=subject.code,
        sex_age=sex_age(protocol, subject, day),
        screened=session.scalar(
            select(Visit.on_day)
            .where(Visit.subject_id == subject_id, Visit.state == "current", Visit.on_day.is_not(None))
            .order_by(Visit.on_day, Visit.id)
            .limit(1)
        ),
        consent=_consent(copy, subject_id, day),
        weight=f"{plain(weight.kilograms)} kg, {weight.on_day.isoformat()}" if weight else None,
        groups=tuple(
            CriterionGroup(spoken(title), rows)
            for title, first in ((INCLUSION, "I"), (EXCLUSION, "E"))
            if (rows := tuple(_row(row, copy.protocol) for row in sheet.rows if row.code.startswith(first)))
        ),
        outcome=UNDECIDED if outcome == CANNOT_BE_JUDGED else outcome,
        missing=tuple(_missing(sheet, copy.protocol)),
        registry_hash=sheet.registry_sha256,
        signature=_signature(copy, sheet),
        waiver=_both(lambda language: words.waiver_words(sheet, language)) if sheet.waiver else None,
        judged_under=_both(lambda language: words.judged_under_words(sheet, language)),
    )


def _both(say: Callable[[Language], str]) -> Words:
    return Words(say(Language("en")), say(Language("zh_CN")))


def _consent(copy: Snapshot, subject_id: int, day: date) -> Said:
    kept = copy.session.scalar(
        select(Consent)
        .where(Consent.subject_id == subject_id, Consent.state == "current", Consent.signed_on <= day)
        .order_by(Consent.signed_on.desc(), Consent.id.desc())
        .limit(1)
    )
    if kept is None:
        return None
    return f"{kept.consent_version}, {kept.signed_on.isoformat()} {kept.signed_time}".strip()


def _row(row: ChecklistRow, protocol: Protocol) -> CriterionRow:
    judged = row.judged
    undecided = row.decision is None or row.evidence_changed
    nobody = Judged(spoken(message("Not judged"))) if judged.state == VOID else Judged()
    asked = () if judged.state in (WAITING, VOID) or not undecided else judged.leaf.answers
    return CriterionRow(
        number=words.number_words(row.code),
        registry=f"“{row.registry_words}”" if row.registry_words else "–",
        approved=row.approved.words if row.approved is not None else None,
        approved_section=_section(row),
        reading=_both(lambda language: words.reading(row, language)) if row.reading is not None else None,
        evidence=_both(lambda language: _headline(row, language)),
        evidence_detail=_both(lambda language: "\n".join(words.evidence_lines(row, language))),
        precheck=_judged(row.precheck) if row.precheck is not None else nobody,
        decision=nobody if undecided else _judged(row.decision, contradicts=row.contradicts),
        waits=tuple(open_word(protocol, code) for code in judged.waits_on),
        answers=tuple(spoken(words.ANSWERS[each]) for each in asked),
    )


def _headline(row: ChecklistRow, language: Language) -> str:
    marks = words.flags(row, language)
    said = words.headline(row, language)[0]
    return f"{said} · {marks}" if marks else said


def _section(row: ChecklistRow) -> str:
    if row.approved is None:
        return ""
    return f"{row.approved.document_version} {row.approved.section}".strip()


def _judged(given: Given | None, *, contradicts: bool = False) -> Judged:
    if given is None:
        return Judged()
    reason: Said = given.reason
    if contradicts:
        reason = spoken(message("against the evidence: {reason}"), reason=given.reason)
    return Judged(
        answer=spoken(words.ANSWERS[given.answer]),
        by=_both(lambda language: f"{signer_words(given.by, given.ink, language)}, {moment(given.at)}"),
        reason=reason,
    )


def _missing(sheet: Checklist, protocol: Protocol) -> list[Said]:
    """Return what cannot be decided yet: what waits for the PI, and evidence that is not entered."""
    found: list[Said] = []
    for reason in sheet.verdict.reasons:
        if "waits" in reason.facts:
            named = open_words(protocol, str(reason.facts["waits"]).split(", "))
            number = f"{words.number_words(reason.leaf)}: " if reason.leaf else ""
            found.append(Words(f"{number}{named.en}", f"{number}{named.zh}"))
    return [*found, *(_gap(leaf, gap) for leaf, gap in sheet.missing)]


def _gap(leaf: str, gap: Missing) -> Words:
    number = words.number_words(leaf)
    return _both(lambda language: f"{number}: {sentence(gap.code, gap.facts, language)}")


def _signature(copy: Snapshot, sheet: Checklist) -> Signature | None:
    if sheet.signed is None:
        return None
    decision = copy.session.get_one(EligibilityDecision, sheet.signed.id)
    signed = copy.session.get_one(audit.Signature, decision.signature_id)
    ink = sheet.signed.ink
    source: Said = None
    if ink is not None:
        source = spoken(
            message("the paper signed by {signer} on {day}, filed at {place}"),
            signer=ink.signer,
            day=ink.signed_on,
            place=ink.reference,
        )
    taken_out = sheet.signed.taken_out
    since = _both(lambda language: taken_out_words(taken_out, language)) if taken_out else None
    role = ROLES[signed.role]
    return Signature(sheet.signed.signed_by, role, signed.signed_at, signed.statement, source, since)
