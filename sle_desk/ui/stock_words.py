"""What is said of the stock of study drugs on the pages: what does not add up, what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping

from sle_desk.base.language import Language
from sle_desk.domain import stock_words as words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reconciled import Reconciled
from sle_desk.domain.values import plain
from sle_desk.exports.wording import COLON, COMMA, ENUMERATED
from sle_desk.services.stock_ledger import STUDY
from sle_desk.services.stock_rows import StockView
from sle_desk.services.stock_today import EXCURSION, GAP, VIALS
from sle_desk.ui.dose_words import drug_words

# What Today says of the stock.
STOCK = frozenset({GAP, VIALS, EXCURSION})


def stock_words(code: str, facts: Mapping[str, object], protocol: Protocol, language: Language) -> str:
    """Return a row of Today about the stock in words."""
    drug = drug_words(protocol, str(facts["drug"]), language)
    if code == EXCURSION:
        return language.text(
            "{drug}, lot {lot}: vials in quarantine that wait for an assessment: {count}",
            drug=drug, lot=facts["lot"], count=facts["count"],
        )  # fmt: skip
    if code == GAP:
        numbers = _whole(facts["count"]), _whole(facts["most"])
        said = gap_words(str(facts["kind"]), str(facts["place"]), *numbers, language)
        lot = language.text("lot {lot}", lot=facts["lot"])
        return language.text("{what}: {state}", what=language.words(COMMA).join((drug, lot)), state=said)
    lots = facts["lots"]
    named = language.words(ENUMERATED).join(map(str, lots)) if isinstance(lots, tuple) else ""
    said = difference_words(_whole(facts["difference"]), language) or language.text("differ by lot")
    said = language.text("{name} ({key})", name=said, key=named) if named else said
    return language.text("{what}: {state}", what=drug, state=said)


def _whole(fact: object) -> int:
    return fact if isinstance(fact, int) else 0


def gap_words(kind: str, place: str, count: int, most: int, language: Language) -> str:
    """Return what does not add up with a lot, or what nobody can tell of a count."""
    where = language.words(words.PLACES[place])
    if kind == "count":
        return language.text(
            "{place}: counted otherwise than the ledger says ({difference})",
            place=where, difference=words.signed(count),
        )  # fmt: skip
    if kind == "count_open":
        least, greatest = words.signed(count), words.signed(most)
        return language.text(words.COUNT_OPEN, place=where, least=least, most=greatest)
    if kind == "empties":
        return language.text("used vials back without a recorded dose: {count}", count=count)
    return language.text("{place}: more vials went out than came in: {count}", place=where, count=count)


def gaps_words(view: StockView, protocol: Protocol, language: Language) -> list[str]:
    """Return everything that does not add up or waits for a decision, a line each."""

    def named(drug: str) -> str:
        return drug_words(protocol, drug, language)

    of_site = (gap for gap in view.gaps if not gap.subject_id)
    colon = language.words(COLON)
    said = [
        colon.join(
            (
                f"{named(gap.lot.drug)} {gap.lot.lot}",
                gap_words(gap.kind, gap.account, gap.count, gap.most, language),
            )
        )
        for gap in of_site
    ]
    differing = (row for row in view.subjects if row.difference and view.supplies.get(row.drug) == STUDY)
    said += [
        colon.join(
            (
                language.words(COMMA).join((view.codes[row.subject_id], named(row.drug))),
                difference_words(row.difference, language),
            )
        )
        for row in differing
    ]
    waiting = sum(each.undecided for each in view.excursions)
    if waiting:
        said.append(language.text("Vials in quarantine without a decision: {count}", count=waiting))
    return said


def difference_words(difference: int, language: Language) -> str:
    """Return by how many vials doses and vials of a subject differ; nothing where they agree."""
    if difference > 0:
        return language.text("vials not accounted for: {count}", count=difference)
    if difference < 0:
        return language.text("vials more than doses and kits explain: {count}", count=-difference)
    return ""


def reconciled_words(row: Reconciled, language: Language) -> str:
    """Return the sum of the vials of a subject: handed over, brought back, lost, with the subject."""
    text = language.text
    said = [
        text("{count} dispensed", count=row.dispensed),
        text("{count} full returned", count=row.unused_back),
        text("{count} with the subject", count=row.remaining),
    ]
    said += [text("{count} lost", count=row.lost)] if row.lost else []
    said += [text("doses without a lot: {count}", count=row.no_lot)] if row.no_lot else []
    return " · ".join(said)


def strength_words(protocol: Protocol, drug: str, strength: object, language: Language) -> str:
    """Return the strength of a vial with its unit."""
    return f"{plain(strength)} {language.words(protocol.drug(drug).unit_label)}"  # type: ignore[arg-type]
