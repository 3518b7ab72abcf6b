"""The figures over the doses of one subject: what was given, on its day, and out of how many vials."""

from __future__ import annotations

from fractions import Fraction

from sle_desk.base.language import Language
from sle_desk.domain.compliance import percent
from sle_desk.domain.reconciled import Reconciled
from sle_desk.domain.values import plain
from sle_desk.exports.wording import COLON, SEMICOLON
from sle_desk.services import dose_log
from sle_desk.services.dose_log import ComplianceRow, DoseLog
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.stock_words import difference_words, reconciled_words

# The figure, its words, its second line, and percent of the bar.
Figure = tuple[str, str, str, int]


def _percent(share: Fraction | None) -> tuple[str, int]:
    return ("–", 0) if share is None else (f"{percent(share)} %", min(100, int(share * 100)))


def share(row: ComplianceRow | None, log: DoseLog, drug: str, words: str, page: DeskPage) -> Figure | None:
    """Return the share of the past planned doses that was given, and the amount given in all."""
    if not drug:
        return None
    if row is None:
        return ("–", words, page.language.text("nothing planned so far"), 0)
    counts, language = row.counts, page.language
    figure, bar = _percent(counts.share)
    words = _with_flag(words, row.flag, language)
    unit = language.words(page.state.desk.protocol.drug(drug).unit_label)
    second = language.text(
        "{given} of {planned} past doses · {amount} {unit} given in all",
        given=counts.given, planned=counts.planned, amount=plain(dose_log.total_given(log, drug)), unit=unit,
    )  # fmt: skip
    if counts.paused:
        # Short, so that both denominators stand there whole.
        second = language.text(
            "{given}/{planned}, {given}/{asked} unpaused · {amount} {unit}",
            given=counts.given, planned=counts.planned, asked=counts.planned - counts.paused,
            amount=plain(dose_log.total_given(log, drug)), unit=unit,
        )  # fmt: skip
    if counts.beyond:
        second = language.text("{words}, {beyond} beyond the plan", words=second, beyond=counts.beyond)
    return figure, words, second, bar


def _with_flag(words: str, flag: str, language: Language) -> str:
    """Return what a figure is called, with the mark that the limits in force give it."""
    if flag == dose_log.LOW:
        return language.text("{words}: below the limit", words=words)
    return language.text("{words}: above the limit", words=words) if flag == dose_log.HIGH else words


def on_day(row: ComplianceRow | None, drug: str, page: DeskPage) -> Figure | None:
    """Return the share of doses given on their planned day."""
    if not drug:
        return None
    words = page.language.text("on the planned day")
    if row is None or not row.counts.planned:
        return ("–", words, page.language.text("nothing planned so far"), 0)
    counts = row.counts
    figure, bar = _percent(Fraction(counts.on_planned_day, counts.planned))
    second = page.language.text(
        "missed: {missed} · nothing recorded: {unrecorded}",
        missed=counts.missed,
        unrecorded=counts.unrecorded,
    )
    if counts.paused:
        second = page.language.text(
            "missed {missed} · paused {paused} · unrecorded {unrecorded}",
            missed=counts.missed,
            paused=counts.paused,
            unrecorded=counts.unrecorded,
        )
    return figure, words, second, bar


def vials(log: DoseLog, drug: str, page: DeskPage) -> Figure | None:
    """Return the used vials brought back of those that doses used, and where the others are (mockup 07)."""
    if not drug:
        return None
    language = page.language
    row = _reconciled(log, drug)
    if row is None:
        return ("–", language.text("used vials returned"), language.text("no kit dispensed yet"), 0)
    words = language.text("of {count} used vials returned", count=row.used)
    bar = min(100, row.used_back * 100 // row.used) if row.used else 0
    return str(row.used_back), words, reconciled_words(row, language), bar


def vial_difference(log: DoseLog, page: DeskPage) -> str:
    """Return by how many vials the doses recorded and the vials of a drug differ, where they do."""
    said = ((row.drug, difference_words(row.difference, page.language)) for row in log.reconciled)
    protocol = page.state.desk.protocol
    semicolon, colon = page.language.words(SEMICOLON), page.language.words(COLON)
    return semicolon.join(
        colon.join((drug_words(protocol, drug, page.language), words)) for drug, words in said if words
    )


def _reconciled(log: DoseLog, drug: str) -> Reconciled | None:
    return next((row for row in log.reconciled if row.drug == drug), None)
