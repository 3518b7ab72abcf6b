"""Everything that the audit can say has words."""

from __future__ import annotations

from sle_desk.domain import roles
from sle_desk.domain.audit_columns import COLUMN_WORDS
from sle_desk.domain.audit_words import ACTION_WORDS, TABLE_WORDS, action_words
from sle_desk.models.tables import audited_tables
from sle_desk.services import clock_guard, history


def test_every_action_record_and_column_has_words_in_both_languages() -> None:
    noted = {"refused", "study.create", "sign_in.failed", "study.migrate", "keys.changed"}
    noted |= {"deviation.after_lock", "subject.other_person"}
    noted |= {clock_guard.JUMPED, clock_guard.ZONE}
    assert set(ACTION_WORDS) == set(roles.ACTIONS) | noted
    assert set(TABLE_WORDS) == {table.name for table in audited_tables()}
    columns = {
        column.name
        for table in audited_tables()
        for column in table.columns
        if column.name not in history.FIELDS.get(table.name, {}) and column.name not in ("id", "version")
    }
    assert columns - set(COLUMN_WORDS) == set()
    for words in (*ACTION_WORDS.values(), *TABLE_WORDS.values(), *COLUMN_WORDS.values()):
        assert words.en and words.zh and words.en != words.zh


def test_a_code_of_an_older_version_stands_for_itself() -> None:
    assert action_words("gone.long_ago").en == "gone.long_ago"
