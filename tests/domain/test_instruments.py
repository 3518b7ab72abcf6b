from __future__ import annotations

import tomllib
from copy import deepcopy
from decimal import Decimal

import pytest

from sle_desk.base.errors import PackageFaulty
from sle_desk.base.paths import resource
from sle_desk.domain.instruments import Limit, parse_instruments

CONTENT = tomllib.loads(resource("protocol", "nct05262686", "instruments.toml").read_text("utf-8"))
INSTRUMENTS = parse_instruments(CONTENT)


def test_the_24_weights_of_sledai_2k_are_the_printed_ones_and_sum_to_105():
    by_weight: dict[int, list[str]] = {}
    for code, weight in INSTRUMENTS.sledai.weights.items():
        by_weight.setdefault(weight, []).append(code)
    assert by_weight == {
        8: ["SEIZ", "PSYC", "OBS", "VIS", "CRN", "LHA", "CVA", "VASC"],
        4: ["ARTH", "MYOS", "CAST", "HEMA", "PROT", "PYUR"],
        2: ["RASH", "ALOP", "MUC", "PLEU", "PERI", "CMPL", "DNA"],
        1: ["FEVR", "THRO", "LEUK"],
    }
    assert sum(INSTRUMENTS.sledai.weights.values()) == 105


def test_bilag_has_nine_systems_and_five_letters():
    assert len(INSTRUMENTS.bilag.systems) == 9
    assert INSTRUMENTS.bilag.letters == ("A", "B", "C", "D", "E")


def test_the_highest_weight_of_each_domain_is_the_published_one():
    best: dict[str, int] = {}
    for criterion in INSTRUMENTS.eular_acr.criteria:
        best[criterion.domain] = max(best.get(criterion.domain, 0), criterion.weight)
    assert best == {
        "constitutional": 2,
        "haematological": 4,
        "neuropsychiatric": 5,
        "mucocutaneous": 6,
        "serosal": 6,
        "musculoskeletal": 6,
        "renal": 10,
        "antiphospholipid": 2,
        "complement": 4,
        "specific_antibodies": 6,
    }


def test_what_was_written_from_memory_is_marked_as_not_confirmed():
    assert INSTRUMENTS.sledai.source.confirmed
    assert not INSTRUMENTS.sri_rule("SRI-4").source.confirmed
    assert not INSTRUMENTS.lldas.source.confirmed
    assert not INSTRUMENTS.doris.source.confirmed
    assert not INSTRUMENTS.flare.source.confirmed


@pytest.mark.parametrize(("inclusive", "at_limit"), [(True, True), (False, False)])
def test_a_limit_holds_below_and_where_it_says_so_at_itself(inclusive, at_limit):
    limit = Limit(Decimal("0.5"), inclusive)
    assert limit.holds(Decimal("0.49"))
    assert limit.holds(Decimal("0.5")) is at_limit
    assert not limit.holds(Decimal("0.51"))


def test_numbers_with_a_point_stay_exact():
    assert INSTRUMENTS.sri_rule("SRI-4").pga_worse_by == Decimal("0.3")
    assert str(INSTRUMENTS.doris.pga.value) == "0.5"


def _set(content: dict, path: str, value: object) -> None:
    *folders, name = path.split(".")
    inner = content
    for folder in folders:
        inner = inner[int(folder)] if folder.isdigit() else inner[folder]
    if value is ...:
        del inner[name]
    else:
        inner[name] = value


@pytest.mark.parametrize(
    ("path", "value", "reason", "key"),
    [
        ("sledai2k.item.3.weight", 4, "package.sum", "sledai2k.maximum"),
        ("sledai2k.item.3.weight", "8", "package.wrong_type", "sledai2k.item[3].weight"),
        ("sledai2k.item.3.code", "SEIZ", "package.twice", "sledai2k.item.code"),
        ("sledai2k.serology", ["CMPL", "DSDNA"], "package.unknown_reference", "sledai2k.serology"),
        ("sledai2k.cutoff.0.item", "HAEM", "package.unknown_reference", "sledai2k.cutoff.item"),
        ("sledai2k.cutoff.0.limit", "five", "package.not_a_number", "sledai2k.cutoff[0].limit"),
        ("sledai2k.cutoff.0.unit", ..., "package.missing", "sledai2k.cutoff[0].unit"),
        ("sledai2k.cutoff.0.comparison", "over", "package.not_one_of", "sledai2k.cutoff[0].comparison"),
        ("bilag.systems", ["MSK", "MSK"], "package.twice", "bilag.systems"),
        ("sri.0.pga_worse_by", 0.3, "package.wrong_type", "sri[0].pga_worse_by"),
        ("lldas.none_of", ["SEIZURE"], "package.unknown_reference", "lldas.none_of"),
        ("lldas.pga", "1", "package.wrong_type", "lldas.pga"),
        ("doris.pga.inclusive", ..., "package.missing", "doris.pga.inclusive"),
        ("eular_acr_2019.criterion.1.code", "FEVER", "package.twice", "eular_acr_2019.criterion.code"),
        ("flare.treatment.0.level", "moderate", "package.not_one_of", "flare.treatment[0].level"),
        ("flare.prednisone_unit", "mg", "package.not_one_of", "flare.prednisone_unit"),
        ("doris.pga_limit", "0.5", "package.unknown_key", "doris.pga_limit"),
        ("sri.0.source", "", "package.blank", "sri[0].source"),
    ],
)
def test_a_faulty_file_is_refused_naming_file_key_and_reason(path, value, reason, key):
    content = deepcopy(CONTENT)
    _set(content, path, value)
    with pytest.raises(PackageFaulty) as refused:
        parse_instruments(content)
    assert (refused.value.code, refused.value.facts["key"]) == (reason, key)
    assert refused.value.facts["file"] == "instruments.toml"
