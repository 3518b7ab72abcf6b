"""A setting takes only what it declares, and its proposal is such a value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import files, refused, registered, setting

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.protocol import Given, SettingValue
from sle_desk.domain.settings import read_setting

FILE = "protocol.toml"
CODES = [each.code for each in registered().settings]


def _read(code: str, given: Given) -> SettingValue:
    return read_setting(registered().setting(code), given)


def _why(code: str, given: Given) -> str:
    with pytest.raises(RuleBroken) as refused:
        _read(code, given)
    return refused.value.code


@pytest.mark.parametrize(
    ("code", "given", "value"),
    [
        ("belimumab.interval", "28d", "28d"),
        ("visit.window_days", "0", 0),
        ("visit.window_days", "14", 14),
        ("sledai.window_days", "10", 10),
        ("il2.stage_1_doses", "43", Decimal(43)),
        ("eligibility.neutrophils_below", "1.0", Decimal("1.0")),
        ("eligibility.age_highest", "none", None),
        ("belimumab.rounding_step", "none", None),
        ("belimumab.vials_stocked", ("120",), (Decimal(120),)),
        ("belimumab.vials_stocked", ("400", "120"), (Decimal(400), Decimal(120))),
        ("allocation.ratio", ("1", "1", "1"), (Decimal(1), Decimal(1), Decimal(1))),
        ("il2.vial_strength", "０．５", Decimal("0.5")),
    ],
)
def test_what_is_allowed_is_read_with_its_type(code: str, given: Given, value: SettingValue) -> None:
    found = _read(code, given)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("code", "given", "why"),
    [
        ("belimumab.interval", "30d", "setting.choice"),
        ("belimumab.interval", "", "setting.choice"),
        ("belimumab.interval", ("28d",), "setting.one_value"),
        ("visit.window_days", "15", "setting.limits"),
        ("visit.window_days", "-1", "setting.limits"),
        ("visit.window_days", "3.5", "setting.decimals"),
        ("visit.window_days", "", "number.unreadable"),
        ("visit.window_days", "none", "number.unreadable"),
        ("sledai.window_days", "14", "setting.not_allowed"),
        ("il2.stage_1_doses", "44", "setting.not_allowed"),
        ("eligibility.neutrophils_below", "1.005", "setting.decimals"),
        ("eligibility.neutrophils_below", "1,0", "number.comma"),
        ("eligibility.neutrophils_below", "<1.0", "number.comparator"),
        ("eligibility.age_lowest", "17", "setting.limits"),
        ("belimumab.vials_stocked", (), "setting.list"),
        ("belimumab.vials_stocked", "400", "setting.list"),
        ("belimumab.vials_stocked", ("400", "400"), "setting.twice"),
        ("belimumab.vials_stocked", ("200",), "setting.not_allowed"),
        ("allocation.ratio", ("1", "1"), "setting.length"),
        ("allocation.ratio", ("1", "0", "1"), "setting.limits"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_reason(code: str, given: Given, why: str) -> None:
    assert _why(code, given) == why


@given(st.sampled_from(CODES))
def test_every_proposal_is_allowed_and_names_an_unconfirmed_source(code: str) -> None:
    found = registered().setting(code)
    if found.proposal is None:
        assert found.basis is None
        return
    read_setting(found, found.proposal)
    assert found.basis is not None and found.basis.source and found.basis.unconfirmed


@given(st.sampled_from(CODES), st.decimals(-1000, 1000, places=2, allow_nan=False))
def test_a_number_outside_its_limits_is_never_read(code: str, number: Decimal) -> None:
    found = registered().setting(code)
    if found.kind not in ("number", "days") or found.low is None or found.high is None:
        return
    try:
        value = read_setting(found, format(number, "f"))
    except RuleBroken:
        whole = number == number.quantize(Decimal(1).scaleb(-found.decimals))
        assert not (found.low <= number <= found.high and whole) or number.as_tuple().exponent != 0
        return
    assert isinstance(value, int | Decimal) and found.low <= value <= found.high and value == number


def test_a_setting_is_governed_or_says_itself_what_waits() -> None:
    for each in registered().settings:
        assert not (each.clarification and each.waits)
    waiting_for_nothing = {
        each.code for each in registered().settings if not each.clarification and not each.waits
    }
    assert waiting_for_nothing == {
        "belimumab.supply",
        "compliance.low_percent",
        "compliance.high_percent",
        "eligibility.waiver_randomises",
        "il2.supply",
        "rescreening.days",
        "rescreening.times",
        "safety.report_hours",
        "steroid.betamethasone_mg",
        "subject.word",
        "study.retention_years",
    }


def test_the_arthritis_count_is_no_setting() -> None:
    assert not [code for code in CODES if "arthritis" in code or "joint" in code]
    assert registered().instruments.sledai.arthritis_joints == 2


@pytest.mark.parametrize(
    ("code", "key", "value", "reason"),
    [
        ("visit.window_days", "proposal", "40", "package.proposal"),
        ("visit.window_days", "limits", {"low": "5", "high": "5"}, "package.limits_order"),
        ("visit.window_days", "decimals", 1, "package.days_are_whole"),
        ("visit.window_days", "kind", "span", "package.not_one_of"),
        ("belimumab.interval", "proposal", "30d", "package.proposal"),
        ("belimumab.interval", "kind", "number", "package.unknown_key"),
        ("belimumab.interval", "clarification", "D31", "package.unknown_reference"),
        ("belimumab.interval", "waits", ["allocation"], "package.waits_twice"),
        ("visit.window_days", "waits", ["dosing"], "package.unknown_act"),
        ("visit.window_days", "waits", ["schedule:IL3"], "package.unknown_act"),
        ("visit.window_days", "waits", ["schedule"], "package.unknown_act"),
        ("visit.window_days", "waits", ["allocation:BEL"], "package.unknown_act"),
    ],
)
def test_a_faulty_declaration_is_refused(code: str, key: str, value: object, reason: str) -> None:
    package = files(FILE)
    setting(package, code)[key] = value
    file, _, found = refused(package)
    assert (file, found) == (FILE, reason)


def test_a_proposal_without_its_source_is_refused() -> None:
    package = files(FILE)
    del setting(package, "visit.window_days")["source"]
    file, key, reason = refused(package)
    assert (file, reason) == (FILE, "package.missing") and key.endswith(".source")
