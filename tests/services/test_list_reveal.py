"""The reveal at the lock: every row opened and compared with what was sealed, and with what was allocated."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from allocated_outside import OTHER, mark, record, told
from locking import lock, reveal, unlock
from outputs import arms_told
from sqlalchemy import event
from sqlalchemy.orm import Session
from study_fixtures import Study
from trial_fixtures import (
    ARMS,
    decide,
    decide_everything,
    list_of,
    load_list,
    made_arms,
    made_ready,
    made_trial,
    open_as,
    ready,
    register,
    trial,
)

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.randomisation import SALT_BYTES, Allocation, commitment
from sle_desk.domain.sealing import sha256
from sle_desk.exports.list_reveals import verdict
from sle_desk.models.allocation import AllocationList, AllocationSlot
from sle_desk.models.lock import ListReveal
from sle_desk.models.store import sealed_list
from sle_desk.services import (
    allocation,
    allocations_outside,
    deviations,
    history,
    list_drawing,
    list_kept,
)
from sle_desk.services.desk import Desk
from sle_desk.services.revealed_list import Revealed, revealed

__all__ = ["made_arms", "made_ready", "made_trial", "ready", "trial"]


def shown(desk: Desk) -> Revealed:
    found = revealed(desk)
    assert found is not None
    return found


def test_nothing_is_revealed_before_the_lock_nor_by_the_lock_alone(trial: Study) -> None:
    for login, role in (("wu.min", roles.PI), ("sun.tong", roles.STATISTICIAN)):
        desk = trial.sit(login, role)
        with pytest.raises(RuleBroken, match="reveal.not_locked"):
            reveal(trial, desk)
        assert revealed(desk) is None
        trail = history.audit_trail(trial.sit("wu.min", roles.PI))
        assert next(row.facts["code"] for row in trail if row.action == "refused") == "reveal.not_locked"
    lock(trial)
    assert revealed(trial.sit("sun.tong", roles.STATISTICIAN)) is None
    for login, role in (("chen.lan", roles.COORDINATOR), ("he.jian", roles.MONITOR)):
        with pytest.raises(NotAllowed, match="role.may_not"):
            reveal(trial, trial.sit(login, role))


def test_the_revealed_list_is_the_list_that_was_imported_and_names_who_got_each_row(ready: Study) -> None:
    opened = open_as(ready, "wu.min", roles.PI, 1)
    lock(ready)
    reveal(ready, ready.sit("sun.tong", roles.STATISTICIAN))
    with pytest.raises(RuleBroken, match="reveal.twice"):
        reveal(ready)
    found = shown(ready.sit("chen.lan", roles.COORDINATOR))
    lines = "\n".join(("number,arm", *(f"{row.number},{row.arm}" for row in found.rows)))
    assert lines == list_of()
    assert (found.whole, found.agreeing, found.differing, found.other_arm) == (True, 30, (), ())
    assert (found.source_hash, found.drawing, found.drawing_agrees) == (
        sha256(list_of().encode()),
        None,
        None,
    )
    assert found.revealed_by == "Sun Tong"
    first, *others = found.rows
    assert first.used is not None
    assert (first.used.subject, first.used.arm, first.used.allocated_at) == (
        opened.subject_code,
        opened.arm,
        opened.allocated_at,
    )
    assert not any(row.used for row in others)
    # What the certificate promises: the salt and the row give the commitment.
    for row in found.rows:
        assert commitment(Allocation(row.number, row.arm), bytes.fromhex(row.salt)) == row.commitment


def test_what_was_told_without_a_row_is_beside_the_rows_of_the_revealed_list(study: Study) -> None:
    decide_everything(study)
    row = record(study, told(study.sit("chen.lan", roles.COORDINATOR), OTHER), subject_id=register(study, 1))
    load_list(study)
    lock(study)
    reveal(study)
    found = shown(study.sit("wu.min", roles.PI))
    (alone,) = found.without_row
    assert (alone.subject, alone.randomisation_number, alone.arm) == (row.subject_code, "E-001", OTHER)
    assert (found.whole, found.other_arm, [each.used for each in found.rows if each.used]) == (True, (), [])
    said = " ".join(words.en for words in verdict(found))
    assert f"Told outside without a row of any list: E-001 {row.subject_code} {OTHER}." in said


def test_after_the_reveal_nothing_that_was_told_later_is_recorded_even_where_no_row_is_left(
    study: Study,
) -> None:
    decide_everything(study, but=frozenset({"D09"}))
    decide(study, study.sit("wu.min", roles.PI), "D09", "other", enrolment_target="3")
    load_list(study, size=3)
    for number in (1, 2, 3):
        subject_id = register(study, number)
        record(study, told(study.sit("chen.lan", roles.COORDINATOR)), subject_id=subject_id)
    fourth = register(study, 4)
    lock(study)
    reveal(study)
    unlock(study)
    study.clock.advance(timedelta(hours=1))
    with pytest.raises(RuleBroken, match=r"list\.revealed"):
        record(study, told(study.sit("chen.lan", roles.COORDINATOR)), subject_id=fourth)


def test_what_was_told_outside_is_compared_and_what_was_in_error_is_marked(ready: Study) -> None:
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR), OTHER))
    mark(ready)
    lock(ready)
    reveal(ready)
    found = shown(ready.sit("wu.min", roles.PI))
    first = found.rows[0]
    assert (first.agrees, first.arm, found.other_arm, found.whole) == (True, ARMS[0], (1,), True)
    assert first.used is not None and first.used.outside is not None and first.used.error is not None
    assert (first.used.arm, first.used.outside.agrees) == (OTHER, False)
    assert first.used.error.reason == "She was not eligible."


def forge(study: Study, number: int, arm: str) -> None:
    """Exchange a row for another one that is sealed as well as the first, as who has every key could."""
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    with desk.change("session.close") as change:
        row = change.session.query(AllocationList).one()
        slot = change.session.query(AllocationSlot).filter_by(number=number).one()
        bound = sealed_list._of_key(row.code, row.digest)
        key = sealed_list._decrypt(desk.database.list_key, row.wrapped_key, bound)
        assert key is not None
        salt = secrets.token_bytes(SALT_BYTES)
        slot.commitment = commitment(Allocation(number, arm), salt)
        content = sealed_list._row_content(arm, salt)
        slot.sealed = sealed_list._encrypt(
            key, content, sealed_list._of_row(row.code, number, slot.commitment)
        )


def test_one_forged_row_is_told_and_stops_nothing(trial: Study) -> None:
    asked = list_kept.list_holds
    assert trial.sit("wu.min", roles.PI).cursor_check(asked) == ("R1", 30, True)
    forge(trial, 5, "IL2")
    assert trial.sit("wu.min", roles.PI).cursor_check(asked) == ("R1", 30, False)
    lock(trial)
    reveal(trial)
    found = shown(trial.sit("wu.min", roles.PI))
    assert (found.differing, found.agreeing, found.digest_agrees, found.whole) == ((5,), 29, False, False)
    assert found.rows[4].arm == "IL2"
    with trial.sit("wu.min", roles.PI).view() as session:
        kept = session.query(ListReveal).one()
        assert (kept.agreeing, kept.differing) == (29, "5")


def test_a_broken_seal_is_told_without_an_arm(trial: Study) -> None:
    desk = trial.sit("xu.feng", roles.ADMINISTRATOR)
    with desk.change("session.close") as change:
        first, second = change.session.query(AllocationSlot).order_by(AllocationSlot.number).limit(2)
        first.sealed, second.sealed = second.sealed, first.sealed
    lock(trial)
    reveal(trial)
    found = shown(trial.sit("wu.min", roles.PI))
    assert (found.differing, found.digest_agrees, [row.arm for row in found.rows[:3]]) == (
        (1, 2),
        True,
        ["", "", ARMS[2]],
    )


def test_after_unlocking_it_is_hidden_again_and_no_row_is_opened_any_more(ready: Study) -> None:
    lock(ready)
    reveal(ready)
    unlock(ready)
    assert revealed(ready.sit("wu.min", roles.PI)) is None
    with pytest.raises(RuleBroken, match="list.revealed"):
        open_as(ready, "wu.min", roles.PI, 1)
    # What happened outside is recorded all the same.
    assert record(ready, told(ready.sit("chen.lan", roles.COORDINATOR))).row == 1
    lock(ready)
    assert shown(ready.sit("wu.min", roles.PI)).rows[0].used is not None


def test_no_arm_comes_into_the_clear_in_the_file_and_the_administrator_reads_none(trial: Study) -> None:
    lock(trial)
    reveal(trial)
    desk = trial.sit("wu.min", roles.PI)
    assert shown(desk).whole
    assert not arms_told(desk)
    with pytest.raises(NotAllowed, match="role.sees_no_values"):
        revealed(trial.sit("xu.feng", roles.ADMINISTRATOR))


def test_a_list_that_was_drawn_here_is_that_of_its_seed(study: Study, tmp_path: Path) -> None:
    decide_everything(study, {"D27": "equal_drawn"})
    desk = study.sit("sun.tong", roles.STATISTICIAN)
    list_drawing.draw(desk, "R1", "3, 6", tmp_path / "list.csv")
    lock(study)
    reveal(study)
    found = shown(study.sit("sun.tong", roles.STATISTICIAN))
    assert found.drawing is not None
    assert (found.whole, found.drawing_agrees, found.drawing.block_sizes) == (True, True, (3, 6))
    copy = "number,arm\r\n" + "".join(f"{row.number},{row.arm}\r\n" for row in found.rows)
    assert (tmp_path / "list.csv").read_bytes() == copy.encode()
    assert found.source_hash == sha256(copy.encode())


def test_a_crash_on_the_way_reveals_nothing(trial: Study) -> None:
    lock(trial)
    desk = trial.sit("wu.min", roles.PI)

    def crash(session: Session, context: object) -> None:
        if any(isinstance(row, ListReveal) for row in session.new):
            raise ZeroDivisionError("the power goes")

    event.listen(Session, "after_flush", crash)
    try:
        with pytest.raises(ZeroDivisionError):
            reveal(trial, desk)
    finally:
        event.remove(Session, "after_flush", crash)
    desk = trial.sit("wu.min", roles.PI)
    assert revealed(desk) is None
    reveal(trial, desk)
    assert shown(desk).whole


def unused_list_revealed(trial: Study) -> None:
    lock(trial)
    reveal(trial)
    unlock(trial)


@pytest.mark.parametrize(
    ("order", "size", "target"),
    [
        ([ARMS[number % 3] for number in range(30)], 30, None),
        # Cut, continued, and begun where the revealed one goes on.
        ([ARMS[number % 3] for number in range(12)], 12, 12),
        ([ARMS[number % 3] for number in range(30)] + sorted(ARMS * 2), 36, 36),
        ([*reversed(ARMS), *(ARMS[number % 3] for number in range(12, 27)), *sorted(ARMS * 4)], 30, None),
    ],
)
def test_a_list_that_repeats_a_revealed_one_is_refused(
    trial: Study, order: list[str], size: int, target: int | None
) -> None:
    unused_list_revealed(trial)
    if target is not None:
        decide(trial, trial.sit("wu.min", roles.PI), "D09", "other", enrolment_target=str(target))
    desk = trial.sit("sun.tong", roles.STATISTICIAN)
    with pytest.raises(RuleBroken) as refused:
        allocation.import_list(desk, "R2", list_of(order, size), "the first was revealed")
    assert (refused.value.code, dict(refused.value.facts)) == ("list.known_order", {"code": "R1"})
    shown_of = list_kept.commitment(desk)
    assert shown_of is not None and shown_of.code == "R1"
    assert not arms_told(desk)


def test_another_order_is_sealed_after_the_reveal_and_the_rows_of_before_are_opened_for_nobody(
    ready: Study,
) -> None:
    unused_list_revealed(ready)
    with pytest.raises(RuleBroken, match="list.revealed"):
        open_as(ready, "wu.min", roles.PI, 1)
    other = [arm for block in range(10) for arm in (sorted(ARMS) if block % 2 else [*reversed(ARMS)])]
    desk = ready.sit("sun.tong", roles.STATISTICIAN)
    allocation.import_list(desk, "R2", list_of(other), "the first was revealed")
    first = open_as(ready, "wu.min", roles.PI, 1)
    assert (first.list_code, first.row, first.arm) == ("R2", 1, other[0])


def test_an_arm_told_outside_after_the_reveal_uses_no_row(ready: Study) -> None:
    lock(ready)
    reveal(ready)
    unlock(ready)
    ready.clock.advance(timedelta(minutes=10))
    with pytest.raises(RuleBroken) as refused:
        record(ready, told(ready.sit("chen.lan", roles.COORDINATOR)))
    assert refused.value.code == "list.revealed"
    kept = list_kept.commitment(ready.sit("wu.min", roles.PI))
    assert kept is not None and kept.opened == 0


def test_an_arm_told_before_the_reveal_and_typed_after_it_is_a_major_deviation(ready: Study) -> None:
    lock(ready)
    reveal(ready)
    unlock(ready)
    assert record(ready, told(ready.sit("chen.lan", roles.COORDINATOR))).row == 1
    rows = deviations.deviations(ready.sit("wu.min", roles.PI), 1)
    (late,) = [row for row in rows if row.code == allocations_outside.AFTER_REVEAL]
    assert (late.severity, late.facts["number"], late.facts["list"]) == ("major", "R-001", "R1")


def test_a_list_of_before_that_was_never_revealed_may_come_again(trial: Study) -> None:
    desk = trial.sit("sun.tong", roles.STATISTICIAN)
    assert allocation.import_list(desk, "R2", list_of(), "the file was damaged").code == "R2"
    # R1 is not in force any more: it is R2 that is revealed, and its order is the same.
    unused_list_revealed(trial)
    with pytest.raises(RuleBroken, match="list.known_order"):
        allocation.import_list(
            trial.sit("sun.tong", roles.STATISTICIAN), "R3", list_of(), "the first was revealed"
        )


def test_a_drawn_list_that_came_out_as_the_revealed_one_is_not_kept(study: Study, tmp_path: Path) -> None:
    # Of three rows there are six orders: one of many drawings is that of before.
    decide_everything(study, {"D27": "equal_drawn"}, but=frozenset({"D09"}))
    decide(study, study.sit("wu.min", roles.PI), "D09", "other", enrolment_target="3")
    list_drawing.draw(study.sit("sun.tong", roles.STATISTICIAN), "R0", "3", tmp_path / "R0.csv")
    unused_list_revealed(study)
    desk, known = study.sit("sun.tong", roles.STATISTICIAN), (tmp_path / "R0.csv").read_bytes()
    for number in range(1, 200):
        copy = tmp_path / f"R{number}.csv"
        try:
            list_drawing.draw(desk, f"R{number}", "3", copy, "the first was revealed")
        except RuleBroken as error:
            assert error.code == "list.known_order" and not copy.exists()
            break
        assert copy.read_bytes() != known
    else:
        pytest.fail("200 drawings of three rows, and none of them that of before")
