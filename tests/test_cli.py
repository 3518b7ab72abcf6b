"""The command line: exit codes 0, 1 and 2, sentences for what is refused, never a traceback."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from earlier_schema import put_back
from sqlalchemy import select
from study_fixtures import CHEAP

from sle_desk.base.clock import SystemClock
from sle_desk.cli import PASSWORD_VARIABLE, main
from sle_desk.demo.making import Wanted, make_demonstration
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.store import schema
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.keys import write_keys
from sle_desk.services import people, studies, study_clock
from sle_desk.services.actor import NewPerson

TODAY = date(2026, 11, 22)
ONCE, OWN = "seven slow rivers", "nine warm harbours"


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration of one patient; each test works on a copy."""
    out = tmp_path_factory.mktemp("cli") / "out"
    make_demonstration(Wanted(out, TODAY, 1), CHEAP)
    return out


@pytest.fixture
def study(demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study folder, and the coordinator's password in the environment."""
    shutil.copytree(demonstration / "study", tmp_path / "study")
    accounts = json.loads((demonstration / "accounts.json").read_text(encoding="utf-8"))
    monkeypatch.setenv(PASSWORD_VARIABLE, accounts["coordinator"]["password"])
    shutil.copy(demonstration / "accounts.json", tmp_path)
    return tmp_path / "study"


def backed_up(study: Path, target: Path) -> int:
    """Write a backup as the administrator, who chooses where it goes."""
    account = json.loads((study.parent / "accounts.json").read_text(encoding="utf-8"))["administrator"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(PASSWORD_VARIABLE, account["password"])
        return run("backup", study, target, "--user", account["user"])


USER = ("--user", "chen.lan")


def run(*arguments: object) -> int:
    """Return the exit code of a command; wrong usage exits as argparse does."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stopped:
        return int(stopped.code or 0)


def paper(study: Path) -> str:
    """Return the last audit number with its code, as a paper would show them."""
    unlocked = studies.unlock(study, "chen.lan", "demonstration coordinator", SystemClock())
    try:
        from sle_desk.domain.sealing import paper_code

        number, link = unlocked.database.run(
            lambda cursor: cursor.execute("SELECT number, link FROM audit ORDER BY number DESC").fetchone()
        )
    finally:
        studies.leave(unlocked)
    return f"{number}:{paper_code(link)}"


def test_verify_of_a_whole_study_is_0(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", study, *USER) == 0
    said = capsys.readouterr().out
    assert "The check holds" in said
    # The list is checked by its commitments: no arm is named.
    assert "Allocation list DEMO-1: 30 sealed rows, and they give its digest." in said
    assert not any(arm in said for arm in ("BELIL2", "BEL", "IL2"))


def test_a_paper_that_agrees_is_0_and_one_that_does_not_is_1(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = paper(study)
    assert run("verify", study, *USER, "--paper", shown) == 0
    number, _, code = shown.partition(":")
    other = ("B" if code[0] == "A" else "A") + code[1:]
    assert run("verify", study, *USER, "--paper", f"{number}:{other}") == 1
    assert "does not agree" in capsys.readouterr().out
    assert run("verify", study, *USER, "--paper", "nothing") == 2


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_wrong_password_is_2_with_a_sentence(
    study: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "not this one at all")
    assert run(command, study, *USER) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err and len(said.err.strip().splitlines()) == 1
    assert not (study / "study.lock").exists()


def test_a_study_that_was_changed_outside_is_1(study: Path) -> None:
    keys = json.loads((study / "study.keys").read_text(encoding="utf-8"))
    keys["header"]["last_number"] += 1000
    (study / "study.keys").write_text(json.dumps(keys), encoding="utf-8")
    assert run("verify", study, *USER) == 1


def test_this_installation_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("self-check") == 0, capsys.readouterr().out


def two_roles(study: Path, monkeypatch: pytest.MonkeyPatch, *held: str) -> tuple[str, str]:
    """Make an account with these roles and a one-time password; return how it is named on the line."""
    unlocked = studies.unlock(study, "xu.feng", "demonstration administrator", SystemClock())
    clock = study_clock.clock_of(study, SystemClock())
    desk = studies.sit_down(unlocked, roles.ADMINISTRATOR, clock)
    people.create_person(desk, unlocked.folder, NewPerson("two.roles", "Two Roles", ONCE), held, CHEAP)
    studies.stand_up(unlocked, desk)
    monkeypatch.setenv(PASSWORD_VARIABLE, ONCE)
    return ("--user", "two.roles")


def choose_password(study: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """Change the one-time password as in the window, and use the new one."""
    clock = study_clock.clock_of(study, SystemClock())
    unlocked = studies.unlock(study, "two.roles", ONCE, clock)
    desk = studies.sit_down(unlocked, role, clock)
    people.change_password(desk, unlocked.folder, ONCE, OWN)
    studies.stand_up(unlocked, desk)
    monkeypatch.setenv(PASSWORD_VARIABLE, OWN)


def roles_acted_in(study: Path) -> list[str]:
    unlocked = studies.unlock(study, "two.roles", OWN, SystemClock())
    try:
        with unlocked.database.session() as session:
            asked = select(Audit.role).where(Audit.action == "session.open", Audit.user == "two.roles")
            return list(session.scalars(asked.order_by(Audit.number)))
    finally:
        studies.leave(unlocked)


def test_a_person_with_two_roles_acts_in_the_first_that_may_or_in_the_one_named(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user = two_roles(study, monkeypatch, roles.ADMINISTRATOR, roles.COORDINATOR)
    assert run("export", study, *user, "--excel", tmp_path / "first.xlsx") == 2
    assert "choose your own" in capsys.readouterr().err
    choose_password(study, monkeypatch, roles.ADMINISTRATOR)
    assert run("export", study, *user, "--excel", tmp_path / "a.xlsx") == 0
    assert run("export", study, *user, "--excel", tmp_path / "b.xlsx", "--role", roles.ADMINISTRATOR) == 2
    assert run("export", study, *user, "--excel", tmp_path / "c.xlsx", "--role", roles.PI) == 2
    assert "coordinator (Study coordinator)" in capsys.readouterr().err
    assert roles_acted_in(study)[1:] == [roles.COORDINATOR, roles.ADMINISTRATOR]
    assert sorted(path.name for path in tmp_path.glob("*.xlsx")) == ["a.xlsx"]


def test_no_backup_is_written_into_the_study_folder(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in (study, study / "backups"):
        target.mkdir(exist_ok=True)
        before = sorted(path.name for path in target.iterdir())
        assert run("backup", study, target, *USER) == 2
        assert "lies in the study folder" in capsys.readouterr().err
        assert sorted(path.name for path in target.iterdir()) == before


def test_an_export_is_written_where_it_is_asked_for(study: Path, tmp_path: Path) -> None:
    target = tmp_path / "week.xlsx"
    assert run("export", study, *USER, "--excel", target, "--preset", "site") == 0
    book = openpyxl.load_workbook(target, read_only=True)
    assert len(book.sheetnames) > 5
    book.close()
    assert run("export", study, *USER, "--excel", target) == 2
    assert run("export", study, *USER, "--excel", tmp_path / "nowhere" / "week.xlsx") == 2


def test_an_export_into_a_folder_is_named_by_the_study(study: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run("export", study, *USER, "--excel", tmp_path / "out", "--language", "zh_CN") == 0
    assert [path.name[:4] for path in (tmp_path / "out").iterdir()] == ["SLE_"]


def test_a_backup_is_restored_and_verifies(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick").mkdir()
    assert backed_up(study, tmp_path / "stick") == 0
    (made,) = [
        path for path in (tmp_path / "stick").rglob("*") if path.is_file() and path.stat().st_size > 9999
    ]
    assert run("verify", made, *USER) == 0
    assert run("restore", made, tmp_path / "again", *USER) == 0, capsys.readouterr().err
    assert run("verify", tmp_path / "again", *USER) == 0


def test_a_demonstration_into_a_folder_in_use_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    assert run("demo", "--out", tmp_path) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("wrong", ["2026-02-30", "tomorrow"])
def test_a_day_that_does_not_exist_is_2(tmp_path: Path, wrong: str) -> None:
    assert run("demo", "--out", tmp_path / "out", "--today", wrong) == 2
    assert not (tmp_path / "out").exists()


def test_verify_of_a_study_of_an_earlier_version_leaves_it_as_it_is(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unlocked = studies.unlock(study, "chen.lan", "demonstration coordinator", SystemClock())
    key = unlocked.database.data_key
    studies.leave(unlocked)
    put_back(StudyFolder(study), key, schema.SCHEMA - 1)
    keys = read_keys(study / "study.keys")
    header = replace(keys.header, schema=schema.SCHEMA - 1)
    write_keys(study / "study.keys", replace(keys, header=header), key)
    before = (study / "study.sled").read_bytes()
    assert run("verify", study, *USER) == 0
    assert run("verify", study, *USER, "--paper", "1:AAAA-AAAA-AAAA-AAAA-AAAA-AAAA") == 1
    assert (study / "study.sled").read_bytes() == before


def test_where_a_backup_goes_is_not_everybodys_to_choose(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick").mkdir()
    assert run("backup", study, tmp_path / "stick", *USER) == 2
    assert "Backup put where the person chooses" in capsys.readouterr().err
    assert not list((tmp_path / "stick").iterdir())
    assert backed_up(study, tmp_path / "stick") == 0


def test_a_paper_is_compared_with_a_backup_too(study: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    assert backed_up(study, tmp_path / "backups") == 0
    (made,) = (tmp_path / "backups").iterdir()
    assert run("verify", made, *USER, "--paper", "1:AAAA-AAAA-AAAA-AAAA-AAAA-AAAA") == 1
    for typed in (f"{'9' * 25}:AAAA", "²:AAAA"):
        assert run("verify", made, *USER, "--paper", typed) == 2


def test_a_key_file_that_was_changed_is_told_on_the_command_line(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = study / "study.keys"
    keys.write_text(keys.read_text(encoding="utf-8").replace("NCT05262686", "NCT05262687"), encoding="utf-8")
    assert run("verify", study, *USER) == 1
    assert "study.keys was changed outside" in capsys.readouterr().out


def test_a_restore_over_a_study_is_the_administrators_and_tells_who_comes_back(
    study: Path, tmp_path: Path, demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "backups").mkdir()
    backed_up(study, tmp_path / "backups")
    (made,) = (tmp_path / "backups").iterdir()
    assert run("restore", made, study, *USER, "--accept-older", "--reason", "damaged") == 2
    assert run("restore", made, tmp_path / "elsewhere", *USER) == 0
    (tmp_path / "a file").write_text("in the way", encoding="utf-8")
    assert run("restore", made, tmp_path / "a file", *USER) == 2
    accounts = json.loads((demonstration / "accounts.json").read_text(encoding="utf-8"))
    monkeypatch.setenv(PASSWORD_VARIABLE, accounts["administrator"]["password"])
    login = accounts["administrator"]["user"]
    assert run("restore", made, study, "--user", login, "--accept-older") == 2
    assert run("restore", made, study, "--user", login, "--accept-older", "--reason", "damaged") == 0
    unlocked = studies.unlock(study, "chen.lan", "demonstration coordinator", SystemClock())
    with unlocked.database.session() as session:
        noted = session.scalars(select(Audit).where(Audit.action == "study.restore")).all()
    studies.leave(unlocked)
    assert [(row.user, row.reason) for row in noted] == [(login, "damaged")]


@pytest.mark.parametrize("before", [True, False])
def test_the_language_is_heard_before_the_command_and_after_it(
    study: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    chosen = ("--language", "zh_CN")
    parts = (*chosen, "verify", study, *USER) if before else ("verify", study, *USER, *chosen)
    assert run(*parts) == 0
    assert "核查通过" in capsys.readouterr().out


def test_a_password_that_cannot_be_asked_for_is_2(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE)
    monkeypatch.setattr("os.open", _no_terminal)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run("verify", study, *USER) == 2
    assert PASSWORD_VARIABLE in capsys.readouterr().err


def _no_terminal(path: object, *rest: object, open_file: Any = os.open, **more: object) -> int:
    if str(path) == "/dev/tty":
        raise OSError(6, "No such device or address")
    return int(open_file(path, *rest, **more))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder in which nobody can make one")
def test_a_demonstration_where_nothing_can_be_written_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("demo", "--out", "/proc/foo") == 2
    assert "/proc/foo" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_a_demonstration_of_a_day_out_of_reach_is_2(
    tmp_path: Path, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("demo", "--out", tmp_path / "out", "--today", day) == 2
    assert day in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_paper_that_is_empty_is_refused_and_not_taken_for_none(study: Path) -> None:
    assert run("verify", study, *USER, "--paper", "") == 2
    (study.parent / "backups").mkdir()
    assert backed_up(study, study.parent / "backups") == 0
    (made,) = (study.parent / "backups").iterdir()
    assert run("verify", made, *USER, "--paper", "") == 2


@pytest.mark.parametrize(
    "name",
    [
        "CON.xlsx",
        "nul.xlsx",
        "COM1.week.xlsx",
        "week.pdf",
        "week",
        ".xlsx",
        "..xlsx",
        "a:b.xlsx",
        "a\nb.xlsx",
    ],
)
def test_an_export_under_a_name_that_not_every_system_keeps_is_2(
    study: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", study, *USER, "--excel", tmp_path / name) == 2
    assert "cannot be the name of the file" in capsys.readouterr().err
    assert not (tmp_path / name).exists()


READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no way to make a folder read-only for everybody")
@pytest.mark.parametrize("password", ["right", "wrong"])
def test_a_study_in_a_folder_that_nothing_can_be_written_in_is_verified(
    study: Path, password: str, tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    if password == "wrong":
        environment[PASSWORD_VARIABLE] = "not this one at all"
    command = [sys.executable, "-m", "sle_desk", "verify", str(study), *USER]
    alone = ["unshare", "-rm", "sh", "-c", READ_ONLY, "sh", str(study)]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system mounts nothing for a test")
    done = subprocess.run(
        [*alone, *command], check=False, capture_output=True, text=True, env=environment, timeout=120
    )
    said = "The check holds" if password == "right" else "User name or password is not right"
    assert said in done.stdout + done.stderr
    assert done.returncode == (0 if password == "right" else 2)
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before
    assert list((tmp_path / "temporary").iterdir()) == []
