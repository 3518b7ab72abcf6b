"""The stock of study drugs as tables: every movement, what each lot holds where, the vials of each subject.

All of it tells who gets which drug: no export without the arm has any of these sheets.
"""

from __future__ import annotations

from sle_desk.base.language import Words
from sle_desk.domain import stock_words
from sle_desk.domain.stock import SHELF
from sle_desk.exports.dataset import DAY, LATER, RECORDED_AT, SUBJECT, Source, subject_codes
from sle_desk.exports.dataset_doses import STRENGTH_UNIT
from sle_desk.exports.tables import Column, Row, Table, Value
from sle_desk.models.stock import StockMovement
from sle_desk.services.reconciliation import reconciliations_in
from sle_desk.services.stock_rows import PLACES, LineRow, stock_in

DRUG = Column("DRUG", Words("Study drug", "研究药物"), "code", codelist="DRUG")
LOT = Column("LOT", Words("Lot", "批号"), "text")
STRENGTH = Column("STRENGTH", Words("Strength of a vial", "每支规格"), "number")
EXPIRES = Column("EXPIRES_ON", Words("Expires on", "有效期至"), "day")
_SIGN = Words("Below zero where the line takes another one back.", "冲销其他记录时为负数。")
_SUM = Words("The sum of all movements up to the day of the data.", "截至数据日期的全部收发记录之和。")
_ADDS = Words(
    "Received less everything else: not nought where it does not add up.", "接收数减去其余各项，不为0即不平。"
)
_REMAINS = Words("Handed over less used, brought back unused and lost.", "发放数减去已用、回收未用和遗失数。")
_DIFFERS = Words(
    "Vials nobody can account for; below zero where doses or used vials exceed what explains them.",
    "无法说明去向的支数；用药或回收空瓶多于可说明数时为负数。",
)


def movements_table(source: Source) -> Table:
    """Return every movement, the oldest first; kits and doses among them name the sheet that keeps them."""
    columns = (
        Column("RECORD", Words("Kept as", "记录类别"), "text"),
        Column("NUMBER", Words("Number of the record", "记录编号"), "whole"),
        DAY,
        Column("TIME", Words("Time", "时间"), "text"),
        Column("KIND", Words("What happened", "业务类型"), "code", codelist="STOCK_KIND"),
        DRUG,
        LOT,
        STRENGTH,
        STRENGTH_UNIT,
        Column("COUNT", Words("Vials", "支数"), "whole", derivation=_SIGN),
        Column("FROM", Words("From", "转出"), "code", codelist="STOCK_PLACE"),
        Column("TO", Words("To", "转入"), "code", codelist="STOCK_PLACE"),
        SUBJECT,
        Column("COUNTS", Words("Counts in the balance", "计入结存"), "code", codelist="YN"),
        Column("CORRECTS", Words("Takes back the record", "冲销记录编号"), "whole"),
        EXPIRES,
        Column("PARTY", Words("From or by whom", "来源或经手单位"), "text"),
        Column("DOCUMENT", Words("Document", "依据文件"), "text"),
        Column("TEMPERATURE", Words("Temperature on receipt", "到货温度"), "number", unit="°C"),
        Column("LOWEST", Words("Lowest of the excursion", "超温最低温度"), "number", unit="°C"),
        Column("HIGHEST", Words("Highest of the excursion", "超温最高温度"), "number", unit="°C"),
        Column("EXCURSION_FROM", Words("Out of range from", "超温开始"), "instant"),
        Column("EXCURSION_TO", Words("Out of range until", "超温结束"), "instant"),
        Column("NOTE", Words("Note, assessment, explanation", "说明或评估"), "text"),
        Column("REASON", Words("Why it was taken back", "冲销原因"), "text"),
        LATER,
        RECORDED_AT,
    )
    view = stock_in(source.session, source.protocol, source.as_of)
    kept = {row.id: row for row in source.session.query(StockMovement)}
    rows = [_line(source, line, kept.get(line.number) if line.own else None) for line in reversed(view.lines)]
    return Table("STOCK_MOVEMENTS", Words("Ledger of the study drugs", "研究药物台账"), columns, rows)


