"""The versions of the consent form: recorded, ended by the next one, put right with a coded reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.ethics import CONSENT
from sle_desk.domain.reconsent import NO, YES
from sle_desk.domain.values import check_day, check_text
from sle_desk.models.subject import Consent, ConsentVersion
from sle_desk.services.answers import reason_text
from sle_desk.services.approvals import approval_taken, line_of
from sle_desk.services.consent_order import renew_consent_findings
from sle_desk.services.desk import Change, Desk
from sle_desk.services.subject_again import judge_again

RECORD, CORRECT = "consent_version.record", "consent_version.correct"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class NewVersion:
    """A version of the consent form as it is printed, and its approval by the ethics committee.

    It is used from the day of its approval unless `used_from` says a later one.
    """

    code: str
    version_day: date
    approved_on: date
    approval: str
    used_from: date | None = None
    valid_until: date | None = None
    # The line of the ethics register that number and day were taken from.
    approval_id: int | None = None
    # Whether who signed an older version signs this one too (Y, N), and the last day to do so.
    reconsent: str = ""
    reconsent_by: date | None = None

    @property
    def first_day(self) -> date:
        """Return the day from which it is used."""
        return self.used_from or self.approved_on


@dataclass(frozen=True)
class ConsentVersionRow:
    """A version of the consent form as it is shown."""

    id: int
    version: int
    code: str
    version_day: date
    approved_on: date
    approval_number: str
    used_from: date | None
    valid_until: date | None
    approval_id: int | None = None
    reconsent: str = ""
    reconsent_by: date | None = None


def record_version(desk: Desk, new: NewVersion, *, before_goes_on: bool = False) -> int:
    """Record a version that was approved; the one before ends the day before it is used, unless it goes on.

    Consents signed on an ended version since propose a deviation, and so does who is late to sign this one
    too where that is asked. With `approval_id` number and day are those of the ethics register.
    """
    new = _approved(desk, new)
    _check(desk, new)
    with desk.change(RECORD) as change:
        _check_unused(change, new.code)
        row = ConsentVersion()
        _put(row, new)
        change.add(row)
        touched = {row.code}
        if not before_goes_on:
            touched |= _end_before(change, row)
        _renew(change, touched, everybody=new.reconsent == YES)
        return row.id


def correct_version(
    desk: Desk, version_id: int, seen_version: int, right: NewVersion, reason: str, note: str = ""
) -> None:
    """Put a version right with a coded reason; consents signed on it follow and are compared again.

    Where the one before ended because this one began, its end moves along.
    """
    said = reason_text(reason, note)
    right = _approved(desk, right)
    _check(desk, right)
    with desk.change(CORRECT, said) as change:
        row = change.session.get_one(ConsentVersion, version_id)
        if row.version != seen_version:
            raise Stale("record.changed_meanwhile")
        if right.code.strip() != row.code:
            _check_unused(change, right.code)
        was, began, asked = row.code, _first_day(row), row.reconsent
        _put(row, right)
        if not change.session.is_modified(row):
            raise RuleBroken("correction.same")
        renamed = change.session.scalars(select(Consent).where(Consent.consent_version == was)).all()
        for consent in renamed if row.code != was else ():
            consent.consent_version = row.code
            # A verdict that was signed names the version: it is signed anew.
            judge_again(change, consent.subject_id, said)
        touched = {row.code, was}
        for other in change.session.scalars(select(ConsentVersion).where(ConsentVersion.id != row.id)):
            if other.valid_until == began - _DAY and _first_day(other) < _first_day(row):
                other.valid_until = _first_day(row) - _DAY
                touched.add(other.code)
        _renew(change, touched, everybody=YES in (asked, row.reconsent))


def consent_version_rows(desk: Desk) -> tuple[ConsentVersionRow, ...]:
    """Return the consent versions with their approvals, newest first."""
    with desk.view() as session:
        rows = session.scalars(select(ConsentVersion).order_by(ConsentVersion.version_day.desc()))
        return tuple(
            ConsentVersionRow(
                row.id,
                row.version,
                row.code,
                row.version_day,
                row.approved_on,
                row.approval_number,
                row.used_from,
                row.valid_until,
                row.approval_id,
                row.reconsent,
                row.reconsent_by,
            )
            for row in rows
        )


def consent_versions(desk: Desk) -> tuple[str, ...]:
    """Return the codes of the consent versions, newest first."""
    return tuple(row.code for row in consent_version_rows(desk))


def _approved(desk: Desk, new: NewVersion) -> NewVersion:
    """Return a version with number and day of the approval it points at: both are typed in the register."""
    for text in (new.code, new.approval):
        check_text(text.strip())
    with desk.view() as session:
        if new.approval_id is None:
            known = line_of(session, new.approval, new.approved_on, CONSENT)
            return new if known is None else replace(new, approval_id=known.id)
        line = approval_taken(session, new.approval_id)
        return replace(new, approval=line.approval_number, approved_on=line.approved_on)


def _check_reconsent(new: NewVersion) -> None:
    if new.reconsent not in ("", YES, NO):
        raise RuleBroken("consent_version.reconsent", given=new.reconsent)
    if (new.reconsent == YES) != (new.reconsent_by is not None):
        raise RuleBroken("consent_version.reconsent_by")
    if new.reconsent_by is not None and new.reconsent_by < new.first_day:
        days = {"used": new.first_day.isoformat(), "by": new.reconsent_by.isoformat()}
        raise RuleBroken("consent_version.reconsent_before", **days)


def _check(desk: Desk, new: NewVersion) -> None:
    _check_reconsent(new)
    if not new.code.strip() or not new.approval.strip():
        raise RuleBroken("consent_version.blank")
    check_day(new.version_day)
    if new.approved_on < new.version_day:
        days = {"version": new.version_day.isoformat(), "approved": new.approved_on.isoformat()}
        raise RuleBroken("consent_version.order", **days)
    if new.approved_on > desk.today():
        days = {"typed": new.approved_on.isoformat(), "today": desk.today().isoformat()}
        raise RuleBroken("consent_version.future", **days)
    if new.first_day < new.approved_on:
        days = {"used": new.first_day.isoformat(), "approved": new.approved_on.isoformat()}
        raise RuleBroken("consent_version.used_before", **days)
    if new.valid_until is not None and new.valid_until < new.first_day:
        days = {"used": new.first_day.isoformat(), "until": new.valid_until.isoformat()}
        raise RuleBroken("consent_version.ends_before", **days)


def _check_unused(change: Change, code: str) -> None:
    known = select(ConsentVersion.id).where(ConsentVersion.code == code.strip())
    if change.session.scalar(known) is not None:
        raise RuleBroken("consent_version.twice", code=code.strip())


def _put(row: ConsentVersion, new: NewVersion) -> None:
    row.code, row.version_day = check_text(new.code.strip()), new.version_day
    row.approved_on, row.approval_number = new.approved_on, check_text(new.approval.strip())
    row.used_from, row.valid_until, row.approval_id = new.used_from, new.valid_until, new.approval_id
    row.reconsent, row.reconsent_by = new.reconsent, new.reconsent_by


def _first_day(row: ConsentVersion) -> date:
    return row.used_from or row.approved_on


def _end_before(change: Change, new: ConsentVersion) -> set[str]:
    """End what was used before a version; one that is entered late ends where the next begins."""
    first, ended = _first_day(new), set()
    others = change.session.scalars(select(ConsentVersion).where(ConsentVersion.id != new.id)).all()
    for row in others:
        if _first_day(row) < first and (row.valid_until is None or row.valid_until >= first):
            row.valid_until = first - _DAY
            ended.add(row.code)
    later = [_first_day(row) for row in others if _first_day(row) > first]
    if later and new.valid_until is None:
        new.valid_until = min(later) - _DAY
    return ended


def _renew(change: Change, codes: Collection[str], *, everybody: bool = False) -> None:
    """Compare the consents signed on these versions again, or of everybody where all may have to sign."""
    change.session.flush()
    concerned = (
        select(Consent.subject_id).where(Consent.state == "current").distinct().order_by(Consent.subject_id)
    )
    if not everybody:
        concerned = concerned.where(Consent.consent_version.in_(codes))
    for subject_id in change.session.scalars(concerned).all():
        renew_consent_findings(change, subject_id)
