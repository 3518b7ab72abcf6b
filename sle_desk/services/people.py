"""Accounts, roles, the delegation log and passwords."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.accounts import check_login, check_name, check_password, plain_name
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import AllocationList
from sle_desk.models.people import Delegation, User, UserRole
from sle_desk.models.store import attempts
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import KeyCost, read_keys
from sle_desk.models.store.keys import change_keys, is_payable, slot_owner, unwrap, wrap
from sle_desk.services.desk import Change, Desk
from sle_desk.services.keys_change import change_data_key
from sle_desk.services.sign_in_checks import tried
from sle_desk.services.studies import NewPerson


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


@dataclass(frozen=True)
class DelegationLine:
    """One line of the delegation log as it is shown."""

    id: int
    user_id: int
    name: str
    task: str
    from_day: date
    until_day: date | None
    training_day: date | None
    gcp_certificate: str
    reference: str


@dataclass(frozen=True)
class NewDelegation:
    """A task the PI gives to a person, from a day until a day."""

    user_id: int
    task: str
    from_day: date
    until_day: date | None = None
    training_day: date | None = None
    gcp_certificate: str = ""
    reference: str = ""


def people(desk: Desk) -> tuple[Person, ...]:
    """Return every account with the roles held today."""
    today = desk.today()
    with desk.view() as session:
        held: dict[int, list[str]] = {}
        for line in session.scalars(select(UserRole).order_by(UserRole.id)):
            if roles.is_held(line.from_day, line.until_day, today):
                held.setdefault(line.user_id, []).append(line.role)
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
    with desk.change("people.create") as change:
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
        # The key slot is written before the commit: a person without a slot could never sign in,
        # a slot without a person opens to nothing but "no such account".
        change_keys(folder.keys, desk.database.data_key, lambda now: now.with_slot(slot))
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
    """Give a person these roles from today; roles no longer named end at once."""
    _check_roles(role_names)
    with desk.change("people.role") as change:
        today = change.at.date()
        user = change.session.get_one(User, user_id)
        if not user.active:
            raise RuleBroken("people.closed", name=user.name)
        _refuse_who_knows_the_list(change, user_id, role_names)
        held = _held(change, user_id, today)
        for line in held:
            if line.role not in role_names:
                # The day on which it ended. It was held until this moment, and is not from here on, so that
                # two roles that exclude each other are never open together.
                line.until_day = today
        for role in role_names:
            if role not in {line.role for line in held}:
                change.add(UserRole(user_id=user_id, role=role, from_day=today))
        _check_somebody_left(change, today)


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
        _check_somebody_left(change, change.at.date())
        change.event("people.deactivate", {"login": user.login})
    # Whoever kept a copy of the key file would open every later study file with it. The slot goes with the
    # old key: a closed account lets nobody in meanwhile, and what is broken off here is ended later.
    change_data_key(desk, folder)


def _check_somebody_left(change: Change, today: date) -> None:
    """Refuse a change after which nobody could run the study or decide in it."""
    change.session.flush()
    active = {user.id for user in change.session.scalars(select(User)) if user.active}
    held = {line.role for person in active for line in _held(change, person, today)}
    for role in (roles.ADMINISTRATOR, roles.PI):
        if role not in held:
            raise RuleBroken("people.last_of_role", role=roles.ROLES[role])


def _held(change: Change, user_id: int, today: date) -> list[UserRole]:
    rows = change.session.scalars(select(UserRole).where(UserRole.user_id == user_id))
    return [line for line in rows if roles.is_held(line.from_day, line.until_day, today)]


def change_password(desk: Desk, folder: StudyFolder, old: str, new: str) -> None:
    """Change one's own password; the old one is asked for, and the new slot replaces the old."""
    check_password(new, desk.actor.login)
    keys = read_keys(folder.keys)
    owner = slot_owner(desk.actor.login)
    slot = keys.slot(owner)
    require_password(desk, folder, old, NotAllowed("password.old_wrong"), "password.change")
    assert slot is not None
    if old == new:
        raise RuleBroken("password.same")
    fresh = wrap(keys.header.study_id, owner, new, desk.database.data_key, slot.cost)
    with desk.change("password.change") as change:
        user = change.session.get_one(User, desk.actor.user_id)
        user.must_change_password = False
        change.event("password.change", {"login": desk.actor.login})
        change_keys(folder.keys, desk.database.data_key, lambda now: now.with_slot(fresh))


def reset_password(desk: Desk, folder: StudyFolder, user_id: int, one_time: str) -> None:
    """Give a person a one-time password, to be changed at the next sign-in."""
    with desk.change("people.reset_password") as change:
        user = change.session.get_one(User, user_id)
        if not user.active:
            raise RuleBroken("people.closed", name=user.name)
        check_password(one_time, user.login)
        user.must_change_password = True
        change.event("people.reset_password", {"login": user.login})
        keys = read_keys(folder.keys)
        owner = slot_owner(user.login)
        slot = wrap(keys.header.study_id, owner, one_time, desk.database.data_key, cost_in_use(folder))
        change_keys(folder.keys, desk.database.data_key, lambda now: now.with_slot(slot))


def require_password(desk: Desk, folder: StudyFolder, password: str, error: NotAllowed, action: str) -> None:
    """Refuse a password that is not that of the person at the desk: counted, audited."""
    keys = read_keys(folder.keys)
    owner = slot_owner(desk.actor.login)
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


def record_delegation(desk: Desk, new: NewDelegation) -> int:
    """Write one line of the delegation log."""
    if new.task not in roles.TASKS:
        raise RuleBroken("delegation.task", task=new.task)
    if new.until_day is not None and new.until_day < new.from_day:
        raise RuleBroken("delegation.order", start=new.from_day.isoformat(), stop=new.until_day.isoformat())
    with desk.change("delegation.record") as change:
        line = Delegation(
            user_id=new.user_id,
            task=new.task,
            from_day=new.from_day,
            until_day=new.until_day,
            delegated_by=change.actor.user_id,
            training_day=new.training_day,
            gcp_certificate=new.gcp_certificate,
            reference=new.reference,
        )
        change.add(line)
        return line.id


def end_delegation(desk: Desk, line_id: int, until: date) -> None:
    """End a line of the delegation log on a day."""
    with desk.change("delegation.record") as change:
        line = change.session.get_one(Delegation, line_id)
        if until < line.from_day:
            raise RuleBroken("delegation.order", start=line.from_day.isoformat(), stop=until.isoformat())
        line.until_day = until


def delegation_log(desk: Desk) -> tuple[DelegationLine, ...]:
    """Return the delegation log in the order it was written."""
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        return tuple(
            DelegationLine(
                id=line.id,
                user_id=line.user_id,
                name=names[line.user_id],
                task=line.task,
                from_day=line.from_day,
                until_day=line.until_day,
                training_day=line.training_day,
                gcp_certificate=line.gcp_certificate,
                reference=line.reference,
            )
            for line in session.scalars(select(Delegation).order_by(Delegation.id))
        )
