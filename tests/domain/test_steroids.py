from __future__ import annotations

import tomllib
from copy import deepcopy
from decimal import Decimal

import pytest

from sle_desk.base.errors import PackageFaulty, RuleBroken
from sle_desk.base.paths import resource
from sle_desk.domain.steroids import parse_steroids, prednisone_equivalent

CONTENT = tomllib.loads(resource("protocol", "nct05262686", "steroids.toml").read_text("utf-8"))
TABLE = parse_steroids(CONTENT)


@pytest.mark.parametrize(
    ("drug", "mg", "prednisone"),
    [
        ("prednisone", "7.5", "7.5"),
        ("prednisolone", "10", "10"),
        ("methylprednisolone", "12", "15"),
        ("hydrocortisone", "20", "5"),
        ("cortisone", "25", "5"),
        ("triamcinolone", "4", "5"),
        ("dexamethasone", "0.75", "5"),
        ("methylprednisolone", "0", "0"),
    ],
)
def test_a_daily_dose_comes_to_its_prednisone_equivalent(drug, mg, prednisone):
    found = prednisone_equivalent(drug, Decimal(mg), TABLE)
    assert found.value == Decimal(prednisone)
    assert found.unit == "mg"
    assert found.formula.confirmed


def test_a_factor_from_memory_is_marked_in_the_result():
    found = prednisone_equivalent("deflazacort", Decimal(6), TABLE)
    assert found.value == 5
    assert not found.formula.confirmed


def test_where_sources_differ_nothing_is_computed_until_a_factor_is_decided():
    with pytest.raises(RuleBroken) as refused:
        prednisone_equivalent("betamethasone", Decimal("0.6"), TABLE)
    assert refused.value.code == "steroid.sources_differ"
    assert (refused.value.facts["low"], refused.value.facts["high"]) == (Decimal("0.6"), Decimal("0.75"))
    decided = TABLE.decided("betamethasone", Decimal("0.6"), "clarification memo of 2026-11-02")
    found = prednisone_equivalent("betamethasone", Decimal("0.6"), decided)
    assert found.value == 5
    assert found.formula.source == "clarification memo of 2026-11-02"
    assert prednisone_equivalent("dexamethasone", Decimal("0.75"), decided).value == 5


def test_amounts_of_nothing_are_refused_as_factors():
    with pytest.raises(RuleBroken, match=r"formula\.not_positive"):
        TABLE.decided("betamethasone", Decimal(0), "memo")
    with pytest.raises(PackageFaulty, match=r"package\.not_positive"):
        parse_steroids({**deepcopy(CONTENT), "prednisone_mg": "0"})


def test_a_drug_that_is_not_in_the_table_and_a_negative_dose_are_refused():
    with pytest.raises(RuleBroken, match=r"steroid\.unknown"):
        prednisone_equivalent("aspirin", Decimal(100), TABLE)
    with pytest.raises(RuleBroken, match=r"formula\.negative"):
        prednisone_equivalent("prednisone", Decimal(-5), TABLE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda row: row.pop("equal_mg"), "package.one_of_two"),
        (lambda row: row.update(differ={"low": "1", "high": "2"}), "package.one_of_two"),
        (lambda row: row.update(equal_mg="0"), "package.not_positive"),
        (lambda row: row.update(equal_mg=5), "package.wrong_type"),
        (lambda row: row.update(code="prednisolone"), "package.twice"),
        (lambda row: row.update(equals_mg="5"), "package.unknown_key"),
        (lambda row: row.pop("confirmed"), "package.missing"),
    ],
)
def test_a_faulty_table_is_refused_naming_file_key_and_reason(change, reason):
    content = deepcopy(CONTENT)
    change(content["steroid"][0])
    with pytest.raises(PackageFaulty) as refused:
        parse_steroids(content)
    assert refused.value.code == reason
    assert refused.value.facts["file"] == "steroids.toml"
    assert "steroid" in str(refused.value.facts["key"])


@pytest.mark.parametrize(("low", "high"), [("0.75", "0.6"), ("0.6", "0.6"), ("0", "0.6")])
def test_a_range_the_wrong_way_round_or_empty_or_from_nothing_is_refused(low, high):
    content = deepcopy(CONTENT)
    betamethasone = next(row for row in content["steroid"] if "differ" in row)
    betamethasone["differ"] = {"low": low, "high": high}
    with pytest.raises(PackageFaulty, match=r"package\.limits_order"):
        parse_steroids(content)
