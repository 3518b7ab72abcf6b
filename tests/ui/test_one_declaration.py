"""What the package declares of a field: the screen asks it, the workbook holds it, the listing says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pytest
from paper_samples import stamp
from pypdf import PdfReader
from PySide6.QtWidgets import QApplication
from registered_package import coded, files, registered
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import register

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.forms import Form, unit_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.protocol_file import parse
from sle_desk.exports.dataset import PRESETS, Source, form_code_lists, form_table
from sle_desk.exports.dataset_forms import asked_forms, forms_table
from sle_desk.exports.dataset_logs import log_table
from sle_desk.exports.pdf.worksheet import worksheet_pdf
from sle_desk.exports.tables import Table
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services.snapshots import snapshot
from sle_desk.ui.choice_buttons import ChoiceButtons
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence

__all__ = ["clock", "made_study", "study"]
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8)))
CODES = [form.code for form in asked_forms(registered())]


def view_of(form: Form, language: str) -> FormView:
    return FormView(form, Language(language), lambda: NOW, finding_sentence)


def on_screen(form: Form, language: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return what the form shows of each field: its label, its unit, its answers."""
    view = view_of(form, language)
    shown = {}
    for field in form.fields():
        box = view.field(field.code)
        buttons = box.findChildren(ChoiceButtons)
        answers = tuple(button.words for each in buttons for button in each._buttons)
        shown[field.code] = (box.caption.text(), box.unit.text(), answers)
    view.deleteLater()
    return shown


def tables_of(study: Study, protocol: Protocol) -> Mapping[str, Table]:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with desk.view() as session:
        source, preset = Source(protocol, session), PRESETS["site"]
        return {
            form.code: log_table(source, form, preset) if form.log else form_table(source, form)
            for form in asked_forms(protocol)
        } | {"": forms_table(source, preset)}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_listing_says_what_the_screen_shows_and_the_sheet_holds(
    qapp: QApplication, study: Study, code: str, language: str
) -> None:
    form = registered().form(code)
    tables = tables_of(study, registered())
    listing = [dict(zip((c.name for c in tables[""].columns), row, strict=True)) for row in tables[""].rows]
    listed = [row for row in listing if row["SHEET"] == code.upper()]
    names = {column.name: column for column in tables[code].columns}
    shown, tongue = on_screen(form, language), {"en": "EN", "zh_CN": "ZH"}[language]
    assert [row["COLUMN"] for row in listed] == [field.code.upper() for field in form.fields()]
    for row, field in zip(listed, form.fields(), strict=True):
        caption, unit, answers = shown[field.code]
        column = names[str(row["COLUMN"])]
        assert caption == row[f"FIELD_{tongue}"] == Language(language).words(column.label)
        assert unit == (Language(language).words(unit_words(field.unit)) if field.unit else "")
        assert column.unit == field.unit
        if answers:
            told = [part.split(" = ", 1)[1] for part in str(row[f"CHOICES_{tongue}"]).split("; ")]
            assert list(answers) == told


def test_a_label_a_unit_and_a_choice_changed_in_one_place_change_everywhere(
    qapp: QApplication, study: Study
) -> None:
    protocol = changed_package()
    tables = tables_of(study, protocol)
    assert on_screen(protocol.form("vitals"), "zh_CN")["weight"][:2] == ("着衣体重", "jin")
    column = next(each for each in tables["vitals"].columns if each.name == "WEIGHT")
    assert (column.label.en, column.unit) == ("Weight in gowns", "jin")
    assert "Very bad" in on_screen(protocol.form("allergy"), "en")["severity"][2]
    lists = {each.name: dict(each.codes) for each in form_code_lists(protocol)}
    assert lists["ALLERGY.SEVERITY"]["severe"].zh == "极重"
    said = "\n".join(str(cell) for row in tables[""].rows for cell in row)
    assert "Weight in gowns" in said and "severe = 极重" in said and "\njin\n" in said


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_is_changed_in_one_place_changes_on_the_worksheet_too(study: Study, language: str) -> None:
    protocol, subject = changed_package(), register(study)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with snapshot(desk) as copy:
        sheet = visit_worksheet(replace(copy, protocol=protocol), subject, "V0")
    printed = worksheet_pdf(sheet, Language(language), stamp(), font_files())
    text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages).split())
    assert "着衣体重Weightingownsjin" in text
    assert "3极重" in text and "3Verybad" in text


def changed_package() -> Protocol:
    """Return the package with another label, another unit and another choice."""
    package = files("forms/vitals.toml", "forms/allergy.toml")
    weight = coded(package["forms/vitals.toml"]["section"][1]["field"], "weight")
    weight["label"], weight["unit"] = {"en": "Weight in gowns", "zh": "着衣体重"}, "jin"
    severity = coded(package["forms/allergy.toml"]["section"][0]["field"], "severity")
    coded(severity["choices"], "severe")["label"] = {"en": "Very bad", "zh": "极重"}
    return parse(package)


def test_no_field_is_called_like_a_column_that_every_sheet_has(study: Study) -> None:
    for table in tables_of(study, registered()).values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name
