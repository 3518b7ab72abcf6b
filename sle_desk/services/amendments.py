"""Amendments of the protocol package: imported, shown as a difference, approved by the PI or rejected."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.base.language import Language, message
from sle_desk.domain import ethics
from sle_desk.domain.amendment_rules import require_same_trial, require_supported
from sle_desk.domain.amendments import APPROVED, PROPOSED, REJECTED, Difference, differences
from sle_desk.domain.decisions import check_decision, readings
from sle_desk.domain.plan_rules import not_computed
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import sha256
from sle_desk.domain.values import check_text
from sle_desk.models.protocol import ProtocolAmendment, ProtocolFile
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import package
from sle_desk.services.amendment_effects import Effects, effects_of
from sle_desk.services.amendment_file import check_words, read_carried
from sle_desk.services.amendment_rows import TABLE as TABLE
from sle_desk.services.amendment_rows import AmendmentRow as AmendmentRow
from sle_desk.services.amendment_rows import amendments_in, base_of, names_in, row_of
from sle_desk.services.answers import GIVEN
from sle_desk.services.approvals import line_of
from sle_desk.services.desk import Change, Desk
from sle_desk.services.in_force import decisions_made
from sle_desk.services.signatures import Ink, Signing, checked_ink, confirm_password, sign
from sle_desk.services.signers import compare_signer

IMPORT, REJECT = "amendment.import", "amendment.reject"
APPROVE, APPROVE_TRANSCRIBED = "amendment.approve", "amendment.approve_transcribed"
WITHDRAW, WITHDRAW_TRANSCRIBED = "amendment.withdraw", "amendment.withdraw_transcribed"
LONGEST_AHEAD = timedelta(days=366)
STATEMENTS = {
    APPROVE: message("I have seen what this amendment changes, and approve it for the study."),
    APPROVE_TRANSCRIBED: message(
        "I have typed this approval of an amendment as it stands on the paper signed by the PI."
    ),
    WITHDRAW: message("I withdraw my approval of this amendment before anything of it is in force."),
    WITHDRAW_TRANSCRIBED: message(
        "I have typed this withdrawal of an amendment as it stands on the paper signed by the PI."
    ),
}


@dataclass(frozen=True)
class AmendmentApproval:
    """What the PI gives to approve an amendment; `shown` names the effects that were shown before."""

    document: str
    approval_number: str
    approved_on: date
    effective_from: date
    reason: str
    shown: str


def import_amendment(desk: Desk, path: Path) -> AmendmentRow:
    """Import a package as a proposal; refused with file, key and reason where it is faulty or not followed.

    The study goes on as it was: nothing is in force before the PI approves it.
    """
    desk.require(IMPORT)
    carried = read_carried(path)
    try:
        for name, text in carried.files.items():
            check_words(name, "", _values(name, text))
        proposed, base = package.read_package(carried.files), desk.newest_protocol
    except RecursionError as error:
        raise RuleBroken("amendment.unreadable", file=carried.name) from error
    with desk.view() as session:
        _require_none_open(session)
        _require_followed(session, base, proposed)
    with desk.change(IMPORT) as change:
        _require_none_open(change.session)
        row = ProtocolAmendment(
            package=proposed.code,
            package_version=proposed.version,
            package_sha256=package.package_hash(carried.files),
            file_name=carried.name,
            file_sha256=carried.sha256,
            base_version=base.version,
            imported_at=change.at,
            imported_by=change.actor.user_id,
        )
        change.add(row)
        change.add(*_files(row, proposed, carried.files))
        return row_of(row, names_in(change.session), ())


def _values(name: str, text: str) -> object:
    """Return the values of a file whose words are looked at; its reader tells of one that is faulty."""
    if not name.endswith(".toml"):
        return text.replace("\r", "")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _files(row: ProtocolAmendment, proposed: Protocol, files: dict[str, str]) -> Iterable[ProtocolFile]:
    return [
        ProtocolFile(
            package=proposed.code,
            package_version=proposed.version,
            name=name,
            content=text,
            sha256=sha256(text.encode("utf-8")),
            amendment_id=row.id,
        )
        for name, text in sorted(files.items())
    ]


def _require_none_open(session: Session) -> None:
    found = session.scalar(
        select(ProtocolAmendment.package_version).where(ProtocolAmendment.state == PROPOSED)
    )
    if found is not None:
        raise RuleBroken("amendment.one_at_a_time", version=found)


def _require_followed(session: Session, base: Protocol, proposed: Protocol) -> tuple[Difference, ...]:
    """Return the differences, or refuse what would leave a record or a signed decision without its words."""
    require_same_trial(base, proposed)
    found = require_supported(base, proposed, _held(session))
    made = decisions_made(session)
    for decision in made:
        try:
            check_decision(proposed, decision)
        except RuleBroken as error:
            raise RuleBroken("amendment.decision", code=decision.code) from error
    was, becomes = (set(not_computed(each, readings(each, made, date.max))) for each in (base, proposed))
    if becomes - was:
        settings = "; ".join(", ".join(codes) for codes in sorted(becomes - was))
        raise RuleBroken("amendment.not_computed", settings=settings)
    return found


def _held(session: Session) -> Counter[str]:
    rows = session.execute(
        select(FormRecord.form, Answer.field, func.count())
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(GIVEN)
        .group_by(FormRecord.form, Answer.field)
    )
    return Counter({f"{form}.{field}": count for form, field, count in rows})


def amendments(desk: Desk) -> tuple[AmendmentRow, ...]:
    """Return every amendment that was imported, the newest first."""
    with desk.view() as session:
        return amendments_in(session)


def difference_of(desk: Desk, amendment_id: int) -> tuple[Difference, ...]:
    """Return what an amendment changes of the version that it was compared with."""
    with desk.view() as session:
        row = session.get_one(ProtocolAmendment, amendment_id)
        return differences(base_of(session, row), package.amended_by(session, row))


def proposed_protocol(desk: Desk, amendment_id: int) -> Protocol:
    """Return the package that an amendment brought."""
    with desk.view() as session:
        return package.amended_by(session, session.get_one(ProtocolAmendment, amendment_id))


def earliest_day(desk: Desk) -> date:
    """Return the first day from which an amendment can be in force: no day has two versions."""
    tomorrow = desk.today() + timedelta(days=1)
    newest = desk.newest_protocol.since
    return tomorrow if newest is None else max(tomorrow, newest + timedelta(days=1))


def effects(desk: Desk, amendment_id: int, effective_from: date) -> Effects:
    """Return whose dates an amendment would move, from the day on which it would be in force."""
    with desk.view() as session:
        row = session.get_one(ProtocolAmendment, amendment_id)
        proposed = package.amended_by(session, row)
        return effects_of(session, desk.newest_protocol, proposed, desk.now(), effective_from)


def signing_for(action: str, language: str, password: str) -> Signing:
    """Return what is signed for an approval or its withdrawal, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def approve(
    desk: Desk,
    folder: StudyFolder,
    amendment_id: int,
    seen_version: int,
    given: AmendmentApproval,
    signing: Signing,
    ink: Ink | None = None,
) -> None:
    """Approve an amendment by the PI's signature: from its day on it is in force.

    What was written and judged before keeps the version of its time. The list of dates that would move has
    to be the one that was shown.
    """
    action = APPROVE if ink is None else APPROVE_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    check_given(desk, given)
    if signing != signing_for(action, signing.language, signing.password):
        raise RuleBroken("signature.statement")
    if effects(desk, amendment_id, given.effective_from).shown_as != given.shown:
        raise RuleBroken("amendment.list_changed")
    if kept is not None and kept.signed_on < given.approved_on:
        raise RuleBroken("decision.ink_before", signed=kept.signed_on, approved=given.approved_on)
    confirm_password(desk, folder, signing)
    with desk.change(action, given.reason.strip()) as change:
        row = _proposed(change, amendment_id, seen_version)
        proposed = package.amended_by(change.session, row)
        if row.base_version != desk.newest_protocol.version:
            raise Stale("record.changed_meanwhile")
        _require_followed(change.session, desk.newest_protocol, proposed)
        if kept is not None:
            compare_signer(change, kept, None)
        _put_approval(change, row, given)
        row.signature_id = sign(change, signing, TABLE, row.id, signed_content(row), kept).id
    desk.newest_protocol = proposed.after(desk.newest_protocol, given.effective_from)


