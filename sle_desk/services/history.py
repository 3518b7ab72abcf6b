"""The audit, read by people: the whole trail, and the history of one value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, TypeDecorator, and_, func, or_, select
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.domain.sealing import canonical
from sle_desk.models.audit import Audit, Signature
from sle_desk.models.base import Base
from sle_desk.models.store.redaction import REGISTERED
from sle_desk.models.tables import METADATA, audited_tables
from sle_desk.services.audit_around import NOWHERE, Around, read_around
from sle_desk.services.desk import Desk
from sle_desk.services.masking import MASK, Hidden, identifying

# Columns that every row carries for the machine's sake; people asked about a value do not want them.
MACHINE = frozenset({"version"})
# What says who somebody is, by table: for roles of the ward only (reality.md section 4).
IDENTIFYING = {
    "identity": REGISTERED,
    "subject": frozenset({"birth_date"}),
}
# How well a drawn list can be guessed tells the sizes of its blocks to who enrols: the statistician reads it
# beside the list.
CONCEALED = {"drawn_list": frozenset({"certain_percent", "guessed_percent", "chance_percent"})}
_DIALECT = DefaultDialect()


@dataclass(frozen=True)
class AuditRow:
    """One row of the audit as it is shown."""

    number: int
    change: int
    at: datetime
    user: str
    role: str
    action: str
    reason: str
    table: str
    row_id: int | None
    operation: str
    old: dict[str, Any]
    new: dict[str, Any]
    facts: dict[str, Any]
    # The field of a form that declares a column, as "dose.site".
    fields: Mapping[str, str]
    # What the row is about and points at, as this person may see it; one for all rows of a list.
    around: Around = NOWHERE


Rows = tuple[AuditRow, ...]
FIELDS: dict[str, Mapping[str, str]] = {
    table.name: {column.name: str(column.info["field"]) for column in table.columns if "field" in column.info}
    for table in audited_tables()
}


@dataclass(frozen=True)
class Past:
    """One value that a field had: since when, by whom, and why it was changed; and its row of the audit."""

    number: int
    at: datetime
    user: str
    role: str
    action: str
    reason: str
    value: Any
    row: AuditRow


@dataclass(frozen=True)
class Trail:
    """What the Audit page asks for: a window of rows, newest first."""

    text: str = ""
    table: str = ""
    user: str = ""
    before: int | None = None
    limit: int = 200


NEWEST = Trail()


@dataclass(frozen=True)
class _Reader:
    """What the person who reads may see: values at all, and names, by role and by the privacy key."""

    values: bool
    hidden: Hidden | None

    def content(self, row: Audit) -> dict[str, Any]:
        """Return the payload of a row as this person may see it."""
        content: dict[str, Any] = json.loads(row.payload) if row.payload and self.values else {}
        content = _without(content, CONCEALED.get(row.table_name))
        if self.hidden is None:
            return content
        shown: dict[str, Any] = self.hidden.within(_without(content, IDENTIFYING.get(row.table_name)))
        return shown

    def reason(self, row: Audit) -> str:
        """Return why a row was changed, as this person may see it."""
        if not self.values:
            return ""
        return row.reason if self.hidden is None else self.hidden.cover(row.reason)

    def sees(self, row: Audit, text: str) -> bool:
        """Tell whether a text is in what this person sees of a row: a search must tell no more than that."""
        seen = (row.action, self.reason(row), canonical(self.content(row)).decode("utf-8"))
        return any(text.casefold() in part.casefold() for part in seen)


def _without(content: dict[str, Any], columns: frozenset[str] | None) -> dict[str, Any]:
    """Return what a row was and became with the values of these columns masked."""
    if not columns:
        return content
    return {
        side: {name: MASK if value and name in columns else value for name, value in kept.items()}
        if isinstance(kept, dict)
        else kept
        for side, kept in content.items()
    }


def _reader(desk: Desk, session: Session, names: bool) -> _Reader:
    role = desk.actor.role
    named = names and role in roles.SEES_NAMES
    return _Reader(role in roles.SEES_VALUES, None if named else identifying(session))


def _all_shown(session: Session, rows: Iterable[Audit], reader: _Reader, text: str = "") -> Rows:
    """Return rows as they are shown; what they point at is read once for all of them."""
    seen = [(row, reader.content(row)) for row in rows if not text or reader.sees(row, text)]
    around = read_around(session, seen)
    if reader.hidden is not None:
        around = Around(
            {
                table: {row_id: reader.hidden.within(dict(record)) for row_id, record in records.items()}
                for table, records in around.records.items()
            }
        )
    return tuple(_shown(row, payload, reader, around) for row, payload in seen)


def _shown(row: Audit, payload: dict[str, Any], reader: _Reader, around: Around) -> AuditRow:
    return AuditRow(
        number=row.number,
        change=row.change,
        at=row.at,
        user=row.user,
        role=row.role,
        action=row.action,
        reason=reader.reason(row),
        table=row.table_name,
        row_id=row.row_id,
        operation=row.operation,
        old=_people(payload.get("old")),
        new=_people(payload.get("new")),
        facts=payload if row.operation == "event" else {},
        fields=FIELDS.get(row.table_name, {}),
        around=around,
    )


def _people(content: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (content or {}).items() if name not in MACHINE}


def _asked(trail: Trail) -> Select[Audit]:
    query = select(Audit).order_by(Audit.number.desc()).limit(trail.limit)
    if trail.before is not None:
        query = query.where(Audit.number < trail.before)
    if trail.table:
        query = query.where(Audit.table_name == trail.table)
    if trail.user:
        query = query.where(Audit.user == trail.user)
    if trail.text:
        wanted = f"%{trail.text}%"
        query = query.where(
            or_(Audit.payload.like(wanted), Audit.action.like(wanted), Audit.reason.like(wanted))
        )
    return query


def _require_reader(desk: Desk) -> None:
    """Refuse a role that reads no audit at all: NotAllowed."""
    role = desk.actor.role
    if role not in roles.READS_AUDIT | roles.READS_OWN_AUDIT:
        raise NotAllowed("role.reads_no_audit", role=roles.ROLES[role])


def _own(desk: Desk, asked: Select[Audit]) -> Select[Audit]:
    """Return the rows that the role reads: everybody's, or its person's own."""
    if desk.actor.role in roles.READS_OWN_AUDIT:
        return asked.where(Audit.user_id == desk.actor.user_id)
    return asked


def audit_trail(desk: Desk, trail: Trail = NEWEST, *, names: bool = True) -> Rows:
    """Return audit rows, newest first; roles that read no values see who did what, not the values.

    Who somebody is stands there only for roles of the ward, and only while `names` are shown.
    """
    _require_reader(desk)
    with desk.view() as session:
        reader = _reader(desk, session, names)
        rows = session.scalars(_own(desk, _asked(trail)))
        return _all_shown(session, rows, reader, trail.text)


def subject_trail(
    desk: Desk, subject_id: int, before: int | None = None, limit: int = 200, *, names: bool = True
) -> Rows:
    """Return what happened to every record of a subject, newest first; as `audit_trail` else."""
    records = list(records_of(subject_id))
    signed = select(Signature.id).where(
        or_(*(and_(Signature.about_table == name, Signature.about_id.in_(keys)) for name, keys in records))
    )
    about = or_(
        *(
            and_(Audit.table_name == name, Audit.row_id.in_(keys))
            for name, keys in (*records, (Signature.__tablename__, signed))
        )
    )
    _require_reader(desk)
    with desk.view() as session:
        asked = _own(desk, _asked(Trail(before=before, limit=limit)).where(about))
        reader = _reader(desk, session, names)
        return _all_shown(session, session.scalars(asked), reader)


def records_of(subject_id: int) -> Iterator[tuple[str, Select[tuple[int]]]]:
    """Yield the name of each table that belongs to subjects with the numbers of this subject's rows in it."""
    for table in Base.metadata.sorted_tables:
        keys = _keys_of(table, subject_id)
        if keys is not None:
            yield table.name, keys


