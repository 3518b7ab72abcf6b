"""The forms of the stock: a receipt, an excursion and its assessment, destruction, loss, count, returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import stock, stock_words
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.stock import Lot
from sle_desk.services.dispensing import KitRow
from sle_desk.services.stock import NewMovement, Verdict, VialsBack
from sle_desk.ui.injection_entry import number
from sle_desk.ui.pages.side_form import Values, day_of, text_of

# What a person reads off paper or label as it stands, with its digits in one width.
CODES = ("lot", "document")
_MOST = (Decimal(1), Decimal(stock.MOST_VIALS))
COUNT = Field(code="count", label=Words("Vials", "支数"), kind="number", decimals=0, hard=_MOST)
DAY = Field(code="on_day", label=Words("Date", "日期"), kind="day")
TIME = Field(
    code="at_time", label=Words("Time, where it is known", "时间（如已知）"), kind="time", required=False
)
_DEGREES = (Decimal(-90), Decimal(60))


def _degrees(code: str, label: Words) -> Field:
    return Field(code=code, label=label, kind="number", unit="°C", decimals=1, hard=_DEGREES, required=False)


def _text(code: str, label: Words, *, required: bool = True, hint: Words | None = None) -> Field:
    return Field(code=code, label=label, kind="text", required=required, hint=hint)


def _places(kind: str, label: Words) -> Field:
    places = stock.ACCOUNTS_OF[kind]
    choices = tuple(Choice(place, stock_words.PLACES[place], str(key)) for key, place in enumerate(places, 1))
    return Field(code="account", label=label, kind="choice", choices=choices)


LOT = _text("lot", Words("Lot", "批号"))
STRENGTH = Field(
    code="strength",
    label=Words("Strength of a vial", "每支规格"),
    kind="number",
    hard=(Decimal("0.01"), Decimal(10000)),
    hint=Words("in the unit of the drug: mg, million IU", "按药物单位：mg、百万 IU"),
)
EXPIRES = Field(code="expires_on", label=Words("Expires on", "有效期至"), kind="day", future_allowed=True)
NOTE = Words("Note", "备注")
_FIELDS: Mapping[str, tuple[Field, ...]] = {
    stock.RECEIVED: (
        LOT,
        STRENGTH,
        EXPIRES,
        COUNT,
        _text("party", Words("From whom", "供应方")),
        _text("document", Words("Delivery note", "交接单号")),
        _degrees("temperature", Words("Temperature on receipt", "到货温度")),
        DAY,
        TIME,
        _text("note", NOTE, required=False),
    ),
    stock.QUARANTINED: (
        COUNT,
        DAY,
        TIME,
        Field(code="from_day", label=Words("Out of range from, date", "超温开始日期"), kind="day"),
        Field(code="from_time", label=Words("Out of range from, time", "超温开始时间"), kind="time"),
        Field(
            code="to_day",
            label=Words("Until, date (empty while it goes on)", "超温结束日期（未结束则留空）"),
            kind="day",
            required=False,
        ),
        Field(code="to_time", label=Words("Until, time", "超温结束时间"), kind="time", required=False),
        _degrees("lowest", Words("Lowest measured", "最低温度")),
        _degrees("highest", Words("Highest measured", "最高温度")),
        _text("document", Words("Report of the excursion", "超温报告编号"), required=False),
        _text("note", Words("What happened", "情况说明")),
    ),
    stock.DESTRUCTION: (
        _places(stock.DESTRUCTION, Words("From where", "来源")),
        COUNT,
        DAY,
        _text("document", Words("Certificate", "销毁证明编号")),
        _text("party", Words("Destroyed by (firm, department)", "销毁单位"), required=False),
        _text("person", Words("Who did it", "经办人")),
        _text("witness", Words("Who saw it", "见证人")),
        _text("note", NOTE, required=False),
    ),
    stock.SENT_BACK: (
        _places(stock.SENT_BACK, Words("From where", "来源")),
        COUNT,
        DAY,
        TIME,
        _text("party", Words("To whom", "接收单位")),
        _text("document", Words("Return note", "退回单号")),
        _text("person", Words("Who sent them", "经办人")),
        _text("note", NOTE, required=False),
    ),
    stock.LOST: (
        _places(stock.LOST, Words("From where", "来源")),
        COUNT,
        DAY,
        TIME,
        _text("note", Words("What happened", "情况说明")),
    ),
    stock.FOUND: (
        _places(stock.FOUND, Words("Where it stands now", "现存放处")),
        COUNT,
        DAY,
        TIME,
        _text("note", Words("What happened", "情况说明")),
    ),
    stock.COUNTED: (
        _places(stock.COUNTED, Words("What was counted", "清点内容")),
        Field(
            code="count",
            label=Words("Vials counted", "清点支数"),
            kind="number",
            decimals=0,
            hard=(Decimal(0), Decimal(stock.MOST_VIALS)),
        ),
        DAY,
        TIME,
        _text("person", Words("Who counted", "清点人")),
        _text("witness", Words("Who saw it", "见证人"), required=False),
        _text("note", Words("How a difference is explained", "差异说明"), required=False),
    ),
}
DECISION = (
    Field(
        code="kind",
        label=Words("Decision", "判定"),
        kind="choice",
        choices=(
            Choice(stock.RELEASED, stock_words.KINDS[stock.RELEASED], "1"),
            Choice(stock.WRITTEN_OFF, stock_words.KINDS[stock.WRITTEN_OFF], "2"),
        ),
    ),
    COUNT,
    DAY,
    _text("note", Words("Assessment", "评估意见")),
    _text("person", Words("Decided by", "判定人")),
    _text("document", Words("Letter or file", "依据文件"), required=False),
)
OTHER_LOT = "other"
_BACK = (Decimal(0), Decimal(1000))


def _back(code: str, label: Words) -> Field:
    return Field(code=code, label=label, kind="number", decimals=0, hard=_BACK, required=False)


BACK = (
    _back("used", Words("Used vials brought back", "回收空瓶数")),
    _back("unused", Words("Unused vials brought back", "回收未用支数")),
    _back("lost", Words("Lost, as the subject says", "受试者自述遗失支数")),
    Field(code="on_day", label=Words("Brought back on", "回收日期"), kind="day"),
    _text("document", Words("Diary or form", "日记卡或表单"), required=False),
    _text("note", NOTE, required=False),
)
# Below which field a refusal stands.
PLACES = {
    "stock.lot_needed": "lot",
    "stock.other_expiry": "expires_on",
    "stock.short": "count",
    "stock.count_needed": "count",
    "stock.none_missing": "count",
    "stock.decided_count": "count",
    "stock.count_differs": "note",
    "stock.why_needed": "note",
    "stock.certificate_needed": "document",
    "stock.same_person": "witness",
    "stock.excursion_range": "lowest",
    "stock.sending_incomplete": "document",
    "stock.excursion_incomplete": "highest",
    "stock.excursion_times": "to_day",
    "stock.place_needed": "account",
    "stock.counter_needed": "person",
    "stock.decided_before": "on_day",
    "day.future": "on_day",
}


def _form(title: Words, fields: tuple[Field, ...], code: str) -> Form:
    return Form(code=code, version="1", label=title, sections=(Section(title, fields),))


def movement_form(kind: str, protocol: Protocol | None = None) -> Form:
    """Return the form of a kind of movement; a receipt also asks for the drug."""
    fields = _FIELDS[kind]
    if protocol is not None:
        drugs = tuple(Choice(drug.code, drug.label, str(key)) for key, drug in enumerate(protocol.drugs, 1))
        fields = (Field(code="drug", label=Words("Drug", "药物"), kind="choice", choices=drugs), *fields)
    return _form(stock_words.KINDS[kind], fields, f"stock_{kind}")


def decision_form() -> Form:
    """Return the form in which an excursion is assessed."""
    return _form(Words("Assessment of the excursion", "超温评估"), DECISION, "stock_decision")


def back_form(kits: tuple[KitRow, ...]) -> Form:
    """Return the form of what a subject brought back: of a lot that it was handed, or of another."""
    title = Words("Vials brought back", "药物回收")
    lots = tuple(
        Choice(lot_code(lot), Words(lot.lot, lot.lot), str(key) if key < 10 else "")
        for key, lot in enumerate(lots_of(kits), 1)
    )
    lots += (Choice(OTHER_LOT, Words("Another lot", "其他批号"), "0"),)
    lot = Field(code="of", label=Words("Lot handed over", "发放批号"), kind="choice", choices=lots)
    other = tuple(replace(field, show_if=("of", OTHER_LOT)) for field in (LOT, STRENGTH))
    return _form(title, (lot, *other, *BACK), "stock_back")


def lots_of(kits: tuple[KitRow, ...]) -> tuple[Lot, ...]:
    """Return the lots of kits, the newest kit first."""
    return tuple(dict.fromkeys(Lot(kit.drug, kit.lot, kit.strength) for kit in kits))


def lot_code(lot: Lot) -> str:
    """Return the code by which a lot is chosen."""
    return f"{lot.drug} {lot.strength} {lot.lot}"


def whole(values: Values, code: str) -> int:
    """Return a whole number that was filled in; nothing counts as none."""
    return int(number(values, code) or 0)


def movement_of(values: Values, kind: str, lot: Lot | None, zone: tzinfo | None) -> NewMovement:
    """Return the movement that was filled in, of a lot that was chosen or of the one that the form names."""
    of = lot or Lot(text_of(values, "drug"), text_of(values, "lot"), number(values, "strength") or Decimal(0))
    on_day = day_of(values, "on_day")
    assert on_day is not None
    texts = {code: text_of(values, code) for code in ("at_time", "account", "party", "document", "person",
                                                      "witness", "note")}  # fmt: skip
    return NewMovement(
        kind,
        of.drug,
        of.lot,
        of.strength,
        whole(values, "count"),
        on_day,
        expires_on=day_of(values, "expires_on"),
        temperature=number(values, "temperature"),
        lowest=number(values, "lowest"),
        highest=number(values, "highest"),
        excursion_from=_instant(values, "from", zone),
        excursion_to=_instant(values, "to", zone),
        **texts,
    )


def _instant(values: Values, code: str, zone: tzinfo | None) -> datetime | None:
    day, clock = day_of(values, f"{code}_day"), text_of(values, f"{code}_time")
    if day is None and not clock:
        return None
    if day is None or not clock:
        raise RuleBroken("stock.excursion_times")
    return datetime.combine(day, time.fromisoformat(clock), zone)


def verdict_of(values: Values, quarantine_id: int) -> Verdict:
    """Return the decision that was filled in."""
    on_day = day_of(values, "on_day")
    assert on_day is not None
    return Verdict(
        kind=text_of(values, "kind"),
        quarantine_id=quarantine_id,
        count=whole(values, "count"),
        on_day=on_day,
        assessment=text_of(values, "note"),
        decided_by=text_of(values, "person"),
        document=text_of(values, "document"),
    )


def back_of(values: Values, subject_id: int, drug: str, kits: tuple[KitRow, ...]) -> VialsBack:
    """Return what was filled in of vials of a drug brought back."""
    lot = next((lot for lot in lots_of(kits) if lot_code(lot) == text_of(values, "of")), None)
    if text_of(values, "of") == OTHER_LOT:
        lot = Lot(drug, text_of(values, "lot"), number(values, "strength") or Decimal(0))
    on_day: date | None = day_of(values, "on_day")
    if lot is None or on_day is None:
        raise RuleBroken("stock.lot_needed")
    return VialsBack(
        subject_id,
        lot.drug,
        lot.lot,
        lot.strength,
        on_day,
        used=whole(values, "used"),
        unused=whole(values, "unused"),
        lost=whole(values, "lost"),
        document=text_of(values, "document"),
        note=text_of(values, "note"),
    )
