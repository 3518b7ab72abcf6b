"""A text typed by accident is gone from file, audit and new backups, and the chain stands."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from noted_fixtures import REASON, SIGNING, TYPED, noted
from outputs import clear_pages
from people_invented import someone
from sqlalchemy import Text, select
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.sealing import content_hash, next_link
from sle_desk.models.audit import Audit, Signature
from sle_desk.models.safety import Deviation
from sle_desk.models.store import redaction as stored
from sle_desk.models.store import verification
from sle_desk.models.store.capture import COLUMNS
from sle_desk.models.store.database import connect
from sle_desk.models.tables import audited_tables
from sle_desk.models.visit import Visit
from sle_desk.services import (
    access,
    backup,
    backup_file,
    consent_versions,
    drafts,
    laboratories,
    people,
    range_entry,
    redaction,
    studies,
    subjects,
    visits,
)
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Signing

__all__ = ["noted"]


def plain_bytes(path: Path, data_key: bytes, target: Path) -> bytes:
    """Return the bytes of the file without its cipher, free pages and all."""
    connection = connect(path, data_key)
    cursor = connection.cursor()
    cursor.execute(f"ATTACH DATABASE '{target}' AS plain KEY ''")
    cursor.execute("SELECT sqlcipher_export('plain')")
    cursor.execute("DETACH DATABASE plain")
    connection.close()
    return target.read_bytes()


def test_the_text_is_gone_from_file_audit_and_new_backups_and_everything_holds(
    noted: Study, tmp_path: Path
) -> None:
    desk = noted.sit("wu.min", roles.PI)
    before = redaction.held(desk, TYPED)
    assert before.places and before.audit_rows >= 2
    assert noted.unlocked is not None
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    assert redaction.held(desk, TYPED).is_empty
    made = backup.make_backup(desk, noted.folder)
    key = noted.unlocked.database.data_key
    noted.leave()
    secret = TYPED.encode("utf-8")
    assert secret not in plain_bytes(noted.folder.study, key, tmp_path / "live")
    assert secret not in clear_pages(noted.folder.study, key)
    with backup_file.unpacked(made.path) as private:
        assert secret not in plain_bytes(private / "study.sled", key, tmp_path / "copy")
    noted.sit("chen.lan", roles.COORDINATOR)
    assert noted.unlocked is not None
    assert studies.opening_checks(noted.unlocked, lambda step, share: None).holds


def test_where_there_is_no_room_to_write_the_file_anew_the_text_is_gone_all_the_same(
    noted: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = noted.sit("wu.min", roles.PI)

    def full(self: object) -> None:
        raise StorageFailed("file.write_failed", reason="database or disk is full")

    monkeypatch.setattr(Desk, "vacuum", full)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    key = desk.database.data_key
    noted.leave()
    assert TYPED.encode("utf-8") not in clear_pages(noted.folder.study, key)


def test_the_pages_are_read_as_they_stand(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    key = desk.database.data_key
    noted.leave()
    assert clear_pages(noted.folder.study, key).count(TYPED.encode("utf-8")) > 3


def test_who_did_it_and_why_stays_signed(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    with desk.view() as session:
        told = session.scalars(select(Audit).where(Audit.action == redaction.ACTION)).all()
        signed = session.scalars(select(Signature).where(Signature.meaning == "redaction")).one()
    assert {row.user for row in told} == {"wu.min"} and {row.reason for row in told} == {REASON}
    assert '"rows":[{"holds":' in (told[-1].payload or "")
    assert signed.about_id == told[0].number


def test_a_change_of_a_row_that_nothing_attests_is_still_found(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    assert noted.unlocked is not None
    database = noted.unlocked.database
    with desk.view() as session:
        number = session.scalars(select(Audit.number).where(Audit.payload.contains(stored.MARK))).first()
    for change in ("payload = replace(payload, '[redacted]', 'nothing')", "reason = 'another'", "user = 'x'"):
        with database.cursor() as cursor, database.guard.opened():
            cursor.execute("SAVEPOINT forged")
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute(f"UPDATE audit SET {change} WHERE number = ?", (number,))
            cursor.execute(stored.schema.NO_UPDATE)
            found = verification.verify(cursor)
            cursor.execute("ROLLBACK TO forged")
            cursor.execute("RELEASE forged")
        assert found.faults[0].facts == {"number": number}, change
    # Nothing of it was kept, but the file was touched past the door.
    database.written()


def test_it_is_the_principal_investigators_alone_and_needs_a_reason_that_does_not_repeat_it(
    noted: Study,
) -> None:
    desk = noted.sit("wu.min", roles.PI)
    for text, reason, code in (
        ("x", REASON, "redaction.text"),
        ("65.4", REASON, "redaction.text"),
        ('say "no"', REASON, "redaction.text"),
        ("never typed anywhere", REASON, "redaction.nothing"),
        (TYPED, " ", "change.reason_needed"),
        (TYPED, f"{TYPED} was typed", "redaction.repeated"),
    ):
        with pytest.raises(RuleBroken) as refused:
            redaction.redact(desk, noted.folder, text, reason, SIGNING)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        wrong = Signing("redaction", SIGNING.statement, "en", "not the password")
        redaction.redact(desk, noted.folder, TYPED, REASON, wrong)
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(NotAllowed):
        redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    with pytest.raises(NotAllowed):
        redaction.held(desk, TYPED)
    assert not redaction.held(noted.sit("wu.min", roles.PI), TYPED).is_empty


def test_the_name_of_a_subject_stays_where_it_belongs(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    name = someone().name
    with pytest.raises(RuleBroken):
        redaction.redact(desk, noted.folder, name, REASON, SIGNING)
    assert [row.name for row in subjects.subjects(desk)] == [name]


def test_every_text_column_is_a_code_or_words_and_none_is_forgotten() -> None:
    columns = {column.name for table in audited_tables() for column in table.columns
               if type(column.type) is Text and table.name not in stored.KEPT}  # fmt: skip
    assert columns >= stored.CODED, stored.CODED - columns
    names = {table.name for table in audited_tables()}
    assert names >= stored.KEPT, stored.KEPT - names


def test_a_name_in_the_reason_of_an_earlier_redaction_is_taken_out_too(noted: Study, tmp_path: Path) -> None:
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, TYPED, "said by 孙无名 at the desk", SIGNING)
    redaction.redact(desk, noted.folder, "孙无名", "a name in a reason", SIGNING)
    key = desk.database.data_key
    noted.leave()
    assert "孙无名".encode() not in clear_pages(noted.folder.study, key)
    noted.sit("chen.lan", roles.COORDINATOR)
    assert noted.unlocked is not None
    assert studies.opening_checks(noted.unlocked, lambda step, share: None).holds


def test_a_name_in_a_draft_alone_is_taken_out(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    drafts.keep_draft(desk, drafts.Place("visit"), "note", "ask 李无名")
    redaction.redact(desk, noted.folder, "李无名", REASON, SIGNING)
    assert drafts.drafts(desk, drafts.Place("visit"))["note"] == "ask [redacted]"


def test_the_form_of_kept_json_and_the_names_of_settings_stay(noted: Study) -> None:
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    with desk.change("visit.record") as change:
        change.propose(
            1, "consent.after_procedure", "minor", desk.today(), procedure=f"{TYPED} true", seen=True
        )
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, f"{TYPED} true", REASON, SIGNING)
    with desk.view() as session:
        facts = [json.loads(row.facts) for row in session.scalars(select(Deviation))]
    assert {"procedure": "[redacted]", "seen": True} in facts
    with pytest.raises(RuleBroken):
        redaction.redact(desk, noted.folder, "procedure", REASON, SIGNING)


def test_a_word_of_the_trial_is_no_slip(noted: Study) -> None:
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    for number in range(redaction.MOST + 1):
        with desk.change("visit.record") as change:
            change.propose(1, "x", "minor", desk.today(), number=number, said="weekly visit")
    with pytest.raises(RuleBroken) as refused:
        redaction.held(noted.sit("wu.min", roles.PI), "weekly visit")
    assert refused.value.code == "redaction.common"


def test_an_attestation_of_who_may_not_redact_covers_nothing(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    key = desk.database.data_key
    noted.leave()
    connection = connect(noted.folder.study, key)
    forge_role(connection.cursor(), "nurse")
    connection.close()
    noted.sit("chen.lan", roles.COORDINATOR)
    assert noted.unlocked is not None
    found = studies.opening_checks(noted.unlocked, lambda step, share: None)
    assert len(found.faults) == 1 and found.faults[0].code in ("audit.payload_changed", "audit.link_broken")


def forge_role(cursor: Any, role: str) -> None:
    """Write the whole chain anew with another role in the row that attests."""
    cursor.execute("DROP TRIGGER audit_no_update")
    link = verification.chain_start(cursor, verification.fact(cursor, "study_id"))
    columns = ", ".join(COLUMNS)
    for row in cursor.execute(f"SELECT {columns} FROM audit ORDER BY number").fetchall():
        *head, payload, kept, written = row
        if row[7] == redaction.ACTION and row[12] == "event":
            head[5] = role
        link = next_link(link, head[0], content_hash([*head, kept]))
        if stored.MARK in (payload or "") or stored.MARK in row[8]:
            link = written
        cursor.execute("UPDATE audit SET role = ?, link = ? WHERE number = ?", (head[5], link, head[0]))
    cursor.execute(stored.schema.NO_UPDATE)


def test_what_the_program_reads_by_code_stays_where_a_login_is_taken_out(noted: Study) -> None:
    admin = noted.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = next(each.id for each in people.people(admin) if each.login == "lin.yue")
    people.deactivate_person(admin, noted.folder, nurse, "lin.yue left the clinic")
    day = admin.today()
    redaction.redact(noted.sit("wu.min", roles.PI), noted.folder, "lin.yue", REASON, SIGNING)
    noted.clock.advance(timedelta(days=1))
    desk = noted.sit("wu.min", roles.PI)
    with desk.view() as session:
        assert access.closed_on(session) == {"lin.yue": day}


def test_line_ends_are_not_searched_for(noted: Study) -> None:
    with pytest.raises(RuleBroken):
        redaction.held(noted.sit("wu.min", roles.PI), "aunt\nQian")


def test_every_writing_of_the_text_is_found_shown_and_taken_out(noted: Study, tmp_path: Path) -> None:
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    visits.record_not_done(desk, 1, "W8", "other", "ask INVENTED  Aunt 钱无名 and her mother")
    with desk.change("visit.record", "Invented aunt  钱无名 was wrong") as change:
        change.session.scalars(select(Visit).where(Visit.code == "W8")).one().not_done_reason = "other: asked"
    drafts.keep_draft(desk, drafts.Place("visit"), "reason", "Invented\naunt 钱无名")
    desk = noted.sit("wu.min", roles.PI)
    found = redaction.held(desk, TYPED)
    assert {each for seen in found.seen for each in seen.place.written} == {TYPED}
    assert found.writings == ("INVENTED  Aunt 钱无名", "Invented aunt  钱无名")
    assert found.drafts == 2
    with pytest.raises(RuleBroken, match=r"redaction\.repeated"):
        redaction.redact(desk, noted.folder, TYPED, "Invented  AUNT 钱无名 was named", SIGNING)
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    assert redaction.held(desk, TYPED).is_empty
    key = desk.database.data_key
    noted.leave()
    plain = plain_bytes(noted.folder.study, key, tmp_path / "live").decode("utf-8", "replace")
    assert "钱无名" not in plain and "ask [redacted] and her mother" in plain
    noted.sit("chen.lan", roles.COORDINATOR)
    assert noted.unlocked is not None
    assert studies.opening_checks(noted.unlocked, lambda step, share: None).holds


def test_where_a_range_was_read_and_who_approved_are_within_reach(noted: Study) -> None:
    desk = noted.sit("wu.min", roles.PI)
    consent_versions.record_version(desk, NewVersion("v3", desk.today(), desk.today(), f"041, by {TYPED}"))
    laboratory = laboratories.record_laboratory(desk, "L1", "Ward laboratory", desk.today())
    rows = range_entry.confirm_ranges(desk, laboratory, f"list of 2026, shown by {TYPED.upper()}")
    found = redaction.held(desk, TYPED)
    told = {(seen.place.table, seen.place.column): seen.alike for seen in found.seen}
    # The reference is copied to each range: it is one slip, however many rows hold it.
    assert rows > redaction.MOST and told["lab_range", "source"] == rows - 1
    assert told["consent_version", "approval_number"] == 0
    redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING)
    assert {row.source for row in laboratories.ranges(desk, laboratory)} == {
        "list of 2026, shown by [redacted]"
    }
    assert redaction.held(desk, TYPED).is_empty
    assert noted.unlocked is not None
    assert studies.opening_checks(noted.unlocked, lambda step, share: None).holds


def test_files_beside_the_study_that_still_hold_it_are_named(noted: Study) -> None:
    made = backup.make_backup(noted.sit("chen.lan", roles.COORDINATOR), noted.folder)
    noted.leave()
    rehearsal = backup.rehearse(made.path, "chen.lan", PASSWORD, noted.folder)
    backup.restore(made.path, noted.folder, rehearsal, noted.clock, accept_older=True)
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    noted.folder.study.rename(noted.folder.path / "elsewhere")
    with pytest.raises(StorageFailed, match=r"file\.replaced"):
        subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    (noted.folder.path / "elsewhere").rename(noted.folder.study)
    desk = noted.sit("wu.min", roles.PI)
    assert redaction.held(desk, TYPED).beside == ()
    beside = redaction.redact(desk, noted.folder, TYPED, REASON, SIGNING).beside
    assert [name.rpartition(".")[2] for name in beside] == ["sled", "pre-restore"]
    assert all((noted.folder.path / name).is_file() for name in beside)
