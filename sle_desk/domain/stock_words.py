"""What is said of the stock of study drugs by code: the kinds of movements and the places of vials."""

from __future__ import annotations

from collections.abc import Mapping

from sle_desk.base.language import Words, message
from sle_desk.domain import stock

KINDS: Mapping[str, Words] = {
    stock.RECEIVED: Words("Received", "接收"),
    stock.DISPENSED: Words("Handed to the subject", "发放"),
    stock.DRAWN: Words("Used for a dose, ward stock", "病房用药"),
    stock.TAKEN: Words("Used for a dose, from the kit", "受试者用药"),
    stock.UNUSED_BACK: Words("Brought back unused", "回收（未用）"),
    stock.USED_BACK: Words("Brought back used", "回收（空瓶）"),
    stock.LOST_BY_SUBJECT: Words("Lost by the subject", "受试者遗失"),
    stock.QUARANTINED: Words("Quarantined after an excursion", "超温隔离"),
    stock.RELEASED: Words("Released from quarantine", "解除隔离"),
    stock.WRITTEN_OFF: Words("Written off", "判定不可用"),
    stock.DESTRUCTION: Words("Destroyed", "销毁"),
    stock.SENT_BACK: Words("Returned to the sponsor", "退回申办方"),
    stock.LOST: Words("Broken or lost at the site", "破损或丢失"),
    stock.FOUND: Words("Found", "找回"),
    stock.COUNTED: Words("Counted", "清点"),
}
PLACES: Mapping[str, Words] = {
    stock.OUTSIDE: Words("Supplier", "供应方"),
    stock.SHELF: Words("In stock", "库存"),
    stock.QUARANTINE: Words("Quarantine", "隔离"),
    stock.WITH_SUBJECT: Words("With subjects", "在受试者处"),
    stock.USED: Words("Used", "已用"),
    stock.EMPTIES: Words("Used vials back", "回收空瓶"),
    stock.RETURNED: Words("Unused back", "回收未用"),
    stock.CONDEMNED: Words("To be destroyed", "待销毁"),
    stock.DESTROYED: Words("Destroyed", "已销毁"),
    stock.WITH_SPONSOR: Words("Returned to the sponsor", "已退回申办方"),
    stock.MISSING: Words("Broken or lost", "破损丢失"),
}
# Of a count it cannot be told whether it agrees.
COUNT_OPEN = message(
    "{place}: the count differs by {least} to {most}, for nobody can tell what else of its day was before "
    "it. Count again."
)


def signed(number: int) -> str:
    """Return a difference with its sign."""
    return f"{number:+d}".replace("-", "\u2212") if number else "0"
