"""Wrong passwords: after five the next waits, after a restart too; the audit and the PI hear of them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import people, sign_in_checks, studies


def wrong(study: Study, login: str = "chen.lan") -> str:
    """Try a wrong password; return the code of the refusal."""
    with pytest.raises(NotAllowed) as caught:
        studies.unlock(study.folder.path, login, "not the password", study.clock)
    return caught.value.code


def test_each_wrong_password_after_five_makes_the_wait_longer_and_never_endless(study: Study) -> None:
    assert [wrong(study) for _ in range(5)] == ["sign_in.wrong"] * 5
    for minutes in (1, 5, 15, 15):
        study.clock.advance(timedelta(minutes=minutes, seconds=-1))
        assert wrong(study) == "sign_in.wait"
        with pytest.raises(NotAllowed, match=r"sign_in\.wait"):
            studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
        study.clock.advance(timedelta(seconds=1))
        assert wrong(study) == "sign_in.wrong"
    study.clock.advance(timedelta(minutes=15))
    study.sit("chen.lan", roles.COORDINATOR)


def test_one_persons_wrong_passwords_stop_nobody_else(study: Study) -> None:
    for _ in range(6):
        wrong(study)
    study.sit("lin.yue", roles.NURSE)


def test_a_name_nobody_has_waits_too_and_is_written_nowhere(study: Study) -> None:
    secret = "typed into the wrong line"
    assert [wrong(study, secret) for _ in range(5)] == ["sign_in.wrong"] * 5
    assert wrong(study, "another name") == "sign_in.wait"
    assert secret not in study.folder.attempts.read_text(encoding="utf-8")


def test_the_audit_notes_them_and_the_pi_hears_of_them_once(study: Study) -> None:
    study.sit("wu.min", roles.PI)
    study.leave()
    for _ in range(6):
        wrong(study)
    desk = study.sit("lin.yue", roles.NURSE)
    with desk.view() as session:
        row = session.query(Audit).filter(Audit.action == sign_in_checks.FAILED).one()
    facts = json.loads(row.payload)
    assert (facts["login"], facts["count"]) == ("chen.lan", 5)
    pi = study.sit("wu.min", roles.PI)
    assert sign_in_checks.failed_before(pi) == 5
    assert sign_in_checks.failed_before(study.sit("wu.min", roles.PI)) == 0


def test_the_lock_screen_waits_as_the_sign_in_does(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    for _ in range(5):
        with pytest.raises(NotAllowed, match=r"lock\.password"):
            people.confirm_presence(desk, study.folder, "not the password")
    with pytest.raises(NotAllowed, match=r"sign_in\.wait"):
        people.confirm_presence(desk, study.folder, PASSWORD)
    study.clock.advance(timedelta(minutes=1))
    people.confirm_presence(desk, study.folder, PASSWORD)
    people.confirm_presence(desk, study.folder, PASSWORD)


def test_a_clock_put_back_makes_no_endless_wait(study: Study) -> None:
    for _ in range(7):
        study.clock.advance(timedelta(minutes=20))
        wrong(study)
    study.clock.set_wrong(timedelta(days=-400))
    assert wrong(study) == "sign_in.wait"
    study.clock.advance(timedelta(minutes=15))
    assert wrong(study) == "sign_in.wrong"
    study.clock.set_wrong(timedelta())


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "[" * 100_000, '{"user:chen.lan": 3}', '{"a": {"count": "x", "last": 1}}'),
        '{"user:chen.lan": {"count": 1e999, "last": "2026-11-23T00:00:00Z+480"}}',
        '{"user:chen.lan": {"count": 9, "last": "9999-12-31T23:59:00Z-600"}}',
    ],
)
def test_a_damaged_count_locks_nobody_out(study: Study, content: str) -> None:
    study.folder.attempts.write_text(content, encoding="utf-8")
    study.sit("chen.lan", roles.COORDINATOR)
