"""What leaves the program of a dose that was given otherwise than any list says: its words, and no name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdf
import pytest
from dose_fixtures import at, dispense, inject, prepared
from outputs import words_of
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.about import CODE_LISTS, DICTIONARY
from sle_desk.exports.exporting import write_export
from sle_desk.exports.printing import print_worksheet
from sle_desk.exports.read_back import read_back
from sle_desk.services import preparing, subjects
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
EN = Language("en")
BOTH = 1
LISTS = ("SITE", "PLACE", "DILUENT")


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The coordinator's desk; subject 1 was injected elsewhere, and a name stands in the words."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, BOTH)
    name = subjects.identity_of(nurse, BOTH).name
    words = {"place": "other", "place_note": f"at work of {name}", "source_reference": "note 4"}
    inject(nurse, BOTH, site="other", site_note="left buttock", **words)
    glucose = {"diluent": "other", "diluent_note": "5 % glucose"}
    preparing.prepare_infusion(nurse, prepared(nurse, BOTH, Decimal("61.2"), **glucose))
    arms.clock.advance(timedelta(minutes=5))
    return arms.sit("chen.lan", roles.COORDINATOR)


def test_the_workbook_has_the_words_beside_their_codes_and_masks_a_name_in_them(
    desk: Desk, tmp_path: Path
) -> None:
    done = write_export(desk, tmp_path, "site", EN)
    doses = next(table for table in read_back(done.path) if table.name == "DOSES")
    names = [each.name for each in doses.columns]
    injected, infused = (dict(zip(names, row, strict=True)) for row in doses.rows)
    assert (injected["SITE"], injected["SITE_NOTE"]) == ("other", "left buttock")
    assert (injected["PLACE"], injected["PLACE_NOTE"]) == ("other", "at work of […]")
    assert (infused["DILUENT"], infused["DILUENT_NOTE"]) == ("other", "5 % glucose")
    assert [infused[name] or None for name in ("SITE_NOTE", "PLACE_NOTE")] == [None, None]
    assert subjects.identity_of(desk, BOTH).name not in words_of(done.path)
    book = openpyxl.load_workbook(done.path, read_only=True)
    told = {row[:8] for row in book[DICTIONARY].iter_rows(values_only=True) if row[0] == "DOSES"}
    assert {(row[1], row[7]) for row in told} >= {(name, name) for name in LISTS}
    assert {(row[1], row[2], row[3]) for row in told} >= {
        ("SITE_NOTE", "Injection site, in words", "注射部位说明"),
        ("PLACE_NOTE", "Place, in words", "给药地点说明"),
        ("DILUENT_NOTE", "Diluent, in words", "稀释液说明"),
    }
    codes = {(row[0], row[1], row[3]) for row in book[CODE_LISTS].iter_rows(values_only=True)}
    assert codes >= {(name, "other", "其他") for name in LISTS}


def test_another_site_has_no_location_to_map_to(desk: Desk) -> None:
    site = desk.protocol.drug("IL2").site("other")
    assert (site.location, site.laterality) == ("", "")


def test_nothing_of_it_is_in_the_workbook_of_the_sponsor(desk: Desk, tmp_path: Path) -> None:
    text = words_of(write_export(desk, tmp_path, "sponsor", EN).path)
    assert not [words for words in ("buttock", "at work", "glucose") if words in text]


@pytest.mark.parametrize(("language", "last", "hospital"), [("en", "right thigh", "Other hospital"),
                                                            ("zh_CN", "右大腿", "其他医院")])  # fmt: skip
def test_the_worksheet_has_a_line_to_write_on_after_the_sites_and_the_places(
    desk: Desk, language: str, last: str, hospital: str
) -> None:
    content = print_worksheet(desk, BOTH, "W4", Language(language)).content
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    other = {"en": "other", "zh_CN": "其他"}[language]
    for before in (last, hospital):
        behind = text[text.index(before) + len(before) :].split("\n")
        assert " ".join(behind[:3]).split()[:3].count(other) == 1, behind[:3]
