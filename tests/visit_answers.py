"""What stands on the papers of a visit: answers to its forms, and reports with every value of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from judged_subjects import DOSES, HISTORY

from sle_desk.demo.values import ASKED, ORGANS
from sle_desk.domain.analytes import BOTH, FEMALE, NORMAL, NUMBER, Analyte
from sle_desk.domain.classification_sets import items_of
from sle_desk.domain.item_sets import item_sets
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.record_source import judged_fields

CBC = (
    "3.25",
    "3.41",
    "104",
    "88.3",
    "28.2",
    "0.301",
    "319",
    "14.2",
    "131",
    "1.92",
    "0.96",
    "0.31",
    "0.34",
    "0.02",
)
VITALS = {"temperature": "36.6", "systolic": "118", "diastolic": "76", "pulse": "72", "respiration": "16",
          "oxygen_saturation": "98", "weight": "56.4", "height": "160"}  # fmt: skip
# What every laboratory calls negative, though the package knows no range of it.
WITHOUT_RANGE = {"DDNAIGAB": "12"}
# Who does not judge types what an investigator judged from the paper that the investigator signed.
ON_PAPER = {
    "source": "paper", "source_reference": "Binder 3", "source_signer": "Zhao Jing", "source_signed_on": "t",
}  # fmt: skip
PREGNANCY = {"done": "done", "type": "serum", "result": "NEG", "day": "t"}


def form_answers(
    protocol: Protocol, code: str, time: str, weight: str = VITALS["weight"]
) -> Mapping[str, str]:
    """Return what the paper says on a form of a visit: somebody with a rash and two joints, scored low."""
    items = protocol.instruments.sledai.weights
    letters = [field.code for field in protocol.form("bilag_letters").fields() if field.choices]
    vitals = {name: value for name, value in VITALS.items() if name != "height"}
    source = protocol.form("history_screening").field("history_source").choices[0].code
    known: dict[str, Mapping[str, str]] = {
        **ASKED,
        "demography": {"race": "asian", "ethnic_group": "han"},
        "history_screening": {**HISTORY, **DOSES, "history_source": source},
        **{
            each.form: {
                item: "Y" if item in ("ANA", "LEUKOPENIA", "ARTHRITIS", "JOINT") else "N"
                for item in items_of(each.code, protocol.instruments)
            }
            for each in item_sets(protocol)
        },
        "class_slicc_2012": {"met": "Y", "items": "Arthritis, leukopenia, ANA, anti-dsDNA"},
        "sle_history": {"diagnosed": "2019-05-UK", **ORGANS},
        "vitals": {**vitals, "weight": weight},
        "pregnancy_test": {**PREGNANCY, "time": time},
        "pga": {"PGA": "1.20"},
        "sledai2k": {item: "Y" if item in ("RASH", "ARTH") else "N" for item in items},
        "bilag_letters": dict.fromkeys(letters, "C"),
        "joints28": {"tender": "2", "swollen": "2"},
        "pre_dose_samples": {"taken": "Y", "time": time, "tubes": "6", "taken_by": "Lin Yue"},
    }
    return known[code]


def from_paper(protocol: Protocol, code: str, answers: Mapping[str, str]) -> Mapping[str, str]:
    """Return answers with the paper they are typed from, where an investigator judged any of them."""
    return {**answers, **ON_PAPER} if judged_fields(protocol.form(code)) else answers


def report_of(protocol: Protocol, panel: str) -> dict[str, str]:
    """Return a report that leaves nothing of a panel out, its values within their ranges."""
    codes = protocol.laboratory.panel(panel).analytes
    if panel == "CBC":
        return dict(zip(codes, CBC, strict=True))
    return {code: _value(protocol.laboratory.analytes[code]) for code in codes}


def _value(analyte: Analyte) -> str:
    if analyte.code in WITHOUT_RANGE:
        return WITHOUT_RANGE[analyte.code]
    if analyte.kind != NUMBER:
        normal = (answer.code for answer in analyte.answers if answer.flag == NORMAL)
        return next(normal, analyte.answers[0].code)
    fitting = (each for each in analyte.ranges if each.sex in (FEMALE, BOTH))
    limits = next(((each.low, each.high) for each in fitting), analyte.soft or analyte.hard)
    assert limits is not None, analyte.code
    low, high = limits
    middle = (low + high) / 2 if low is not None and high is not None else (low or high or Decimal(1))
    return f"{middle.quantize(Decimal(1).scaleb(-(analyte.decimals or 0))):f}"
