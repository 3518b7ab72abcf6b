"""What was measured beside the items: the newest of each analyte, and the last outside its limits."""

from __future__ import annotations

from datetime import date, timedelta

from judged_subjects import SCREENED, number, results, subject, word
from registered_package import registered

from sle_desk.domain.classification_hints import measured_beside
from sle_desk.domain.eligibility_facts import Source
from sle_desk.exports.classification_words import measured_words

EULAR = "class_eular_acr_2019"


def white_cells(value: str, day: date, row: int):
    return number("WBC", value, "10^9/L", "3.5", "9.5", day=day, source=Source("result", row))


def beside(*values, form: str = EULAR):
    facts = subject(results=(*results(), *values))
    return measured_beside(registered(), form, facts)


def test_the_newest_stands_at_its_item_with_the_last_that_was_outside_its_limits():
    before, now = white_cells("3.1", SCREENED - timedelta(days=30), 1), white_cells("5.0", SCREENED, 2)
    older = white_cells("2.9", SCREENED - timedelta(days=60), 3)
    assert beside(older, before, now)["LEUKOPENIA"] == (now, before)
    low = white_cells("3.2", SCREENED, 4)
    assert beside(before, low)["LEUKOPENIA"] == (low,)


def test_at_the_limit_itself_a_value_is_within_it():
    at_limit, now = (
        white_cells("3.5", SCREENED - timedelta(days=9), 1),
        white_cells("5.0", SCREENED, 2),
    )
    assert beside(at_limit, now)["LEUKOPENIA"] == (now,)


def test_an_item_without_a_result_and_a_form_without_items_have_none():
    assert "ANTI_SM" not in beside(white_cells("3.2", SCREENED, 1))
    assert beside(white_cells("3.2", SCREENED, 1), form="vitals") == {}
    assert beside(white_cells("3.2", SCREENED, 1), form="class_slicc_2012") == {}
    # In ACR 1997 a single item stands for each alternative, and the same results beside it.
    assert set(beside(white_cells("3.2", SCREENED, 1), form="class_acr_1997")) >= {"LEUKOPENIA"}


def test_it_is_told_with_value_unit_range_and_day_in_both_languages():
    said = measured_words(registered(), (white_cells("3.2", SCREENED, 1),))
    assert said.en == "Measured: WBC 3.2 10^9/L, range 3.5 – 9.5, 2026-11-18, P2611180212"
    assert said.zh == "检验结果：白细胞计数 3.2 10^9/L, 参考范围 3.5 – 9.5, 2026-11-18, P2611180212"
    plain = number("DDNAIGAB", "12", "IU/mL")
    assert "no range" in measured_words(registered(), (plain,)).en
    assert measured_words(registered(), (word("SM", "POS"),)).en.endswith("Anti-Sm Positive, 2026-11-18")
