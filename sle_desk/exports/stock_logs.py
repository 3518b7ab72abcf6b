"""The content of the accountability log of one lot, from the ledger as it stands."""

from __future__ import annotations

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain import stock_words
from sle_desk.domain.stock import SHELF, Gap, Lot
from sle_desk.domain.values import plain
from sle_desk.exports.pdf.stock_log import LogLine, StockLog
from sle_desk.exports.summary_corrections import kept_reason
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import Said, spoken
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.stock_ledger import ledger_in
from sle_desk.services.stock_rows import LineRow, stock_in

TAKEN_BACK = message("Taken back: {what}")
GAPS = {
    "short": message("{place}: more vials went out than came in: {count}"),
    "count": message("{place}: counted otherwise than the ledger says ({difference})"),
    "count_open": stock_words.COUNT_OPEN,
    "empties": message("used vials back without a recorded dose: {count}"),
}


def stock_log(copy: Snapshot, lot: Lot) -> StockLog:
    """Return the log of a lot; RuleBroken `stock.lot_needed` where nothing was ever entered of it."""
    protocol, view = copy.protocol, stock_in(copy.session, copy.protocol, copy.as_of.date())
    row = next((row for row in view.lots if row.lot == lot), None)
    if row is None:
        raise RuleBroken("stock.lot_needed")
    drug = protocol.drug(lot.drug)
    ledger = ledger_in(copy.session, protocol, lot)
    left, lines = 0, []
    for line in sorted(
        (each for each in view.lines if each.movement.lot == lot), key=lambda line: line.movement.order
    ):
        if line.movement in ledger.movements:
            source, target = line.movement.ends
            left += line.movement.count * ((target == SHELF) - (source == SHELF))
        lines.append(_line(line, left))
    return StockLog(
        study=study_name(protocol),
        drug=drug.label,
        lot=lot.lot,
        strength=Words(
            f"{plain(lot.strength)} {drug.unit_label.en}", f"{plain(lot.strength)} {drug.unit_label.zh}"
        ),
        expires_on=row.expires_on,
        received=row.received,
        places=tuple((stock_words.PLACES[place], count) for place, count in row.places.items()),
        lines=tuple(lines),
        gaps=tuple(_gap(gap, view.codes.get(gap.subject_id, "")) for gap in row.gaps),
    )


def _line(line: LineRow, left: int) -> LogLine:
    moved = line.movement
    what = stock_words.KINDS[moved.kind]
    degrees = f"{plain(line.temperature)} °C" if line.temperature is not None else ""
    ground = (line.document, line.party, line.person, line.witness, degrees, line.note)
    back = moved.corrects is not None
    return LogLine(
        on_day=moved.on_day,
        at_time=moved.at_time,
        what=spoken(TAKEN_BACK, what=what) if back else what,
        count=-moved.count if back else moved.count,
        left=left,
        subject=line.subject,
        ground=" · ".join(part for part in ground if part),
        entered_by=line.recorded_by,
        reason=kept_reason(line.reason) if line.reason else None,
    )


def _gap(gap: Gap, subject: str) -> Words:
    facts: dict[str, Said] = {"count": gap.count}
    if gap.kind == "count":
        facts = {"difference": stock_words.signed(gap.count)}
    if gap.kind == "count_open":
        facts = {"least": stock_words.signed(gap.count), "most": stock_words.signed(gap.most)}
    if gap.kind != "empties":
        facts["place"] = stock_words.PLACES[gap.account]
    told = spoken(GAPS[gap.kind], **facts)
    return Words(f"{subject}: {told.en}", f"{subject}：{told.zh}") if subject else told
