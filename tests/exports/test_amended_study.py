"""What leaves a study with two versions of its package: workbook, backup, and papers printed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from amendment_packages import (
    ADDED_FIELD,
    ADDED_VISITS,
    APPROVED_ON,
    BASE,
    NEXT,
    SENTENCE,
    approval,
    approve,
    imported,
    packed,
    register,
)
from openpyxl import load_workbook
from study_fixtures import PASSWORD, Study, clock, made_study
from trial_fixtures import made_ready, made_trial, numbers, ready

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.amendment_rules import COLUMNS, DERIVED, SHEETS, answered_forms
from sle_desk.domain.values import folded
from sle_desk.exports.exporting import write_export
from sle_desk.exports.hiding import names_of_drugs
from sle_desk.exports.printing import print_again, print_eligibility_form
from sle_desk.exports.read_back import ReadTable, read_back
from sle_desk.services import (
    amendments,
    backup,
    checklist,
    consent_versions,
    ethics,
    form_records,
    papers,
    site_days,
    visits,
)
from sle_desk.services.amendment_withdrawal import withdraw
from sle_desk.services.answers import Given
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.ethics import NewApproval
from sle_desk.services.form_records import NewForm

__all__ = ["clock", "made_ready", "made_study", "made_trial", "ready"]
EN = Language("en")
SUBJECT = 1
WEEK = timedelta(days=7)


def rows_of(tables: tuple[ReadTable, ...], name: str) -> list[dict[str, object]]:
    table = next(each for each in tables if each.name == name)
    return [dict(zip([each.name for each in table.columns], row, strict=True)) for row in table.rows]


def amended(study: Study, path: Path) -> Desk:
    """Approve an amendment, wait for its day and weigh somebody by the new form of vital signs."""
    changes = (SENTENCE, ADDED_FIELD, ADDED_VISITS)
    approve(study, imported(study, packed(path, *changes)))
    study.clock.advance(timedelta(days=1))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    visit = visits.record_visit(desk, SUBJECT, "UNS", desk.today()).id
    given = Given(numbers({"weight": "60", "waist": "71.5"}))
    form_records.save_form(desk, NewForm(SUBJECT, visit, "vitals", desk.today(), given, "08:00"))
    return desk


def test_a_workbook_of_two_versions_reads_back_with_both_and_the_new_field(
    ready: Study, tmp_path: Path
) -> None:
    desk = amended(ready, tmp_path / "a.zip")
    tables = read_back(write_export(desk, tmp_path, "sponsor", EN).path)
    versions = rows_of(tables, "PROTOCOL_VERSIONS")
    assert [(row["PACKAGE_VERSION"], row["FOLLOWS"] or "", row["STATE"]) for row in versions] == [
        (BASE, "", "approved"),
        (NEXT, BASE, "approved"),
    ]
    assert all(len(str(row["PACKAGE_SHA256"])) == 64 for row in versions)
    waists = [row["WAIST"] for row in rows_of(tables, "VITALS")]
    assert [str(each) for each in waists if each is not None] == ["71.5"] and len(waists) > 1
    asked = {row["COLUMN"]: row for row in rows_of(tables, "FORMS") if row["SHEET"] == "VITALS"}
    assert (asked["WAIST"]["FIELD_EN"], asked["WAIST"]["VERSION"]) == ("Waist <b>&</b>", "2")
    (verdict,) = rows_of(tables, "VERDICTS")
    assert verdict["PACKAGE_VERSION"] == BASE


def test_no_name_of_the_workbook_is_left_for_an_amendment_to_take(ready: Study, tmp_path: Path) -> None:
    desk = ready.sit("wu.min", roles.PI)
    path = write_export(desk, tmp_path, "site", EN).path
    asked = {code.upper(): desk.protocol.form(code) for code in answered_forms(desk.protocol)}
    # A code holds no blank, and two sheets have one in their names.
    sheets = {name for name in load_workbook(path).sheetnames if " " not in name}
    assert {name.upper() for name in sheets - set(asked)} <= SHEETS
    for table in read_back(path):
        if table.name in asked:
            known = {field.code.upper() for field in asked[table.name].fields()}
            given = {column.name.upper() for column in table.columns} - known
            assert {name for name in given if not DERIVED.fullmatch(name)} <= COLUMNS, table.name


def test_a_paper_of_the_version_before_is_printed_again_to_the_byte(ready: Study, tmp_path: Path) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    number = print_eligibility_form(desk, SUBJECT, EN).paper_id
    approve(ready, imported(ready, packed(tmp_path / "a.zip", SENTENCE)))
    ready.clock.advance(timedelta(days=1))
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    assert desk.protocol.version == NEXT
    paper = next(each for each in papers.papers(desk) if each.id == number)
    assert print_again(desk, paper).same
    assert paper.state != "superseded"
    assert checklist.checklist(desk, SUBJECT).later_version == NEXT


def test_a_backup_of_two_versions_is_verified_and_read_with_both(ready: Study, tmp_path: Path) -> None:
    desk = amended(ready, tmp_path / "a.zip")
    made = backup.make_backup(desk, ready.folder)
    ready.leave()
    with backup.reading(made.path, "chen.lan", PASSWORD, ready.clock) as (_, then):
        assert [each.version for each in then.protocol.versions] == [NEXT, BASE]


def test_no_free_text_about_the_study_tells_the_sponsor_who_is_in_which_arm(
    ready: Study, tmp_path: Path
) -> None:
    told = "SLE-003 BEL, 贝利尤单抗"
    path = packed(tmp_path / "a.zip", SENTENCE)
    row = imported(ready, path)
    desk = ready.sit("wu.min", roles.PI)
    amendments.reject(desk, row.id, row.version, told)
    ready.leave()
    row = imported(ready, path)
    desk = ready.sit("wu.min", roles.PI)
    register(desk)
    ethics.record_approval(desk, NewApproval("other", "BEL-7", told, APPROVED_ON, told, reference=told))
    given = replace(approval(desk, row.id), document=told, reason=told)
    signing = amendments.signing_for(amendments.APPROVE, "en", PASSWORD)
    amendments.approve(desk, ready.folder, row.id, row.version, given, signing)
    signing = amendments.signing_for(amendments.WITHDRAW, "en", PASSWORD)
    seen = amendments.amendments(desk)[0]
    withdraw(desk, ready.folder, seen.id, seen.version, told, signing)
    named = site_days.Entered("holiday", Words(told, told), told)
    site_days.record_days(desk, date(2026, 12, 28), None, named)
    made = write_export(desk, tmp_path, "sponsor", EN)
    tables = read_back(made.path)
    first, rejected, withdrawn = rows_of(tables, "PROTOCOL_VERSIONS")
    masked = "SLE-003 […], […]"
    assert rejected["REASON"] == masked and not rejected["WITHDRAWN_REASON"]
    assert [withdrawn[name] for name in ("STATE", "DOCUMENT", "REASON", "WITHDRAWN_REASON")] == [
        "withdrawn",
        *[masked] * 3,
    ]
    assert withdrawn["WITHDRAWN_AT"] and withdrawn["DECIDED_AT"] and withdrawn["EFFECTIVE_FROM"]
    assert not first["WITHDRAWN_AT"] and first["PACKAGE_VERSION"] == BASE
    drugs = names_of_drugs(desk.protocol)
    for name in ("ETHICS", "SITE_CALENDAR", "CONSENT_VERSIONS", "PROTOCOL_VERSIONS"):
        for each in rows_of(tables, name):
            assert not [value for value in each.values() if drugs.search(folded(str(value or "")))], name
    # Of the decisions the codes of the package stay, and what people wrote beside them does not.
    for each in rows_of(tables, "DECISIONS"):
        for column in ("OWN_WORDS", "DOCUMENT", "SECTION", "REASON", "WITHDRAWN_REASON"):
            assert not drugs.search(folded(str(each[column] or "")))
    site = rows_of(read_back(write_export(desk, tmp_path, "site", EN).path), "PROTOCOL_VERSIONS")
    assert site[2]["REASON"] == told


def test_an_approval_that_an_amendment_rests_on_is_not_taken_away(ready: Study, tmp_path: Path) -> None:
    approve(ready, imported(ready, packed(tmp_path / "a.zip", SENTENCE)), ready.clock.now().date() + WEEK)
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    (line,) = [each for each in ethics.approvals(desk) if each.approval.kind == "amendment"]
    with pytest.raises(RuleBroken) as refused:
        ethics.void_approval(desk, line.id, line.version, "slip")
    assert (refused.value.code, refused.value.facts) == ("ethics.amendment_rests", {"versions": NEXT})
    later = replace(line.approval, approved_on=desk.today() + WEEK + timedelta(days=1))
    ready.clock.advance(2 * WEEK)
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken, match="ethics.after_amendment"):
        ethics.correct_approval(desk, line.id, line.version, later, "slip")
    ethics.correct_approval(desk, line.id, line.version, replace(line.approval, reference="Binder 3"), "slip")


def test_a_verdict_goes_void_where_the_version_that_was_signed_is_called_otherwise(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    assert checklist.checklist(desk, SUBJECT).signed is not None
    kept = consent_versions.consent_version_rows(desk)[0]
    right = NewVersion("V2.1 of 2026-03-12", kept.version_day, kept.approved_on, kept.approval_number)
    consent_versions.correct_version(desk, kept.id, kept.version, right, "slip")
    assert checklist.checklist(desk, SUBJECT).signed is None
