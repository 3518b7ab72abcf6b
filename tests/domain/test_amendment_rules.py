"""What an amendment changes is told by key, and what cannot be followed is refused by key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from amendment_packages import BASE, NEXT
from registered_package import coded, files, registered

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.amendment_rules import require_same_trial, require_supported
from sle_desk.domain.amendments import ADDED, CHANGED, differences
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.protocol_file import parse

Spoil = Callable[[dict[str, Any]], object]


def amended(change: Spoil) -> Protocol:
    """Return the registered package as the next version with something of it changed."""
    package = files()
    package["protocol.toml"]["version"] = NEXT
    change(package)
    return parse(package)


def supported(change: Spoil) -> dict[str, str]:
    new = amended(change)
    require_same_trial(registered(), new)
    return {each.name: each.kind for each in require_supported(registered(), new, {})}


def visit(package: dict[str, Any], code: str) -> dict[str, Any]:
    return coded(package["protocol.toml"]["visit"], code)


def setting(package: dict[str, Any], code: str) -> dict[str, Any]:
    return coded(package["protocol.toml"]["setting"], code)


def asked(package: dict[str, Any], form: str, field: str) -> dict[str, Any]:
    fields = [each for section in package[f"forms/{form}.toml"]["section"] for each in section["field"]]
    return coded(fields, field)


def other_version(package: dict[str, Any], form: str) -> None:
    package[f"forms/{form}.toml"]["version"] = "2"


def test_a_package_differs_from_itself_in_nothing_and_from_another_by_key() -> None:
    assert differences(registered(), registered()) == ()
    (version, label) = differences(
        registered(), amended(lambda p: visit(p, "W8")["label"].update(zh="第八周"))
    )
    assert (version.name, version.kind) == ("version", CHANGED)
    assert (label.name, label.before, label.after) == (
        "visits.W8.label",
        Words("Week 8", "第8周"),
        Words("Week 8", "第八周"),
    )


def _later(package: dict[str, Any]) -> None:
    visit(package, "W8").update(week=9, day=64)


def _another_form(package: dict[str, Any]) -> None:
    visit(package, "W8")["forms"].append("joints28")


def _not_needed(package: dict[str, Any]) -> None:
    other_version(package, "vitals")
    asked(package, "vitals", "pulse")["required"] = False


def _choice(package: dict[str, Any]) -> None:
    other_version(package, "contraception")
    choice = {"code": "patch", "label": {"en": "Patch", "zh": "贴片"}, "key": "7"}
    asked(package, "contraception", "method")["choices"].append(choice)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_later, {"visits.W8.week": CHANGED, "visits.W8.day": CHANGED}),
        (_another_form, {"visits.W8.forms": CHANGED}),
        (_not_needed, {"forms.vitals.version": CHANGED, "forms.vitals.fields.pulse.required": CHANGED}),
        (
            _choice,
            {
                "forms.contraception.version": CHANGED,
                "forms.contraception.fields.method.choices.patch": ADDED,
            },
        ),
        (
            lambda p: setting(p, "visit.window_days").update(proposal="5"),
            {"settings.visit.window_days.proposal": CHANGED},
        ),
    ],
)
def test_additions_words_windows_and_what_is_required_are_followed(
    change: Spoil, found: dict[str, str]
) -> None:
    assert supported(change) == {"version": CHANGED, **found}


def _unit(package: dict[str, Any]) -> None:
    other_version(package, "vitals")
    asked(package, "vitals", "temperature")["unit"] = "K"


def _typed_form(package: dict[str, Any]) -> None:
    other_version(package, "consent")
    package["forms/consent.toml"]["section"][0]["field"].append(
        {"code": "witness", "label": {"en": "Witness", "zh": "见证人"}, "kind": "text"}
    )


def _no_option(package: dict[str, Any]) -> None:
    option = package["clarifications.toml"]["clarification"][0]["option"][0]
    option["consequence"]["en"] += " Otherwise."


def _ahead(package: dict[str, Any]) -> None:
    visit(package, "W28")["anchor"] = "exit_or_stops"


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        (_unit, "not_supported", "forms.vitals.fields.temperature.unit"),
        (_typed_form, "not_supported", "forms.consent.fields.witness"),
        (_no_option, "not_supported", "clarifications."),
        (lambda p: visit(p, "W8")["forms"].remove("pga"), "removed", "visits.W8.forms"),
        (lambda p: visit(p, "W8").update(day=10**6 * 7 + 1, week=10**6), "number", "visits.W8"),
        (lambda p: asked(p, "vitals", "pulse")["hard"].update(high="1e999999999"), "number", "vitals"),
        (lambda p: p["steroids.toml"].update(version="9"), "not_supported", "steroids"),
        (lambda p: p["labs.toml"], "no_difference", ""),
    ],
)
def test_what_cannot_be_followed_is_refused_by_its_key(change: Spoil, code: str, key: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        supported(change)
    assert caught.value.code == f"amendment.{code}"
    assert key in str(caught.value.facts)


def test_versions_are_found_by_day_and_by_name() -> None:
    first = registered()
    second = replace(first, version=NEXT).after(first, date(2026, 12, 1))
    third = replace(first, version="later").after(second, date(2027, 2, 1))
    days = {
        date(2026, 11, 30): BASE,
        date(2026, 12, 1): NEXT,
        date(2027, 1, 31): NEXT,
        date(2027, 2, 1): "later",
    }
    assert {day: third.on(day).version for day in days} == days
    assert [third.of(version).version for version in (BASE, NEXT, "later")] == [BASE, NEXT, "later"]


def _with_field(form: str, **more: object) -> Spoil:
    def spoil(package: dict[str, Any]) -> None:
        other_version(package, form)
        field = {"code": "extra", "label": {"en": "Extra", "zh": "附加"}, "kind": "text", **more}
        package[f"forms/{form}.toml"]["section"][0]["field"].append(field)

    return spoil


@pytest.mark.parametrize(
    ("more", "code", "key"),
    [
        ({"drug": "IL2"}, "not_supported", "forms.vitals.fields.extra"),
        ({"reveals": True}, "not_supported", "forms.vitals.fields.extra"),
        ({"code": "visit"}, "same_name", "forms.vitals.fields.visit"),
        ({"code": "recorded_at"}, "same_name", "forms.vitals.fields.recorded_at"),
        ({"code": "weight_typed"}, "same_name", "forms.vitals.fields.weight_typed"),
        ({"code": "weight_missing"}, "same_name", "forms.vitals.fields.weight_missing"),
    ],
)
def test_a_field_that_would_tell_a_drug_or_break_a_sheet_is_refused(
    more: dict[str, object], code: str, key: str
) -> None:
    assert supported(_with_field("vitals")) == {
        "version": CHANGED,
        "forms.vitals.version": CHANGED,
        "forms.vitals.fields.extra": ADDED,
    }
    with pytest.raises(RuleBroken) as caught:
        supported(_with_field("vitals", **more))
    assert caught.value.code == f"amendment.{code}" and key in str(caught.value.facts)


def test_what_is_scored_is_asked_as_before() -> None:
    def spoil(package: dict[str, Any]) -> None:
        other_version(package, "pga")
        asked(package, "pga", "PGA").update(required=False)

    with pytest.raises(RuleBroken, match=r"amendment\.not_supported"):
        supported(spoil)


def _waits_less(package: dict[str, Any]) -> None:
    setting(package, "screening.window_days")["waits"] = ["visits"]


def _waits_for_other(package: dict[str, Any]) -> None:
    coded(package["clarifications.toml"]["clarification"], "D09")["waits"] = ["prepare:BEL"]


def _waits_nowhere(package: dict[str, Any]) -> None:
    del setting(package, "screening.window_days")["waits"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (_waits_less, "settings.screening.window_days.waits"),
        (_waits_nowhere, "settings.screening.window_days.waits"),
        (_waits_for_other, "clarifications."),
    ],
)
def test_what_waits_for_a_decision_goes_on_waiting(change: Spoil, key: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        supported(change)
    assert caught.value.code == "amendment.removed"
    assert str(caught.value.facts["keys"]).startswith(key)
    assert str(caught.value.facts["keys"]).endswith(".waits")


def test_more_may_wait_for_a_decision() -> None:
    found = supported(lambda p: setting(p, "screening.window_days")["waits"].append("visit:W8"))
    assert found == {"version": CHANGED, "settings.screening.window_days.waits": CHANGED}
