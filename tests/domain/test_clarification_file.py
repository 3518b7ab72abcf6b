"""The register: thirty clarifications, quoted byte for byte, each settled whole by any of its options."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import clarification, fault, files, option, refused, registered

from sle_desk.domain.clarification_file import ANALYSIS, BLOCKS, NOTE

FILE = "clarifications.toml"
CODES = [f"D{number:02}" for number in range(1, 31)]
NO_QUOTE = {"D16", "D22", "D26", "D29"}


def test_there_are_thirty_in_their_order() -> None:
    assert [each.code for each in registered().clarifications] == CODES


def test_every_quotation_is_the_registry_s() -> None:
    protocol = registered()
    raw = protocol.registry.text.encode("utf-8")
    for each in protocol.clarifications:
        assert bool(each.quotes) == (each.code not in NO_QUOTE)
        assert all(quote.encode("utf-8") in raw for quote in each.quotes), each.code


def test_what_the_text_lacks_has_no_quotation() -> None:
    text = registered().registry.text.lower()
    for absent in (
        "hepatitis b",
        "t-spot",
        "sledai",
        "primary outcome",
        "outcome measure",
        "aldesleukin",
        "bone",
    ):
        assert absent not in text


def test_words_of_other_records_are_not_passed_off_as_the_registry_s() -> None:
    protocol = registered()
    others = [one for each in protocol.clarifications for one in each.elsewhere]
    assert {each.source.split(",")[0] for each in others} == {
        "NCT05087589",
        "centerwatch.com",
        "clinicaltrialexchange.com",
    }
    assert all(each.words not in protocol.registry.text for each in others)


def test_the_restored_leaves_carry_the_words_quoted_in_the_register() -> None:
    protocol = registered()
    quoted = {one.words for each in protocol.clarifications for one in each.elsewhere}
    assert all(leaf.lost_words in quoted for leaf in protocol.leaves if leaf.lost_words)


def test_severity_says_whether_something_waits() -> None:
    severities = {each.code: each.severity for each in registered().clarifications}
    assert {code for code, found in severities.items() if found == NOTE} == {"D25", "D28", "D29"}
    assert {code for code, found in severities.items() if found == ANALYSIS} == {"D26"}
    assert list(severities.values()).count(BLOCKS) == 26


@given(st.sampled_from(CODES))
def test_keys_are_digits_and_every_option_settles_every_setting(code: str) -> None:
    protocol = registered()
    found = protocol.clarification(code)
    governed = {each.code for each in protocol.settings if each.clarification == code}
    assert [each.key for each in found.options] == [
        str(number) for number in range(1, len(found.options) + 1)
    ]
    for each in found.options:
        parts = [set(each.sets), set(each.asks), set(each.unneeded)]
        assert set().union(*parts) == governed and sum(map(len, parts)) == len(governed)
    for code in governed:
        assert any(code not in each.unneeded for each in found.options)


@given(st.sampled_from(CODES))
def test_the_option_held_likely_sets_what_its_settings_propose(code: str) -> None:
    protocol = registered()
    found = protocol.clarification(code)
    if not found.proposes:
        return
    for setting, value in found.option(found.proposes).sets.items():
        assert protocol.setting(setting).proposal == value


def test_d03_cannot_be_accepted_without_own_words() -> None:
    options = registered().clarification("D03").options
    activating = [each for each in options if any(not said.void for said in each.readings)]
    assert activating and all(each.own_words for each in activating)


@pytest.mark.parametrize("code", ["D01", "D02", "D09", "D13", "D27"])
def test_a_quotation_with_one_other_letter_is_refused(code: str) -> None:
    package = files(FILE)
    quotes = clarification(package, code)["quotes"]
    quotes[0] = quotes[0][:-1] + "~"
    assert refused(package) == (FILE, f"{code}.quotes", "package.words_not_in_registry")


def test_an_option_that_leaves_a_setting_open_is_refused() -> None:
    package = files(FILE)
    option(package, "D08", "both_included")["sets"].pop()
    found = fault(package)
    assert (found.facts["file"], found.code) == (FILE, "package.option_leaves_open")
    assert found.facts["key"] == "clarification[7].option[0].sets"
    assert found.facts["found"] == "eligibility.age_highest"


def test_an_option_settles_only_what_its_clarification_governs() -> None:
    package = files(FILE)
    option(package, "D07", "other_maximum")["asks"].append("enrolment.target")
    assert refused(package)[2] == "package.not_governed"
    package = files(FILE)
    option(package, "D11", "six")["unneeded"] = ["belimumab.infusions"]
    assert refused(package)[2] == "package.twice"


def test_a_value_that_its_setting_does_not_allow_is_refused() -> None:
    package = files(FILE)
    option(package, "D13", "forty_two")["sets"][0]["value"] = "44"
    found = fault(package)
    assert (found.code, found.facts["why"]) == ("package.proposal", "setting.not_allowed")
    assert found.facts["key"] == "clarification[12].option[0].sets[0].value"
    package = files(FILE)
    option(package, "D13", "forty_two")["sets"][0]["setting"] = "il2.doses"
    assert refused(package)[2] == "package.unknown_reference"


def test_a_leaf_has_one_reading_and_own_words_belong_to_their_option() -> None:
    package = files(FILE)
    option(package, "D06", "left_over")["reading"][0]["own_words"] = True
    assert refused(package)[2] == "package.one_reading"
    package = files(FILE)
    option(package, "D06", "own_words")["own_words"] = False
    assert refused(package)[2] == "package.own_words"
    package = files(FILE)
    option(package, "D06", "left_over")["reading"] *= 2
    assert refused(package)[2] == "package.twice"


def test_severity_options_and_what_is_held_likely_agree() -> None:
    package = files(FILE)
    clarification(package, "D25")["severity"] = "blocks"
    assert refused(package) == (FILE, "clarification[24].severity", "package.severity")
    package = files(FILE)
    clarification(package, "D25")["option"] = []
    assert refused(package) == (FILE, "clarification[24].option", "package.empty_list")
    package = files(FILE)
    clarification(package, "D25")["proposes"] = "two_arms"
    assert refused(package) == (FILE, "clarification[24].proposes", "package.unknown_reference")


@pytest.mark.parametrize("part", ["code", "key"])
def test_options_of_one_code_or_one_key_are_refused(part: str) -> None:
    package = files(FILE)
    options = clarification(package, "D10")["option"]
    options[1][part] = options[0][part]
    assert refused(package) == (FILE, f"D10.option.{part}", "package.twice")


def test_a_clarification_given_twice_is_refused() -> None:
    package = files(FILE)
    clarification(package, "D29")["code"] = "D28"
    assert refused(package) == (FILE, "clarification.code", "package.twice")