def check_given(desk: Desk, given: AmendmentApproval) -> None:
    """Refuse an approval without its basis, or one that would be in force too early."""
    needed = {
        "decision.document_needed": given.document,
        "decision.approval_number_needed": given.approval_number,
        "decision.reason_needed": given.reason,
    }
    for code, text in needed.items():
        if not check_text(text).strip():
            raise RuleBroken(code)
    today = desk.today()
    if given.approved_on > today:
        raise RuleBroken("day.future", typed=given.approved_on.isoformat(), today=today.isoformat())
    _registered(desk, given)
    # Approved at the latest today, it is in force after its approval whenever it is in force after today.
    if given.effective_from < earliest_day(desk):
        raise RuleBroken("amendment.too_early", effective=given.effective_from, earliest=earliest_day(desk))
    # There is no way back from an approval: a mistyped year would shut out every later amendment.
    if given.effective_from > today + LONGEST_AHEAD:
        raise RuleBroken("amendment.too_late", effective=given.effective_from)


def _registered(desk: Desk, given: AmendmentApproval) -> None:
    """Refuse a number that stands in no line of the ethics register, or there with another day."""
    with desk.view() as session:
        if line_of(session, given.approval_number, given.approved_on, ethics.AMENDMENT) is None:
            raise RuleBroken("amendment.not_registered", number=given.approval_number.strip())


