"""Row 60: a study that an earlier driver wrote opens whole; a driver that was never tried opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from older_driver import KEPT, WRITTEN_BY, sat_down
from people_invented import someone
from removals import with_cipher
from sqlcipher3 import dbapi2 as driver
from study_fixtures import PASSWORD, Study

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import LANGUAGES, Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.visit import Visit
from sle_desk.services import backup, self_check, studies, subjects


@pytest.fixture
def kept(tmp_path: Path, clock: SteppingClock) -> Study:
    """The study of the earlier driver, restored to an empty folder."""
    folder = StudyFolder(tmp_path / "study")
    rehearsal = backup.rehearse(KEPT, "chen.lan", PASSWORD, folder)
    assert rehearsal.verified.holds
    backup.restore(KEPT, folder, rehearsal, clock)
    return Study(folder, clock, "")


def test_fault_60_a_study_of_an_earlier_driver_opens_whole_and_goes_on(kept: Study) -> None:
    connection = driver.connect(":memory:")
    now = connection.execute("PRAGMA cipher_version").fetchone()[0]
    connection.close()
    assert now != WRITTEN_BY, "the kept study is to be made anew by the driver before this one"
    for login, role in (("xu.feng", roles.ADMINISTRATOR), ("chen.lan", roles.COORDINATOR)):
        desk = sat_down(kept, login, role)
        assert kept.unlocked is not None and not kept.unlocked.keys_changed
        assert studies.opening_checks(kept.unlocked, lambda step, share: None).holds
    [row] = subjects.subjects(desk)
    assert (row.code, row.initials) == ("SLE-001", someone().initials)
    with desk.view() as session:
        assert [visit.not_done_reason for visit in session.query(Visit)] == ["refused"]
    subjects.register_subject(desk, someone(initials="LXM", identity_number="", name="Invented Li"))
    desk = sat_down(kept, "chen.lan", roles.COORDINATOR)
    assert kept.unlocked is not None
    assert studies.opening_checks(kept.unlocked, lambda step, share: None).holds
    assert [row.code for row in subjects.subjects(desk)] == ["SLE-001", "SLE-002"]
    kept.leave()


@pytest.mark.parametrize("version", ["3.4.2", "4.11.0 community", "5.0.0 community", "unheard of"])
def test_fault_60_a_driver_that_was_never_tried_opens_nothing_and_is_named(
    study: Study, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = study.folder.study.read_bytes()
    with_cipher(monkeypatch, version)
    with pytest.raises(StorageFailed) as refused:
        study.sit("chen.lan", roles.COORDINATOR)
    assert refused.value.code == "file.cipher_version"
    assert all(version in error_sentence(refused.value, Language(code)) for code in LANGUAGES)
    assert study.folder.study.read_bytes() == before
    assert not study.folder.is_in_use()
    assert [fault.code for fault in self_check.faults()] == ["file.cipher_version"]


@pytest.mark.parametrize("version", ["4.12.0 community", "4.100.0 community"])
def test_a_later_version_of_the_same_form_of_file_opens(
    study: Study, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cipher(monkeypatch, version)
    study.sit("chen.lan", roles.COORDINATOR)
