"""What events were linked to, as a table: doses, laboratory results, medicines."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.language import Words, message
from sle_desk.exports.dataset import SUBJECT, Preset, Source, subject_codes
from sle_desk.exports.hiding import left_out_records
from sle_desk.exports.tables import Column, Row, Table
from sle_desk.models.visit import FormRecord, RecordLink
from sle_desk.services.record_links import DOSE, MEDICINE, RESULT, linked_record

KINDS = ((DOSE, message("Dose")), (RESULT, message("Laboratory result")), (MEDICINE, message("Medicine")))
COLUMNS = (
    SUBJECT,
    Column("ENTRY", Words("Number of the event", "事件记录号"), "whole"),
    Column("LINKED_TO", Words("Linked to", "关联对象"), "code", codelist="LINKED"),
    Column("LINKED_NUMBER", Words("Number of the linked record", "关联记录号"), "whole"),
    Column("LINKED_DATE", Words("Date of the linked record", "关联记录日期"), "day"),
    Column("LINKED_AT", Words("Linked at", "关联时间"), "instant"),
)


def link_table(source: Source, preset: Preset) -> Table:
    """Return one row for each link that stands; of doses only where the preset may show the arm."""
    codes = subject_codes(source)
    left_out = left_out_records(source, preset)
    rows: list[Row] = []
    # Which infusion they belong to stands in their own sheets.
    own_sheets = [form.code for form in source.protocol.forms if form.of_infusion]
    found = source.session.execute(
        select(RecordLink, FormRecord.subject_id)
        .join(FormRecord, FormRecord.id == RecordLink.entry_id)
        .where(
            RecordLink.state == "current", FormRecord.state == "current", FormRecord.form.not_in(own_sheets)
        )
        .order_by(RecordLink.id)
    ).all()
    for link, subject_id in found:
        if {(FormRecord.__tablename__, link.entry_id), (link.to_table, link.to_id)} & left_out:
            continue
        linked = linked_record(source.session, link)
        if subject_id in codes and linked is not None and (preset.arm or link.to_table != DOSE):
            told = (link.entry_id, link.to_table, link.to_id, linked.on_day, link.linked_at)
            rows.append([codes[subject_id], *told])
    return Table("LINKS", Words("Links of events", "事件关联"), COLUMNS, rows)
