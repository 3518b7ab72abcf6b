"""The lock of the database: who sets it, what it lists, and that no entry passes the door then."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from amendment_packages import SENTENCE, approve, imported, packed
from locking import REVIEW, lock, unlock
from made_once import once
from role_acts import ACTS
from role_signed_acts import signing
from role_study import ALL_LOGINS, Made, prepare
from sqlalchemy import event
from sqlalchemy.orm import Session
from study_fixtures import PASSWORD, Study
from trial_fixtures import Made as MadeTrial
from trial_fixtures import copied, made_arms, made_ready, made_trial, ready, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, SleDeskError, Stale
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.lock import DatabaseLock
from sle_desk.models.store import redaction as stored
from sle_desk.models.store import verification
from sle_desk.services import deviations, history, lock_items, locks, papers, redaction
from sle_desk.services.signatures import Ink

__all__ = ["made_arms", "made_ready", "made_trial", "ready", "trial"]
# What ends the lock, an account or the session, or leaves a clock that is doubted.
ENDING = {"people.deactivate", "key.change", "session.close", "clock.accept", "clock.confirm"}
ENDING |= {locks.UNLOCK, locks.UNLOCK_TRANSCRIBED}
ENTERING = [name for name, action in roles.ACTIONS.items() if not action.after_lock]


@pytest.fixture
def made(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, made_arms: MadeTrial) -> Iterator[Made]:
    """A copy of the locked study in which each act has something to be about."""

    def make() -> Made:
        place = tmp_path_factory.mktemp("locked")
        first = prepare(copied(made_arms, place / "study"), place)
        lock(first.study)
        first.study.leave()
        return first

    first = once("locked roles", make)
    study = copied(
        (first.study.folder.path, first.study.recovery_key, first.study.clock.now()), tmp_path / "study"
    )
    out = tmp_path / "out"
    out.mkdir()
    yield replace(first, study=study, place=out, backup=study.folder.backups / first.backup.name)
    study.leave()


def by_role(actions: Iterable[str]) -> dict[str, list[str]]:
    """Return which actions a role is to try: each one by the last role of the matrix that may do it."""
    tried: dict[str, list[str]] = {}
    for action in ACTS:
        if action in actions:
            holder = [role for role in roles.ROLES if roles.may(role, action)][-1]
            tried.setdefault(holder, []).append(action)
    return tried


def test_a_locked_database_refuses_every_act_that_enters_or_changes_records(made: Made) -> None:
    for role, actions in by_role(ENTERING).items():
        made.study.sit(ALL_LOGINS[role], role)
        for action in actions:
            before = made.desk.head().number
            with pytest.raises(NotAllowed, match=r"study\.locked"):
                ACTS[action](made)
            with made.desk.view() as session:
                rows = session.query(Audit).filter(Audit.number > before).all()
            assert [(row.operation, json.loads(row.payload or "")) for row in rows] == [
                ("event", {"action": action, "code": "study.locked"})
            ], action


def test_accounts_papers_exports_and_backups_go_on_past_the_lock(made: Made) -> None:
    for role, actions in by_role(roles.AFTER_LOCK - ENDING).items():
        for action in actions:
            if made.study.desk is None or made.desk.actor.role != role:
                made.study.sit(ALL_LOGINS[role], role)
            try:
                ACTS[action](made)
            except SleDeskError as error:
                assert error.code != "study.locked", action


def test_every_action_named_to_go_on_is_one_of_the_matrix() -> None:
    assert set(roles.ACTIONS) >= roles.AFTER_LOCK
    assert len(ENTERING) > 60


def test_the_lock_needs_the_review_of_the_audit_and_a_reason_for_what_stands_open(
    ready: Study,
) -> None:
    desk = ready.sit("wu.min", roles.PI)
    shown = lock_items.open_items(desk)
    signing = locks.signing_for(locks.LOCK, "en", PASSWORD)
    assert shown
    for new, code in (
        (locks.NewLock(shown, " ", "why"), "lock.review_needed"),
        (locks.NewLock(shown, REVIEW, " "), "lock.reason_needed"),
    ):
        with pytest.raises(RuleBroken) as refused:
            locks.lock_database(desk, ready.folder, new, signing)
        assert refused.value.code == code
    with pytest.raises(Stale, match="lock.open_changed"):
        locks.lock_database(desk, ready.folder, locks.NewLock((), REVIEW), signing)
    with pytest.raises(RuleBroken, match="signature.statement"):
        locks.lock_database(
            desk, ready.folder, locks.NewLock(shown, REVIEW, "why"), replace(signing, statement="x")
        )
    with pytest.raises(NotAllowed, match="signature.password"):
        wrong = replace(signing, password="four quiet lanternz")
        locks.lock_database(desk, ready.folder, locks.NewLock(shown, REVIEW, "why"), wrong)
    assert desk.lock_state is None and locks.lock_log(desk) == ()


def test_nobody_but_the_pi_locks_or_unlocks(trial: Study) -> None:
    for role in (roles.ADMINISTRATOR, roles.COORDINATOR, roles.STATISTICIAN):
        with pytest.raises(NotAllowed, match="role.may_not"):
            lock(trial, trial.sit(ALL_LOGINS[role], role))
    lock(trial)
    with pytest.raises(NotAllowed, match="role.may_not"):
        unlock(trial, trial.sit("xu.feng", roles.ADMINISTRATOR))


def test_a_lock_keeps_what_stood_open_and_is_ended_with_a_reason(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    head, shown = desk.head(), lock_items.open_items(desk)
    state = lock(ready, desk)
    assert (state.locked, state.locked_by) == (True, "Wu Min")
    with pytest.raises(RuleBroken, match="lock.twice"):
        lock(ready, desk)
    with desk.view() as session:
        kept = session.query(DatabaseLock).one()
        assert kept.open_items == " ".join(f"{item.code}:{item.count}" for item in shown)
        assert (kept.audit_number, kept.audit_code, kept.audit_review) == (head.number, head.code, REVIEW)
    with pytest.raises(RuleBroken, match="unlock.reason_needed"):
        unlock(ready, desk, " ")
    assert not unlock(ready, desk).locked
    with pytest.raises(RuleBroken, match="lock.none"):
        unlock(ready, desk)
    # The next lock is another line; the state is that of the newest, for whoever signs in anew.
    lock(ready, desk, "Put right.")
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    assert desk.locked is not None
    newest, first = locks.lock_log(desk)
    assert (newest.reason, newest.unlocked_at) == ("Put right.", None)
    assert (first.unlock_reason, first.unlocked_by) == ("One value was found wrong.", "Wu Min")
    noted = [row.action for row in history.audit_trail(desk) if row.table == "database_lock"]
    assert noted == ["study.lock", "study.unlock", "study.lock"]


def test_an_amendment_that_is_proposed_or_comes_into_force_under_the_lock_stands_open(
    trial: Study, tmp_path: Path
) -> None:
    row = imported(trial, packed(tmp_path / "next.zip", SENTENCE))
    proposed, coming = (lock_items.OpenItem(f"amendments_{code}", 1) for code in ("proposed", "coming"))
    desk = trial.sit("wu.min", roles.PI)
    assert proposed in lock_items.open_items(desk) and coming not in lock_items.open_items(desk)
    in_three_days = desk.today() + timedelta(days=3)
    desk = approve(trial, row, in_three_days)
    shown = lock_items.open_items(desk)
    assert coming in shown and proposed not in shown
    lock(trial, desk)
    with desk.view() as session:
        assert "amendments_coming:1" in session.query(DatabaseLock).one().open_items.split()
    # On its day it is in force, and stands open no more.
    trial.clock.advance(timedelta(days=3))
    desk = trial.sit("wu.min", roles.PI)
    assert desk.locked is not None and coming not in lock_items.open_items(desk)


def test_a_crash_on_the_way_locks_nothing(trial: Study) -> None:
    desk = trial.sit("wu.min", roles.PI)

    def crash(session: Session, context: object) -> None:
        if any(isinstance(row, DatabaseLock) for row in session.new):
            raise ZeroDivisionError("the power goes")

    event.listen(Session, "after_flush", crash)
    try:
        with pytest.raises(ZeroDivisionError):
            lock(trial, desk)
    finally:
        event.remove(Session, "after_flush", crash)
    desk = trial.sit("wu.min", roles.PI)
    assert desk.lock_state is None and locks.lock_log(desk) == ()


def test_what_is_signed_in_ink_after_the_lock_is_recorded_and_proposes_no_deviation(made: Made) -> None:
    desk = made.study.sit("chen.lan", roles.COORDINATOR)
    before = len(deviations.deviations(desk))
    papers.record_ink(desk, made.paper, Ink("Somebody Else", desk.today(), "Binder 3"))
    assert len(deviations.deviations(desk)) == before
    (noted,) = [row for row in history.audit_trail(desk) if row.action == "deviation.after_lock"]
    assert noted.facts["code"] == "signer.unknown"


def test_what_was_written_beside_a_lock_can_be_taken_out_and_the_lock_stays(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    lock(ready, desk, "Zhang Wei calls the study final.")
    unlock(ready, desk)
    redaction.redact(desk, ready.folder, "Zhang Wei", "typed by accident", signing(desk, "redaction"))
    # What is locked is a code: no text that is taken out unlocks it.
    held = desk.cursor_check(lambda cursor: stored.places(cursor, "study"))
    assert {each.column for each in held if each.table == "database_lock"} == {"reason"}
    (row,) = locks.lock_log(desk)
    assert "Zhang" not in row.reason and row.reason.endswith("final.")
    assert desk.lock_state is not None and not desk.lock_state.locked
    assert desk.cursor_check(verification.verify).holds
