"""Restoring over an open study: who may, what is told beforehand."""

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.services import backup, people, restoring
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
    assert backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder).revived == ()
    gone = next(row for row in people.people(admin) if row.login == "lin.yue")
    people.deactivate_person(admin, study.folder, gone.id, "left the clinic")
    assert backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder).revived == ("lin.yue",)


def test_the_password_is_in_no_picture_of_what_is_asked(study: Study, admin: Desk) -> None:
    made = backup.make_backup(admin, study.folder)
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    assert PASSWORD not in repr(Restoring(rehearsal, "xu.feng", PASSWORD, "damaged"))