def _line(source: Source, line: LineRow, row: StockMovement | None) -> list[Value]:
    moved = line.movement
    ends = moved.ends if moved.ends[0] != moved.ends[1] else (moved.ends[0], "")
    measured: list[Value] = [None] * 5
    if row is not None:
        measured = [row.lowest, row.highest, row.excursion_from, row.excursion_to, line.note]
    return [
        moved.key[0],
        line.number,
        moved.on_day,
        moved.at_time,
        moved.kind,
        moved.lot.drug,
        moved.lot.lot,
        moved.lot.strength,
        source.protocol.drug(moved.lot.drug).unit,
        -moved.count if moved.corrects is not None else moved.count,
        *ends,
        line.subject,
        "Y" if line.counts else "N",
        moved.corrects,
        line.expires_on,
        line.party,
        line.document,
        line.temperature,
        *measured,
        line.reason,
        None if row is None else "Y" if row.entered_later else "N",
        line.recorded_at,
    ]


def lots_table(source: Source) -> Table:
    """Return what each lot holds where, as its movements come to."""
    places = tuple(
        Column(
            "IN_STOCK" if place == SHELF else place.upper(),
            stock_words.PLACES[place],
            "whole",
            derivation=_SUM,
        )
        for place in PLACES
    )
    received = Column("RECEIVED", Words("Received", "接收"), "whole", derivation=_SUM)
    differs = Column("DIFFERENCE", Words("Difference", "差异"), "whole", derivation=_ADDS)
    short = Column("DOES_NOT_ADD_UP", Words("Does not add up", "账实不符"), "code", codelist="YN")
    columns = (DRUG, LOT, STRENGTH, STRENGTH_UNIT, EXPIRES, received, *places, differs, short)
    rows: list[Row] = []
    for row in stock_in(source.session, source.protocol, source.as_of).lots:
        counts = [row.places[place] for place in PLACES]
        lot, unit = row.lot, source.protocol.drug(row.lot.drug).unit
        rows.append(
            [lot.drug, lot.lot, lot.strength, unit, row.expires_on, row.received, *counts,
             row.received - sum(counts), "Y" if row.gaps else "N"]
        )  # fmt: skip
    return Table("STOCK_LOTS", Words("Lots of the study drugs", "研究药物批号结存"), columns, rows)


def reconciliation_table(source: Source) -> Table:
    """Return the vials of each subject and drug against the doses recorded."""

    def count(name: str, label: Words, derivation: Words | None = None) -> Column:
        return Column(name, label, "whole", derivation=derivation)

    columns = (
        SUBJECT,
        DRUG,
        count("DISPENSED", Words("Vials handed over", "发放支数")),
        count("USED", Words("Vials used by the doses recorded", "用药记录支数")),
        count("USED_BACK", Words("Used vials brought back", "回收空瓶数")),
        count("UNUSED_BACK", Words("Unused vials brought back", "回收未用支数")),
        count("LOST", Words("Lost by the subject", "受试者遗失支数")),
        count("REMAINING", Words("With the subject", "受试者处结余"), _REMAINS),
        count("DOSES_WITHOUT_LOT", Words("Doses that name no lot", "未记录批号的用药次数")),
        Column("OVER", Words("No dose is planned any more", "已无计划用药"), "code", codelist="YN"),
        count("DIFFERENCE", Words("Difference", "差异"), _DIFFERS),
    )
    codes = subject_codes(source)
    rows: list[Row] = [
        [codes[row.subject_id], row.drug, row.dispensed, row.used, row.used_back, row.unused_back, row.lost,
         row.remaining, row.no_lot, "Y" if row.over else "N", row.difference]
        for row in reconciliations_in(source.session, source.protocol, source.as_of)
        if row.subject_id in codes
    ]  # fmt: skip
    return Table("VIALS_RECONCILED", Words("Vials against doses", "药物与用药核对"), columns, rows)
