"""What a sign-in looks at beside the password: wrong ones before it, the clock; and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.clock import Clock, ContinuedClock
from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.base.turns import turn
from sle_desk.domain.values import check_text
from sle_desk.models.audit import Audit
from sle_desk.models.people import UserSession
from sle_desk.models.store import attempts
from sle_desk.models.store.database import Database
from sle_desk.models.store.folder import FolderLock, StudyFolder
from sle_desk.services import clock_guard
from sle_desk.services.clock_guard import ClockGuard
from sle_desk.services.desk import Change, Desk
from sle_desk.services.older_keys import Returned, Told

Found = TypeVar("Found")
# Wrong passwords, noted in the audit by who signs in next.
FAILED = "sign_in.failed"
# Refused otherwise than for a password: a recovery key that opens nothing, and who holds no role any more.
RECOVERY_KEY, NO_ROLE = "recovery", "no_role"
OTHER_WAYS = frozenset({RECOVERY_KEY, NO_ROLE})
# The key file was not as the application had written it.
KEYS_CHANGED = "keys.changed"
# Somebody knows why: until then it is told at each sign-in of who may say so.
ACCEPT_KEYS = "keys.accept"


def tried(
    counted: Path, owner: str, now: Callable[[], datetime], attempt: Callable[[], Found | None]
) -> Found | None:
    """Return what a password opened, or None, which is counted; NotAllowed `sign_in.wait` before it is heard.

    `counted` is the file of the count: each place that asks for a password asks through here.
    """
    with turn(counted):
        until = attempts.waits_until(counted, owner, now())
        if until is not None:
            raise NotAllowed("sign_in.wait", until=f"{until.astimezone(now().tzinfo):%H:%M:%S}")
        found = attempt()
        if found is None:
            attempts.count(counted, owner, now())
        return found


def note_failures(change: Change, folder: StudyFolder) -> None:
    """Note the wrong passwords that the audit does not hold yet, in a change in hand."""
    for each in attempts.failures(folder.attempts):
        if each.unnoted:
            kind, _, login = each.owner.partition(":")
            facts = {"login": login, "count": each.unnoted, "last": instant_text(each.last)}
            if kind in OTHER_WAYS:
                facts["way"] = kind
            change.event(FAILED, facts)


def refuse_entry(folder: StudyFolder, login: str, now: datetime, error: NotAllowed) -> NotAllowed:
    """Keep a refusal of who has the right password and may not come in, for the audit; return it."""
    attempts.keep(folder.attempts, f"{NO_ROLE}:{login}", now)
    return error


def last_event(desk: Desk, action: str) -> int:
    """Return the audit number of the last event of an action, or 0."""
    with desk.view() as session:
        return _last(session, action)


def _last(session: Session, action: str) -> int:
    asked = select(func.max(Audit.number)).where(Audit.action == action, Audit.operation == "event")
    return session.scalar(asked) or 0


def is_key_change_open(desk: Desk) -> bool:
    """Tell whether the key file was changed outside and nobody has accepted it since."""
    return last_event(desk, KEYS_CHANGED) > last_event(desk, ACCEPT_KEYS)


def told_of_keys(desk: Desk) -> tuple[Told, ...]:
    """Return what is to be told of changes of the key file that nobody has accepted: codes and facts."""
    with desk.view() as session:
        rows = session.scalars(
            select(Audit.payload).where(
                Audit.number > _last(session, ACCEPT_KEYS),
                Audit.action == KEYS_CHANGED,
                Audit.operation == "event",
            )
        )
        noted = [json.loads(payload or "{}") for payload in rows]
    back, changed = Returned(), False
    for facts in noted:
        back, changed = back.together(facts), changed or not Returned().together(facts)
    return ((("keys.changed", {}),) if changed else ()) + (tuple(back.told()) if back else ())


def accept_key_change(desk: Desk, why: str) -> None:
    """Note that a change of the key file is known, and why; it is not told again."""
    if not check_text(why.strip()):
        raise RuleBroken("change.note_needed")
    desk.note(ACCEPT_KEYS, {"number": last_event(desk, KEYS_CHANGED)}, why.strip())


def failed_before(desk: Desk) -> int:
    """Return how many failed sign-ins, under whatever name, were noted since this person last sat here."""
    with desk.view() as session:
        opened = session.scalars(
            select(Audit.number)
            .where(
                Audit.action == "session.open",
                Audit.table_name == "user_session",
                Audit.user_id == desk.actor.user_id,
            )
            .order_by(Audit.number.desc())
            .limit(2)
        ).all()
        before = opened[1] if len(opened) > 1 else 0
        rows = session.scalars(select(Audit.payload).where(Audit.action == FAILED, Audit.number > before))
        return sum(int(json.loads(payload)["count"]) for payload in rows if payload is not None)


def day_of(database: Database, clock: Clock) -> date:
    """Return the day by which roles are held: never before the last entry, whatever the clock shows."""
    watched: ClockGuard = database.run(lambda cursor: watch(cursor, clock))
    return watched.day()


def watch(cursor: Any, clock: Clock) -> ClockGuard:
    """Return the guard of a clock against what the file says; that of a demonstration goes on from there."""
    guard = ClockGuard(clock)
    guard.read_last(cursor)
    if isinstance(clock, ContinuedClock) and guard.last is not None:
        clock.go_on_from(guard.last)
    return guard


def settle_clock(desk: Desk, reason: str) -> None:
    """Refuse a clock that cannot be believed, or note who says, and why, that it is right."""
    doubt = desk.clock_guard.doubt(desk.now())
    if doubt is None:
        return
    if not reason.strip():
        raise StorageFailed(doubt.code, **doubt.facts())
    with desk.change(doubt.action, check_text(reason)) as change:
        change.event(doubt.action, doubt.instants())


def close_session(desk: Desk) -> None:
    """Note that the person at the desk left."""
    try:
        with desk.change("session.close") as change:
            opened = change.session.get(UserSession, desk.actor.session_id)
            if opened is not None:
                opened.closed_at = change.at
    except StorageFailed as error:
        # Who works at a clock that is doubted can still leave; when, that clock cannot tell.
        if error.code not in clock_guard.ANSWERS:
            raise


def end_restore(folder: StudyFolder, clock: Clock) -> None:
    """End a restore that was broken off, unless it is under way in another application."""
    if not folder.is_restoring:
        return
    lock = FolderLock(folder)
    lock.take(clock.now())
    try:
        folder.finish_restore()
    finally:
        lock.release()
