"""What says who somebody is is found in whatever writing, and nothing else goes with it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.identity import check_character
from sle_desk.services.masking import MASK, Hidden

HIDDEN = Hidden(
    frozenset({"张伟", "Li Na", "13912345678", "H12345678", "王"}),
    frozenset({date(1990, 5, 6)}),
    frozenset({"ALT", "LN"}),
)
RESIDENT = "11010119900307753"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张伟说头痛", "[…]说头痛"),
        ("张 伟、张\u3000伟", "[…]、[…]"),
        ("LI NA and li  na; Li-Na", "[…] and […]; […]"),
        ("ＬＩ ＮＡ", "[…]"),
        ("angelina, Lina2, polina", "angelina, Lina2, polina"),
        ("call 139 1234 5678 or 139-1234-5678", "call […] or […]"),
        ("passport h1234 5678", "passport […]"),
        ("born 1990-05-06, 1990/5/6, 1990年5月6日, 19900506", "born […], […], […], […]"),
        ("seen 2026-05-06, 11990-05-061", "seen 2026-05-06, 11990-05-061"),
        ("her mother: 13700001111", "her mother: […]"),
        ("13700001111", "13700001111"),
        ("report 213700001111", "report 213700001111"),
        ("王 is too short to be told from a word", "王 is too short to be told from a word"),
        (f"ID {RESIDENT}{check_character(RESIDENT)}", "ID […]"),
        (f"ID 110101 19900307-753{check_character(RESIDENT)}", "ID […]"),
        ("lot 110101199003077530", "lot 110101199003077530"),
        ("+86 13700001111; 8613700001111; 0086-137-0000-1111", "[…]; […]; […]"),
        ("8613700001111", "[…]"),
        ("tel13700001111, (86)137.0000.1111", "tel[…], […]"),
        ("生于1990 年 5 月 6 日，１９９０－５－０６", "生于[…]，[…]"),
        ("1990年05月6日, 1990-5-06, 1990 / 05 / 6, born1990.5.6", "[…], […], […], born[…]"),
        ("6 May 1990; May 6th, 1990; 06/05/1990; 5.6.1990", "[…]; […]; […]; […]"),
        ("一九九〇年五月六日 90年5月6日", "[…] […]"),
        (
            "1990-5-61, 1990年5月, 1990-15-6, 一九九〇年五月六十",
            "1990-5-61, 1990年5月, 1990-15-6, 一九九〇年五月六十",
        ),
        ("ALT来电；ＡＬＴ said so", "[…]来电；[…] said so"),
        ("alt, ALTO, salt", "alt, ALTO, salt"),
        ("ALT", "ALT"),
        ("LN is lupus nephritis", "LN is lupus nephritis"),
        ("", ""),
    ],
)
def test_what_is_masked_and_what_stays(text: str, shown: str) -> None:
    assert check_character(RESIDENT) != "0"
    assert HIDDEN.cover(text) == shown


SPOKEN = Hidden(frozenset({"张伟", "欧阳娜娜", "吕敏", "单晓明", "何灿", "潘婷", "常娥", "阿依古丽·买买提"}))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zhang Wei called; ZHANG Wei; zhang wei", "[…] called; […]; […]"),
        ("Wei Zhang, ZhangWei, zhangwei, Zhang-Wei", "[…], […], […], […]"),
        ("Zhāng Wěi 来电", "[…] 来电"),
        ("ＺＨＡＮＧ ＷＥＩ", "[…]"),
        ("Ouyang Nana; Nana Ouyang; OUYANG Na-na", "[…]; […]; […]"),
        ("Lv Min, Lu Min, Lü Min, Lyu Min, Lǚ Mǐn", "[…], […], […], […], […]"),
        ("Shan Xiaoming or Dan Xiaoming", "[…] or […]"),
        ("Ayiguli Maimaiti", "[…]"),
        ("He Can, HE CAN, can; He can walk, he can", "[…], […], can; He can walk, he can"),
        ("Panting, panting after a change; Change it", "Panting, panting after a change; Change it"),
        ("Pan Ting", "[…]"),
        ("Zhang Weimin, zhangweis, a Wei, Li Zhang", "Zhang Weimin, zhangweis, a Wei, Li Zhang"),
    ],
)
def test_a_chinese_name_is_masked_in_pinyin_too(text: str, shown: str) -> None:
    assert SPOKEN.cover(text) == shown


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="0123456789"), max_size=40))
def test_what_names_nobody_is_untouched(text: str) -> None:
    assert Hidden(frozenset({"张伟伟伟", "13912345678"})).cover(text) == text


@given(st.text(alphabet="张伟 ab1", max_size=12), st.text(alphabet="张伟 ab1", max_size=12))
def test_nothing_around_a_name_is_lost_and_the_name_does_not_stay(before: str, after: str) -> None:
    shown = Hidden(frozenset({"张伟"})).cover(f"{before}张伟{after}")
    assert MASK in shown and "张伟" not in shown.replace(" ", "")
    left = shown.replace(MASK, "").replace(" ", "")
    assert left == f"{before}张伟{after}".replace(" ", "").replace("张伟", "")


def test_a_content_is_masked_wherever_a_text_stands_in_it() -> None:
    content = {"note": ("张伟", ["x", "张伟"]), "count": 3}
    assert HIDDEN.within(content) == {"note": (MASK, ["x", MASK]), "count": 3}
