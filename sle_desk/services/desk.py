"""The Desk: the only doors to the study file, and who sits at it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

import sle_desk
from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, RuleBroken, SleDeskError, Stale, StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.entered_later import is_entered_later
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import canonical
from sle_desk.models.base import Base, Record
from sle_desk.models.people import Delegation, User
from sle_desk.models.safety import Deviation
from sle_desk.models.store.capture import Context, Event
from sle_desk.models.store.database import Database, DriverError
from sle_desk.models.store.held import is_held, not_done
from sle_desk.models.subject import Subject
from sle_desk.services import clock_guard
from sle_desk.services.actor import Actor as Actor
from sle_desk.services.actor import Head as Head
from sle_desk.services.clock_guard import ClockGuard
from sle_desk.services.delegated import MISSING, Doer, compare_delegation
from sle_desk.services.lock_guard import LockGuard, LockState, refusal
from sle_desk.services.rescue import LOOKING, WRITING, Rescue
from sle_desk.services.role_guard import LEAVING, RoleGuard

# Tables whose saved values change only with a reason.
CORRECTED = frozenset(
    {mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)}
    | {"subject", "identity", "answer", "result", "dose_vials", "criterion_answer", "site_day"}
    | {"ethics_approval", "emergency_allocation", "allocation_error"}
)
APPLICATION = f"sle_desk {sle_desk.__version__}"


# Asked with every save: put together once, for that costs more than the answer.
_DELEGATION = Delegation.__table__.c
_DELEGATED = select(_DELEGATION.from_day, _DELEGATION.until_day).where(
    _DELEGATION.user_id == bindparam("user"), _DELEGATION.task == bindparam("task")
)
Listener = Callable[[frozenset[str]], None]


class Desk:
    """One opened study with one person at it; every read and write goes through its doors."""

    def __init__(
        self, database: Database, protocol: Protocol, clock: Clock, actor: Actor, *, read_only: bool = False
    ) -> None:
        self.read_only = read_only
        # The newest approved version, which may be in force on a day to come.
        self.newest_protocol = protocol
        self.clock = clock
        self.actor = actor
        self.database = database
        self._door = threading.Lock()
        self._inside: int | None = None
        self._listeners: list[Listener] = []
        self._rescue, self._roles, self._lock = Rescue(database), RoleGuard(), LockGuard()
        self.clock_guard = ClockGuard(clock)
        if not read_only:
            database.run(self.clock_guard.read_last)

    @property
    def protocol(self) -> Protocol:
        """Return the version of the protocol package in force today."""
        newest = self.newest_protocol
        return newest if newest.before is None else newest.on(self.today())

    def now(self) -> datetime:
        """Return the present instant of the study's clock."""
        return self.clock.now()

    def today(self) -> date:
        """Return the present local day."""
        return self.now().date()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the tables changed after each commit; return how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def _through_the_door(self, name: str) -> Iterator[None]:
        # A read opened inside a write once rolled the write back in silence: never nest.
        here = threading.get_ident()
        if self._inside == here:
            raise StorageFailed("desk.nested", door=name)
        # Another thread's door (a copy being made) is waited for: saves queue here.
        with self._door:
            self._inside = here
            ours = False
            try:
                if name in LOOKING:
                    # Inside the door: what another thread writes meanwhile is ours too.
                    self._rescue.require_ours(self.clock_guard.latest())
                ours = True
                yield
            except (DatabaseError, DriverError) as error:
                raise not_done(error) from error
            finally:
                if ours and name in WRITING:
                    self.database.written()
                self._inside = None

    @contextmanager
    def view(self) -> Iterator[Session]:
        """Read: nothing done in here is kept."""
        with self._through_the_door("view"), self.database.session() as session:
            yield session  # closing the session rolls back

    @contextmanager
    def change(
        self,
        action: str,
        reason: str = "",
        *,
        done_by: Doer | None = None,
        done_on: date | None = None,
        subject_id: int | None = None,
    ) -> Iterator[Change]:
        """Write: one transaction, one instant, one audited action; commits at the end or not at all.

        done_by and done_on name who did the act and when, where that is not the person typing now:
        the delegation log is compared with them, and a gap proposes a deviation, never a refusal.
        """
        self.require(action)
        if action not in (clock_guard.ACCEPT, clock_guard.CONFIRM):
            self.clock_guard.require_believed(self.now())
        with self._through_the_door("change"):
            context = self._context(action, reason)
            try:
                with self.database.session() as session:
                    change = Change(session, context, self)
                    yield change
                    session.flush()
                    compare_delegation(change, done_by, done_on, subject_id)
                    self._commit(session, context)
            except StaleDataError as error:
                raise Stale("record.changed_meanwhile") from error
            except StatementError as error:
                if isinstance(error.orig, SleDeskError):
                    raise error.orig from error
                if isinstance(error, DatabaseError) and not is_held(error):
                    raise StorageFailed("file.write_failed", reason=str(error.orig)) from error
                raise
            finally:
                self.database.context = None
        for listener in tuple(self._listeners):
            listener(self.database.changed)

    def require(self, action: str) -> None:
        """Refuse an act that the role may not do, before anything of it is done; the refusal is audited."""
        if self.read_only:
            raise NotAllowed("desk.read_only")
        refused = self._refusal(action)
        if refused is not None:
            self.refuse(action, refused)
            raise refused

    def _refusal(self, action: str) -> NotAllowed | None:
        role = roles.ROLES[self.actor.role]
        if not roles.may(self.actor.role, action):
            return NotAllowed("role.may_not", action=action_words(action), role=role)
        if action != LEAVING and self.role_ended:
            return NotAllowed("role.ended", role=role)
        return refusal(action, self.locked)

    @property
    def lock_state(self) -> LockState | None:
        """Return how the newest lock of the database stands; None where it was never locked."""
        return self._lock.state(self.cursor_check)

    @property
    def locked(self) -> LockState | None:
        """Return the lock of the database that stands, or None."""
        state = self.lock_state
        return state if state is not None and state.locked else None

    @property
    def role_ended(self) -> bool:
        """Tell whether the role at the desk is held no longer; a clock that is doubted says nothing of it."""
        if self.read_only or self.clock_guard.doubt(self.now()) is not None:
            return False
        asked = (self.actor.user_id, self.actor.role, self.clock_guard.day())
        return not self._roles.holds(*asked, self.cursor_check)

    def _commit(self, session: Session, context: Context) -> None:
        self.database.context = context
        self.database.changed = frozenset()
        moved = self.clock_guard.moved(context.at)
        if moved:
            session.connection()
            context.events.extend(moved)
        session.commit()
        self._rescue.saved = self.database.last_number
        self._roles.written(self.database.changed)
        self._lock.written(self.database.changed)
        self.clock_guard.written(context.action, context.at)

    def _context(self, action: str, reason: str) -> Context:
        actor = self.actor
        return Context(
            at=self.now(),
            action=action,
            user_id=actor.user_id,
            user=actor.login,
            role=actor.role,
            session_id=actor.session_id,
            application=APPLICATION,
            reason=reason.strip(),
            # A refusal may be noted of an act that is none of the matrix, such as a signature.
            progress=action in roles.ACTIONS and roles.ACTIONS[action].progress,
            corrected_tables=CORRECTED,
        )

    def refuse(self, action: str, error: SleDeskError) -> None:
        """Note a refusal in the audit, in a transaction of its own."""
        with self._through_the_door("refusal"), self.database.session() as session:
            context = self._context(action, "")
            context.events.append(Event("refused", {"action": action, "code": error.code}))
            session.connection()
            self._commit(session, context)
        self.database.context = None

    def note(self, action: str, facts: dict[str, Any], reason: str = "") -> None:
        """Note an event that changes no row (a print, an export, an identity list shown)."""
        with self.change(action, reason) as change:
            change.event(action, facts)

    @contextmanager
    def draft(self) -> Iterator[Session]:
        """Keep what is typed and not yet saved: outside audit, replay and export."""
        with self._through_the_door("draft"), self.database.session() as session:
            yield session
            session.commit()

    def snapshot(self, target: Path) -> None:
        """Write a consistent encrypted copy of the study for a job to read."""
        with self._through_the_door("snapshot"):
            self.database.copy_to(target)

    def vacuum(self) -> None:
        """Write the file anew without what was replaced in it."""
        with self._through_the_door("vacuum"):
            self.database.vacuum()

    def rekey(self, data_key: bytes) -> None:
        """Write the file anew under another data key."""
        with self._through_the_door("rekey"):
            self.database.rekey(data_key)

    def cursor_check(self, question: Callable[[Any], Any]) -> Any:
        """Answer a question that needs the raw connection, such as the opening checks."""
        with self._through_the_door("check"):
            return self.database.run(question)

    def head(self) -> Head:
        """Return the last number and link of the audit chain."""
        last = "SELECT number, link FROM audit ORDER BY number DESC LIMIT 1"
        return Head(*self.cursor_check(lambda cursor: cursor.execute(last).fetchone()))

    def close(self) -> None:
        """Close the file."""
        self._listeners.clear()
        self.database.close()


