"""Accounts, roles, the delegation log and passwords."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.accounts import check_login, check_name, check_password, plain_name
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import AllocationList
from sle_desk.models.people import User, UserRole
from sle_desk.models.store import attempts
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import KeyCost, read_keys
from sle_desk.models.store.keys import is_payable, slot_owner, unwrap, wrap
from sle_desk.services.actor import NewPerson
from sle_desk.services.desk import Change, Desk
from sle_desk.services.keys_change import change_data_key
from sle_desk.services.sign_in_checks import tried
from sle_desk.services.slot_change import changing_slots, keys_in_force


@dataclass(frozen=True)
class Person:
    """One account as it is shown."""

    id: int
    login: str
    name: str
    active: bool
    roles: tuple[str, ...]
    conflict: bool
    must_change_password: bool = False
    trained_on: date | None = None
    # The last day on which the account opens the study, where one was set.
    last_day: date | None = None


def people(desk: Desk) -> tuple[Person, ...]:
    """Return every account with the roles held today."""
    today = desk.today()
    with desk.view() as session:
        held: dict[int, list[str]] = {}
        ends: dict[int, list[date]] = {}
        for line in session.scalars(select(UserRole).order_by(UserRole.id)):
            if roles.is_held(line.until_day, today):
                held.setdefault(line.user_id, []).append(line.role)
                ends.setdefault(line.user_id, []).append(line.until_day or date.max)
        return tuple(
            Person(
                id=user.id,
                login=user.login,
                name=user.name,
                active=bool(user.active),
                roles=tuple(dict.fromkeys(held.get(user.id, ()))),
                conflict=bool(roles.conflicts(frozenset(held.get(user.id, ())))),
                must_change_password=bool(user.must_change_password),
                trained_on=user.trained_on,
                last_day=roles.last_day(ends.get(user.id, ())),
            )
            for user in session.scalars(select(User).order_by(User.id))
        )


def create_person(
    desk: Desk, folder: StudyFolder, new: NewPerson, role_names: tuple[str, ...], cost: KeyCost | None = None
) -> int:
    """Create an account with a one-time password; a sign-in name is never given twice."""
    check_login(new.login)
    check_name(new.name)
    check_password(new.password, new.login)
    _check_roles(role_names)
    keys = read_keys(folder.keys)
    price = cost or cost_in_use(folder)
    slot = wrap(keys.header.study_id, slot_owner(new.login), new.password, desk.database.data_key, price)
    with changing_slots(desk, folder, "people.create", slot) as change:
        if change.session.scalar(select(User).where(User.login == new.login)) is not None:
            raise RuleBroken("login.taken", login=new.login)
        if plain_name(new.name) in {plain_name(known) for known in change.session.scalars(select(User.name))}:
            # Who prepared and who checked are told apart by their names.
            raise RuleBroken("name.taken", name=new.name.strip())
        user = User(login=new.login, name=new.name.strip(), created_at=change.at, must_change_password=True)
        change.add(user)
        for role in role_names:
            change.add(UserRole(user_id=user.id, role=role, from_day=change.at.date()))
        user_id = user.id
    return user_id


def cost_in_use(folder: StudyFolder) -> KeyCost:
    """Return the dearest cost in use, so that a new slot is never the weakest."""
    costs = (slot.cost for slot in read_keys(folder.keys).slots if is_payable(slot.cost))
    return max(costs, key=lambda cost: cost.memory_kib, default=KeyCost())


def _check_roles(role_names: tuple[str, ...]) -> None:
    for role in role_names:
        if role not in roles.ROLES:
            raise RuleBroken("role.unknown", role=role)
    if not role_names:
        raise RuleBroken("role.none")
    if not roles.roles_allowed_together(frozenset(role_names)):
        raise RuleBroken("role.together")


def set_roles(desk: Desk, user_id: int, role_names: tuple[str, ...]) -> None:
    """Give a person these roles from today; roles no longer named end at once.

    An account that is limited to a last day stays so until that day is over.
    """
    _check_roles(role_names)
    with desk.change("people.role") as change:
        today = change.at.date()
        user = change.session.get_one(User, user_id)
        if not user.active:
            raise RuleBroken("people.closed", name=user.name)
        _refuse_who_knows_the_list(change, user_id, role_names)
        held = _held(change, user_id, today)
        last = roles.last_day([line.until_day or date.max for line in held])
        until = None if last is None else last + timedelta(days=1)
        for line in held:
            if line.role not in role_names:
                # The day on which it ended. It was held until this moment, and is not from here on, so that
                # two roles that exclude each other are never open together.
                line.until_day = today
        for role in role_names:
            if role not in {line.role for line in held}:
                change.add(UserRole(user_id=user_id, role=role, from_day=today, until_day=until))
        _check_somebody_left(change)


def limit_person(desk: Desk, user_id: int, last_day: date) -> None:
    """Let an account open the study until a day and no longer, in any role it holds: an inspector's visit.

    RuleBroken `people.last_day_past`, or `people.last_of_role` where nobody would run the study after it.
    """
    with desk.change("people.role") as change:
        today = change.at.date()
        user = change.session.get_one(User, user_id)
        if not user.active:
            raise RuleBroken("people.closed", name=user.name)
        if last_day < today:
            raise RuleBroken("people.last_day_past", typed=last_day.isoformat(), today=today.isoformat())
        for line in _held(change, user_id, today):
            # From this day on it is not held any more.
            line.until_day = last_day + timedelta(days=1)
        _check_somebody_left(change)


def _refuse_who_knows_the_list(change: Change, user_id: int, role_names: tuple[str, ...]) -> None:
    """Refuse who imported an allocation list a role that enrols, judges or doses: the list stays known."""
    knows = change.session.scalar(
        select(AllocationList.id).where(AllocationList.imported_by == user_id).limit(1)
    )
    if knows is not None and not roles.roles_allowed_together(frozenset({roles.STATISTICIAN, *role_names})):
        raise RuleBroken("role.knows_list")


def deactivate_person(desk: Desk, folder: StudyFolder, user_id: int, reason: str) -> None:
    """Close an account: it opens the study no more; the name stays in the record and is not given again."""
    if user_id == desk.actor.user_id:
        raise RuleBroken("people.own_account")
    if not reason.strip():
        raise RuleBroken("change.reason_needed")
    with desk.change("people.deactivate", check_text(reason.strip())) as change:
        user = change.session.get_one(User, user_id)
        user.active = False
        change.session.flush()
        _check_somebody_left(change)
        change.event("people.deactivate", {"login": user.login})
    # Whoever kept a copy of the key file would open every later study file with it. The slot goes with the
    # old key: a closed account lets nobody in meanwhile, and what is broken off here is ended later.
    change_data_key(desk, folder)


def _check_somebody_left(change: Change) -> None:
    """Refuse a change after which, today or once a last day is over, nobody could run the study or decide."""
    change.session.flush()
    active = {user.id for user in change.session.scalars(select(User)) if user.active}
    lines = [line for line in change.session.scalars(select(UserRole)) if line.user_id in active]
    today = change.at.date()
    ends = {line.until_day for line in lines if line.until_day is not None and line.until_day > today}
    for day in (today, *ends):
        held = {line.role for line in lines if roles.is_held(line.until_day, day)}
        for role in (roles.ADMINISTRATOR, roles.PI):
            if role not in held:
                raise RuleBroken("people.last_of_role", role=roles.ROLES[role])


def _held(change: Change, user_id: int, today: date) -> list[UserRole]:
    rows = change.session.scalars(select(UserRole).where(UserRole.user_id == user_id))
    return [line for line in rows if roles.is_held(line.until_day, today)]


def change_password(desk: Desk, folder: StudyFolder, old: str, new: str) -> None:
    """Change one's own password; the old one is asked for, and the new slot replaces the old."""
    check_password(new, desk.actor.login)
    require_password(desk, folder, old, NotAllowed("password.old_wrong"), "password.change")
    keys, owner = keys_in_force(desk, folder), slot_owner(desk.actor.login)
    slot = keys.slot(owner)
    assert slot is not None
    if old == new:
        raise RuleBroken("password.same")
    fresh = wrap(keys.header.study_id, owner, new, desk.database.data_key, slot.cost)
    with changing_slots(desk, folder, "password.change", fresh) as change:
        change.session.get_one(User, desk.actor.user_id).must_change_password = False