def _keys_of(table: Table, subject_id: int) -> Select[tuple[int]] | None:
    if table.name == "subject":
        return select(table.c.id).where(table.c.id == subject_id)
    if "subject_id" in table.c:
        return select(table.c.id).where(table.c.subject_id == subject_id)
    # A row below a record, as an answer below its form, belongs to whom the record belongs to.
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        above = _keys_of(key.column.table, subject_id) if key.column.table is not table else None
        if above is not None:
            return select(table.c.id).where(key.parent.in_(above))
    return None


def audit_size(desk: Desk) -> int:
    """Return how many rows the audit has."""
    with desk.view() as session:
        return int(session.scalar(select(func.count()).select_from(Audit)) or 0)


def row_history(desk: Desk, table: str, row_id: int) -> tuple[AuditRow, ...]:
    """Return everything that happened to one row, oldest first."""
    with desk.view() as session:
        rows = session.scalars(
            select(Audit).where(Audit.table_name == table, Audit.row_id == row_id).order_by(Audit.number)
        )
        reader = _reader(desk, session, names=True)
        return _all_shown(session, rows, reader)


def value_history(desk: Desk, table: str, row_id: int, columns: Sequence[str]) -> tuple[Past, ...]:
    """Return the values one field had, oldest first; columns are those that together hold it."""
    past: list[Past] = []
    for row in row_history(desk, table, row_id):
        changed = {name: row.new[name] for name in columns if name in row.new}
        if not changed:
            continue
        before = past[-1].value if past else {}
        value = {**before, **changed}
        past.append(_past(row, value))
    return tuple(past)


