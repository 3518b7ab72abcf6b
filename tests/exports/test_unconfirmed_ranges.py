"""A flag that rests on a range nobody compared with the laboratory's list is marked wherever it leaves."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from lab_samples import sample, typed
from study_fixtures import clock, desk, made_study, study

from sle_desk.base.language import Language
from sle_desk.exports.exporting import write_export
from sle_desk.exports.printing import print_visit_summary
from sle_desk.exports.read_back import read_back
from sle_desk.services import labs, range_entry
from sle_desk.services.desk import Desk

__all__ = ["clock", "desk", "made_study", "study"]
EN = Language("en")


@pytest.mark.parametrize("confirmed", [False, True])
def test_summary_and_workbook_say_whether_the_range_was_confirmed(
    desk: Desk, tmp_path: Path, confirmed: bool
) -> None:
    saved = labs.save_results(desk, sample(desk), (typed(desk, "HGB", "96"),))
    if confirmed:
        range_entry.confirm_ranges(desk, saved.laboratory_id, "List v4")
    content = print_visit_summary(desk, saved.visit_id, EN).content
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())
    assert ("115 – 150 *" in text) is not confirmed and "115 – 150" in text
    assert "* = the site has not confirmed this reference range." in text
    table = next(
        each for each in read_back(write_export(desk, tmp_path, "site", EN).path) if each.name == "LAB"
    )
    row = dict(zip([each.name for each in table.columns], table.rows[0], strict=True))
    assert (row["FLAG"], row["RANGE_CONFIRMED"]) == ("LOW", "Y" if confirmed else "N")
    assert (row["RANGE_SOURCE"] == "List v4") is confirmed
