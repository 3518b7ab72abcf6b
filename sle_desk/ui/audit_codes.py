"""Which column of the audit holds which codes; the words of most lists are declared elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sle_desk.base.language import Words
from sle_desk.domain import amendments, audit_codes, change_reasons, checks, screening
from sle_desk.domain.audit_words import TABLE_WORDS
from sle_desk.domain.consent_rules import TAKES_UP
from sle_desk.domain.forms import Choice, unit_words
from sle_desk.domain.kits import KIT_REASONS
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.dataset_codes import every_list
from sle_desk.exports.register_words import BASES
from sle_desk.exports.summary_notes import SEVERITIES
from sle_desk.exports.wording import spoken
from sle_desk.services import keys_change, restoring, sign_in_checks
from sle_desk.services.lock_items import ITEMS
from sle_desk.ui.dialogs.new_print import KINDS as PAPER_KINDS
from sle_desk.ui.pages.study_words import OFFER_WORDS

Codes = Mapping[str, Words]

# The list of a column: of one table as "table.column", of every table as "column".
LISTS: dict[str, str] = {
    "about_table": "TABLE",
    "allocation.arm": "ARM",
    "analyte": "TEST",
    "approved_words.target": "TARGET",
    "criterion_answer.decision": "ANSWER",
    "criterion_answer.leaf": "LEAF",
    "criterion_answer.precheck": "ANSWER",
    "database_lock.scope": "LOCK_SCOPE",
    "delegation.task": "TASK",
    "deviation.ground": "GROUND",
    "deviation.progress": "DEVIATION",
    "deviation.severity": "SEVERITY",
    "disposition.kind": "DISPOSITION",
    "disposition.reason": "DISPOSITION_REASON",
    "dose.diluent": "DILUENT",
    "dose_pause.kind": "PAUSE",
    "dose_pause.reason": "PAUSE_REASON",
    "dose.hold": "HOLD",
    "dose.place": "PLACE",
    "dose.progress": "DOSE_PROGRESS",
    "dose.reaction": "REACTION",
    "dose.reason": "DOSE_REASON",
    "dose.site": "SITE",
    "drug": "DRUG",
    "emergency_allocation.way": "TOLD_OUTSIDE",
    "eligibility_decision.state": "SIGNED_STATE",
    "eligibility_decision.verdict": "VERDICT",
    "consent_version.reconsent": "YN",
    **{f"consent.takes_up_{scope}": "YN" for scope in TAKES_UP},
    "ethics_approval.kind": "ETHICS",
    "export.preset": "PRESET",
    "form_record.form": "FORM",
    "kept_reason": "KEEP",
    "lab_range.sex": "RANGE_SEX",
    "lab_range.source": "RANGE_SOURCE",
    "language": "LANGUAGE",
    "missing": "MISSING",
    "protocol_amendment.state": "AMENDMENT_STATE",
    "protocol_decision.basis": "BASIS",
    "protocol_decision.code": "CLARIFICATION",
    "query.progress": "QUERY",
    "result.flag": "FLAG",
    "result.range_source": "RANGE_SOURCE",
    "role": "ROLE",
    "not_drawn.panel": "PANEL",
    "not_drawn.reason": "MISSING",
    "not_reconsented.reason": "NOT_RECONSENTED",
    "sample.panel": "PANEL",
    "signature.meaning": "MEANING",
    "signature.state": "SIGNED_STATE",
    "site_day.kind": "SITE_DAY",
    "source": "SOURCE",
    "stock_movement.account": "STOCK_PLACE",
    "stock_movement.kind": "STOCK_KIND",
    "stock_movement.reason": "CORRECTION",
    "state": "RECORD_STATE",
    "statement_language": "LANGUAGE",
    "study_fact.name": "STUDY_FACT",
    "to_table": "TABLE",
    "unit": "UNIT",
    "standard_unit": "UNIT",
    "visit.code": "VISIT",
    "visit.not_done_reason": "NOT_DONE",
    "void_reason": "CORRECTION",
    "word_list.offers": "OFFER",
}
# The list of the reasons of an act; any other act has those of a correction, or a text of one's own.
REASONS: dict[str, str] = {
    "dispensing.record": "KIT_REASON",
    "dose.discard": "DOSE_REASON",
    "dose.give_prepared": "DOSE_REASON",
    "dose.prepare": "DOSE_REASON",
    "dose.record": "DOSE_REASON",
    keys_change.CLOSING: "CLOSING_REASON",
    restoring.ACTION: "RESTORE_REASON",
    sign_in_checks.ACCEPT_KEYS: "KEYS_REASON",
    "consent.record": "LATE_CONSENT",
    "subject.rescreen": "RESCREEN",
    "visit.record": "VISIT_REASON",
}


def reasons_of(action: str) -> str:
    """Return the name of the list of reasons that an act may have."""
    return REASONS.get(action, "CORRECTION")


def list_of(table: str, column: str) -> str:
    """Return the name of the list of codes that a column holds; nothing where it holds none."""
    return LISTS.get(f"{table}.{column}") or LISTS.get(column, "")


def code_words(protocol: Protocol) -> dict[str, Codes]:
    """Return every list of codes that the audit shows, by its name."""
    found = {each.name: dict(each.codes) for each in every_list(protocol)}
    sources = protocol.laboratory.sources.values()
    own: dict[str, Codes] = {
        "BASIS": {code: spoken(text) for code, text in BASES.items()},
        "CLARIFICATION": _decided(protocol),
        "CLOSING_REASON": _choices(change_reasons.CLOSING_REASONS),
        "CORRECTION": _choices(checks.CORRECTION_REASONS),
        "DEVIATION": audit_codes.DEVIATION_WORDS,
        "GROUND": audit_codes.GROUND_WORDS,
        "FORM": {form.code: form.label for form in protocol.forms},
        "KEEP": _choices(checks.KEEP_REASONS),
        "KIT_REASON": _choices(KIT_REASONS),
        "KEYS_REASON": _choices(change_reasons.KEYS_REASONS),
        "LANGUAGE": audit_codes.LANGUAGE_WORDS,
        "LOCK_SCOPE": audit_codes.LOCK_SCOPE_WORDS,
        "MEANING": audit_codes.MEANING_WORDS,
        "MISSING": _choices((*checks.NOT_THERE, checks.NO_LONGER_ASKED)),
        "NOT_DONE": _choices(checks.MISSING_REASONS),
        "OFFER": OFFER_WORDS,
        "OPEN_ITEM": {code: spoken(text) for code, text in ITEMS.items()},
        "PAPER": {code: spoken(text) for code, text in PAPER_KINDS.items()},
        "PRESET": {code: preset.label for code, preset in PRESETS.items()},
        "QUERY": audit_codes.QUERY_WORDS,
        "RANGE_SEX": audit_codes.RANGE_SEX_WORDS,
        "RANGE_SOURCE": {source.code: Words(source.text, source.text) for source in sources},
        "AMENDMENT_STATE": amendments.STATES,
        "RECORD_STATE": audit_codes.STATE_WORDS,
        "RESTORE_REASON": _choices(restoring.REASONS),
        "SEVERITY": {code: spoken(text) for code, text in SEVERITIES.items()},
        "SIGNED_STATE": audit_codes.SIGNED_STATE_WORDS,
        "STUDY_FACT": audit_codes.STUDY_FACT_WORDS,
        "TABLE": TABLE_WORDS,
        "TARGET": found["LEAF"] | {each.code: each.title for each in protocol.clarifications},
        "UNIT": _units(protocol),
        "RESCREEN": _choices(screening.RESCREEN_REASONS),
        "LATE_CONSENT": _choices(checks.LATE_CONSENT_REASONS),
        # Held after an end, told as not done, or taken back from that.
        "VISIT_REASON": _choices(
            (*checks.MISSING_REASONS, *checks.AFTER_END_REASONS, *checks.CORRECTION_REASONS)
        ),
    }
    return {**found, **own}


def _choices(choices: Iterable[Choice]) -> Codes:
    return {choice.code: choice.label for choice in choices}


def _decided(protocol: Protocol) -> Codes:
    """Return what a decision is about: a clarification by its title, or a setting of its own."""
    settings = {setting.code: setting.label for setting in protocol.settings}
    return settings | {each.code: each.title for each in protocol.clarifications}


def _units(protocol: Protocol) -> Codes:
    analytes = protocol.laboratory.analytes.values()
    shown = {unit.code: Words(unit.shown, unit.shown) for analyte in analytes for unit in analyte.units}
    asked = {
        field.unit: unit_words(field.unit) for form in protocol.forms for field in form.fields() if field.unit
    }
    return shown | asked | {drug.unit: drug.unit_label for drug in protocol.drugs}
