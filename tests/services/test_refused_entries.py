"""Entries refused for another reason than a password: in the audit, and waited for where guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import history, looking, people, recovery, sign_in_checks, studies
from sle_desk.services.desk import Desk


def failed(desk: Desk) -> list[tuple[str, str, int]]:
    """Return what the audit says of refused entries: why, whose name, how often; the newest first."""
    rows = history.audit_trail(desk, history.Trail(limit=100))
    facts = [row.facts for row in rows if row.action == sign_in_checks.FAILED]
    return [(str(each.get("way", "")), str(each["login"]), int(each["count"])) for each in facts]


def test_guessed_recovery_keys_are_waited_for_and_stand_in_the_audit(study: Study) -> None:
    def guess(key: str) -> None:
        recovery.check_recovery_key(study.folder.path, "wu.min", key, study.clock)

    for _ in range(5):
        with pytest.raises(NotAllowed, match=r"recovery\.wrong"):
            guess(studies.new_recovery_key())
    with pytest.raises(RuleBroken):
        guess("not one at all")
    for key in (studies.new_recovery_key(), study.recovery_key):
        with pytest.raises(NotAllowed, match=r"sign_in\.wait"):
            guess(key)
    desk = study.sit("wu.min", roles.PI)
    assert failed(desk) == [("recovery", "", 5)] and sign_in_checks.failed_before(desk) == 5
    study.leave()
    study.clock.advance(timedelta(minutes=1))
    guess(study.recovery_key)
    with pytest.raises(NotAllowed, match=r"recovery\.wrong"):
        guess(studies.new_recovery_key())


def test_who_holds_no_role_any_more_is_refused_everywhere_and_noted_without_a_wait(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    monitor = next(row.id for row in people.people(admin) if row.login == "he.jian")
    people.limit_person(admin, monitor, admin.today())
    study.leave()
    with looking.looked_into(study.folder.path, "he.jian", PASSWORD, study.clock) as looked:
        assert looked.verified.holds
    study.clock.advance(timedelta(days=2))
    for _ in range(6):
        with pytest.raises(NotAllowed, match=r"sign_in\.no_role"):
            studies.unlock(study.folder.path, "he.jian", PASSWORD, study.clock)
    with (
        pytest.raises(NotAllowed, match=r"sign_in\.no_role"),
        looking.looked_into(study.folder.path, "he.jian", PASSWORD, study.clock),
    ):
        pass
    assert failed(study.sit("wu.min", roles.PI)) == [("no_role", "he.jian", 7)]
    # Noted once.
    assert len(failed(study.sit("wu.min", roles.PI))) == 1
