"""Which columns of a record make one value in the audit, which are told last, and which only by length."""

from __future__ import annotations

from sle_desk.base.language import Words

# Columns that together are one value: an answer of a form, a result of the laboratory.
PARTS = {
    "answer": ("number", "comparator", "typed", "unit", "text", "day", "choice", "missing"),
    "result": ("value", "comparator", "typed", "unit", "text", "missing"),
}
# What says which field a value is of: it is the name of that value and no change of its own.
NAMING = {"answer": ("field",), "result": ("analyte",), "deviation": ("facts",)}
# The column that holds the unit of an amount.
UNIT_OF = {
    "dispensing.strength": "unit",
    "dose.administered": "unit",
    "dose.prepared": "unit",
    "dose.prescribed": "unit",
    "dose_vials.strength": "unit",
    "lab_range.high": "unit",
    "lab_range.low": "unit",
    "result.high": "unit",
    "result.low": "unit",
    "result.standard_value": "standard_unit",
    "stock_movement.strength": "unit",
    # What these are called says that they are in °C.
    "stock_movement.highest": "",
    "stock_movement.lowest": "",
    "stock_movement.temperature": "",
}
# A setting of its own has no readings to choose from, only its value.
OWN_VALUE = {"value": Words("its value", "其取值")}
# What every record carries, what is long and what nobody reads by heart is told last.
TOLD_LAST = (
    *("decided_at", "decided_by", "evidence", "readings", "quotes", "quotes_sha256"),
    *("content_hash", "file_hash", "audit_number", "audit_code", "subject_id", "recorded_at", "recorded_by"),
    *("protocol_version", "source", "source_reference", "entered_later", "state"),
)
# Whole files, sealed texts and frozen records: they stand where they belong, here how long they are.
KEPT_WHOLE = frozenset(
    {
        "drawn_list.sealed_drawing",
        "allocation_list.sealed_source",
        "allocation_list.wrapped_key",
        "allocation_slot.sealed",
        "eligibility_decision.content",
        "protocol_file.content",
        "word_list.content",
    }
)
# Facts of the study that are kept as yes or no.
YES_OR_NO = frozenset({"demonstration", "backup_own_disk"})
