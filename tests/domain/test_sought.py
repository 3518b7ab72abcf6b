"""A text is found in whatever writing, and only what is found is taken out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.sought import Sought
from sle_desk.domain.values import compared

MARK = "[gone]"
# Signs that change their number when they are compared, that join, that cannot be seen.
SIGNS = "aA éE\u0301ßﬁＡ\u3000  \n\u00ad\u200b\u0301½¨İ张\U000e0100가\u1100\u1161"


@pytest.mark.parametrize(
    ("text", "left", "written"),
    [
        ("saw Aunt Qian today", "saw [gone] today", ("Aunt Qian",)),
        ("saw AUNT  QIAN today", "saw [gone] today", ("AUNT  QIAN",)),
        ("aunt\nqian", "[gone]", ("aunt\nqian",)),
        ("Aunt\u3000Ｑian", "[gone]", ("Aunt\u3000Ｑian",)),
        ("A\u00adunt Qi\u200ban\u200b!", "[gone]!", ("A\u00adunt Qi\u200ban\u200b",)),
        ("aunt qian, Aunt Qian", "[gone], [gone]", ("aunt qian", "Aunt Qian")),
        ("auntqian", "auntqian", ()),
        ("aunt qia\u0301n", "aunt qia\u0301n", ()),
        ("", "", ()),
    ],
)
def test_a_name_is_found_in_each_writing_and_nothing_else_changes(
    text: str, left: str, written: tuple[str, ...]
) -> None:
    sought = Sought("Aunt Qian")
    assert sought.writings(text) == written
    assert sought.replaced(text, MARK) == left
    assert sought.may_be_in(text) == bool(written)


@pytest.mark.parametrize(
    ("wanted", "text", "left"),
    [
        ("Strasse", "die Straße 5", "die [gone] 5"),
        ("josé", "JOSE\u0301 Li", "[gone] Li"),
        ("JOSE\u0301", "josé Li", "[gone] Li"),
        ("가", "\u1100\u1161나", "[gone]나"),
        ("aa", "aaa", "[gone]a"),
        ("s", "ßs", "[gone][gone]"),
    ],
)
def test_letters_of_several_signs_are_taken_out_whole(wanted: str, text: str, left: str) -> None:
    assert Sought(wanted).replaced(text, MARK) == left


@pytest.mark.parametrize("written", ["张三", "张 三", "张\u3000三", "张  三", "张\n三"])
def test_blanks_mean_nothing_in_a_name_of_chinese_characters(written: str) -> None:
    for wanted in ("张三", "张 三", "张\u3000三"):
        assert Sought(wanted).writings(f"嘱{written}明日来") == (written,)
        assert Sought(wanted).replaced(f"嘱{written}明日来", MARK) == f"嘱{MARK}明日来"
    assert not Sought("张三").may_be_in("张，三")


def _seen(sought: Sought, text: str) -> str:
    return "".join(compared(text).split()) if sought.closed else compared(text)


@given(st.text(SIGNS, min_size=1, max_size=4), st.text(SIGNS, max_size=12))
def test_what_is_told_at_once_is_found_and_nothing_is_left(wanted: str, text: str) -> None:
    sought = Sought(wanted)
    spans = sought.writings(text)
    if spans:
        assert sought.may_be_in(text)
        assert all(Sought(wanted).plain in _seen(sought, each) for each in spans)
    # A writing that is at the edge of a sign may be told and not be found; never the other way round.
    if unicodedata.is_normalized("NFKC", text) and sought.plain and sought.may_be_in(text):
        assert spans
    left = sought.replaced(text, "\ufffc")
    assert not sought.writings(left)


@given(st.text(max_size=20), st.text("ab é张 ", max_size=20))
def test_a_text_that_stands_there_as_it_was_typed_is_always_found(wanted: str, around: str) -> None:
    sought = Sought(wanted)
    if sought.plain:
        assert sought.writings(f"{around} {wanted} {around}")


@pytest.mark.parametrize(
    ("text", "all_of", "letters"),
    [
        ("aunt qian", ("Aunt  Qian", " AUNT QIAN\n"), 9),
        ("钱无名", ("钱 无名", "钱无名"), 9),
        ("aunt 钱", ("Aunt 钱",), 8),
    ],
)
def test_whether_it_is_all_of_a_text_and_how_long_it_is(
    text: str, all_of: tuple[str, ...], letters: int
) -> None:
    sought = Sought(text)
    assert all(map(sought.is_all_of, all_of)) and sought.letters == letters
    assert not any(sought.is_all_of(f"{each}.") for each in (*all_of, ""))
