"""The sealed list and the one door to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from outputs import arms_told, clear_pages, dump
from sqlalchemy import event
from sqlalchemy.orm import Session
from study_fixtures import PASSWORD, START, Study
from trial_fixtures import (
    ARMS,
    allocated,
    decide,
    decide_everything,
    list_of,
    load_list,
    made_ready,
    made_trial,
    open_as,
    ready,
    register,
    trial,
)

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.models.allocation import Allocation, AllocationSlot
from sle_desk.models.store import verification
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import (
    allocation,
    backup,
    backup_file,
    decisions,
    delegations,
    history,
    signatures,
)
from sle_desk.services.desk import Desk

__all__ = ["made_ready", "made_trial", "ready", "trial"]

# Columns that are ciphertext, commitments or made from them: random in every study.
SEALED = {
    "allocation_list": {"digest", "wrapped_key", "sealed_source"},
    "allocation_slot": {"commitment", "sealed"},
}


def statistician(study: Study) -> Desk:
    """Return the statistician's desk."""
    return study.sit("sun.tong", roles.STATISTICIAN)


def test_only_the_statistician_may_load_a_list(study: Study) -> None:
    for login, role in (
        ("wu.min", roles.PI),
        ("chen.lan", roles.COORDINATOR),
        ("xu.feng", roles.ADMINISTRATOR),
    ):
        with pytest.raises(NotAllowed):
            allocation.import_list(study.sit(login, role), "R1", list_of())


@pytest.mark.parametrize("still_open", ["D09", "D27"])
def test_a_list_waits_for_the_target_and_the_ratio(study: Study, still_open: str) -> None:
    decide_everything(study, but=frozenset({still_open}))
    with pytest.raises(RuleBroken) as refused:
        allocation.import_list(statistician(study), "R1", list_of())
    assert (refused.value.code, refused.value.facts["waits"]) == ("list.waits", Words(still_open, still_open))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (list_of(size=27), "list.size"),
        (list_of(size=33), "list.size"),
        (list_of().replace("7,BELIL2", "8,BELIL2"), "list.refused"),
        (list_of().replace("7,BELIL2", "31,BELIL2"), "list.refused"),
        (list_of().replace("7,BELIL2", "7,BEL"), "list.refused"),
        (list_of().replace("7,BELIL2", "7,CANARY"), "list.refused"),
        ("no header at all", "list.refused"),
        (list_of().encode() + b"\xff", "list.not_text"),
    ],
)
def test_a_list_that_is_not_what_was_decided_changes_nothing(
    trial: Study, content: str | bytes, code: str
) -> None:
    desk = statistician(trial)
    before = desk.head()
    with pytest.raises(RuleBroken) as refused:
        allocation.import_list(desk, "R2", content, "A better one.")
    assert refused.value.code == code
    assert desk.head() == before
    shown = f"{refused.value} {refused.value.__cause__} {refused.value.__context__}"
    assert not any(arm in shown for arm in (*ARMS, "CANARY"))


def test_a_list_is_shown_by_its_digest_alone(trial: Study) -> None:
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    shown = allocation.commitment(desk)
    assert shown is not None
    assert (shown.code, shown.size, shown.opened, shown.holds) == ("R1", 30, 0, True)
    assert len(shown.digest) == 64
    assert not any(arm in repr(shown) for arm in ARMS)


def test_an_unused_list_is_replaced_only_with_a_reason_and_under_another_code(ready: Study) -> None:
    desk = statistician(ready)
    with pytest.raises(RuleBroken, match="list.replace_reason"):
        allocation.import_list(desk, "R2", list_of())
    with pytest.raises(RuleBroken, match="list.code_taken"):
        allocation.import_list(desk, "R1", list_of(), "Drawn again.")
    assert allocation.import_list(desk, "R2", list_of(("IL2", "BEL", "BELIL2")), "Drawn again.").code == "R2"
    assert open_as(ready, "wu.min", roles.PI, 1).arm == "IL2"


def test_a_list_is_closed_to_change_once_a_row_was_opened(ready: Study) -> None:
    open_as(ready, "wu.min", roles.PI, 1)
    with pytest.raises(RuleBroken, match="list.used"):
        allocation.import_list(statistician(ready), "R2", list_of(), "Drawn again.")