def _past(row: AuditRow, value: Any) -> Past:
    return Past(row.number, row.at, row.user, row.role, row.action, row.reason, value, row)


@dataclass(frozen=True)
class Changed:
    """One value of a record that was saved or changed, as the audit keeps it: what it was, and what it is."""

    past: Past
    column: str
    before: object


def record_history(desk: Desk, table: str, row_id: int) -> tuple[Changed, ...]:
    """Return every value of a record that a person gives, as it was saved and as it changed, oldest first."""
    found: list[Changed] = []
    before: dict[str, object] = {}
    for row in row_history(desk, table, row_id):
        for name in row.fields:
            value = row.new.get(name)
            if name not in row.new or (name not in before and value in (None, "")):
                continue
            found.append(Changed(_past(row, value), name, before.get(name)))
            before[name] = value
    return tuple(found)


def _read(column: ColumnElement[Any], kept: Any) -> Any:
    """Return a value of the audit as the column reads it from the file."""
    kind = column.type
    return kind.process_result_value(kept, _DIALECT) if isinstance(kind, TypeDecorator) else kept


# Columns that hold yes or no; the file keeps them as whole numbers.
YES_OR_NO: dict[str, frozenset[str]] = {
    str(mapper.local_table.name): frozenset(
        name
        for part in mapper.class_.__mro__
        for name, kind in vars(part).get("__annotations__", {}).items()
        if "Mapped[bool" in str(kind)
    )
    for mapper in Base.registry.mappers
    if isinstance(mapper.local_table, Table)
}


def kept_value(table: str, column: str, kept: Any) -> Any:
    """Return a value of the audit as its column reads it: an exact number, a day, an instant, yes or no.

    What is masked, or was kept by another version, stands as it is.
    """
    declared = METADATA.tables[table].columns.get(column) if table in METADATA.tables else None
    if declared is None or kept is None:
        return kept
    if column in YES_OR_NO.get(table, ()):
        return bool(kept) if isinstance(kept, int) else kept
    try:
        return _read(declared, kept)
    except (ArithmeticError, TypeError, ValueError):
        return kept
