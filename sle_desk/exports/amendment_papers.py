"""The content of the paper about an amendment: what it changes by key, and whose dates it would move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.amendments import APPROVED, PROPOSED, STATES, Difference, differences
from sle_desk.exports import amendment_words as words
from sle_desk.exports.pdf.amendment_difference import AmendmentDifference, Changed, MovedDay
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import Said, moment, signer_words, spoken
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.services import package
from sle_desk.services.amendment_effects import effects_of
from sle_desk.services.amendment_rows import AmendmentRow, amendment_before, amendments_in, base_of
from sle_desk.services.snapshots import Snapshot

EN, ZH = Language("en"), Language("zh_CN")


def amendment_difference(copy: Snapshot, part: str, until: datetime) -> AmendmentDifference:
    """Return what an amendment changes, named as "2v5", with what was decided on it until an instant."""
    session, amendment_id = copy.session, int(part.partition("v")[0])
    kept = session.get_one(ProtocolAmendment, amendment_id)
    row = _as_of(next(each for each in amendments_in(session) if each.id == amendment_id), until)
    before = amendment_before(session, kept)
    first_hash = package.package_hash(package.stored_files(session))
    base, proposed = base_of(session, kept), package.amended_by(session, kept)
    day = row.effective_from or _first_day(copy, row, until)
    goes_on = row.state in (PROPOSED, APPROVED)
    return AmendmentDifference(
        study=study_name(proposed),
        subject=copy.protocol.registry_ids[0],
        version=row.package_version,
        base_version=row.base_version,
        package_sha256=row.package_sha256,
        base_sha256=before.package_sha256 if before is not None else first_hash,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        imported=spoken(message("{name} on {time}"), name=row.imported_by, time=moment(row.imported_at)),
        state=STATES[row.state],
        decided=_decided(row),
        changes=tuple(_changed(each) for each in differences(base, proposed)),
        effective_from=day if goes_on else None,
        days=_days(copy, kept, day) if goes_on else (),
        to_sign=row.state == PROPOSED,
        signed_on=_signed_on(row),
    )


def _changed(found: Difference) -> Changed:
    return Changed(
        part=_both(lambda language: words.part_words(found, language)),
        place=_both(lambda language: words.place_words(found, language)),
        kind=_both(lambda language: words.kind_words(found, language)),
        before=found.before,
        after=found.after,
    )


def _as_of(row: AmendmentRow, until: datetime) -> AmendmentRow:
    """Return an amendment as it stood at an instant: what was decided later is not known yet."""
    if row.withdrawal is not None and row.withdrawal.signed_at > until:
        row = replace(row, state=APPROVED, withdrawal=None)
    if row.decided_at is not None and row.decided_at > until:
        row = replace(row, state=PROPOSED, decided_at=None, effective_from=None, reason="")
    return row


def _signed_on(row: AmendmentRow) -> date | None:
    """Return the day of the last signature: of the withdrawal, else of the approval."""
    ended = row.withdrawal
    if ended is not None:
        return ended.ink.signed_on if ended.ink is not None else ended.signed_at.date()
    if row.state != APPROVED or row.decided_at is None:
        return None
    return row.ink.signed_on if row.ink is not None else row.decided_at.date()


def _first_day(copy: Snapshot, row: AmendmentRow, until: datetime) -> date:
    """Return the first day on which a proposal could be in force, seen from an instant."""
    tomorrow = until.date() + timedelta(days=1)
    base = package.own_protocol(copy.session).of(row.base_version)
    return tomorrow if base.since is None else max(tomorrow, base.since + timedelta(days=1))


def _days(copy: Snapshot, kept: ProtocolAmendment, day: date) -> tuple[MovedDay, ...]:
    base = package.own_protocol(copy.session).of(kept.base_version)
    proposed = package.amended_by(copy.session, kept)
    found = effects_of(copy.session, base, proposed, copy.as_of, day)
    english, chinese = (words.effect_rows(proposed, found, language) for language in (EN, ZH))
    return tuple(
        MovedDay(one.subject, Words(one.what, other.what), one.was, one.becomes, one.stays)
        for one, other in zip(english, chinese, strict=True)
    )


def _decided(row: AmendmentRow) -> tuple[tuple[Words, Said], ...]:
    """Return what was decided: the basis of an approval, the reason, and a withdrawal before its day."""
    if row.decided_at is None:
        return ()
    found: list[tuple[Words, Said]] = []
    if row.effective_from is not None:
        found += [
            (spoken(message("Document and version")), row.document),
            (spoken(message("Ethics approval no.")), row.approval_number),
            (spoken(message("Approved on")), row.approved_on),
            (spoken(message("In force from")), row.effective_from),
        ]
    at = moment(row.decided_at)
    who = _both(lambda language: f"{signer_words(row.decided_by, row.ink, language)}, {at}")
    found += [(spoken(message("Decided by")), who), (spoken(message("Reason")), row.reason)]
    ended = row.withdrawal
    if ended is not None:
        by = _both(
            lambda language: (
                f"{signer_words(ended.signed_by, ended.ink, language)}, {moment(ended.signed_at)}"
            )
        )
        found += [
            (spoken(message("Withdrawn by")), by),
            (spoken(message("Why withdrawn")), ended.reason),
        ]
    return tuple(found)


def _both(say: Callable[[Language], str]) -> Words:
    return Words(say(EN), say(ZH))
