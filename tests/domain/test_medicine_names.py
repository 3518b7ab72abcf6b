"""Which medicine a name on a pack means: salts and forms aside, and never another one that is contained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.dictionary import Dictionary, parse_dictionary
from sle_desk.domain.medicine_names import medicine_named, plain_name

NAMES = registered().dictionary
IGNORED = NAMES.affixes.ignored
CHINESE = [each for each in IGNORED if not each.isascii()]
LATIN = [each for each in IGNORED if each.isascii()]


def code(written: str, names: Dictionary = NAMES) -> str | None:
    term = names.medicine(written)
    return term.code if term is not None else None


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("醋酸泼尼松片", "prednisone"),
        ("泼尼松片", "prednisone"),
        ("泼尼松片 5mg*100片", "prednisone"),
        ("泼尼松（Prednisone）", "prednisone"),
        ("停用泼尼松", "prednisone"),
        ("醋酸泼尼松龙", "prednisolone"),
        ("氢化泼尼松片", "prednisolone"),
        ("甲泼尼龙片", "methylprednisolone"),
        ("注射用甲泼尼龙琥珀酸钠 40mg/支", "methylprednisolone"),
        ("注射用 甲泼尼龙 琥珀酸钠", "methylprednisolone"),
        ("甲泼尼松龙片", "methylprednisolone"),
        ("Methyl prednisolone", "methylprednisolone"),
        ("6-methylprednisolone", "methylprednisolone"),
        ("methylprednisolone-sodium succinate", "methylprednisolone"),
        ("氢化可的松注射液", "hydrocortisone"),
        ("氢化 可的松", "hydrocortisone"),
        ("醋酸可的松片", "cortisone"),
        ("地塞米松磷酸钠注射液", "dexamethasone"),
        ("硫酸羟氯喹片", "hydroxychloroquine"),
        ("羟 氯喹", "hydroxychloroquine"),
        ("Hydroxychloroquine sulphate tablets 200 mg", "hydroxychloroquine"),
        ("磷酸氯喹片", "chloroquine"),
        ("托法替布片", "tofacitinib"),
        ("枸橼酸托法替布片", "tofacitinib"),
        ("Tofacitinib citrate", "tofacitinib"),
        ("利妥昔单抗注射液", "rituximab"),
        ("Prednisone acetate", "prednisone"),
        ("ＰＲＥＤＮＩＳＯＮＥ　tablets 5mg", "prednisone"),
        ("prednisone 5 mg/d", "prednisone"),
        ("prednisone5mg", "prednisone"),
        ("碳酸钙D3片", "calcium"),
    ],
)
def test_a_name_as_it_stands_on_a_pack_means_its_medicine(written, means):
    assert code(written) == means


@pytest.mark.parametrize(
    "written",
    [
        "prednisone-free", "prednisone free diet", "non-prednisone", "no prednisone", "without prednisone",
        "非泼尼松", "未用泼尼松", "甲泼尼松",
        "氟氢可的松", "醋酸氟氢可的松片", "fludrocortisone", "methylprednisone",
        "prednisonex", "氯喹那多", "prednisone/methotrexate", "泼尼松+钙片",
        "calcium + prednisone", "钙片和泼尼松",
        "泼尼松片、叶酸", "prednisone and calcium", "泼尼松 甲氨蝶呤", "复方地塞米松乳膏",
        "fluoro-hydrocortisone",
        "", "片", "acetate tablets", "Medrol", "Methylprednisolon forte",
    ],
)  # fmt: skip
def test_another_molecule_a_combination_and_a_negative_mean_none(written):
    assert code(written) is None


known = st.sampled_from(
    [(name, term.code) for term in NAMES.medicines for name in (term.label.en, term.label.zh, *term.also)]
)


@given(known, st.lists(st.sampled_from(CHINESE), max_size=3), st.lists(st.sampled_from(CHINESE), max_size=3))
def test_every_known_name_with_any_chinese_salt_or_form_around_it_means_its_own_medicine(name, before, after):
    assert code("".join(before) + name[0] + "".join(after)) == name[1]


@given(known, st.lists(st.sampled_from(LATIN), max_size=3), st.lists(st.sampled_from(LATIN), max_size=3))
def test_every_known_name_with_any_latin_salt_or_form_beside_it_means_its_own_medicine(name, before, after):
    assert code(" ".join([*before, name[0].upper(), *after])) == name[1]


letters = st.text(st.sampled_from("abcdefgxyz"), min_size=1, max_size=4)


@given(st.sampled_from(list(NAMES.medicines)), letters, st.sampled_from(["", "-"]))
def test_a_latin_name_that_goes_on_in_letters_means_none(term, more, between):
    for written in (f"{more}{between}{term.label.en}", f"{term.label.en}{between}{more}"):
        assert code(written) is None or plain_name(written) in map(plain_name, term.also)


@given(st.text(max_size=20), known, st.text(max_size=20))
def test_what_is_found_is_contained_and_whatever_is_written_is_read(before, name, after):
    written = f"{before}{name[0]}{after}"
    found = NAMES.medicine(written)
    if found is not None:
        text = plain_name(written)
        assert any(plain_name(each) in text for each in (found.label.en, found.label.zh, *found.also))


@given(known, known)
def test_two_medicines_side_by_side_are_a_combination(one, two):
    if one[1] != two[1]:
        assert code(f"{one[0]} {two[0]}") in (None, *_contained(f"{one[0]} {two[0]}", one, two))


def _contained(written: str, *pair: tuple[str, str]) -> set[str]:
    """Return the medicine whose one name holds the whole text, blanks between characters aside."""
    text = plain_name(written)
    return {term.code for term in NAMES.medicines for name in (term.label.en, term.label.zh, *term.also)
            if plain_name(name) == text}  # fmt: skip


def test_no_two_medicines_have_one_name_and_a_package_without_affixes_knows_whole_names_only():
    names = [(plain_name(name), term.code) for term in NAMES.medicines
             for name in {term.label.en, term.label.zh, *term.also}]  # fmt: skip
    assert len({name for name, _ in names}) == len(names)
    bare = parse_dictionary(
        {"version": "1", "medicine": [{"code": "prednisone", "label": {"en": "Prednisone", "zh": "泼尼松"}}]}
    )
    assert code("泼尼松", bare) == "prednisone" and code("泼尼松片", bare) is None
    assert medicine_named("泼尼松片", {"泼尼松": "prednisone"}, NAMES.affixes) == "prednisone"
