"""What an event of the audit says is read in words, in both languages, and never as it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from earlier_schema import put_back
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import decide
from typist import Typist
from whole_window import Open, opened

from sle_desk.base.errors import NotAllowed
from sle_desk.base.language import LANGUAGES, Language
from sle_desk.domain import roles
from sle_desk.domain.audit_facts import FACT_WORDS
from sle_desk.models.store import schema
from sle_desk.services import backup, export_log, history, people, recovery, redaction, restoring, studies
from sle_desk.services.export_log import NewExport
from sle_desk.services.history import AuditRow
from sle_desk.services.older_keys import Returned
from sle_desk.services.recovery import KeyPaper
from sle_desk.services.restoring import Restoring
from sle_desk.services.signatures import Signing
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.audit_wording import change_words, done_words
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_study", "opened", "study"]
ENGLISH = Language("en")
# Needs a lost password and a new paper: its facts are those of a sealed key and a user name. The other needs
# a key file changed outside, and is tried where that is.
NOT_TRIED = {"recovery.use", "keys.accept", "behind.accept"}
# Tried where a paper is signed after the lock.
NOT_TRIED |= {"deviation.after_lock"}


def at_the_desk(study: Study) -> None:
    """Refuse, redact, export, change a password, and let the clock jump and the zone change."""
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "D02", "restored")
    signing = Signing("redaction", "I have a text taken out.", "en", PASSWORD)
    redaction.redact(desk, study.folder, "first subject", "typed by accident", signing)
    with pytest.raises(NotAllowed):
        people.set_roles(desk, 3, (roles.NURSE,))
    with pytest.raises(NotAllowed):
        people.confirm_presence(desk, study.folder, "not the password")
    files = {"A.xlsx": "0123456789abcdef" * 4}
    export_log.record_export(desk, NewExport(1, "site", files, desk.head().number, desk.head().code))
    desk = study.sit("he.jian", roles.MONITOR)
    people.change_password(desk, study.folder, PASSWORD, "five quiet lanterns")
    for hours, language in ((9, "zh_CN"), (8, "en")):
        study.clock.set(study.clock.now().astimezone(timezone(timedelta(hours=hours))))
        people.choose_language(desk, language)
    study.clock.set_wrong(timedelta(minutes=3))
    people.choose_language(desk, "en")
    study.clock.set_wrong(timedelta())
    study.clock.advance(timedelta(minutes=10))


def at_the_file(study: Study) -> None:
    """Migrate by a clock far ahead, change the key file outside, back up, seal, close, restore."""
    assert study.desk is not None
    key = study.desk.database.data_key
    study.leave()
    put_back(study.folder, key, schema.SCHEMA - 1)
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "xu.feng", "not the password", study.clock)
    study.clock.advance(timedelta(days=40))
    keys = study.folder.keys
    keys.write_text(keys.read_text(encoding="utf-8").replace('"language": "en"', '"language": "zh_CN"'))
    study.unlocked = studies.unlock(study.folder.path, "xu.feng", PASSWORD, study.clock, "ward closed")
    study.desk = desk = studies.sit_down(study.unlocked, roles.ADMINISTRATOR, study.clock)
    back = Returned(("lin.yue",), ("he.jian",), True)
    with desk.change("setting.record") as change:
        change.event("sign_in.failed", {"login": "", "count": 1, "last": "…", "way": "recovery"})
        change.event("subject.other_person", {"subject": "SLE-002", "other": "SLE-001"})
        change.event("keys.changed", {"found_number": 1, **back.facts()})
    made = backup.make_backup(desk, study.folder)
    desk.note("backup.thin", {"files": ["old.slebak", "older.slebak"]})
    recovery.note_key_paper(desk, KeyPaper("K-1", "safe 2", "Xu Feng", "Wu Min"))
    leaving = {each.login: each.id for each in people.people(desk)}
    people.reset_password(desk, study.folder, leaving["lin.yue"], "six quiet lanterns")
    people.deactivate_person(desk, study.folder, leaving["lin.yue"], "left")
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    wanted = Restoring(rehearsal, "xu.feng", PASSWORD, "damaged")
    restoring.keep_present(desk, study.folder, wanted, study.clock, lambda step, share: None)


def read_by_the_pi(study: Study) -> dict[str, AuditRow]:
    """Return the newest event of each action, read after the PI accepted a clock that was put back."""
    study.leave()
    study.clock.set_wrong(-timedelta(days=1))
    study.unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    study.desk = studies.sit_down(study.unlocked, roles.PI, study.clock, clock_reason="it had been ahead")
    rows = history.audit_trail(study.desk, history.Trail(limit=5000))
    return {row.action: row for row in reversed(rows) if row.operation == "event" and row.facts}


def test_every_fact_of_every_event_has_words_in_both_languages(study: Study) -> None:
    at_the_desk(study)
    at_the_file(study)
    found = read_by_the_pi(study)
    assert set(found) == set(FACT_WORDS) - NOT_TRIED
    for row in found.values():
        assert set(row.facts) == set(FACT_WORDS[row.action]), row.action
        for code in LANGUAGES:
            said = change_words(row, AuditValues(Language(code), study.desk.protocol))  # type: ignore[union-attr]
            assert said and not set('{}"[]') & set(said), said
    for words in (words for facts in FACT_WORDS.values() for words in facts.values()):
        assert words.en and words.zh and words.en != words.zh
    values = AuditValues(ENGLISH, study.desk.protocol)  # type: ignore[union-attr]
    told = {action: change_words(row, values) for action, row in found.items()}
    assert told["clock.confirm"].startswith("the clock showed: 2027-01-02 08:10:00 (UTC+08:00); last entry")
    assert told["clock.jump"].startswith("moved by: ") and told["clock.jump"].endswith("(UTC+08:00)")
    assert told["study.migrate"] == f"from schema: {schema.SCHEMA - 1}; to schema: {schema.SCHEMA}"
    assert told["backup.thin"] == "files: old.slebak, older.slebak"
    assert "place: beside the study" in told["backup.make"]
    assert "files: A.xlsx (sha256 0123456789ab…)" in told["export.write"]
    assert "kind of export: Site, everything but names" in told["export.write"]
    assert told["subject.other_person"] == "subject: SLE-002; not the same as: SLE-001"
    assert told["people.deactivate"] == "user name: lin.yue"
    assert told["refused"].startswith("why: The password is not right.")


def test_a_refusal_says_what_was_refused_and_why(study: Study) -> None:
    desk = study.sit("wu.min", roles.PI)
    with pytest.raises(NotAllowed):
        people.set_roles(desk, 3, (roles.NURSE,))
    row = next(each for each in history.audit_trail(desk) if each.action == "refused")
    assert done_words(row, ENGLISH) == "Refused: Role given or ended"
    values = AuditValues(ENGLISH, desk.protocol)
    said = change_words(row, values)
    assert said.startswith("why: ") and "Role given or ended" in said and "Principal investigator" in said
    # What another version kept stands as it is, and nothing breaks.
    older = replace(row, facts={"action": "gone", "code": "no.such_code", "more": {"a": 1}})
    assert change_words(older, values) == "why: no.such_code; more: a (sha256 1…)"
    masked = replace(row, action="clock.jump", facts={"seconds": 5, "now": "•••"})
    assert change_words(masked, values) == "moved by: 5 s; the clock showed: •••"


def test_the_audit_page_shows_them(study: Study, opened: Open) -> None:
    desk = study.sit("wu.min", roles.PI)
    backup.make_backup(desk, study.folder)
    window, typist = opened(study, "wu.min")
    window.state.go(Go("audit"))
    typist.wait_for("place: beside the study")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("位置: 研究文件夹内")
    assert isinstance(typist, Typist) and not typist.sees('{"')