def test_the_pi_opens_the_next_row_and_everything_is_recorded_at_once(ready: Study) -> None:
    first, second = open_as(ready, "wu.min", roles.PI, 1), allocated(ready, 2)
    assert [(row.arm, row.randomisation_number, row.row) for row in (first, second)] == [
        ("BELIL2", "R-001", 1),
        ("BEL", "R-002", 2),
    ]
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    assert allocation.allocation_of(desk, second.subject_id) == second
    assert (second.shape, second.allocated_by, second.role) == ("circle", "Wu Min", roles.PI)
    (signed,) = signatures.signatures_of(desk, "allocation_slot", second.row)
    assert (signed.id, signed.meaning) == (second.signature_id, allocation.ELIGIBLE_AND_CONSENTED)
    trail = [entry for entry in history.audit_trail(desk) if entry.number == second.audit_number]
    assert (trail[0].table, trail[0].action) == ("allocation", "allocation.open")


def test_a_coordinator_confirms_identity_and_the_signed_decision_never_eligibility(ready: Study) -> None:
    subject_id = 1
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    pis = allocation.signing_for(roles.PI, "en", PASSWORD)
    with pytest.raises(RuleBroken, match="signature.statement"):
        allocation.open_allocation(desk, ready.folder, subject_id, "001", "1992", pis)
    row = open_as(ready, "chen.lan", roles.COORDINATOR, subject_id)
    assert (row.arm, row.role) == ("BELIL2", roles.COORDINATOR)


@pytest.mark.parametrize(
    ("digits", "year", "password", "code"),
    [
        ("002", "1992", PASSWORD, "allocation.digits"),
        ("1", "1992", PASSWORD, "allocation.digits"),
        ("001", "1993", PASSWORD, "allocation.birth_year"),
        ("001", "92", PASSWORD, "allocation.birth_year"),
        ("001", "1992", "four quiet lanternz", "signature.password"),
    ],
)
def test_a_wrong_identifier_or_password_opens_nothing_and_is_audited(
    ready: Study, digits: str, year: str, password: str, code: str
) -> None:
    subject_id = 1
    desk = ready.sit("wu.min", roles.PI)
    signing = allocation.signing_for(roles.PI, "en", password)
    with pytest.raises((RuleBroken, NotAllowed)) as refused:
        allocation.open_allocation(desk, ready.folder, subject_id, digits, year, signing)
    assert refused.value.code == code
    newest = history.audit_trail(desk)[0]
    assert (newest.action, newest.facts["code"]) == ("refused", code)
    assert allocation.allocation_of(desk, subject_id) is None
    assert "1992" not in json.dumps(newest.facts)


def test_a_nurse_may_not_open_a_row(ready: Study) -> None:
    subject_id = 1
    with pytest.raises(NotAllowed, match="role.may_not"):
        open_as(ready, "lin.yue", roles.NURSE, subject_id)


def test_an_investigator_without_the_delegated_task_may_not_open_a_row(ready: Study) -> None:
    subject_id = 1
    desk = ready.sit("wu.min", roles.PI)
    for line in delegations.delegation_log(desk):
        if line.name == "Zhao Jing" and line.task == roles.RANDOMISATION:
            delegations.end_delegation(desk, line.id, desk.today() - timedelta(days=1))
    with pytest.raises(NotAllowed, match="allocation.not_delegated"):
        open_as(ready, "zhao.jing", roles.INVESTIGATOR, subject_id)


def test_nobody_is_allocated_with_a_precondition_missing(ready: Study) -> None:
    subject_id = register(ready, 2)
    with pytest.raises(RuleBroken) as refused:
        open_as(ready, "wu.min", roles.PI, subject_id)
    assert not refused.value.code.startswith("allocation.")
    ready.clock.advance(timedelta(days=1))
    with pytest.raises(RuleBroken, match="weight_old"):
        open_as(ready, "wu.min", roles.PI, 1)