def _put_approval(change: Change, row: ProtocolAmendment, given: AmendmentApproval) -> None:
    line = line_of(change.session, given.approval_number, given.approved_on, ethics.AMENDMENT)
    row.state, row.reason = APPROVED, given.reason.strip()
    row.document, row.approval_number = given.document.strip(), given.approval_number.strip()
    row.approved_on, row.effective_from = given.approved_on, given.effective_from
    row.approval_id = line.id if line is not None else None
    row.decided_at, row.decided_by = change.at, change.actor.user_id


def signed_content(row: ProtocolAmendment) -> dict[str, object]:
    """Return what the signature of an approval is bound to: the package by its hash, and its basis."""
    return {
        "package": row.package,
        "package_version": row.package_version,
        "package_sha256": row.package_sha256,
        "file_sha256": row.file_sha256,
        "base_version": row.base_version,
        "document": row.document,
        "approval_number": row.approval_number,
        "approved_on": row.approved_on,
        "effective_from": row.effective_from,
        "reason": row.reason,
    }


def reject(desk: Desk, amendment_id: int, seen_version: int, reason: str) -> None:
    """Reject a proposed amendment with its reason: it stays in sight, and another one may be imported."""
    if not check_text(reason).strip():
        raise RuleBroken("decision.reason_needed")
    with desk.change(REJECT, reason.strip()) as change:
        row = _proposed(change, amendment_id, seen_version)
        row.state, row.reason = REJECTED, reason.strip()
        row.decided_at, row.decided_by = change.at, change.actor.user_id


def _proposed(change: Change, amendment_id: int, seen_version: int) -> ProtocolAmendment:
    row = change.session.get_one(ProtocolAmendment, amendment_id)
    if row.version != seen_version or row.state != PROPOSED:
        raise Stale("record.changed_meanwhile")
    return row
