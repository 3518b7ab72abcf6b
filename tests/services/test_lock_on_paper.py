"""Lock, unlocking and reveal typed from the paper that the PI signed, as every act of the PI."""

from __future__ import annotations

from datetime import timedelta

import pytest
from locking import lock, reveal, unlock
from outputs import arms_told
from study_fixtures import PASSWORD, Study
from trial_fixtures import made_ready, made_trial, ready, trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.models.audit import Signature
from sle_desk.models.lock import DatabaseLock
from sle_desk.services import deviations, history, lock_items, locks
from sle_desk.services.desk import Desk
from sle_desk.services.revealed_list import revealed
from sle_desk.services.signatures import Ink

__all__ = ["made_ready", "made_trial", "ready", "trial"]


def typist(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def paper(desk: Desk, signer: str = "Wu Min", days: int = 0) -> Ink:
    return Ink(signer, desk.today() - timedelta(days=days), "Binder 7, paper R-0001")


def test_all_three_are_typed_from_paper_and_are_by_who_signed_there(trial: Study) -> None:
    desk = typist(trial)
    state = lock(trial, desk, ink=paper(desk, days=1))
    assert (state.locked, state.locked_by) == (True, "Wu Min")
    reveal(trial, desk, paper(desk))
    shown = revealed(desk)
    assert shown is not None and shown.whole and shown.revealed_by == "Wu Min"
    assert not arms_told(desk)
    state = unlock(trial, desk, ink=paper(desk))
    assert (state.locked, state.locked_by, state.unlocked_by) == (False, "Wu Min", "Wu Min")
    (row,) = locks.lock_log(desk)
    assert (row.locked_by, row.locked_ink) == ("Chen Lan", paper(desk, days=1))
    assert (row.unlocked_by, row.unlocked_ink) == ("Chen Lan", paper(desk))
    noted = [row.action for row in history.audit_trail(desk) if row.table in ("database_lock", "list_reveal")]
    assert noted == ["study.unlock_transcribed", "list.reveal_transcribed", "study.lock_transcribed"]
    with desk.view() as session:
        kept = session.get_one(Signature, session.query(DatabaseLock).one().signature_id)
        assert (kept.transcribed, kept.source_signer, kept.source_reference) == (
            True, "Wu Min", "Binder 7, paper R-0001",
        )  # fmt: skip
    assert deviations.deviations(desk) == ()
    # Whoever signs in anew reads the same from the file.
    assert typist(trial).lock_state == state


def test_the_pi_signs_and_does_not_type_and_nobody_else_types(trial: Study) -> None:
    for login, role in (
        ("wu.min", roles.PI), ("xu.feng", roles.ADMINISTRATOR), ("zhao.jing", roles.INVESTIGATOR),
    ):  # fmt: skip
        desk = trial.sit(login, role)
        for act in (lock, unlock):
            with pytest.raises(NotAllowed, match=r"role\.may_not"):
                act(trial, desk, ink=paper(desk))
        with pytest.raises(NotAllowed, match=r"role\.may_not"):
            reveal(trial, desk, paper(desk))


def test_another_statement_is_not_the_typist_s(trial: Study) -> None:
    desk = typist(trial)
    new = locks.NewLock(lock_items.open_items(desk), "Wu Min, today", "why")
    signing = locks.signing_for(locks.LOCK, "en", PASSWORD)
    with pytest.raises(RuleBroken, match=r"signature\.statement"):
        locks.lock_database(desk, trial.folder, new, signing, paper(desk))
    assert desk.lock_state is None


def test_a_paper_of_before_the_lock_neither_unlocks_nor_reveals(trial: Study) -> None:
    desk = typist(trial)
    lock(trial, desk, ink=paper(desk))
    before = paper(desk, days=1)
    with pytest.raises(RuleBroken, match=r"lock\.ink_before"):
        unlock(trial, desk, ink=before)
    with pytest.raises(RuleBroken, match=r"lock\.ink_before"):
        reveal(trial, desk, before)
    with pytest.raises(RuleBroken, match=r"ink\.incomplete"):
        unlock(trial, desk, ink=Ink("Wu Min", desk.today(), " "))
    assert desk.locked is not None


def test_the_ink_of_somebody_else_locks_and_proposes_a_deviation(ready: Study) -> None:
    desk = typist(ready)
    before = len(deviations.deviations(desk))
    lock(ready, desk, ink=paper(desk, "Zhao Jing"))
    found = deviations.deviations(desk)
    assert len(found) == before + 1
    assert desk.locked is not None and desk.locked.locked_by == "Zhao Jing"
    unlock(ready, desk, ink=paper(desk, "Zhao Jing"))
    # In a locked database the audit keeps it.
    assert len(deviations.deviations(desk)) == before + 1
    assert [
        row.facts["code"] for row in history.audit_trail(desk) if row.action == "deviation.after_lock"
    ] == ["signer.not_pi"]
