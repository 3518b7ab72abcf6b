"""File names: from ids only, safe on every system, inside the folder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.exports.file_names import file_name, inside


def test_ids_become_a_name():
    assert file_name("SLE-004", "R-0042", "1", ending="pdf") == "SLE-004_R-0042_1.pdf"


@pytest.mark.parametrize(
    "part",
    ["", "王芳", "../A", "a", "A.B", "A/B", "A\\B", "A B", "A\n", "-A", "A-", "C:", "A\x00", "Ａ"],
)
def test_anything_but_an_id_is_refused(part):
    with pytest.raises(RuleBroken) as broken:
        file_name("SLE-004", part, ending="pdf")
    assert broken.value.code == "file.name"


@pytest.mark.parametrize("reserved", ["CON", "NUL", "COM1", "LPT9", "AUX", "PRN"])
def test_a_name_that_windows_keeps_for_itself_is_refused(reserved):
    with pytest.raises(RuleBroken):
        file_name(reserved, ending="pdf")
    assert file_name(reserved, "1", ending="pdf") == f"{reserved}_1.pdf"


def test_a_name_has_at_most_120_characters():
    assert len(file_name("A" * 116, ending="pdf")) == 120
    with pytest.raises(RuleBroken):
        file_name("A" * 117, ending="pdf")


@pytest.mark.parametrize("ending", ["", "PDF", ".pdf", "pdf ", "tar.gz"])
def test_an_ending_is_small_letters_and_digits(ending):
    with pytest.raises(RuleBroken):
        file_name("A", ending=ending)


@given(st.lists(st.text(max_size=8), max_size=3), st.sampled_from(["pdf", "xlsx"]))
def test_every_name_that_is_made_lies_in_its_folder(tmp_path_factory, parts, ending):
    folder = tmp_path_factory.getbasetemp()
    try:
        name = file_name(*parts, ending=ending)
    except RuleBroken:
        return
    assert inside(folder, name).parent == folder.resolve()
    assert name.isascii() and "." not in name[: -len(ending) - 1]


@pytest.mark.parametrize("name", ["../A.pdf", "/etc/A.pdf", "sub/A.pdf", ".", ".."])
def test_a_name_that_would_leave_its_folder_is_refused(tmp_path, name):
    with pytest.raises(RuleBroken) as broken:
        inside(tmp_path, name)
    assert broken.value.code == "file.outside"


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "A.pdf").symlink_to(tmp_path / "out" / "A.pdf")
    with pytest.raises(RuleBroken):
        inside(folder, "A.pdf")
