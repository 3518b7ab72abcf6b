"""Arms, drugs, lists and visits are those of the registry, and what it does not say is marked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from registered_package import coded, files, refused, registered

FILE = "protocol.toml"


def test_the_three_arms_have_their_shapes_drugs_and_the_registry_s_words() -> None:
    protocol = registered()
    assert [(arm.code, arm.label.en, arm.shape, arm.drugs) for arm in protocol.arms] == [
        ("BELIL2", "BEL + IL-2", "diamond", ("BEL", "IL2")),
        ("BEL", "BEL", "circle", ("BEL",)),
        ("IL2", "IL-2", "square", ("IL2",)),
    ]
    for arm in protocol.arms:
        block = f"{arm.heading}\n{arm.role}\nDescription:\n{arm.words}\nTreatment:\n"
        assert protocol.registry.text.count(block) == 1
    # The heading and the drugs agree with the "Treatment" lines below each description.
    for arm in protocol.arms:
        after = protocol.registry.text.split(arm.words + "\nTreatment:\n")[1].split("\n\n")[0]
        below = [line for line in after.splitlines() if line.startswith("Drug: ")]
        names = {"BEL": "Drug: Belimumab", "IL2": "Drug: Interleukin-2"}
        first = below[: len(arm.drugs)]
        assert first == [names[drug] for drug in arm.drugs]


def test_doses_and_stages_are_the_registered_ones() -> None:
    protocol = registered()
    belimumab, interleukin = protocol.drugs
    assert (belimumab.amount, belimumab.unit, belimumab.per_kg) == (Decimal(10), "mg", True)
    assert (interleukin.amount, interleukin.unit, interleukin.per_kg) == (Decimal(1), "10^6 IU", False)
    assert [(stage.weeks, stage.every_days) for stage in belimumab.stages] == [(24, None)]
    assert (belimumab.stages[0].month_days, belimumab.stages[0].label_days) == (28, (1, 15, 29))
    assert [(stage.weeks, stage.every_days) for stage in interleukin.stages] == [(12, 2), (12, 7)]
    for drug in protocol.drugs:
        assert all(stage.words in protocol.registry.text for stage in drug.stages)
        assert drug.words in protocol.registry.text


def test_an_infusion_is_made_up_as_the_label_says() -> None:
    preparation = registered().drug("BEL").preparation
    assert preparation is not None and preparation.concentration == Decimal(80)
    assert [(str(vial.strength), str(vial.water)) for vial in preparation.vials] == [
        ("400", "4.8"),
        ("120", "1.5"),
    ]
    # 4.8 and 1.5 mL of water make 5 and 1.5 mL of 80 mg/mL: a vial never holds less than its strength.
    assert all(vial.strength / preparation.concentration >= vial.water for vial in preparation.vials)
    assert (preparation.bag, preparation.infusion_minutes, preparation.minutes_to_end) == (
        Decimal(250),
        60,
        480,
    )
    assert preparation.basis.source


def test_injection_sites_are_six_and_keyed_as_on_the_body_map() -> None:
    *sites, other = registered().drug("IL2").sites
    # Anywhere else is told in words, has a key beside theirs, and no place that could be coded.
    assert (other.code, other.key, other.location, other.laterality) == ("other", "7", "", "")
    assert [(site.key, site.code) for site in sites] == [
        ("1", "LA"), ("2", "RA"), ("3", "LB"), ("4", "RB"), ("5", "LT"), ("6", "RT"),
    ]  # fmt: skip
    assert [site.laterality for site in sites] == ["LEFT", "RIGHT"] * 3
    assert {site.location for site in sites} == {"ARM", "ABDOMINAL WALL", "THIGH"}


def test_visits_have_their_days_and_one_of_them_is_week_12() -> None:
    visits = {visit.code: visit for visit in registered().visits}
    days = {code: visit.day for code, visit in visits.items() if visit.day is not None}
    assert days == {
        "V1": 1, "W2": 15, "W4": 29, "W8": 57, "W12": 85, "W16": 113, "W20": 141, "W24": 169,
        "C2W28": 197, "C2W32": 225, "C2W36": 253, "C2W40": 281, "C2W44": 309, "C2W48": 337,
    }  # fmt: skip
    assert [visit.week for visit in registered().visits].count(12) == 1
    assert (visits["V0"].anchor, visits["V0"].day_setting) == ("before_day_1", "screening.window_days")
    assert (visits["W28"].anchor, visits["W28"].day_setting) == ("last_dose", "follow_up.days")
    assert visits["V1"].window == ""
    assert {visits[code].window for code in ("W2", "W4", "W12", "W20")} == {"visit.window_days"}
    assert visits["W24"].window == "visit.window_week_24_days"
    assert (visits["ET"].anchor, visits["ET"].window) == ("exit", "visit.window_early_termination_days")


def test_every_visit_is_marked_as_not_confirmed() -> None:
    assert all(visit.basis.unconfirmed and visit.basis.source for visit in registered().visits)


def test_the_global_assessment_comes_before_the_other_scores() -> None:
    for visit in registered().visits:
        scores = [form for form in visit.forms if form in ("pga", "sledai2k", "bilag_letters", "joints28")]
        assert scores == [form for form in ("pga", "sledai2k", "bilag_letters", "joints28") if form in scores]
        assert "pregnancy_test" in visit.forms or visit.code == "W2"


def test_the_baseline_holds_what_opening_the_arm_needs() -> None:
    baseline = registered().visit("V1")
    assert {
        "pregnancy_test",
        "pga",
        "sledai2k",
        "bilag_letters",
        "joints28",
        "vitals",
        "pre_dose_samples",
    } <= set(baseline.forms)
    assert {"SUBSETS", "CYTOKINES"} <= set(baseline.panels)


@pytest.mark.parametrize("key", ["heading", "role", "words"])
def test_an_arm_with_other_words_is_refused(key: str) -> None:
    package = files(FILE)
    package[FILE]["arm"][0][key] = "belimumab and IL-2 together"
    assert refused(package) == (FILE, f"arm[0].{key}", "package.words_not_in_registry")


def test_an_arm_with_the_words_of_another_is_refused() -> None:
    package = files(FILE)
    first, second, _ = package[FILE]["arm"]
    first["words"], second["words"] = second["words"], first["words"]
    assert refused(package) == (FILE, "arm[0].words", "package.words_not_in_registry")


def test_arms_in_another_order_are_refused() -> None:
    package = files(FILE)
    package[FILE]["arm"].reverse()
    assert refused(package) == (FILE, "BEL.words", "package.words_order")


@pytest.mark.parametrize(
    ("code", "change", "key", "reason"),
    [
        ("W4", {"day": 28}, "week", "package.week_of_day"),
        ("W4", {"day_setting": "follow_up.days"}, "day_setting", "package.day_of_anchor"),
        ("W28", {"day": 197}, "day", "package.day_of_anchor"),
        ("UNS", {"anchor": "day_1"}, "day", "package.day_of_anchor"),
        ("W4", {"tags": ["weight"]}, "tags", "package.not_one_of"),
        ("W4", {"anchor": "day_0"}, "anchor", "package.not_one_of"),
        ("ET", {"window": ""}, "window", "package.day_of_anchor"),
        ("UNS", {"anchor": "exit_or_stops"}, "window", "package.day_of_anchor"),
    ],
)
def test_a_visit_whose_day_does_not_fit_is_refused(
    code: str, change: dict[str, object], key: str, reason: str
) -> None:
    package = files(FILE)
    coded(package[FILE]["visit"], code).update(change)
    file, where, found = refused(package)
    assert (file, found) == (FILE, reason) and where.endswith(f".{key}")


@pytest.mark.parametrize(
    ("stage", "change", "reason"),
    [
        ("STAGE1", {"every_days": 0}, "package.not_positive"),
        ("STAGE1", {"weeks": 0}, "package.not_positive"),
        ("STAGE1", {"month_days": 28, "label_days": ["1"]}, "package.number_or_setting"),
        ("INFUSION", {"every_days": 28}, "package.number_or_setting"),
        ("INFUSION", {"label_days": ["0", "14"]}, "package.not_a_number"),
        ("STAGE1", {"words": "every other day"}, "package.words_not_in_registry"),
    ],
)
def test_a_faulty_stage_is_refused(stage: str, change: dict[str, object], reason: str) -> None:
    package = files(FILE)
    stages = [one for drug in package[FILE]["drug"] for one in drug["stage"]]
    coded(stages, stage).update(change)
    assert refused(package)[::2] == (FILE, reason)


def test_two_sites_or_two_answers_on_one_key_are_refused() -> None:
    package = files(FILE)
    coded(package[FILE]["drug"], "IL2")["site"][1]["key"] = "1"
    assert refused(package) == (FILE, "drug[1].site.key", "package.twice")
    package = files(FILE)
    package[FILE]["list"][0]["choices"][1]["key"] = "W"
    assert refused(package) == (FILE, "list[0].choices.key", "package.twice")
