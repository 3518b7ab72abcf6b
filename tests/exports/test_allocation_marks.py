"""That an arm was told outside, or an allocation made in error, stands on the slip and in both exports."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest
from allocated_outside import OTHER, mark, record, told
from study_fixtures import Study, clock, made_study
from trial_fixtures import made_ready, made_trial, ready

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.printing import print_again, print_slip
from sle_desk.exports.study_export import study_tables
from sle_desk.services import papers
from sle_desk.services.masking import MASK
from sle_desk.services.snapshots import snapshot

__all__ = ["clock", "made_ready", "made_study", "made_trial", "ready"]
WHY = "The computer did not start."


def subject_of(study: Study, preset: str) -> dict[str, object]:
    """Return the row of subject 1 as it leaves in an export."""
    with snapshot(study.desk) as copy:
        tables = study_tables(copy, PRESETS[preset])
    table = next(table for table in tables if table.name == "SUBJECTS")
    return dict(zip((column.name for column in table.columns), table.rows[0], strict=True))


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


@pytest.fixture
def marked(ready: Study) -> Study:
    """A trial whose first subject was told another arm by telephone than the row holds."""
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR), OTHER))
    return ready


def test_both_exports_say_it_and_only_the_site_reads_what_people_wrote(marked: Study) -> None:
    mark(marked)
    site, sponsor = subject_of(marked, "site"), subject_of(marked, "sponsor")
    for row in (site, sponsor):
        assert (row["ALLOCATED_OUTSIDE"], row["OUTSIDE_AGREES"]) == ("telephone", "N")
        assert row["ALLOCATION_ERROR"] == "Y"
    assert (site["OUTSIDE_REASON"], site["ERROR_REASON"]) == (WHY, "She was not eligible.")
    assert (sponsor["OUTSIDE_REASON"], sponsor["ERROR_REASON"]) == (MASK, MASK)
    assert "ARM" not in sponsor


def test_what_people_wrote_of_it_is_in_no_sheet_of_the_sponsor(marked: Study) -> None:
    mark(marked)
    with snapshot(marked.desk) as copy:
        tables = study_tables(copy, PRESETS["sponsor"])
    cells = [str(cell) for table in tables for row in table.rows for cell in row]
    assert not [cell for cell in cells if WHY in cell or "She was not eligible" in cell]


@pytest.mark.parametrize(("language", "said"), [("en", "Emergency allocation"), ("zh_CN", "紧急")])
def test_the_slip_says_it_and_is_superseded_once_the_allocation_is_marked(
    marked: Study, language: str, said: str
) -> None:
    desk = marked.sit("chen.lan", roles.COORDINATOR)
    done = print_slip(desk, 1, Language(language))
    text = words(done.content)
    assert said in text
    assert "Sun Tong" in text
    assert WHY.split()[0] in text
    mark(marked)
    desk = marked.sit("chen.lan", roles.COORDINATOR)
    row = next(row for row in papers.papers(desk) if row.id == done.paper_id)
    assert row.state == "superseded"
    assert not print_again(desk, row).same
    assert "She was not eligible." in words(print_slip(desk, 1, Language(language)).content)
