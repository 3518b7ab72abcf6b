"""Passwords and recovery keys: whatever fails on the way, key file and audit tell the same story."""

from __future__ import annotations

import pytest
from study_fixtures import CHEAP, PASSWORD, Study

from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store import keys as key_store
from sle_desk.models.store.key_file import read_keys
from sle_desk.services import history, keys_change, people, recovery, slot_change, studies
from sle_desk.services.actor import NewPerson
from sle_desk.services.desk import Desk
from sle_desk.services.recovery import KeyPaper, Recovery

FRESH = "nine copper kettles"
PAPER = KeyPaper("K-02", "Safe, room 412", "Xu Feng", "Wu Min")


class Ended(BaseException):
    """The process ends here."""


def opens(study: Study, login: str, password: str) -> bool:
    """Tell whether a password lets somebody in; the study holds whoever it lets in."""
    try:
        unlocked = studies.unlock(study.folder.path, login, password, study.clock)
    except NotAllowed:
        return False
    assert studies.opening_checks(unlocked, lambda step, share: None).holds and not unlocked.keys_changed
    studies.leave(unlocked)
    return True


def reset(study: Study) -> str:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = next(row.id for row in people.people(desk) if row.login == "lin.yue")
    people.reset_password(desk, study.folder, nurse, FRESH)
    return "lin.yue"


def own(study: Study) -> str:
    people.change_password(study.sit("lin.yue", roles.NURSE), study.folder, PASSWORD, FRESH)
    return "lin.yue"


def create(study: Study) -> str:
    new = NewPerson("li.na", "Li Na", FRESH)
    people.create_person(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder, new, (roles.NURSE,), CHEAP)
    return "li.na"


def recover(study: Study) -> str:
    used = Recovery("wu.min", study.recovery_key, FRESH)
    recovery.use_recovery_key(study.folder.path, used, recovery.new_key(), PAPER, study.clock)
    return "wu.min"


ACTS = {"reset": (reset, "people.reset_password"), "own": (own, "password.change")} | {
    "create": (create, "people.create"),
    "recover": (recover, "recovery.use"),
}


def noted(study: Study, action: str) -> int:
    """Return how often the audit says that a slot was given."""
    trail = history.audit_trail(study.sit("wu.min", roles.PI), history.Trail(limit=500))
    return sum(row.action == action and row.operation == "event" for row in trail)


@pytest.mark.parametrize("name", ACTS)
def test_an_end_before_the_commit_leaves_the_old_password_and_no_word_in_the_audit(
    study: Study, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, action = ACTS[name]
    before = noted(study, action)
    study.leave()

    def ends(*_: object) -> None:
        raise Ended

    kept = Desk._commit

    def commit(desk: Desk, session: object, context: object) -> None:
        if context.action == action:  # type: ignore[attr-defined]
            raise Ended
        kept(desk, session, context)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "_commit", commit)
    monkeypatch.setattr(slot_change, "settle", ends)
    with pytest.raises(Ended):
        act(study)
    monkeypatch.undo()
    study.leave()
    waiting = read_keys(study.folder.keys).waiting
    assert waiting is not None
    login = waiting.slots[0].owner.partition(":")[2]
    assert not opens(study, login, FRESH)
    assert opens(study, login, PASSWORD) == (name != "create")
    assert read_keys(study.folder.keys).waiting is None
    if name == "recover":
        assert recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key, study.clock)
    assert noted(study, action) == before


@pytest.mark.parametrize("name", ACTS)
def test_an_end_after_the_commit_leaves_the_new_password_that_the_audit_knows(
    study: Study, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, action = ACTS[name]
    before = 0 if name == "recover" else noted(study, action)
    study.leave()

    def ends(*_: object) -> None:
        raise Ended

    monkeypatch.setattr(slot_change, "settle", ends)
    with pytest.raises(Ended):
        act(study)
    monkeypatch.undo()
    if study.desk is not None:
        study.leave()
    waiting = read_keys(study.folder.keys).waiting
    assert waiting is not None
    login = waiting.slots[0].owner.partition(":")[2]
    assert not opens(study, login, PASSWORD)
    assert opens(study, login, FRESH)
    assert read_keys(study.folder.keys).waiting is None
    if name == "recover":
        with pytest.raises(NotAllowed, match=r"recovery\.wrong"):
            recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key, study.clock)
    else:
        assert noted(study, action) == before + 1


def grow(desk: Desk, most: int) -> None:
    """Let the file have so many pages and no more; never fewer than it has."""
    raw = desk.database.engine.raw_connection()
    with desk.database.guard.opened():
        raw.cursor().execute(f"PRAGMA max_page_count = {most}")
    raw.close()


@pytest.mark.parametrize("its_own", [True, False])
def test_no_password_changes_on_a_full_disk_where_nothing_could_be_saved(study: Study, its_own: bool) -> None:
    desk = study.sit("lin.yue", roles.NURSE) if its_own else study.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = next(row.id for row in people.people(desk) if row.login == "lin.yue")
    grow(desk, 1)
    old = PASSWORD
    for tried in range(300):
        new, before = f"nine copper kettles {tried}", desk.head().number
        try:
            if its_own:
                people.change_password(desk, study.folder, old, new)
            else:
                people.reset_password(desk, study.folder, nurse, new)
        except StorageFailed as error:
            assert error.code == "file.write_failed"
            break
        old = new
    assert desk.head().number == before
    grow(desk, 2**30)
    study.leave()
    assert opens(study, "lin.yue", old) and not opens(study, "lin.yue", new)


def test_a_session_goes_by_the_password_it_noted_though_the_key_file_cannot_be_written(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = study.sit("lin.yue", roles.NURSE)
    written: list[int] = []
    kept = key_store.write_file

    def once(*arguments: object, **named: object) -> object:
        written.append(1)
        if len(written) > 1:
            raise StorageFailed("file.not_written", name="study.keys", folder="", reason="full")
        return kept(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(key_store, "write_file", once)
    people.change_password(desk, study.folder, PASSWORD, FRESH)
    people.confirm_presence(desk, study.folder, FRESH)
    with pytest.raises(NotAllowed):
        people.confirm_presence(desk, study.folder, PASSWORD)
    monkeypatch.undo()
    study.leave()
    assert opens(study, "lin.yue", FRESH) and not opens(study, "lin.yue", PASSWORD)


def test_a_new_data_key_takes_what_waited_along(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slot_change, "settle", lambda *_: None)
    reset(study)
    monkeypatch.undo()
    assert study.desk is not None and read_keys(study.folder.keys).waiting is not None
    keys_change.change_data_key(study.desk, study.folder)
    study.leave()
    assert opens(study, "lin.yue", FRESH) and not opens(study, "lin.yue", PASSWORD)
