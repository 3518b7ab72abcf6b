"""What an injection was dissolved in: asked, corrected, told by its history, exported, on the worksheet."""

import pytest
from dose_fixtures import dispense, inject
from earlier_package import earlier_files
from study_fixtures import clock, made_study, study
from test_dose_correction import dialog, retype
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.dose_choices import diluents_of
from sle_desk.exports.exporting import write_export
from sle_desk.exports.pdf.worksheet_content import Injection
from sle_desk.exports.read_back import read_back
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services.package import read_package
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

IL2 = 3


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_a_powder_was_dissolved_in_is_recorded_by_keys_and_corrected(arms, on_page, language, tmp_path):
    dispense(arms.sit("lin.yue", roles.NURSE), IL2)
    window = on_page(arms, "doses", IL2, language=language)
    typist = Typist()
    typist.press("G", "N", "F6")
    view = window.page("doses").dose.view
    view.go_to("diluent")
    typist.press("1")
    view.go_to("diluent_ml")
    typist.fill("1")
    typist.press("Ctrl+Enter")
    (row,) = doses_of(arms, IL2, "IL2")
    assert (row.given.diluent, row.given.diluent_note, row.given.diluent_ml) == ("water", "", 1)
    typist.press("F2", "1")
    dialog().view.go_to("diluent")
    typist.press("3")
    dialog().view.go_to("diluent_note")
    typist.fill("5 % glucose")
    retype("diluent_ml", "2")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    (row,) = doses_of(arms, IL2, "IL2")
    assert (row.given.diluent, row.given.diluent_note, row.given.diluent_ml) == ("other", "5 % glucose", 2)
    typist.press("F11")
    assert typist.sees("5 % glucose")
    assert typist.sees("Water for injection" if language == "en" else "灭菌注射用水")
    done = write_export(arms.sit("chen.lan", roles.COORDINATOR), tmp_path, "site", Language(language))
    doses = next(table for table in read_back(done.path) if table.name == "DOSES")
    names = [each.name for each in doses.columns]
    (exported,) = (dict(zip(names, each, strict=True)) for each in doses.rows)
    assert (exported["DILUENT"], exported["DILUENT_NOTE"], exported["DILUENT_ML"]) == (
        "other",
        "5 % glucose",
        2,
    )


def test_it_is_left_open_where_nobody_says_it_and_the_worksheet_asks_it(arms):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    with snapshot(desk) as copy:
        parts = visit_worksheet(copy, IL2, "V1").parts
    assert [part.dissolved for part in parts if isinstance(part, Injection)] == [True]
    with pytest.raises(RuleBroken, match=r"dose\.code"):
        inject(desk, IL2, diluent="ringer_lactate")
    inject(desk, IL2)
    assert doses_of(arms, IL2, "IL2")[0].given.diluent == ""


def test_an_earlier_package_asks_nothing_of_it():
    earlier = read_package(earlier_files())
    assert diluents_of(earlier, earlier.drug("IL2")) == ()
    assert {each.code for each in diluents_of(earlier, earlier.drug("BEL"))} >= {"saline"}