def reset_password(desk: Desk, folder: StudyFolder, user_id: int, one_time: str) -> None:
    """Give a person a one-time password, to be changed at the next sign-in."""
    desk.require("people.reset_password")
    with desk.view() as session:
        login = session.get_one(User, user_id).login
    check_password(one_time, login)
    study_id, price = read_keys(folder.keys).header.study_id, cost_in_use(folder)
    slot = wrap(study_id, slot_owner(login), one_time, desk.database.data_key, price)
    with changing_slots(desk, folder, "people.reset_password", slot) as change:
        user = change.session.get_one(User, user_id)
        if not user.active:
            raise RuleBroken("people.closed", name=user.name)
        user.must_change_password = True


def require_password(desk: Desk, folder: StudyFolder, password: str, error: NotAllowed, action: str) -> None:
    """Refuse a password that is not that of the person at the desk: counted, audited."""
    keys, owner = keys_in_force(desk, folder), slot_owner(desk.actor.login)
    slot = keys.slot(owner)

    def opened() -> bytes | None:
        key = unwrap(keys.header.study_id, slot, password) if slot is not None else None
        return key if key == desk.database.data_key else None

    if tried(folder.attempts, owner, desk.now, opened) is None:
        # On a full disk nothing can be noted now: a wrong password is called wrong all the same, and counted.
        with contextlib.suppress(StorageFailed):
            desk.refuse(action, error)
        raise error
    attempts.forget(folder.attempts, owner)


def confirm_presence(desk: Desk, folder: StudyFolder, password: str) -> None:
    """Refuse a password that is not that of the person at the desk, at the lock; the refusal is audited."""
    require_password(desk, folder, password, NotAllowed("lock.password"), "session.open")
    today = desk.clock_guard.day()
    with desk.view() as session:
        lines = session.scalars(select(UserRole).where(UserRole.user_id == desk.actor.user_id)).all()
    if not any(line.role == desk.actor.role and roles.is_held(line.until_day, today) for line in lines):
        # The last day passed while the screen was locked.
        ended = NotAllowed("sign_in.no_role", login=desk.actor.login)
        desk.refuse("session.open", ended)
        raise ended


def record_training(desk: Desk, user_id: int, day: date) -> None:
    """Record the day on which a person was trained in this application; a later one takes its place."""
    if day > desk.today():
        raise RuleBroken("day.future", typed=day.isoformat(), today=desk.today().isoformat())
    with desk.change("people.training") as change:
        change.session.get_one(User, user_id).trained_on = day


def choose_language(desk: Desk, language: str) -> None:
    """Keep the language a person works in."""
    with desk.change("language.choose") as change:
        change.session.get_one(User, desk.actor.user_id).language = language