class Change:
    """What a service holds while it writes: the session, the instant and the events to note."""

    def __init__(self, session: Session, context: Context, desk: Desk) -> None:
        self.session = session
        # Asked at the door before: here it is known.
        self._locked = desk.locked is not None
        self.at = context.at
        self.actor = desk.actor
        self.protocol = desk.protocol
        self._context = context
        self.action = roles.ACTIONS[context.action]

    def add(self, *rows: Base) -> None:
        """Add rows and give them their numbers."""
        if len(rows) > 1:
            self._number(rows)
        self.session.add_all(rows)
        self.session.flush()

    def _number(self, rows: tuple[Base, ...]) -> None:
        # The file would give the same numbers, but only to one row a statement: many rows go in at once.
        table = type(rows[0]).__table__
        last = self.session.scalar(select(func.max(table.c.id))) or 0
        for number, row in enumerate(rows, last + 1):
            assert row.__table__ is table
            row.id = number  # type: ignore[attr-defined]

    def event(self, action: str, facts: dict[str, Any], reason: str = "") -> None:
        """Note an event in the same transaction."""
        # Without a connection in use nothing is committed, and an event that changes no row would be lost.
        self.session.connection()
        self._context.events.append(Event(action, facts, reason))

    def redact(self, text: str) -> None:
        """Take a text out of the audit too, when this change is kept."""
        self._context.redacted = text

    def give_reason(self, reason: str) -> None:
        """Say why saved values change, in an act that was not begun as a correction; a reason given stays."""
        self._context.reason = self._context.reason or reason

    def record_facts(self, subject_id: int, on_day: date | None = None) -> dict[str, Any]:
        """Return what every clinical record carries: who typed it, when, under which protocol.

        Nothing is entered for a subject that was entered in error: it would stand nowhere.
        """
        if self.session.get_one(Subject, subject_id).state == "void":
            raise RuleBroken("subject.void")
        return {
            "subject_id": subject_id,
            "recorded_at": self.at,
            "recorded_by": self.actor.user_id,
            "protocol_version": self.protocol.version,
            "entered_later": is_entered_later(on_day, self.at.date()),
        }

    def propose(
        self, subject_id: int | None, code: str, severity: str, on_day: date, **facts: object
    ) -> Deviation:
        """Propose a deviation; a person accepts or explains it later."""
        deviation = Deviation(
            subject_id=subject_id,
            code=code,
            severity=severity,
            on_day=on_day,
            facts=canonical(facts).decode("utf-8"),
            proposed_at=self.at,
        )
        self.add(deviation)
        return deviation

    def propose_once(
        self,
        subject_id: int | None,
        code: str,
        severity: str,
        on_day: date,
        *,
        same: tuple[str, ...],
        **facts: object,
    ) -> None:
        """Propose a deviation unless one with the same of its facts stands for the subject and day.

        A day of typing must not bury the list. A locked database takes none: the audit keeps it.
        """
        if self._locked:
            kept = {name: str(value) for name, value in facts.items()}
            self.event("deviation.after_lock", {"code": code, "on_day": on_day.isoformat(), **kept})
            return
        rows = self.session.scalars(
            select(Deviation).where(
                Deviation.code == code,
                Deviation.on_day == on_day,
                Deviation.progress != "void",
                Deviation.subject_id.is_(None) if subject_id is None else Deviation.subject_id == subject_id,
            )
        )
        wanted = {name: facts[name] for name in same}
        if not any(wanted.items() <= json.loads(row.facts).items() for row in rows):
            self.propose(subject_id, code, severity, on_day, **facts)

    def is_delegated(self, user_id: int, task: str, day: date) -> bool:
        """Tell whether the PI had given a task to a person on a day."""
        lines = self.session.execute(_DELEGATED, {"user": user_id, "task": task})
        return any(first <= day and (last is None or day <= last) for first, last in lines)

    def propose_undelegated(self, user: User, task: str, day: date, subject_id: int | None) -> None:
        """Propose a deviation for an act of a person who was not delegated its task on that day."""
        self.propose_once(
            subject_id, MISSING, "minor", day, same=("task", "user_id"),
            task=task, user_id=user.id, name=user.name, action=self.action.name,
        )  # fmt: skip
