"""Wrong passwords: after five the next waits, after a restart too; the audit and the PI hear of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.clock import SystemClock
from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.store import attempts
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


# Guesses once, when the file that it waits for is there, and says how it was answered. The look at the
# password is slow, as with the cost of a real study.
GUESS = """
import sys, time
from pathlib import Path
from sle_desk.base.clock import SystemClock
from sle_desk.base.clock import SystemClock
from sle_desk.base.errors import NotAllowed
from sle_desk.services.sign_in_checks import tried

counted, start = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
while not start.exists():
    time.sleep(0.001)
try:
    tried(counted, "user:chen.lan", SystemClock().now, lambda: time.sleep(0.2))
    print("heard")
except NotAllowed as error:
    print(error.code)
"""


def test_of_processes_that_guess_at_one_moment_no_more_are_heard_than_one_after_the_other(
    study: Study, tmp_path: Path
) -> None:
    counted, start = study.folder.attempts, tmp_path / "start"
    for _ in range(attempts.FREE_TRIES - 2):
        attempts.count(counted, "user:chen.lan", SystemClock().now())
    guessing = [
        subprocess.Popen(
            [sys.executable, "-c", GUESS, str(counted), str(start)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(4)
    ]
    for each in guessing:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    start.touch()
    said = sorted(each.communicate(timeout=60)[0].strip() for each in guessing)
    assert said == ["heard", "heard", "sign_in.wait", "sign_in.wait"]
    (found,) = attempts.failures(counted)
    assert found.count == attempts.FREE_TRIES


def test_a_process_that_is_killed_while_it_has_the_turn_keeps_nobody_out(study: Study) -> None:
    holds = "import sys, time, pathlib\nfrom sle_desk.base.turns import turn\n" + (
        "with turn(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", holds, str(study.folder.attempts)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate(timeout=60)
    study.sit("chen.lan", roles.COORDINATOR)
