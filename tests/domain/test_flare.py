from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal

import pytest

from sle_desk.base.errors import RuleBroken
from sle_desk.base.paths import resource
from sle_desk.domain.flare import FlareFacts, flare_index
from sle_desk.domain.instruments import parse_instruments

RULE = parse_instruments(
    tomllib.loads(resource("protocol", "nct05262686", "instruments.toml").read_text("utf-8"))
).flare
QUIET = FlareFacts(
    6, 6, Decimal(1), Decimal(1), Decimal("0.1"), Decimal("0.1"), frozenset(), frozenset(), False
)


def level(**changes: object) -> str:
    return flare_index(replace(QUIET, **changes), RULE).level


def test_nothing_new_is_no_flare():
    assert level() == "none"


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [(6, 8, "none"), (6, 9, "mild_moderate"), (9, 12, "mild_moderate"), (9, 13, "severe"), (14, 14, "none")],
)
def test_a_rise_of_three_points_is_mild_until_it_ends_above_twelve(before, now, wanted):
    assert level(sledai_before=before, sledai_now=now) == wanted


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        ("1.0", "1.99", "none"),
        ("1.0", "2.0", "mild_moderate"),
        ("1.5", "2.5", "mild_moderate"),
        ("1.5", "2.51", "severe"),
        ("2.7", "2.6", "none"),
    ],
)
def test_a_pga_rise_of_one_is_mild_until_it_ends_above_2_5(before, now, wanted):
    assert level(pga_before=Decimal(before), pga_now=Decimal(now)) == wanted


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        ("0.1", "0.1", "none"),
        ("0.2", "0.1", "none"),
        ("0.1", "0.11", "mild_moderate"),
        ("0.1", "0.5", "mild_moderate"),
        ("0.1", "0.51", "severe"),
        ("0.6", "0.6", "none"),
    ],
)
def test_more_prednisone_is_mild_until_it_ends_above_half_a_milligram_per_kg(before, now, wanted):
    assert level(prednisone_before=Decimal(before), prednisone_now=Decimal(now)) == wanted


def test_new_drugs_and_manifestations_count_at_their_level():
    assert level(treatments=frozenset({"NSAID"})) == "mild_moderate"
    assert level(treatments=frozenset({"CYCLOPHOSPHAMIDE"})) == "severe"
    assert level(manifestations=frozenset({"PLEURITIS"})) == "mild_moderate"
    assert level(hospitalised=True) == "severe"


def test_a_severe_manifestation_counts_when_it_needed_an_answer():
    nephritis = frozenset({"NEPHRITIS"})
    assert level(manifestations=nephritis) == "none"
    doubled = {"prednisone_before": Decimal("0.1"), "prednisone_now": Decimal("0.2")}
    assert level(manifestations=nephritis, **doubled) == "severe"
    less = {"prednisone_before": Decimal("0.1"), "prednisone_now": Decimal("0.19")}
    assert level(manifestations=nephritis, **less) == "mild_moderate"
    assert level(manifestations=nephritis, hospitalised=True) == "severe"


def test_a_severe_manifestation_with_unknown_answers_stays_open():
    nephritis = frozenset({"NEPHRITIS"})
    for unknown in ({"prednisone_before": None}, {"prednisone_now": None}, {"hospitalised": None}):
        assert level(manifestations=nephritis, **unknown) == "NE"
    none_taken = {"prednisone_before": Decimal(0), "prednisone_now": Decimal(0)}
    assert level(manifestations=nephritis, **none_taken) == "none"
    assert level(manifestations=None) == "NE"
    unknown = flare_index(replace(QUIET, manifestations=frozenset({"NEPHRITIS"}), prednisone_now=None), RULE)
    assert "manifestation.severe" in unknown.unknown


def test_severe_overrides_mild():
    found = flare_index(replace(QUIET, sledai_now=9, treatments=frozenset({"METHOTREXATE"})), RULE)
    assert found.level == "severe"
    assert set(found.held) == {"sledai.rise", "treatment.severe"}


def test_what_may_be_severe_is_never_called_mild():
    found = flare_index(replace(QUIET, sledai_now=9, pga_now=None), RULE)
    assert found.level == "NE"
    assert set(found.unknown) == {"pga.above", "pga.rise"}


def test_a_severe_flare_stands_although_something_is_missing():
    assert level(sledai_now=13, pga_now=None, hospitalised=None) == "severe"


def test_a_code_the_index_does_not_have_is_refused():
    for names in ("manifestations", "treatments"):
        with pytest.raises(RuleBroken, match=r"flare\.unknown_item"):
            level(**{names: frozenset({"FATIGUE"})})
    with pytest.raises(RuleBroken, match=r"flare\.unknown_item"):
        level(manifestations=frozenset({"NSAID"}))
