"""A copy of the study that a killed process left is gone at the next start; nobody else's is touched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sle_desk import cli
from sle_desk.base import private, processes

# Makes a private folder as an export does, says where it is, and stays.
HOLDER = """
from sle_desk.base.private import private_folder
with private_folder() as place:
    (place / "copy.sled").write_bytes(b"the whole study")
    print(place, flush=True)
    input()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this test."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def holding() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Lend another process that holds a private folder, and where that is."""
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


@pytest.mark.skipif(os.name == "nt", reason="a signal that cannot be caught is one of POSIX")
def test_what_a_killed_process_left_is_removed_at_the_next_start(place: Path) -> None:
    with holding() as (process, left):
        assert cli.main(["self-check"]) == cli.DONE
        assert (left / "copy.sled").read_bytes() == b"the whole study"
        process.kill()
        process.wait()
        assert left.parent == place and left.is_dir()
        assert cli.main(["self-check"]) == cli.DONE
        assert not left.exists()


def test_a_folder_that_is_lent_stays_while_it_is_used_and_goes_after(place: Path) -> None:
    with private.private_folder() as lent:
        private.clear_left()
        assert lent.is_dir()
        if os.name != "nt":
            assert lent.stat().st_mode & 0o777 == 0o700
    assert list(place.iterdir()) == []


def test_only_folders_of_our_own_are_removed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = processes.this_process()
    gone = f"sle_desk-{2**22 + 7}.1.{own.space}.{own.boot}.aaaaaaaa"
    kept = {
        "sle_desk-old", "sle_desk-1.2.3", "sle_desk-notes.txt",
        f"other-{2**22 + 7}.1.{own.space}.{own.boot}.aaaa",
        f"sle_desk-{2**22 + 7}.1.7{own.space}.{own.boot}.aaaaaaaa",
    }  # fmt: skip
    for name in (gone, *kept):
        (place / name).mkdir()
    linked = place / f"sle_desk-{2**22 + 8}.1.{own.space}.{own.boot}.aaaaaaaa"
    linked.symlink_to(place / "sle_desk-old")
    file = place / f"sle_desk-{2**22 + 9}.1.{own.space}.{own.boot}.aaaaaaaa"
    file.write_text("a file")
    if os.name != "nt":
        monkeypatch.setattr(private.os, "getuid", lambda: 4_000_000)
        private.clear_left()
        assert (place / gone).is_dir()
        monkeypatch.undo()
        monkeypatch.setenv("TMPDIR", str(place))
        monkeypatch.setattr(tempfile, "tempdir", None)
    private.clear_left()
    assert {path.name for path in place.iterdir()} == {*kept, linked.name, file.name}
