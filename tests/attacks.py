"""Attacks on the store: each returns what refused or found it, or nothing when it went through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from forging import KEY, Ground, data_key, found, memory, outside, put_row, rewrite_chain, said
from judged_subjects import choices_made
from locking import lock
from outputs import PAGE, clear_pages
from people_invented import someone
from sqlalchemy import text
from sqlcipher3 import dbapi2 as driver
from study_fixtures import PASSWORD, START, Study
from trial_fixtures import new_decision

from sle_desk.domain import roles
from sle_desk.models.store import database
from sle_desk.models.store.capture import Context
from sle_desk.models.store.database import Database
from sle_desk.models.tables import METADATA
from sle_desk.services import decisions, people, studies, subjects
from sle_desk.services.desk import Desk

CANARY = "Canary Patient 990105200306190242"


def coordinator(ground: Ground) -> Desk:
    """Return the desk of a coordinator at a fresh study with one subject."""
    desk = ground.study().sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    return desk


def changed(desk: Desk, *statements: str, action: str = "language.choose") -> str:
    """Run statements in a change of a desk; return what refused them."""

    def do() -> None:
        with desk.change(action) as change:
            for statement in statements:
                change.session.execute(text(statement))

    return said(do)


def raw(opened: Database, *statements: str) -> str:
    """Run statements on the connection of the application; the last is the attack."""
    *before, attack = statements
    with opened.cursor() as cursor:
        with opened.guard.opened():
            for statement in before:
                cursor.execute(statement)
        refused = said(lambda: cursor.execute(attack))
    opened.close()
    return refused


# Against the pragmas.


def points_nowhere(ground: Ground) -> str:
    """Point at a person who does not exist."""
    return changed(coordinator(ground), "INSERT INTO user_role (user_id, role, from_day, version)"
                   " VALUES (9999, 'monitor', '2026-01-01', 1)")  # fmt: skip


def replaces(ground: Ground) -> str:
    """Replace a row by another one of its number: the old one goes without a trace."""
    return changed(
        coordinator(ground),
        "INSERT OR REPLACE INTO user_role SELECT * FROM user_role WHERE id = 1",
    )


def calls_from_the_schema(ground: Ground) -> str:
    """Let a trigger in the file call a function of the application with what is typed."""
    opened = ground.file()
    heard: list[str] = []
    with opened.cursor() as cursor, opened.guard.opened():
        cursor.connection.create_function("sneak", 1, heard.append)
        put_row(cursor, METADATA.tables["user"])
        cursor.execute("CREATE TRIGGER hush AFTER INSERT ON draft BEGIN SELECT sneak(NEW.typed); END")
        refused = said(lambda: put_row(cursor, METADATA.tables["draft"], typed=CANARY))
    opened.close()
    assert bool(heard) != bool(refused)
    return refused


def reads_what_was_dropped(ground: Ground) -> str:
    """Look, with the key, for a draft that was dropped."""
    opened = ground.file()
    with opened.cursor() as cursor:
        put_row(cursor, METADATA.tables["user"])
        put_row(cursor, METADATA.tables["draft"], typed=CANARY)
        cursor.execute("DELETE FROM draft")
    opened.close()
    return "" if CANARY.encode() in clear_pages(opened.path, KEY) else "it is gone"


def writes_beside(ground: Ground) -> str:
    """Write to a study that is open in the application, from another program with the key."""
    opened = ground.file()
    with opened.cursor() as cursor:
        put_row(cursor, METADATA.tables["user"])
    other = driver.connect(str(opened.path), isolation_level=None, timeout=0)
    other.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    refused = said(lambda: other.execute("UPDATE user SET name = 'somebody else'"))
    other.close()
    opened.close()
    return refused


def reads_the_bytes(ground: Ground) -> str:
    """Look for a name in the bytes of the file, without a key."""
    opened = ground.file()
    with opened.cursor() as cursor:
        put_row(cursor, METADATA.tables["user"], name=CANARY)
    opened.close()
    return "" if CANARY.encode() in opened.path.read_bytes() else "it is enciphered"


def writes_without_cipher(ground: Ground) -> str:
    """Open a file with a build that has no cipher."""
    path = ground.empty()
    return said(lambda: database.connect(path, KEY).close())


# Against the triggers: of the file, and of the capture.


def audit_row(cursor: Any, number: int) -> None:
    """Add a row to the audit."""
    put_row(cursor, METADATA.tables["audit"], number=number)


def changes_the_audit(ground: Ground) -> str:
    """Give an audit row another reason."""
    cursor = memory()
    audit_row(cursor, 1)
    return said(lambda: cursor.execute("UPDATE audit SET reason = 'as it always was'"))


def empties_the_audit(ground: Ground) -> str:
    """Take an audit row out."""
    cursor = memory()
    audit_row(cursor, 1)
    return said(lambda: cursor.execute("DELETE FROM audit WHERE number = 1"))


def skips_in_the_audit(ground: Ground) -> str:
    """Add an audit row with a number of its own choice."""
    cursor = memory()
    audit_row(cursor, 1)
    return said(lambda: audit_row(cursor, 7))


def changes_the_ledger(ground: Ground) -> str:
    """Give a movement of the stock another count."""
    cursor = memory()
    put_row(cursor, METADATA.tables["stock_movement"])
    return said(lambda: cursor.execute("UPDATE stock_movement SET count = count + 1"))


def deletes_from(table: str) -> Any:
    """Return the attack that takes a row out of a table."""

    def attack(ground: Ground) -> str:
        cursor = memory()
        put_row(cursor, METADATA.tables[table])
        return said(lambda: cursor.execute(f'DELETE FROM "{table}"'))

    return attack


UNAUDITED = {
    "insert": "INSERT INTO user_role (user_id, role, from_day, version) VALUES (1, 'x', '2026-01-01', 1)",
    "update": "UPDATE user_role SET role = 'principal_investigator' WHERE user_id = 1",
    "delete": "DELETE FROM user_role WHERE user_id = 1",
}


def unaudited(operation: str) -> Any:
    """Return the attack that gives somebody a role, or takes one, and leaves no line in the audit."""

    def attack(ground: Ground) -> str:
        study = ground.study()
        connection = database.connect(study.folder.study, data_key(study))
        connection.execute("DROP TRIGGER user_role_no_delete")
        connection.close()
        desk = study.sit("chen.lan", roles.COORDINATOR)
        before = desk.head().number
        assert changed(desk, UNAUDITED[operation]) == ""
        return "" if desk.head().number == before else "it is audited"

    return attack


# Against the authorizer.


def switches_off(ground: Ground) -> str:
    """Switch a pragma off, and replace a row then."""
    desk = coordinator(ground)
    with desk.database.cursor() as cursor:
        refused = said(lambda: cursor.execute("PRAGMA recursive_triggers = OFF"))
    return refused or replaces_at(desk)


def replaces_at(desk: Desk) -> str:
    """Replace a row at a desk."""
    return changed(desk, "INSERT OR REPLACE INTO user_role SELECT * FROM user_role WHERE id = 1")


def forgets_the_capture(ground: Ground) -> str:
    """Change a row and empty the capture before it is drained."""
    desk = coordinator(ground)
    before = desk.head().number
    refused = changed(desk, UNAUDITED["update"], "DELETE FROM temp.capture")
    return refused or ("" if desk.head().number == before else "it is audited")


def forgets_a_part(ground: Ground) -> str:
    """Change two rows and take the first out of the capture."""
    return changed(
        coordinator(ground), "UPDATE user SET language = 'zh_CN'", "DELETE FROM temp.capture WHERE number = 1"
    )


# Against the opening checks: forgeries made with the key.


def forged(*statements: str) -> Any:
    """Return the attack that runs statements with the key while the study is closed."""

    def attack(ground: Ground) -> str:
        study = ground.study()
        with outside(study) as cursor:
            for statement in statements:
                cursor.execute(statement)
        return found(study)

    return attack


def numbers_anew(ground: Ground) -> str:
    """Take an event out of the audit, and link the rest as if it had never been there."""
    study = ground.study()
    with outside(study) as cursor:
        (number,) = cursor.execute("SELECT max(number) FROM audit WHERE operation = 'event'").fetchone()
        rewrite_chain(cursor, lambda head, payload: None if head[0] == number else (head, payload))
    return found(study)


def flips_a_free_bit(ground: Ground) -> str:
    """Flip a bit where nothing is kept."""
    study = ground.study()
    with outside(study) as cursor:
        cursor.execute("CREATE TABLE more (content TEXT)")
        cursor.executemany("INSERT INTO more VALUES (?)", [("x" * 4000,)] * 40)
        cursor.execute("DROP TABLE more")
    path = study.folder.study
    content = bytearray(path.read_bytes())
    content[-PAGE // 2] ^= 1
    path.write_bytes(bytes(content))
    return found(study)


def opened_as_pi(study: Study) -> str:
    """Open a study as the PI; return the first fault of the opening checks."""
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    try:
        faults = studies.opening_checks(unlocked, lambda step, share: None).faults
        return faults[0].code if faults else ""
    finally:
        studies.leave(unlocked)


def puts_an_older_file(ground: Ground) -> str:
    """Put a copy of an hour ago in place of the study."""
    study = ground.study()
    older = study.folder.study.read_bytes()
    study.sit("wu.min", roles.PI)
    study.leave()
    study.folder.study.write_bytes(older)
    return opened_as_pi(study)


def puts_a_parted_file(ground: Ground) -> str:
    """Put a copy that went on elsewhere, further than here, in place of the study."""
    study = ground.study()
    before, keys = study.folder.study.read_bytes(), study.folder.keys.read_bytes()
    for _ in range(2):
        study.sit("lin.yue", roles.NURSE)
        study.leave()
    elsewhere = study.folder.study.read_bytes()
    study.folder.study.write_bytes(before)
    study.folder.keys.write_bytes(keys)
    study.sit("wu.min", roles.PI)
    study.leave()
    study.folder.study.write_bytes(elsewhere)
    return opened_as_pi(study)


def takes_another_number(ground: Ground) -> str:
    """Let the file be of another study, with an audit that says so too."""
    study = ground.study()
    with outside(study) as cursor:
        (known,) = cursor.execute("SELECT value FROM study_fact WHERE name = 'study_id'").fetchone()
        other = "0" * len(known)
        cursor.execute("UPDATE study_fact SET value = ? WHERE value = ?", (other, known))
        rewrite_chain(cursor, lambda head, payload: (head, payload.replace(known, other)))
    return opened_as_pi(study)


# Against the door.


def somebody() -> Context:
    """Return who stands behind a change."""
    return Context(START, "language.choose", 1, "x", roles.COORDINATOR, None, "a test")


def acts_beyond_the_role(ground: Ground) -> str:
    """Close an account as a coordinator."""
    return changed(coordinator(ground), "UPDATE user SET active = 0 WHERE id = 1", action="people.deactivate")


def corrects_without_reason(ground: Ground) -> str:
    """Change who a subject is, and say no reason."""
    return changed(coordinator(ground), "UPDATE identity SET name = 'somebody else'", action="value.correct")


def acts_after_the_last_day(ground: Ground) -> str:
    """Go on in a session though the last day of the role is over."""
    study = ground.study()
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    person = next(row.id for row in people.people(admin) if row.login == "chen.lan")
    people.limit_person(admin, person, admin.today())
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.advance(timedelta(days=1))
    return changed(desk, UNAUDITED["update"])


def enters_after_the_lock(ground: Ground) -> str:
    """Go on entering though the database is locked."""
    study = ground.study()
    lock(study)
    return changed(study.sit("chen.lan", roles.COORDINATOR), UNAUDITED["update"], action="subject.register")


def writes_yesterday(ground: Ground) -> str:
    """Put the clock back a day and go on."""
    study = ground.study()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.set(study.clock.now() - timedelta(days=1))
    return changed(desk, UNAUDITED["update"])


def writes_to_a_copy(ground: Ground) -> str:
    """Change a row of a backup that was opened to read."""
    desk = coordinator(ground)
    desk.read_only = True
    return changed(desk, UNAUDITED["update"])


def saves_into_nothing(ground: Ground) -> str:
    """Save to a file that was taken away meanwhile: what is acknowledged is lost."""
    desk = coordinator(ground)
    desk.database.path.unlink()
    refused = changed(desk, UNAUDITED["update"])
    assert not desk.database.path.exists()
    return refused


def opens_twice(ground: Ground) -> str:
    """Open a study that somebody has open."""
    study = ground.study()
    study.sit("chen.lan", roles.COORDINATOR)
    return said(lambda: studies.leave(studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)))


def signs_for_another(ground: Ground) -> str:
    """Sign with a password that is not the signer's."""
    study = ground.study()
    desk = study.sit("wu.min", roles.PI)
    code, option = choices_made(desk.protocol, None)[0]
    new = new_decision(desk, code, option)
    signing = decisions.signing_for(decisions.SIGN, "en", PASSWORD + "x")
    return said(lambda: decisions.sign_decision(desk, study.folder, new, signing))
