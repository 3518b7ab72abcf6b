"""Taking a text out of the file that was typed by accident, a name in a note: the chain of the audit stays.

What stands in records is replaced like any correction. Audit rows that hold the text lose it: their own
hash and link stay as they were written, and a later row of the chain says which rows were changed and what
they hold now. Whoever forges a row without that is found by the opening checks as before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Text

from sle_desk.domain.sealing import canonical, content_hash
from sle_desk.domain.sought import Sought
from sle_desk.models.store import schema
from sle_desk.models.store.capture import COLUMNS
from sle_desk.models.tables import audited_tables

MARK = "[redacted]"
REDACT = "audit.redact"
# Tables where a name belongs, or that hold the protocol, people's accounts and the sealed list.
KEPT = frozenset(
    {"identity", "user", "user_role", "user_session", "study_fact", "protocol_file"}
    | {"allocation", "allocation_list", "allocation_slot", "drawn_list", "laboratory"}
)
# What a registration says who a subject is by. The row in force is where it belongs; what it was before a
# correction stands in the audit alone, and may go.
REGISTERED = frozenset({"name", "initials", "identity_number", "phone"})
# Columns whose texts are codes of the program or the protocol; every other text is a person's own words.
CODED = frozenset(
    [
        "about_table",
        "analyte",
        "at_time",
        "audit_code",
        "base_version",
        "choice",
        "category",
        "code",
        "comparator",
        "consent_version",
        "content_hash",
        "copy_given",
        "decision",
        "dose_relation",
        "drug",
        "effect",
        "fasting",
        "field",
        "file_hash",
        "file_sha256",
        "files",
        "flag",
        "form",
        "form_version",
        "grade_reason",
        "differing",
        "grade_version",
        "ground",
        "hold",
        "hold_shown",
        "kind",
        "language",
        "leaf",
        "meaning",
        "missing",
        "offers",
        "open_items",
        "option",
        "package",
        "package_sha256",
        "package_version",
        "panel",
        "place",
        "precheck",
        "preset",
        "progress",
        "protocol_version",
        "quotes_sha256",
        "reaction",
        "readings",
        "reconsent",
        "role",
        "scope",
        "screening_number",
        "settings",
        "severity",
        "sex",
        "sha256",
        "signed_time",
        "significance",
        "site",
        "source",
        "standard_unit",
        "state",
        "statement_language",
        "takes_up_data",
        "takes_up_samples",
        "takes_up_treatment",
        "takes_up_visits",
        "target",
        "to_table",
        "task",
        "unit",
        "verdict",
        "way",
    ]
)

# Reasons that are codes in these tables; their notes stand beside them.
CODED_IN = frozenset((table, "reason") for table in ("dose", "disposition", "dose_pause", "not_reconsented"))
# Where a range of a laboratory was read is typed once and copied by the program, to each range and result.
FREE_IN = frozenset({("lab_range", "source")})
COPIED = frozenset({("lab_range", "source"), ("result", "range_source")})
# Columns that hold JSON: only what stands in its values is a person's, and its form must stay.
_ESCAPED = re.compile(r"\\(.)")
JSON = frozenset({"facts", "ground_facts", "evidence", "content", "quotes"})
# What events say by code, instant, hash or name of a file: who signed in, what was refused, which rows hold
# what since a redaction.
CODED_FACTS = frozenset(
    {"login", "action", "code", "file", "files", "place", "preset", "study_id", "package_hash"}
    | {"rows", "now", "last", "page", "zone", "on_day", "task"}
    # Marks of keys, whose password came back, who restored a copy and when, how a sign-in was refused: read
    # again by the program.
    | {"slot", "recovery", "passwords", "missing", "by", "restored_at", "way"}
    # The numbers of two people who were said to be two.
    | {"subject", "other"}
)
# Codes within the JSON of a record, and values that are a hash, a day or an instant as a whole.
CODED_WITHIN = frozenset(
    {"leaf", "criterion", "subject", "verdict", "state", "suggestion", "comparator", "unit"}
)
_WHOLE = re.compile(r"[0-9a-f]{64}|\d{4}-\d\d-\d\d(T[\d:.]+(Z?[+-][\d:]+|Z)?)?")


@dataclass(frozen=True)
class Place:
    """A value of a record that holds the text."""

    table: str
    row_id: int
    column: str
    value: str
    # The text as it is written there, each time.
    written: tuple[str, ...]


def free_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that hold a person's own words."""
    if table.name in KEPT:
        return ()
    return tuple(
        column.name
        for column in table.columns
        if type(column.type) is Text
        and (column.name not in CODED or (table.name, column.name) in FREE_IN)
        and (table.name, column.name) not in CODED_IN
    )