def test_a_withdrawn_decision_closes_the_door_again(ready: Study) -> None:
    subject_id = 1
    desk = ready.sit("wu.min", roles.PI)
    with desk.view() as session:
        made = {each.code: each.number for each in decisions.decisions_made(session)}
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(desk, ready.folder, made["D10"], "Ethics committee asks again.", signing)
    with pytest.raises(RuleBroken) as refused:
        open_as(ready, "wu.min", roles.PI, subject_id)
    assert "D10" in str(refused.value.facts)


def test_a_second_opening_names_the_first_and_draws_nothing(ready: Study) -> None:
    open_as(ready, "wu.min", roles.PI, 1)
    with pytest.raises(RuleBroken) as refused:
        open_as(ready, "wu.min", roles.PI, 1)
    assert (refused.value.code, refused.value.facts["number"]) == ("allocation.already", "R-001")
    shown = allocation.commitment(ready.sit("wu.min", roles.PI))
    assert shown is not None
    assert shown.opened == 1


def _crash_after_flush(session: Session, context: object) -> None:
    if any(isinstance(row, Allocation) for row in session.identity_map.values()):
        raise ZeroDivisionError("the power goes")


def _crash_at_commit(session: Session) -> None:
    if any(isinstance(row, Allocation) for row in session.identity_map.values()):
        raise ZeroDivisionError("the power goes")


@pytest.mark.parametrize(
    ("moment", "crash"), [("after_flush_postexec", _crash_after_flush), ("before_commit", _crash_at_commit)]
)
def test_a_crash_on_the_way_leaves_no_half_allocation(
    ready: Study, moment: str, crash: Callable[..., None]
) -> None:
    subject_id = 1
    event.listen(Session, moment, crash)
    try:
        with pytest.raises(ZeroDivisionError):
            open_as(ready, "wu.min", roles.PI, subject_id)
    finally:
        event.remove(Session, moment, crash)
    desk = ready.sit("wu.min", roles.PI)
    assert allocation.allocation_of(desk, subject_id) is None
    with desk.view() as session:
        slot = session.query(AllocationSlot).filter_by(number=1).one()
    assert signatures.signatures_of(desk, "allocation_slot", slot.id) == ()
    assert desk.cursor_check(verification.verify).holds
    assert open_as(ready, "wu.min", roles.PI, subject_id).randomisation_number == "R-001"


def test_a_used_up_list_is_refused(ready: Study) -> None:
    decide(ready, ready.sit("wu.min", roles.PI), "D09", "other", enrolment_target="3")
    allocation.import_list(statistician(ready), "R3", list_of(size=3), "The target is three.")
    others = [register(ready, number) for number in (2, 3, 4)]
    desk = ready.sit("wu.min", roles.PI)
    with desk.change("allocation.open") as change:
        slots = change.session.query(AllocationSlot).order_by(AllocationSlot.id.desc()).limit(3).all()
        for subject_id, slot in zip(others, reversed(slots), strict=True):
            signing = allocation.signing_for(roles.PI, "en", PASSWORD)
            signature = signatures.sign(change, signing, "allocation_slot", slot.id, {})
            change.add(
                Allocation(
                    subject_id=subject_id,
                    slot_id=slot.id,
                    randomisation_number=f"R-{slot.number:03d}",
                    arm="BEL",
                    allocated_at=change.at,
                    allocated_by=change.actor.user_id,
                    signature_id=signature.id,
                )
            )
    with pytest.raises(RuleBroken, match="precondition.target_reached"):
        open_as(ready, "wu.min", roles.PI, 1)


@pytest.mark.parametrize("column", ["sealed", "commitment"])
def test_a_row_that_was_tampered_with_is_not_opened(ready: Study, column: str) -> None:
    subject_id = 1
    desk = ready.sit("wu.min", roles.PI)
    with desk.change("session.close") as change:
        rows = change.session.query(AllocationSlot).order_by(AllocationSlot.number).limit(2).all()
        first, second = getattr(rows[0], column), getattr(rows[1], column)
        setattr(rows[0], column, second)
        setattr(rows[1], column, first)
    with pytest.raises((StorageFailed, RuleBroken), match=r"list\.(seal_broken|changed)"):
        open_as(ready, "wu.min", roles.PI, subject_id)
    assert allocation.allocation_of(ready.sit("wu.min", roles.PI), subject_id) is None


