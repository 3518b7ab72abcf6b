"""Medication as it stands on packs, entered for three subjects: what the protocol's rules say of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from logged import BEL, BOTH, IL2, enter, medicine, proposed
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial
from word_files import HEAD, written

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import log_entries, prednisone, word_lists
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
ABOVE, PERHAPS = "medication.prednisone_above", "medication.prednisone_perhaps_above"
HYDROXYCHLOROQUINE, PROHIBITED = "medication.hydroxychloroquine_above", "medication.prohibited"


def dosed(desk: Desk, name: str, dose: str, start: str, subject: int = BOTH, **choices: str) -> None:
    """Save a medicine with its unit, frequency and whatever else is chosen."""
    values = {"name": Value(text=name), "dose": Value(number=Decimal(dose), typed=dose)}
    values |= {"start": Value(text=start)}
    chosen = {"unit": "mg", "frequency": "QD", **choices}
    enter(
        desk,
        "medication",
        Given(values | {code: Value(choice=choice) for code, choice in chosen.items()}),
        subject,
    )


@pytest.mark.parametrize(
    ("name", "dose", "code"),
    [
        ("醋酸泼尼松片", "20", ABOVE),
        ("Prednisone acetate", "20", ABOVE),
        ("prednisone tablets 5mg", "20", ABOVE),
        ("醋酸泼尼松龙", "20", ABOVE),
        ("甲泼尼龙片", "16", ABOVE),
        ("注射用甲泼尼龙琥珀酸钠", "40", ABOVE),
        ("硫酸羟氯喹片", "600", HYDROXYCHLOROQUINE),
        ("托法替布片", "5", PROHIBITED),
        ("枸橼酸托法替布片", "5", PROHIBITED),
    ],
)
def test_the_rules_speak_of_a_medicine_as_its_pack_names_it(arms: Study, name, dose, code) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, name, dose, "2024-UK-UK")
    assert proposed(desk) == [code]


def test_what_has_no_daily_amount_and_what_a_partial_date_decides_is_proposed(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dosed(desk, "Methylprednisolone", "500", "2026-11-23", frequency="ONCE", route="intravenous")
    assert proposed(desk) == ["medication.not_stable", ABOVE]
    assert prednisone.prednisone_to_today(desk, BOTH).stretches[-1].mg == 625
    dosed(desk, "Prednisone", "12", "2024-UK-UK", BEL, unit="tablet")
    assert proposed(desk, BEL) == ["medication.no_daily_amount"]
    dosed(desk, "Prednisone", "8", "UK-UK-UK", IL2)
    assert proposed(desk, IL2) == []
    dosed(desk, "Prednisone", "8", "2026-11-23", IL2)
    assert proposed(desk, IL2) == [PERHAPS]


def test_a_glucocorticoid_of_unknown_name_makes_the_curve_not_known(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dosed(desk, "Unknownsone", "8", "2024-UK-UK", category="glucocorticoid")
    assert [(each.mg, each.why) for each in prednisone.prednisone_to_today(desk, BOTH).stretches][-1] == (
        None,
        ("name",),
    )
    assert proposed(desk) == ["medication.no_equivalent"]


def test_another_name_of_a_loaded_list_leads_to_the_packages_medicine_and_is_judged_at_once(
    arms: Study, tmp_path
) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Deltasone tablets", "20", "2024-UK-UK")
    medicine(desk, "Vitamin C", "20", "2024-UK-UK")
    assert proposed(desk) == []
    rows = (
        HEAD,
        "Prednisone,泼尼松,Deltasone；甲泼尼龙,",
        "Vitamin C,利妥昔单抗,,",
        "Prednisolone,托法替布,Mix,",
    )
    word_lists.load_words(desk, "medicines", word_lists.preview(written(tmp_path, rows)))
    assert proposed(desk) == [ABOVE]
    assert prednisone.prednisone_to_today(desk, BOTH).stretches[-1].mg == 20
    medicine(desk, "甲泼尼龙", "4", "2024-UK-UK", BEL)
    medicine(desk, "Mix", "4", "2024-UK-UK", BEL)
    assert prednisone.prednisone_to_today(desk, BEL).stretches[-1].mg == 5, "the package's names stand"
    other = written(tmp_path, (HEAD, "Lantus,来得时,,"), "second.csv")
    word_lists.load_words(desk, "medicines", word_lists.preview(other))
    assert proposed(desk) == []
    assert log_entries.entries(desk, "medicines", BOTH)
