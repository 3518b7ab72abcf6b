"""The way out of the application works without it, and loses nothing."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study, clock, made_study, study

from sle_desk.domain import roles
from sle_desk.models.store import schema
from sle_desk.models.store.database import connect, set_pragmas
from sle_desk.services import backup, keys_change, subjects

__all__ = ["clock", "made_study", "study"]
SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "exit_path.py"
# Run apart, where importing the application is a fault.
DRIVER = f"""
import runpy, sys
from pathlib import Path
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "sle_desk":
            raise AssertionError("the way out needs the application")
sys.meta_path.insert(0, Refused())
script = runpy.run_path({str(SCRIPT)!r})
script["leave"](Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
"""


def left(source: Path, target: Path, login: str = "chen.lan") -> Path:
    """Take a study out as a person would, without the application."""
    subprocess.run(
        [sys.executable, "-I", "-c", DRIVER, str(source), login, PASSWORD, str(target)],
        check=True,
        capture_output=True,
        text=True,
    )
    return target


@pytest.mark.parametrize("what", ["folder", "backup"])
def test_every_value_of_every_table_comes_out_without_the_application(
    study: Study, tmp_path: Path, what: str
) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    key = desk.database.data_key
    made = backup.make_backup(desk, study.folder)
    study.leave()
    target = left(study.folder.path if what == "folder" else made.path, tmp_path / "out")
    plain = sqlite3.connect(target / "study.sqlite")
    source = tmp_path / "study.sled"
    if what == "folder":
        source = study.folder.study
    else:
        with zipfile.ZipFile(made.path) as archive:
            source.write_bytes(archive.read("study.sled"))
    connection = connect(source, key)
    cursor = connection.cursor()
    tables = [*schema.tables(cursor), "audit", "draft"]
    for table in tables:
        rows = cursor.execute(f'SELECT * FROM "{table}"').fetchall()
        assert plain.execute(f'SELECT * FROM "{table}"').fetchall() == rows
        with (target / f"{table}.csv").open(encoding="utf-8-sig", newline="") as stream:
            written = list(csv.reader(stream))
        assert written[1:] == [["" if value is None else str(value) for value in row] for row in rows]
    connection.close()
    plain.close()
    assert sorted(path.name for path in target.iterdir()) == sorted(
        ["study.sqlite", *(f"{table}.csv" for table in tables)]
    )


def test_a_wrong_password_writes_nothing(study: Study, tmp_path: Path) -> None:
    study.leave()
    done = subprocess.run(
        [sys.executable, "-I", "-c", DRIVER, str(study.folder.path), "chen.lan", "x", str(tmp_path / "out")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert list((tmp_path / "out").iterdir()) == []


def test_what_was_never_saved_does_not_come_along(study: Study, tmp_path: Path) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    key = desk.database.data_key
    study.leave()
    connection = connect(study.folder.study, key)
    cursor = connection.cursor()
    set_pragmas(cursor)
    cursor.execute("PRAGMA cache_size = 1")
    cursor.execute("BEGIN IMMEDIATE")
    cursor.execute("UPDATE identity SET name = 'NEVER SAVED'")
    # So much more that SQLite has to write pages before anything is kept.
    cursor.execute("UPDATE protocol_file SET content = content || content")
    broken_off = tmp_path / "broken off"
    shutil.copytree(study.folder.path, broken_off)
    cursor.execute("ROLLBACK")
    connection.close()
    assert (broken_off / "study.sled-journal").stat().st_size > 0
    target = left(broken_off, tmp_path / "out")
    assert "NEVER SAVED" not in (target / "identity.csv").read_text(encoding="utf-8-sig")
    assert someone().name in (target / "identity.csv").read_text(encoding="utf-8-sig")


class BrokenOff(Exception):
    """The computer stopped in the middle of a change of the key."""


@pytest.mark.parametrize("written", [False, True], ids=["under the old key", "under the new one"])
def test_a_study_whose_change_of_the_key_was_broken_off_comes_out(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    rekey = desk.rekey

    def stops(key: bytes) -> None:
        if written:
            rekey(key)
        raise BrokenOff

    monkeypatch.setattr(desk, "rekey", stops)
    with pytest.raises(BrokenOff):
        keys_change.change_data_key(desk, study.folder)
    desk.close()
    study.desk = None
    target = left(study.folder.path, tmp_path / "out")
    assert "chen.lan" in (target / "user.csv").read_text(encoding="utf-8-sig")
    study.unlocked.lock.release()  # type: ignore[union-attr]
    study.unlocked = None


def test_the_user_name_is_taken_as_the_application_takes_it_and_nobody_else_reads_what_comes_out(
    study: Study, tmp_path: Path
) -> None:
    study.leave()
    target = left(study.folder.path, tmp_path / "out", " Chen.Lan ")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (target, *target.iterdir())}
    assert modes.pop("out") == 0o700
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "kind", ["no ZIP", "another ZIP", "no keys", "broken keys", "nothing", "other study"]
)
def test_what_is_no_study_is_refused_in_one_sentence(study: Study, tmp_path: Path, kind: str) -> None:
    study.leave()
    source = tmp_path / "source"
    if kind == "no ZIP":
        source.write_text("not a backup")
    elif kind == "another ZIP":
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("study.sled", "x")
    elif kind != "nothing":
        shutil.copytree(study.folder.path, source)
    if kind == "no keys":
        (source / "study.keys").unlink()
    elif kind == "broken keys":
        (source / "study.keys").write_text('{"header": 1}')
    elif kind == "other study":
        (source / "study.sled").write_bytes(b"0" * 8192)
    done = subprocess.run(
        [sys.executable, "-I", "-c", DRIVER, str(source), "chen.lan", PASSWORD, str(tmp_path / "out")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1 and "damaged" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