def places(cursor: Any, text: str) -> tuple[Place, ...]:
    """Return every value of a record that holds the text, in whatever writing."""
    found, sought = [], Sought(text)
    for table in audited_tables():
        for name in free_columns(table):
            question = f'SELECT id, "{name}" FROM "{table.name}" WHERE "{name}" <> \'\' ORDER BY id'
            for row_id, value in cursor.execute(question).fetchall():
                if _replaced(name, value, sought) != value:
                    written = sought.writings(value)
                    found.append(Place(table.name, row_id, name, value, written))
    return tuple(found)


def audit_rows(cursor: Any, text: str) -> dict[int, tuple[str, ...]]:
    """Return the numbers of the audit rows that hold the text where it may be taken out, and how written."""
    sought, found = Sought(text), {}
    for number, _, _ in list(_changed_rows(cursor, sought)):
        row = cursor.execute("SELECT payload, reason FROM audit WHERE number = ?", (number,)).fetchone()
        found[number] = tuple(each for part in row if part for each in sought.writings(_unescaped(part)))
    return found


def in_force(cursor: Any, text: str) -> tuple[str, ...]:
    """Return the subjects whose registration holds the text now, and the accounts whose name it is."""
    return _in_force(cursor, Sought(text))


def _in_force(cursor: Any, sought: Sought) -> tuple[str, ...]:
    subjects = cursor.execute(
        "SELECT subject.code, identity.name, initials, identity_number, phone FROM identity"
        " JOIN subject ON subject.id = identity.subject_id ORDER BY subject.number"
    ).fetchall()
    accounts = cursor.execute('SELECT login, name FROM "user" ORDER BY id').fetchall()
    # Of a registration any part counts: were it taken out of the audit, the replay would differ.
    held = [code for code, *said in subjects if any(map(sought.may_be_in, said))]
    return (*held, *(login for login, name in accounts if any(map(sought.is_all_of, (login, name)))))


def replace_in_records(cursor: Any, text: str, found: tuple[Place, ...]) -> None:
    """Replace the text in records; the audit captures it like any change."""
    sought = Sought(text)
    for place in found:
        asked = f'SELECT "{place.column}" FROM "{place.table}" WHERE id = ?'
        value = cursor.execute(asked, (place.row_id,)).fetchone()[0]
        statement = f'UPDATE "{place.table}" SET "{place.column}" = ?, version = version + 1 WHERE id = ?'
        cursor.execute(statement, (_replaced(place.column, value, sought), place.row_id))
    for row_id, typed in _drafts(cursor, sought):
        cursor.execute("UPDATE draft SET typed = ? WHERE id = ?", (sought.replaced(typed, MARK), row_id))


def in_drafts(cursor: Any, text: str) -> int:
    """Return how many drafts hold the text."""
    return len(_drafts(cursor, Sought(text)))


def _drafts(cursor: Any, sought: Sought) -> list[tuple[int, str]]:
    rows = cursor.execute("SELECT id, typed FROM draft").fetchall()
    return [(row_id, typed) for row_id, typed in rows if sought.may_be_in(typed)]