def test_the_whole_list_is_verified_at_each_opening(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    with desk.change("session.close") as change:
        late = change.session.query(AllocationSlot).filter(AllocationSlot.number.in_((29, 30))).all()
        late[0].commitment, late[1].commitment = late[1].commitment, late[0].commitment
    # The row that would be opened is whole: one further down was exchanged.
    with pytest.raises(RuleBroken, match=r"list\.changed"):
        open_as(ready, "wu.min", roles.PI, 1)
    assert allocation.allocation_of(ready.sit("wu.min", roles.PI), 1) is None


def test_no_arm_is_in_the_decrypted_file_before_it_is_allocated(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    assert not arms_told(desk)
    allocation_made = open_as(ready, "wu.min", roles.PI, 1)
    assert allocation_made.arm in json.dumps(dump(ready.sit("wu.min", roles.PI)), default=str)


def test_no_page_of_file_snapshot_or_backup_holds_an_arm_more_after_a_list_was_loaded(
    study: Study, tmp_path: Path
) -> None:
    decide_everything(study)
    before = arms_in_pages(study, tmp_path / "before")
    load_list(study)
    assert arms_in_pages(study, tmp_path / "after") == before
    private = study.sit("wu.min", roles.PI)
    with private.change("session.close") as change:
        change.event("session.close", {"told": "BELIL2"})
    assert arms_in_pages(study, tmp_path / "told") != before


def arms_in_pages(study: Study, folder: Path) -> list[int]:
    """Return how often the pages of a snapshot, a backup and the file name the arm of both drugs."""
    folder.mkdir()
    desk = study.sit("wu.min", roles.PI)
    key, snapshot = desk.database.data_key, folder / "copy.sled"
    desk.snapshot(snapshot)
    made = backup.make_backup(desk, study.folder)
    study.leave()
    with backup_file.unpacked(made.path) as unpacked:
        files = (snapshot, unpacked / "study.sled", study.folder.study)
        return [clear_pages(path, key).count(b"BELIL2") for path in files]


def test_loading_a_list_adds_no_word_of_an_arm_to_the_file(study: Study) -> None:
    decide_everything(study)
    desk = study.sit("wu.min", roles.PI)
    words = [arm.code for arm in desk.protocol.arms]
    before = json.dumps(dump(desk), default=str)
    load_list(study)
    after = json.dumps(dump(study.sit("wu.min", roles.PI)), default=str)
    assert [after.count(f'"{word}') for word in words] == [before.count(f'"{word}') for word in words]


def _without_random(tables: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    plain: dict[str, list[dict[str, object]]] = {}
    for name, rows in tables.items():
        hidden = SEALED.get(name, set())
        plain[name] = [
            {key: _length(value) if key in hidden else value for key, value in row.items()} for row in rows
        ]
    for row in plain["audit"]:
        payload = json.loads(str(row["payload"] or "null"))
        hidden = SEALED.get(str(row["table_name"]), set())
        if hidden:
            new = payload["new"]
            payload["new"] = {key: _length(value) if key in hidden else value for key, value in new.items()}
        # Hashes and links follow from the payloads; the payloads are compared instead.
        row |= {"payload": payload, "payload_hash": "", "link": ""}
    return plain


def _length(value: object) -> int:
    return len(str(value))


def test_two_studies_whose_lists_differ_only_in_order_look_the_same(study: Study, tmp_path: Path) -> None:
    decide_everything(study)
    shutil.copytree(study.folder.path, tmp_path / "other")
    other = Study(StudyFolder(tmp_path / "other"), SteppingClock(START), study.recovery_key)
    other.clock.set(study.clock.now())
    load_list(study, ("BELIL2", "BEL", "IL2"))
    load_list(other, ("IL2", "BELIL2", "BEL"))
    seen = [_without_random(dump(each.sit("wu.min", roles.PI))) for each in (study, other)]
    other.leave()
    assert len(seen[0]["allocation_slot"]) == 30
    assert seen[0] == seen[1]
