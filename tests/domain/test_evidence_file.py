"""Evidence is a closed set of kinds; what a kind needs and does not get is refused."""

from __future__ import annotations

from typing import Any

import pytest
from registered_package import registered

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain import evidence
from sle_desk.domain.evidence_file import parse_evidence
from sle_desk.domain.reading import Entry

FIELD = {"form": "vitals", "field": "weight"}
LIMIT = {"comparison": "<", "number": "1.0", "unit": "10^9/L"}


def _read(content: dict[str, Any]) -> evidence.Evidence:
    return parse_evidence(Entry("criteria.toml", "E1.evidence", content))


def test_every_kind_is_used_by_the_package() -> None:
    used = {type(each.evidence) for each in registered().leaves}
    # The verdict that was typed: studies run on the package that asked for it.
    earlier = {evidence.ClassificationMet}
    assert used | earlier == set(evidence.Evidence.__subclasses__())


def test_a_limit_is_a_number_or_a_setting_and_not_both_or_neither() -> None:
    content = {"kind": "analyte_limit", "analyte": "NEUT", "limit": LIMIT}
    found = _read(content)
    assert isinstance(found, evidence.AnalyteLimit)
    assert (str(found.limit.number), found.settings(), found.analytes()) == ("1.0", (), ("NEUT",))
    for limit in ({**LIMIT, "setting": "a.b"}, {"comparison": "<", "unit": "10^9/L"}):
        with pytest.raises(PackageFaulty) as refused:
            _read({**content, "limit": limit})
        assert refused.value.code == "package.number_or_setting"
        assert refused.value.facts["key"] == "E1.evidence.limit.number"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"kind": "guess"}, "package.not_one_of"),
        ({"kind": "consent_signed", "version": "2"}, "package.unknown_key"),
        ({"kind": "age", "lowest": "a.b"}, "package.missing"),
        (
            {"kind": "analyte_limit", "analyte": "NEUT", "limit": {**LIMIT, "comparison": "="}},
            "package.not_one_of",
        ),
        (
            {"kind": "analyte_limit", "analyte": "NEUT", "limit": {**LIMIT, "number": 1.0}},
            "package.wrong_type",
        ),
        ({"kind": "answer", "questions": []}, "package.empty_list"),
        ({"kind": "answer", "scope": "a.b", "questions": [{**FIELD, "counts": ["Y"]}]}, "package.scope"),
        ({"kind": "answer", "questions": [{**FIELD, "counts": ["Y"], "scopes": ["a"]}]}, "package.scope"),
        (
            {"kind": "times_upper_limit", "any_of": ["BILI"], "factor": "1", "exempt": FIELD},
            "package.missing",
        ),
        (
            {"kind": "times_upper_limit", "any_of": ["BILI"], "factor": "1", "exempt_when": "a.b"},
            "package.unknown_key",
        ),
    ],
)
def test_faulty_evidence_is_refused(content: dict[str, Any], reason: str) -> None:
    with pytest.raises(PackageFaulty) as refused:
        _read(content)
    assert (refused.value.facts["file"], refused.value.code) == ("criteria.toml", reason)


def test_evidence_names_everything_it_reads() -> None:
    protocol = registered()
    assert protocol.leaf("I1").evidence.settings() == ("eligibility.age_lowest", "eligibility.age_highest")
    assert protocol.leaf("E5b").evidence.analytes() == ("HCVAB", "HCVRNA")
    assert protocol.leaf("E1h").evidence.settings() == (
        "eligibility.glucocorticoid_above",
        "eligibility.glucocorticoid_days",
    )
    allergies = protocol.leaf("E3").evidence.references()
    assert [each.field for each in allergies] == ["allergy_belimumab", "allergy_il2", "allergy_tofacitinib"]
    assert protocol.leaf("E8a").evidence.references()[0].codes == ("POS", "NEG", "IND")
    assert protocol.leaf("E2d").evidence.settings() == ("eligibility.gilbert",)
