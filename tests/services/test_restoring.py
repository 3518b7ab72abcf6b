"""Restoring over an open study: who may, what is told beforehand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from locking import lock
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.services import backup, history, people, restoring
from sle_desk.services.desk import Desk
from sle_desk.services.restoring import Restoring


def quiet(step: str, share: float) -> None:
    """Report to nobody."""


@pytest.fixture
def admin(study: Study) -> Desk:
    """The administrator's desk."""
    return study.sit("xu.feng", roles.ADMINISTRATOR)


def test_who_was_no_administrator_then_restores_nothing(study: Study, admin: Desk) -> None:
    made = backup.make_backup(admin, study.folder)
    rehearsal = backup.rehearse(made.path, "chen.lan", PASSWORD, study.folder)
    wanted = Restoring(rehearsal, "chen.lan", PASSWORD, "damaged")
    head, before = admin.head(), list(study.folder.backups.iterdir())
    with pytest.raises(NotAllowed):
        restoring.keep_present(admin, study.folder, wanted, study.clock, quiet)
    assert admin.head() == head and list(study.folder.backups.iterdir()) == before


def test_an_account_removed_since_is_named_before_it_could_come_back(study: Study, admin: Desk) -> None:
    made = backup.make_backup(admin, study.folder)
    assert backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder).live.returning.revived == ()
    gone = next(row for row in people.people(admin) if row.login == "lin.yue")
    people.deactivate_person(admin, study.folder, gone.id, "left the clinic")
    assert backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder).live.returning.revived == (
        "lin.yue",
    )


def test_the_password_is_in_no_picture_of_what_is_asked(study: Study, admin: Desk) -> None:
    made = backup.make_backup(admin, study.folder)
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    assert PASSWORD not in repr(Restoring(rehearsal, "xu.feng", PASSWORD, "damaged"))


def test_a_backup_far_older_than_the_clock_is_restored_whole_and_says_so(study: Study, admin: Desk) -> None:
    made = backup.make_backup(admin, study.folder)
    for _ in range(3):
        study.clock.advance(timedelta(days=15))
        admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    wanted = Restoring(rehearsal, "xu.feng", PASSWORD, "mistake", "the wrong list")
    restoring.keep_present(admin, study.folder, wanted, study.clock, quiet)
    replaced = admin.head().number
    study.leave()
    restoring.put_in_place(study.folder, wanted, replaced, study.clock)
    desk = study.sit("wu.min", roles.PI)
    told = {
        row.action: row.reason
        for row in history.audit_trail(desk, history.Trail(limit=100))
        if row.action in ("study.restore", "clock.confirm")
    }
    assert told == {"study.restore": "mistake: the wrong list", "clock.confirm": "mistake: the wrong list"}


def test_a_locked_study_is_restored_by_the_pi_alone_and_then_stands_as_the_backup_was(
    study: Study, admin: Desk
) -> None:
    made = backup.make_backup(admin, study.folder)
    lock(study)
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    head, before = admin.head().number, sorted(study.folder.backups.iterdir())
    wanted = Restoring(
        backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder), "xu.feng", PASSWORD, "mistake"
    )
    with pytest.raises(NotAllowed) as refused:
        restoring.keep_present(admin, study.folder, wanted, study.clock, quiet)
    assert error_sentence(refused.value, Language("en")) == (
        "The database is locked. Only the principal investigator restores a backup of before, which would "
        "undo the lock."
    )
    # Nothing was kept or put in place; that it was tried is told.
    assert sorted(study.folder.backups.iterdir()) == before
    (told,) = [row for row in history.audit_trail(admin) if row.number > head]
    assert told.action == "refused"
    study.leave()
    anew = replace(wanted, rehearsal=backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder))
    # One that was rehearsed while somebody sat there was not compared with the study.
    assert (wanted.rehearsal.live.compared, anew.rehearsal.live.compared) == (False, True)
    for each in (wanted, anew):
        with pytest.raises(NotAllowed, match=r"lock\.restore_pi"):
            restoring.restore_closed(study.folder, each, study.clock)
    desk = study.sit("wu.min", roles.PI)
    assert desk.locked is not None
    codes = [row.facts["code"] for row in history.audit_trail(desk) if row.action == "refused"]
    assert codes == ["lock.restore_pi"] * 3
    study.leave()

    mine = Restoring(
        backup.rehearse(made.path, "wu.min", PASSWORD, study.folder),
        "wu.min",
        PASSWORD,
        "mistake",
        "too soon",
    )
    kept, placed = restoring.restore_closed(study.folder, mine, study.clock)
    assert placed.is_whole and len(kept.backups) == 1
    desk = study.sit("wu.min", roles.PI)
    # The state of the backup: never locked; and the audit tells what it was put over, by whom and why.
    assert desk.lock_state is None
    (note,) = [row for row in history.audit_trail(desk) if row.action == "study.restore"]
    assert (note.user, note.reason) == ("wu.min", "mistake: too soon")
    # What went is there in its backup, locked.
    with backup.reading(kept.backups[0].path, "wu.min", PASSWORD, study.clock) as (_, then):
        assert then.locked is not None and then.locked.locked_by == "Wu Min"