def _replaced(column: str, value: str, sought: Sought) -> str:
    """Return a value of a record without the text; of JSON only the texts in it are changed."""
    if column not in JSON:
        return sought.replaced(value, MARK)
    if not sought.may_be_in(_unescaped(value)):
        return value
    try:
        content = json.loads(value)
    except ValueError:
        return sought.replaced(value, MARK)
    now = _without(content, sought)
    return value if now == content else canonical(now).decode("utf-8")


def _unescaped(content: str) -> str:
    """Return JSON with a blank for each line end in its texts, to be looked through as a whole."""
    return _ESCAPED.sub(lambda found: " " if found[1] in "ntr" else found[0], content)


def redact_audit(cursor: Any, text: str) -> list[dict[str, Any]]:
    """Take the text out of audit rows, inside the caller's transaction; return what each row holds now.

    The trigger that forbids it is put back before anything is kept.
    """
    changed = list(_changed_rows(cursor, Sought(text)))
    cursor.execute("DROP TRIGGER audit_no_update")
    for number, payload, reason in changed:
        cursor.execute("UPDATE audit SET payload = ?, reason = ? WHERE number = ?", (payload, reason, number))
    cursor.execute(schema.NO_UPDATE)
    return [
        {"number": number, "holds": row_content(row)}
        for number, _, _ in changed
        for row in cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM audit WHERE number = ?", (number,)
        ).fetchall()
    ]


def row_content(row: Any) -> str:
    """Return the hash of everything an audit row holds, its written hash and link too."""
    return content_hash(list(row))


def _changed_rows(cursor: Any, sought: Sought) -> Iterator[tuple[int, str | None, str]]:
    rows = cursor.execute("SELECT number, table_name, payload, reason FROM audit ORDER BY number").fetchall()
    free = {table.name: frozenset(free_columns(table)) for table in audited_tables()}
    if not _in_force(cursor, sought):
        free["identity"] = REGISTERED
    for number, table, payload, reason in rows:
        now = (_payload(payload, free.get(table), sought), sought.replaced(reason, MARK))
        if now != (payload, reason):
            yield (number, *now)


def _payload(payload: str | None, free: frozenset[str] | None, sought: Sought) -> str | None:
    """Return a payload without the text; `free` names the columns of a row, None is an event."""
    if payload is None or not sought.may_be_in(_unescaped(payload)):
        return payload
    content = json.loads(payload)
    if free is None:
        content = {
            name: value if name in CODED_FACTS else _without(value, sought) for name, value in content.items()
        }
    else:
        for side in content.values():
            texts = {name: side[name] for name in free & set(side) if isinstance(side[name], str)}
            side.update({name: _replaced(name, value, sought) for name, value in texts.items()})
    return payload if content == json.loads(payload) else canonical(content).decode("utf-8")


def _without(content: Any, sought: Sought) -> Any:
    if isinstance(content, str):
        return content if _WHOLE.fullmatch(content) else sought.replaced(content, MARK)
    if isinstance(content, list):
        return [_without(each, sought) for each in content]
    if isinstance(content, dict):
        return {
            name: each if name in CODED_WITHIN else _without(each, sought) for name, each in content.items()
        }
    return content


class Redactions:
    """The rows of a chain that no longer hold what they were written with, until one attests them."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[str, str]] = {}
        self._attested: dict[int, set[str]] = {}

    def meet(self, row: Any, fault: str) -> None:
        """Take note of a row whose content is not what was written, and what it would be a fault of."""
        self._open[row[0]] = (row_content(row), fault)

    def attest(self, payload: str) -> None:
        """Take the word of a row that says what others hold since."""
        for each in json.loads(payload)["rows"]:
            self._attested.setdefault(each["number"], set()).add(each["holds"])

    def unattested(self) -> Iterator[tuple[int, str]]:
        """Yield the number and fault of each changed row that nothing stands for."""
        for number, (holds, fault) in sorted(self._open.items()):
            if holds not in self._attested.get(number, ()):
                yield number, fault
