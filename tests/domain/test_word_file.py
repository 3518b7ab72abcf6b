"""A file of words to be offered: what is taken over, what is refused, and that no rule rests on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.word_file import (
    CELLS,
    CONTROL,
    DUPLICATE,
    EMPTY,
    LARGEST,
    LONG,
    LONGEST_NAME,
    MOST,
    RefusedRow,
    Word,
    read_word_file,
)

HEAD = "english,chinese,other names,class\n"
NAMES = registered().dictionary


def refused(raw: bytes) -> str:
    with pytest.raises(RuleBroken) as error:
        read_word_file(raw)
    return error.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_either_encoding_with_any_line_ends(encoding, ends):
    text = (
        'english,chinese,other names,class\nMedrol,美卓乐,甲强龙；Medrone|MP,hormone\n"Calcium, oral",钙,,\n'
    )
    found = read_word_file(text.replace("\n", ends).encode(encoding))
    assert found.words == (
        Word("Medrol", "美卓乐", ("甲强龙", "Medrone", "MP"), "hormone"),
        Word("Calcium, oral", "钙"),
    )
    assert found.refused == ()


def test_the_columns_are_found_by_their_names_in_either_language_and_one_language_is_enough():
    assert read_word_file("类别,中文名\n激素,泼尼松\n".encode()).words == (
        Word("泼尼松", "泼尼松", (), "激素"),
    )
    assert read_word_file(b" English ,,\nAspirin\n").words == (Word("Aspirin", "Aspirin"),)
    assert read_word_file(b"chinese,english\n,Aspirin\n").words[0].chinese == "Aspirin"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("aspirin ,阿司匹林片,,", DUPLICATE),
        ("ＡＳＰＩＲＩＮ,别名,,", DUPLICATE),
        ("Other,阿司匹林,,", DUPLICATE),
        (",,Bayer,", EMPTY),
        (" ,\u3000,,nsaid", EMPTY),
        ("Warf\x00arin,,,", CONTROL),
        ("Warf\u200barin,,,", CONTROL),
        ('"War\nfarin",,,', CONTROL),
        ("War\tfarin,,,", CONTROL),
        (f"{'w' * (LONGEST_NAME + 1)},,,", LONG),
        ("Warfarin,华法林,,,more", CELLS),
    ],
)
def test_a_row_that_cannot_be_offered_is_refused_by_itself_with_its_line(row, why):
    found = read_word_file(f"{HEAD}Aspirin,阿司匹林,,\n{row}\nLosartan,氯沙坦,,\n".encode())
    assert [word.english for word in found.words] == ["Aspirin", "Losartan"]
    line = 4 if row.startswith('"') else 3
    assert found.refused == (RefusedRow(line, why),)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "word_file.heads"),
        (b"class\nx\n", "word_file.heads"),
        (b"english,drug\nx,y\n", "word_file.head"),
        (b"english,english\nx,y\n", "word_file.head"),
        (b"\xff\xfe\x00\x81", "word_file.not_text"),
        (b'english\n"open\n', "word_file.unreadable"),
        (HEAD.encode() + b",,,x\n", "word_file.nothing"),
        (HEAD.encode() + b"x\n" * (MOST + 1), "word_file.too_many"),
        (b"x" * (LARGEST + 1), "word_file.too_large"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(raw, code):
    assert refused(raw) == code


def test_as_many_rows_and_as_many_bytes_as_are_allowed_are_read():
    rows = "".join(f"name {number}\n" for number in range(MOST))
    assert len(read_word_file(f"english\n{rows}".encode()).words) == MOST
    padded = b"english\nAspirin\n"
    assert read_word_file(padded + b"\n" * (LARGEST - len(padded))).words == (Word("Aspirin", "Aspirin"),)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)


@given(st.lists(st.tuples(cells, cells, cells, cells), max_size=12))
def test_every_row_is_taken_over_or_refused_and_no_name_stands_twice(rows):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    try:
        found = read_word_file((HEAD + "\n".join(quoted)).encode())
    except RuleBroken as error:
        assert error.code == "word_file.nothing"
        return
    assert len(found.words) + len(found.refused) == sum(any(row) for row in rows)
    names = [word.english.casefold() for word in found.words]
    assert len(names) == len(set(names)) and all(names)


# What is offered.


def test_a_list_replaces_what_is_offered_and_not_what_a_rule_rests_on():
    loaded = (
        Word("Medrol", "美卓乐"),
        Word("prednisone", "强的松", ("Deltasone",)),
        Word("Mabthera", "利妥昔单抗"),
    )
    offered = NAMES.offers("medicines", loaded)
    words = [each.words.en for each in offered]
    assert "Ibuprofen" not in words and words[-1] == "Medrol"
    assert {term.label.en for term in NAMES.medicines if term.steroid or term.prohibited} <= set(words)
    assert {"Hydroxychloroquine", "Chloroquine"} <= set(words)
    by_name = {each.words.en: each for each in offered}
    assert by_name["Prednisone"].words.zh == "泼尼松"
    assert by_name["Prednisone"].also == ("prednisone", "强的松", "Deltasone")
    assert by_name["Rituximab"].also == ("Mabthera", "利妥昔单抗")
    assert len(words) == len(set(words))


def test_without_a_list_the_package_is_offered_as_it_is():
    for kind in ("medicines", "events", "vaccines"):
        assert [each.words for each in NAMES.offers(kind, ())] == [term.label for term in NAMES.terms(kind)]
