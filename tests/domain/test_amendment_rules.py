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


def test_each_place_is_called_what_the_package_calls_it() -> None:
    new = amended(lambda p: (_later(p), _choice(p), setting(p, "visit.window_days").update(proposal="5")))
    found = {each.name: [words.en for words in each.about] for each in differences(registered(), new)}
    assert found["version"] == []
    assert found["visits.W8.week"] == ["Week 8"]
    assert found["settings.visit.window_days.proposal"] == [
        "Visit window, weeks 2 to 20, and 28 to 44 of a second cycle"
    ]
    assert found["forms.contraception.fields.method.choices.patch"][-2:] == ["Method", "Patch"]
    gone = {each.name: each.about for each in differences(new, registered())}
    assert gone["forms.contraception.fields.method.choices.patch"][-1] == Words("Patch", "贴片")


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


def _new_visit(**more: object) -> Spoil:
    def spoil(package: dict[str, Any]) -> None:
        new = {**visit(package, "W8"), "code": "W9", "week": 9, "day": 64, "number": 19, "tags": [], **more}
        visits = package["protocol.toml"]["visit"]
        visits.insert([each["code"] for each in visits].index("ET"), new)

    return spoil


def _named(code: str, **more: object) -> dict[str, object]:
    return {"code": code, "label": {"en": code, "zh": code}, "key": "8", **more}


def _new_form(code: str, **more: object) -> Spoil:
    def spoil(package: dict[str, Any]) -> None:
        field = {"code": "extra", "label": {"en": "Extra", "zh": "附加"}, "kind": "text", **more}
        label = {"en": "New", "zh": "新表"}
        section = {"label": label, "field": [field]}
        package[f"forms/{code}.toml"] = {"code": code, "version": "1", "label": label, "section": [section]}
        visit(package, "W8")["forms"].append(code)

    return spoil


def _stage(package: dict[str, Any], code: str) -> dict[str, Any]:
    stages = [each for drug in package["protocol.toml"]["drug"] for each in drug["stage"]]
    return coded(stages, code)


def _setting_choices(package: dict[str, Any]) -> list[dict[str, Any]]:
    choices: list[dict[str, Any]] = setting(package, "eligibility.classification")["choices"]
    return choices


def _medicine(**more: object) -> Spoil:
    def spoil(package: dict[str, Any]) -> None:
        label = {"en": "Newer", "zh": "新药"}
        new = {"code": "newer", "label": label, "category": "other", **more}
        package["dictionary.toml"]["medicine"].append(new)

    return spoil


def _consent_label(package: dict[str, Any]) -> None:
    other_version(package, "consent")
    package["forms/consent.toml"]["label"].update(en="Consent form")


# Each line of the table in docs/amendments.md: what is followed, and what beside it is refused by its key.
FOLLOWED: dict[str, Spoil] = {
    "visits.W9": _new_visit(),
    "visits.W8.window": lambda p: visit(p, "W8").update(window="visit.window_week_24_days"),
    "settings.eligibility.classification.choices.acr_1997.label": lambda p: _setting_choices(p)[1][
        "label"
    ].update(en="ACR 1997"),
    "forms.extra_form": _new_form("extra_form"),
    "forms.vitals.fields.extra": _with_field("vitals"),
    "forms.consent.label": _consent_label,
    "drugs.IL2.stages.STAGE1.weeks": lambda p: _stage(p, "STAGE1").update(weeks=13),
    "lists.place.choices.ferry": lambda p: coded(p["protocol.toml"]["list"], "place")["choices"].append(
        _named("ferry")
    ),
    "lists.place.label": lambda p: coded(p["protocol.toml"]["list"], "place")["label"].update(en="Where"),
    "holds.fever.label": lambda p: coded(p["protocol.toml"]["hold"], "fever")["label"].update(en="A fever"),
    "dictionary.medicines.newer": _medicine(),
}
REFUSED: dict[str, tuple[Spoil, str, str]] = {
    "tag of a visit": (
        lambda p: visit(p, "W8")["tags"].append("efficacy"),
        "not_supported",
        "visits.W8.tags",
    ),
    "tag taken from a visit": (
        lambda p: visit(p, "W8").update(tags=["weigh"]),
        "not_supported",
        "visits.W8.tags",
    ),
    "new visit with a tag": (_new_visit(tags=["weigh"]), "not_supported", "visits.W9"),
    "choice of a setting": (
        lambda p: setting(p, "allocation.source")["choices"].append(_named("newer")),
        "not_supported",
        "settings.allocation.source.choices.newer",
    ),
    "field of a scored form": (_with_field("pga"), "not_supported", "forms.pga.fields.extra"),
    "form that tells a drug": (_new_form("extra_form", drug="IL2"), "not_supported", "forms.extra_form"),
    "form that reveals": (_new_form("extra_form", reveals=True), "not_supported", "forms.extra_form"),
    "form named as a sheet": (_new_form("audit"), "same_name", "forms.audit"),
    "form with a code that is none": (_new_form("extra-form"), "code", "forms.extra-form"),
    "field of a form that the program knows": (
        _with_field("consent"),
        "not_supported",
        "forms.consent.fields.extra",
    ),
    "name in a word list": (
        lambda p: coded(p["dictionary.toml"]["medicine"], "prednisone")["label"].update(en="Pred"),
        "not_supported",
        "dictionary.medicines.prednisone.label",
    ),
    "medicine that a rule looks for": (
        _medicine(prohibited=True),
        "not_supported",
        "dictionary.medicines.newer",
    ),
    "unit of a setting": (
        lambda p: setting(p, "screening.window_days").update(unit={"en": "weeks", "zh": "周"}),
        "not_supported",
        "settings.screening.window_days.unit",
    ),
}


@pytest.mark.parametrize("key", FOLLOWED)
def test_each_line_of_the_table_is_followed(key: str) -> None:
    assert key in supported(FOLLOWED[key])


@pytest.mark.parametrize("case", REFUSED)
def test_what_stands_beside_a_line_of_the_table_is_refused_by_its_key(case: str) -> None:
    change, code, key = REFUSED[case]
    with pytest.raises(RuleBroken) as caught:
        supported(change)
    assert caught.value.code == f"amendment.{code}" and key in str(caught.value.facts)
