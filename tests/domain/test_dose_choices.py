"""Which injection site is proposed next, and when two doses were given at one site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from registered_package import registered

from sle_desk.domain.dose_choices import OTHER, next_site, rotation, same_site
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose

DAY = date(2026, 11, 9)
SIX = ["LA", "RA", "LB", "RB", "LT", "RT"]


def dose(number: int, site: str, note: str = "", **changes: object) -> RecordedDose:
    on_day = DAY + timedelta(days=number)
    made = RecordedDose(number, "IL2", GIVEN, on_day, None, Decimal(1), site, site_note=note)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_proposed_site_goes_round_and_is_never_the_last_one() -> None:
    drug = registered().drug("IL2")
    doses: list[RecordedDose] = []
    for number in range(13):
        site = next_site(drug, doses)
        assert not doses or site != doses[-1].site
        doses.append(dose(number, site))
    assert [each.site for each in doses] == [*SIX, *SIX, "LA"]
    not_given = dose(20, "LB", progress=MISSED)
    of_another = dose(21, "LB", drug="BEL")
    assert next_site(drug, [not_given, of_another, *reversed(doses)]) == "RA"


def test_another_site_is_never_proposed_and_the_turn_goes_on_where_it_was() -> None:
    drug = registered().drug("IL2")
    assert [site.code for site in rotation(drug)] == SIX
    assert [site.code for site in drug.sites] == [*SIX, OTHER]
    assert next_site(drug, [dose(1, OTHER, "left buttock")]) == "LA"
    assert next_site(drug, [dose(1, "RA"), dose(2, OTHER, "left buttock")]) == "LB"
    assert next_site(drug, [dose(1, "RT"), dose(2, OTHER, "left buttock")]) == "LA"


def test_a_drug_that_is_not_injected_has_no_site() -> None:
    assert next_site(registered().drug("BEL"), [dose(1, "LA")]) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("LA", ""), ("LA", ""), True),
        (("LA", ""), ("RA", ""), False),
        (("", ""), ("", ""), False),
        ((OTHER, "left buttock"), (OTHER, "right buttock"), False),
        ((OTHER, "left buttock"), (OTHER, " Left  Buttock "), True),
        ((OTHER, "左臀"), (OTHER, "左臀"), True),
        ((OTHER, "left arm"), ("LA", ""), False),
    ],
)
def test_two_other_sites_are_one_where_their_words_are(
    one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    assert same_site(dose(1, *one), dose(2, *other)) is same
