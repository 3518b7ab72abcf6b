"""What a row of the audit changed is said by words of fields, units and codes, never as it is kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from at_the_desk import Person, people
from PySide6.QtWidgets import QApplication
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import LANGUAGES, Language
from sle_desk.domain import audit_codes, change_reasons, checks, dose_choices, kits, roles
from sle_desk.domain.audit_columns import COLUMN_WORDS
from sle_desk.domain.audit_words import ACTION_WORDS
from sle_desk.models.base import Day, Instant, Measure
from sle_desk.models.tables import audited_tables
from sle_desk.services import allocation, history, restoring
from sle_desk.services.audit_around import DESCRIBING, POINTS_AT
from sle_desk.services.history import FIELDS, YES_OR_NO, AuditRow
from sle_desk.ui import audit_codes as shown_codes
from sle_desk.ui.audit_parts import KEPT_WHOLE, NAMING, PARTS, UNIT_OF
from sle_desk.ui.audit_values import NOTHING, SPECIAL, AuditValues
from sle_desk.ui.audit_wording import audit_columns, change_words
from sle_desk.ui.dialogs.audit_row import AuditRowDialog

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study"]
# What a person wrote, and what is a name, a number, a time or a hash: the same in both languages.
AS_IT_IS = {
    *("about_id", "age_from", "age_until", "answer", "answered_slot", "application", "approval_number"),
    *("agreeing", "audit_review", "differing", "unlock_reason"),
    *("algorithm", "certain_percent", "chance_percent", "guessed_percent", "told_by"),
    *("at_time", "audit_code", "audit_number", "capa", "checked_by", "code", "commitment", "consent_version"),
    *("base_version", "file_sha256", "package_sha256"),
    *("content_hash", "count", "digest", "diluent_note", "document", "document_version", "entries"),
    *(
        "explained_by",
        "explanation",
        "file_hash",
        "file_name",
        "form_version",
        "gcp_certificate",
        "given_by",
        "grade",
    ),
    *("grade_version", "identity_number", "initials", "judged_reference", "judged_signer", "kit", "login"),
    *("lot", "name", "name_en", "name_zh", "note", "number", "own_words", "package", "package_version"),
    *(
        "party",
        "person",
        "witness",
        "phone",
        "place_note",
        # A name, as elsewhere an account decides.
        "dose_pause.decided_by",
        "prepared_by",
        "print_number",
        "protocol_version",
        "question",
        "quotes_sha256",
    ),
    *("randomisation_number", "reaction_note", "reason", "reason_note", "reference", "refused"),
    *("committee", "covers_consents", "covers_protocol", "approval_number"),
    *("report_number", "screening_number", "section", "sha256", "signed_time", "site_note", "size"),
    *("source_reference", "source_signer", "statement", "to_id", "withdrawn_reason", "words", "zone"),
}
RAW = re.compile(r'Z[+-]\d|[{}"\[\]]|None →|\b\d{7,}\b|\b(?:entered_here|not_eligible|NEG|BELIL2)\b')


def _told(table: str, column: str, kind: object, values: AuditValues) -> bool:
    """Tell whether something says how a column is read."""
    key = f"{table}.{column}"
    if isinstance(kind, Day | Instant) or column in YES_OR_NO.get(table, ()) or key in KEPT_WHOLE:
        return True
    if column in (*PARTS.get(table, ()), *NAMING.get(table, ())) or column in POINTS_AT.get(table, {}):
        return True
    form, _, code = FIELDS.get(table, {}).get(column, "").partition(".")
    field = values.protocol.form(form).field(code) if code else None
    if isinstance(kind, Measure):
        return key in UNIT_OF or (field is not None and bool(field.unit))
    if key in SPECIAL or column in SPECIAL or (field is not None and field.choices):
        return True
    return bool(shown_codes.list_of(table, column)) or column in AS_IT_IS or key in AS_IT_IS


def test_every_audited_column_has_a_name_and_a_way_to_be_said(study: Study) -> None:
    values = AuditValues(Language("en"), study.sit("wu.min", roles.PI).protocol)
    columns = [(table.name, column) for table in audited_tables() for column in table.columns]
    columns = [(table, column) for table, column in columns if column.name not in ("id", "version")]
    untold = [
        f"{table}.{each.name}" for table, each in columns if not _told(table, each.name, each.type, values)
    ]
    assert untold == []
    nameless = [each.name for table, each in columns if each.name not in {*FIELDS[table], *COLUMN_WORDS}]
    assert nameless == []
    known = {f"{table}.{each.name}" for table, each in columns} | {each.name for _, each in columns}
    assert set(shown_codes.LISTS) | set(SPECIAL) | set(UNIT_OF) | KEPT_WHOLE | AS_IT_IS <= known
    for table, names in DESCRIBING.items():
        assert {f"{table}.{name}" for name in names} <= known


def test_every_list_of_codes_has_words_in_both_languages(study: Study) -> None:
    lists = shown_codes.code_words(study.sit("wu.min", roles.PI).protocol)
    for name in {*shown_codes.LISTS.values(), "PAPER", "YN"}:
        assert lists[name], name
        assert all(words.en and words.zh for words in lists[name].values()), name
    meanings = set(allocation.STATEMENTS) | {"eligibility.eligible", "eligibility.not_eligible", "redaction"}
    assert meanings | set(ACTION_WORDS) <= set(audit_codes.MEANING_WORDS)


def _rows(study: Study) -> tuple[AuditRow, ...]:
    return history.audit_trail(study.sit("wu.min", roles.PI), history.Trail(limit=10_000))


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_of_a_whole_trial_is_said_as_it_is_kept(arms: Study, code: str) -> None:
    rows = _rows(arms)
    values = AuditValues(Language(code), arms.desk.protocol)  # type: ignore[union-attr]
    assert {"answer", "result", "criterion_answer", "dose_vials"} - {row.table for row in rows} <= {
        "dose_vials"
    }
    # Hashes, codes, identity numbers and addresses of sources are read as they are.
    hashes = re.compile(r"[0-9a-f]{64}|[\w.]+/\S+|[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5}|\b\d{17}[\dX]\b")
    raw = [
        (row.table, said)
        for row in rows
        if row.table not in ("protocol_decision", "study_fact", "identity") and not row.facts
        if RAW.search(hashes.sub("", said := change_words(row, values)))
    ]
    assert raw == []


def test_measures_instants_choices_and_people_are_said_in_words(arms: Study) -> None:
    rows = _rows(arms)
    desk = arms.desk
    assert desk is not None
    english, chinese = (AuditValues(Language(code), desk.protocol) for code in ("en", "zh_CN"))
    weight = next(row for row in rows if row.new.get("field") == "weight")
    number = f"{weight.new['typed']} kg"
    assert change_words(weight, english).startswith(f"Weight: {number}; form: Vital signs")
    assert change_words(weight, chinese).startswith(f"体重: {number}")
    pregnant = next(row for row in rows if row.new.get("choice") == "NEG")
    assert "Negative" in change_words(pregnant, english) and "阴性" in change_words(pregnant, chinese)
    assert english.value(weight, "moved_to", None, {}) == NOTHING
    opened = next(row for row in rows if row.table == "allocation")
    said = change_words(opened, english)
    assert (
        re.search(r"Randomised at: \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\+08:00\)", said)
        and "subject: SLE-" in said
    )
    assert "allocated by: Wu Min" in said or "allocated by: Chen Lan" in said
    # What is masked, or was kept by another version, stands as it is and breaks nothing.
    assert english.value(weight, "number", "•••", {}) == "•••"
    assert english.value(weight, "gone_long_ago", "x", {}) == "x"


def test_a_correction_says_both_values_with_their_unit(arms: Study) -> None:
    rows = _rows(arms)
    weight = next(row for row in rows if row.new.get("field") == "weight")
    desk = arms.desk
    assert desk is not None
    changed = AuditRow(
        **{**vars(weight), "operation": "update"}
        | {"old": {"number": 51_300_000, "typed": "51.3"}, "new": {"number": 52_000_000, "typed": "52.0"}}
    )
    assert change_words(changed, AuditValues(Language("en"), desk.protocol)) == "Weight: 51.3 kg → 52.0 kg"


def test_why_an_act_was_done_is_said_in_words(arms: Study) -> None:
    desk = arms.sit("wu.min", roles.PI)
    acts = {
        "dose.discard": desk.protocol.list("missed_reason").choices,
        "consent.record": checks.LATE_CONSENT_REASONS,
        "dispensing.record": kits.KIT_REASONS,
        "dose.give_prepared": dose_choices.DOSE_REASONS,
        "dose.prepare": dose_choices.DOSE_REASONS,
        "dose.record": (*dose_choices.DOSE_REASONS, *desk.protocol.list("missed_reason").choices),
        "keys.accept": change_reasons.KEYS_REASONS,
        "people.deactivate": change_reasons.CLOSING_REASONS,
        "study.restore": restoring.REASONS,
        "value.correct": checks.CORRECTION_REASONS,
        "visit.record": (*checks.AFTER_END_REASONS, *checks.MISSING_REASONS, *checks.CORRECTION_REASONS),
    }
    row = _rows(arms)[0]
    for language in map(Language, LANGUAGES):
        values = AuditValues(language, desk.protocol)
        changed = audit_columns(values)[-1]
        for action, choices in acts.items():
            for choice in choices:
                said = language.words(choice.label)
                assert values.why(action, choice.code) == said
                assert values.why(action, f"{choice.code}: abroad") == f"{said}: abroad"
                told = changed.second(replace(row, action=action, reason=choice.code))
                assert told == language.text("Reason: {reason}", reason=said)
        taken_back = replace(row, table="stock_movement", fields={})
        for choice in checks.CORRECTION_REASONS:
            told = values.value(taken_back, "reason", f"{choice.code}: twice", {})
            assert told == f"{language.words(choice.label)}: twice"
        assert values.why("visit.record", "") == "" and values.why("list.import", "New list") == "New list"


def test_the_ways_that_a_role_may_not_see_stay_hidden(arms: Study) -> None:
    desk = arms.sit("xu.feng", roles.ADMINISTRATOR)
    values = AuditValues(Language("en"), desk.protocol)
    rows = history.audit_trail(desk, history.Trail(limit=10_000))
    assert not any(change_words(row, values) for row in rows if not row.facts)
    assert not any(row.around.records for row in rows)


@pytest.mark.parametrize(("language", "size"), [("en", (1280, 720)), ("zh_CN", (1440, 900))])
def test_the_history_shows_what_changed_and_enter_opens_it_whole(
    arms: Study, people: list[Person], language: str, size: tuple[int, int]
) -> None:
    person = Person(arms, "wu.min", language)
    people.append(person)
    person.window.resize(*size)
    person.to_subject("SLE-001")
    person.to_tab("history")
    table = person.page.current_tab().table
    widths = [table.columnWidth(number) for number in range(table.model().columnCount())]
    assert widths[-1] >= 0.3 * table.viewport().width() and sum(widths) <= table.viewport().width()
    person.press("Down", "Enter")
    row = table.current_row()
    person.wait(lambda: isinstance(QApplication.activeWindow(), AuditRowDialog))
    dialog = QApplication.activeWindow()
    values = AuditValues(Language(language), person.desk.protocol)
    lines = values.lines(row)
    model = dialog.table.model()
    assert [model.row(number) for number in range(model.rowCount())] == list(lines) and lines
    person.press("Esc")
    person.wait(lambda: QApplication.activeModalWidget() is None)
    assert table.current_row() == row
