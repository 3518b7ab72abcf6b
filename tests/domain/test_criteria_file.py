"""Every word of the registry's criteria is there, once, in order, and judged somewhere."""

from __future__ import annotations

import re

import pytest
from registered_package import criterion, fault, files, leaf, refused, registered

from sle_desk.domain.evidence import AnalyteLimit, CreatinineClearance, DailyDose, LostText, TimesUpperLimit
from sle_desk.domain.protocol import ADDED, EXCLUSION, INCLUSION, REGISTRY, RESTORED

FILE = "criteria.toml"


def _blankless(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_criteria_are_the_registry_s_lists_character_by_character() -> None:
    protocol = registered()
    text = protocol.registry.text
    lists = text[text.index("Inclusion criteria") : text.index("Trial design")]
    found = "Inclusion criteria"
    for kind in (INCLUSION, EXCLUSION):
        if kind == EXCLUSION:
            found += "Exclusion criteria"
            found += "1. Any subject meeting any of the following criteria should be excluded:"
        for each in protocol.criteria:
            if each.kind == kind and each.words:
                found += each.number + each.words
    assert _blankless(found) == _blankless(lists)


def test_each_sentence_stands_in_the_registry_byte_for_byte() -> None:
    protocol = registered()
    raw = protocol.registry.text.encode("utf-8")
    sentences = [each for each in protocol.criteria if each.words]
    assert all(each.words.encode("utf-8") in raw for each in sentences)
    assert all(words.encode("utf-8") in raw for each in protocol.leaves for words in each.words)
    assert [raw.index(each.words.encode()) for each in sentences] == sorted(
        raw.index(each.words.encode()) for each in sentences
    )


def test_the_registry_s_own_numbers_are_kept_with_their_repetitions() -> None:
    numbers = [(each.code, each.number) for each in registered().criteria if each.words]
    assert numbers == [
        ("I1", "1."), ("I2", "2."), ("I3", "3."), ("I4", "1."),
        ("E1", "1."), ("E2", "2."), ("E3", "3."), ("E4", "3."),
        ("E5", "4."), ("E6", "5."), ("E7", "6."), ("E8", "7."),
    ]  # fmt: skip


def test_bundled_sentences_have_a_leaf_for_each_condition() -> None:
    leaves = {each.code: [one.code for one in each.leaves] for each in registered().criteria}
    assert leaves["I3"] == ["I3a", "I3b"]
    assert leaves["I4"] == ["I4a", "I4b", "I4c", "I4d", "I4e"]
    assert leaves["E1"] == ["E1a", "E1b", "E1c", "E1d", "E1e", "E1f", "E1g", "E1h"]
    assert leaves["E2"] == ["E2a", "E2b", "E2c", "E2d", "E2e"]
    assert leaves["E4"] == ["E4a", "E4b"]
    assert leaves["E5"] == ["E5a", "E5b"]
    assert leaves["E8"] == ["E8a", "E8b"]
    origins = [each.origin for each in registered().leaves]
    assert (origins.count(REGISTRY), origins.count(RESTORED), origins.count(ADDED)) == (25, 6, 3)


def test_the_limits_of_the_text_are_those_of_its_leaves() -> None:
    protocol = registered()
    haemoglobin = protocol.leaf("E1a").evidence
    assert isinstance(haemoglobin, AnalyteLimit)
    assert (haemoglobin.analyte, haemoglobin.limit.comparison, str(haemoglobin.limit.number)) == (
        "HGB",
        "<=",
        "9",
    )
    assert haemoglobin.limit.unit == "g/dL" and "Hb≤9 g/dl" in protocol.leaf("E1a").quote
    liver = protocol.leaf("E2c").evidence
    assert isinstance(liver, TimesUpperLimit)
    assert (liver.any_of, str(liver.factor)) == (("ALT", "AST"), "3")
    bilirubin = protocol.leaf("E2d").evidence
    assert isinstance(bilirubin, TimesUpperLimit)
    assert (bilirubin.any_of, str(bilirubin.factor)) == (("BILI",), "1")
    kidney = protocol.leaf("E2b").evidence
    assert isinstance(kidney, CreatinineClearance)
    assert (kidney.limit.comparison, str(kidney.limit.number), kidney.limit.unit) == ("<=", "30", "mL/min")
    hydroxychloroquine = protocol.leaf("I4d").evidence
    assert isinstance(hydroxychloroquine, DailyDose)
    assert (hydroxychloroquine.limit.comparison, str(hydroxychloroquine.limit.number)) == ("<=", "400")


def test_the_cut_off_words_judge_nothing_and_hide_six_leaves() -> None:
    protocol = registered()
    lost = protocol.leaf("E1b")
    assert isinstance(lost.evidence, LostText)
    assert lost.words == ("Neutrophil 10 mg/d) within 1 month.",)
    assert lost.waits_on == ("D02", "D03", "D04")
    restored = [each for each in protocol.leaves if each.origin == RESTORED]
    assert all(each.words == lost.words and each.lost_words_source == "NCT05087589" for each in restored)
    assert len(restored) == 6 and not any(each.reading for each in restored)


def test_cutting_the_sister_record_as_a_tag_gives_the_registry_s_words() -> None:
    protocol = registered()
    words = {each.code: each.lost_words for each in protocol.leaves if each.origin == RESTORED}
    assert words["E1f"] == words["E1g"]
    sister = "Hb≤9 g/dl • " + " ".join(words[code] for code in ("E1c", "E1d", "E1e", "E1f", "E1h"))
    cut = re.sub(r"<[^>]*>", "", sister)
    assert cut == "Hb≤9 g/dl • Neutrophil 10 mg/d) within 1 month."
    assert cut in protocol.registry.text


def test_what_leaves_may_not_apply_to_is_said_where_it_can_be() -> None:
    protocol = registered()
    can = {each.code for each in protocol.leaves if each.not_applicable}
    assert can == {"I4a", "I4b", "I4c", "I4d", "I4e", "E8a", "E8b"}
    assert protocol.leaf("I1").answers == ("met", "not_met")
    assert protocol.leaf("E8a").answers == ("present", "absent", "not_applicable")


def test_a_changed_word_is_refused() -> None:
    package = files(FILE)
    criterion(package, "I1")["words"] = "Male or female ≥18 years of age at screening visits"
    assert refused(package) == (FILE, "part[0].criterion[0].words", "package.words_not_in_registry")


def test_a_sentence_left_out_is_refused() -> None:
    package = files(FILE)
    del package[FILE]["part"][1]["criterion"][4]
    found = fault(package)
    assert found.code == "package.words_left_out"
    assert found.facts["key"] == "part[1].criterion[4].number"
    package = files(FILE)
    del package[FILE]["part"][1]["criterion"][-1]
    assert refused(package) == (FILE, "ends", "package.words_left_out")


def test_sentences_in_another_order_are_refused() -> None:
    package = files(FILE)
    sentences = package[FILE]["part"][0]["criterion"]
    sentences[0], sentences[1] = sentences[1], sentences[0]
    file, key, reason = refused(package)
    assert (file, reason) == (FILE, "package.words_left_out") and key.startswith("part[0].criterion[0]")
    package = files(FILE)
    sentences = package[FILE]["part"][1]["criterion"]
    sentences.append(sentences.pop(0))
    assert refused(package)[2] == "package.words_left_out"


def test_a_sentence_given_a_second_time_is_refused() -> None:
    package = files(FILE)
    sentences = package[FILE]["part"][1]["criterion"]
    sentences.append(dict(sentences[-1], code="E99"))
    assert refused(package)[::2] == (FILE, "package.words_order")


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        ("E2a", ["heart failure"], "package.words_left_out"),
        ("E2a", ["heart failure (≥ NYHA class III)"], "package.words_not_in_criterion"),
        ("E5b", ["Infection with HIV"], "package.words_left_out"),
        ("I4a", ["required to be stable", "Dosing of antimalarials"], "package.words_not_in_criterion"),
    ],
)
def test_the_words_of_a_leaf_are_its_sentence_s_and_none_is_left_out(
    code: str, words: list[str], reason: str
) -> None:
    package = files(FILE)
    leaf(package, code)["words"] = words
    found = fault(package)
    assert (found.facts["file"], found.code) == (FILE, reason)


def test_a_leaf_of_the_registry_needs_words_and_an_added_one_has_none() -> None:
    package = files(FILE)
    del leaf(package, "E9a")["origin"]
    leaf(package, "E9a")["words"] = ["Infection with HIV"]
    assert refused(package) == (FILE, "added[1].leaf.origin", "package.added_leaf")
    package = files(FILE)
    leaf(package, "E9a")["words"] = ["Infection with HIV"]
    assert refused(package)[2] == "package.added_leaf"
    package = files(FILE)
    leaf(package, "E2e")["origin"] = "added"
    assert refused(package)[2] == "package.added_leaf"
    package = files(FILE)
    del leaf(package, "E3")["words"]
    assert refused(package)[2] == "package.missing"


def test_two_leaves_or_criteria_of_one_code_are_refused() -> None:
    package = files(FILE)
    leaf(package, "E5b")["code"] = "E5a"
    assert refused(package) == (FILE, "leaf.code", "package.twice")
    package = files(FILE)
    criterion(package, "E4")["code"] = "E3"
    assert refused(package) == (FILE, "criterion.code", "package.twice")
