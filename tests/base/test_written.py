"""Written files: whole or not at all, and never over another in silence."""

import os

import pytest

from sle_desk.base import written
from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.base.written import write_file


def text(content):
    return lambda file: file.write(content.encode())


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path):
    assert write_file(tmp_path / "A.pdf", text("whole")).read_text() == "whole"
    assert os.listdir(tmp_path) == ["A.pdf"]


def test_a_file_of_the_name_stands_and_is_not_touched(tmp_path):
    (tmp_path / "A.pdf").write_text("signed")
    with pytest.raises(RuleBroken) as broken:
        write_file(tmp_path / "A.pdf", text("other"))
    assert broken.value.code == "file.exists"
    assert (tmp_path / "A.pdf").read_text() == "signed"
    assert os.listdir(tmp_path) == ["A.pdf"]


def test_a_name_taken_while_the_file_was_being_written_is_not_taken_over(tmp_path):
    def late(file):
        file.write(b"ours")
        (tmp_path / "A.pdf").write_text("theirs")

    with pytest.raises(RuleBroken):
        write_file(tmp_path / "A.pdf", late)
    assert (tmp_path / "A.pdf").read_text() == "theirs"
    assert os.listdir(tmp_path) == ["A.pdf"]


def test_a_file_is_replaced_when_that_is_asked_for(tmp_path):
    (tmp_path / "A.pdf").write_text("old")
    write_file(tmp_path / "A.pdf", text("new"), replace=True)
    assert (tmp_path / "A.pdf").read_text() == "new"


@pytest.mark.parametrize("replace", [False, True])
def test_a_fault_half_way_leaves_the_folder_as_it_was(tmp_path, replace):
    (tmp_path / "B.pdf").write_text("old")

    def fails(file):
        file.write(b"half")
        raise RuleBroken("summary.no_visit")

    with pytest.raises(RuleBroken):
        write_file(tmp_path / ("B.pdf" if replace else "A.pdf"), fails, replace=replace)
    assert os.listdir(tmp_path) == ["B.pdf"]
    assert (tmp_path / "B.pdf").read_text() == "old"


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    def full(file):
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageFailed) as failed:
        write_file(tmp_path / "A.pdf", full)
    assert failed.value.code == "file.not_written"
    assert failed.value.facts["reason"] == "No space left on device"
    assert os.listdir(tmp_path) == []


def test_no_room_to_keep_the_old_file_leaves_it_alone_and_nothing_beside(tmp_path):
    resource = pytest.importorskip("resource", reason="no size of a file can be limited here")
    (tmp_path / "A.keys").write_bytes(b"old" * 1000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(StorageFailed, match=r"file\.not_written"):
            write_file(tmp_path / "A.keys", text("new"), replace=True, keep_old=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == ["A.keys"]
    assert (tmp_path / "A.keys").read_bytes() == b"old" * 1000


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(StorageFailed) as failed:
        write_file(tmp_path / "gone" / "A.pdf", text("x"))
    assert failed.value.code == "file.not_written"


def test_the_bytes_are_synced_before_the_file_takes_its_name(tmp_path, monkeypatch):
    acts = []
    synced, replaced = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (acts.append("sync"), synced(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (acts.append("name"), replaced(a, b)))
    write_file(tmp_path / "A.pdf", text("x"))
    assert acts[:2] == ["sync", "name"]


def test_a_file_held_for_a_moment_by_another_program_is_waited_for(tmp_path, monkeypatch):
    held = [PermissionError(13, "held"), PermissionError(13, "held")]
    replaced = os.replace

    def replace(source, target):
        if held:
            raise held.pop()
        replaced(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(written, "PAUSE", 0)
    assert write_file(tmp_path / "A.pdf", text("x")).read_text() == "x"


def test_a_file_held_for_good_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def held(source, target):
        raise PermissionError(13, "held")

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(written, "PAUSE", 0)
    with pytest.raises(StorageFailed):
        write_file(tmp_path / "A.pdf", text("x"))
    assert os.listdir(tmp_path) == []
