"""What a killed export leaves half made is gone with the next opening or export, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from study_fixtures import START, Study, clock, made_study, study

from sle_desk.base import private
from sle_desk.base.language import Language
from sle_desk.base.written import HALF_MADE, OURS
from sle_desk.domain import roles
from sle_desk.exports.exporting import write_export

__all__ = ["clock", "made_study", "study"]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a signal that cannot be caught is one of POSIX")

# Exports as the coordinator does, and is killed while the sheets are written.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from study_fixtures import Study
from sle_desk.base.clock import SteppingClock
from sle_desk.base.language import Language
from sle_desk.exports.exporting import write_export
from sle_desk.models.store.folder import StudyFolder

def report(step, share):
    if step == "write" and share > 0.3:
        os.kill(os.getpid(), signal.SIGKILL)

study = Study(StudyFolder(Path(sys.argv[1])), SteppingClock(datetime.fromisoformat(sys.argv[3])), "")
desk = study.sit("chen.lan", "coordinator")
write_export(desk, Path(sys.argv[2]), "site", Language("en"), report)
"""


def killed_export(study: Study, folder: Path) -> Path:
    """Let a process be killed over an export into a folder; return what it left there."""
    study.leave()
    folder.mkdir(exist_ok=True)
    arguments = [str(study.folder.path), str(folder), START.isoformat()]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = folder.glob(f"{OURS}*{HALF_MADE}")
    assert list(left.glob("*.xml")), "plain sheets"
    return left


def foreign(folder: Path) -> list[Path]:
    """Put what is not ours, or of somebody who writes just now, beside."""
    made = [
        folder / f"{OURS}0123456789abcdef{HALF_MADE}",
        folder / ".hidden.part",
        folder / ".sle_desk-x.part",
    ]
    for each in made:
        each.mkdir()
        (each / "1.xml").write_text("not ours", encoding="utf-8")
    (folder / "kept.xlsx").write_bytes(b"an earlier export")
    return [*made, folder / "kept.xlsx"]


def test_the_next_opening_removes_what_a_killed_export_left_and_nothing_else(
    study: Study, tmp_path: Path
) -> None:
    left = killed_export(study, tmp_path / "exports")
    beside = foreign(left.parent)
    # A process that was killed over the key file leaves that by halves.
    half_written = study.folder.path / f"{OURS}abcd1234{HALF_MADE}"
    half_written.write_bytes(b"{")
    study.sit("chen.lan", roles.COORDINATOR)
    assert not left.exists() and not half_written.exists()
    assert sorted(left.parent.iterdir()) == sorted(beside)
    assert not list(study.folder.path.glob(f"{private.NOTE}*"))


def test_what_was_left_on_a_stick_goes_with_the_next_export_after_it_came_back(
    study: Study, tmp_path: Path
) -> None:
    left = killed_export(study, tmp_path / "stick")
    away = left.parent.rename(tmp_path / "elsewhere")
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert list(study.folder.path.glob(f"{private.NOTE}*"))
    away.rename(left.parent)
    done = write_export(desk, tmp_path, "site", Language("en"))
    assert not left.exists() and done.path.exists()
    assert not list(study.folder.path.glob(f"{private.NOTE}*"))


def test_what_is_being_written_is_not_removed_by_what_is_written_beside(tmp_path: Path) -> None:
    target = tmp_path / "X.xlsx"
    with private.half_made(tmp_path, target) as first, private.half_made(tmp_path, target) as second:
        assert first.is_dir() and second.is_dir() and first != second
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", ["", "[]", '{"folder": 3}', '{"folder": "%s"}'])
def test_a_note_that_somebody_wrote_removes_nothing_but_a_folder_of_its_own_name(
    tmp_path: Path, said: str
) -> None:
    valued = tmp_path / "valued"
    valued.mkdir()
    (tmp_path / f"{OURS}0123456789abcdef{HALF_MADE}").symlink_to(valued)
    note = tmp_path / f"{private.NOTE}0123456789abcdef"
    note.write_text(said.replace("%s", str(tmp_path)), encoding="utf-8")
    (tmp_path / f"{private.NOTE}..").write_text(f'{{"folder": "{valued}"}}', encoding="utf-8")
    private.clear_half_made(tmp_path)
    assert valued.is_dir() and not note.exists()
