"""Sentences about the stock of study drugs."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "dispensing.after_death": message("Handed over on {on}, after the recorded death of {died}."),
    "dispensing.after_stop": message("Handed over on {on}, after the drug had ended on {stopped}."),
    "dispensing.after_withdrawal": message(
        "Handed over on {on}; consent for study drugs was withdrawn on {since}."
    ),
    "dispensing.before_allocation": message("Handed over on {on}, before an arm was allocated."),
    "dispensing.before_consent": message("Handed over on {on}, before consent was signed on {consented}."),
    "dispensing.no_consent": message("Handed over on {on}; no consent is recorded."),
    "dispensing.off_arm": message("{drug} was handed over; it is not a drug of the allocated arm."),
    "dispensing.reason_needed": message(
        "This kit was not as planned. Check subject, lot and date; if it was handed over, say why."
    ),
    "dose.lot_stock_unreceived": message("No receipt of lot {lot} is entered for that day."),
    "dose.lot_stock_quarantined": message("What was left of lot {lot} was in quarantine."),
    "dose.lot_stock_used_up": message("By the ledger lot {lot} had been used up."),
    "dose.lot_stock_expired": message("Lot {lot} had expired on {expired} by its receipt."),
    "prepare.lot_stock_unreceived": message(
        "No receipt of lot {lot} is entered. Read the lot again, take another one, or choose the reason."
    ),
    "prepare.lot_stock_quarantined": message(
        "What is left of lot {lot} is in quarantine. Take another lot; if it is used all the same, choose "
        "the reason."
    ),
    "prepare.lot_stock_used_up": message(
        "By the ledger lot {lot} is used up. Read the lot again, take another one, or choose the reason."
    ),
    "prepare.lot_stock_expired": message(
        "Lot {lot} expired on {expired}. Take another lot; if it is used all the same, choose the reason."
    ),
    "paper.no_dates": message(
        "Every date counts from the first dose, and none is recorded yet. Print it once that dose was given."
    ),
    "paper.no_doses": message("No injection is planned from today on: there is nothing to keep a diary of."),
    "stock.certificate_needed": message("A destruction needs its certificate: enter the number or the file."),
    "stock.count_differs": message(
        "By the ledger there are {expected}, {counted} were counted. Count again; if it stays so, say how "
        "the difference is explained."
    ),
    "stock.count_needed": message(
        "Enter how many vials: a whole number from 1 to {most}, for a count also 0."
    ),
    "stock.counter_needed": message("Enter who counted."),
    "stock.decided": message(
        "Vials of this quarantine were released, written off or lost already. Take that back first."
    ),
    "stock.decided_before": message(
        "The decision of {typed} lies before the quarantine of {since}. Check both dates."
    ),
    "stock.decided_count": message(
        "{left} vials of this quarantine wait for a decision and are there from that day on, typed were "
        "{count}. Enter no more than {left}; what broke or was lost is entered by itself."
    ),
    "stock.decision_incomplete": message("Enter the assessment and who decided."),
    "stock.excursion_incomplete": message(
        "Enter since when the temperature was out of range, and the lowest or the highest that was measured."
    ),
    "stock.excursion_range": message(
        "The lowest temperature, {lowest} °C, lies above the highest, {highest} °C. Check both."
    ),
    "stock.excursion_times": message(
        "An excursion ends after it began, and both have passed. Check its days and times."
    ),
    "stock.kind": message("Choose what happened with the vials."),
    "stock.lot_needed": message("Enter the lot and the strength of a vial as they stand on it."),
    "stock.no_quarantine": message("Choose vials in quarantine that wait for a decision."),
    "stock.not_handed": message(
        "By the kits lot {lot} of this strength had not been handed to this subject by {on}. Check lot, "
        "strength and date, record the kit or correct it; if the vials came back all the same, say in the "
        "note where they are from."
    ),
    "stock.none_missing": message(
        "Lot {lot}: {count} vials were found, by the ledger {left} were broken or lost by then. Enter no "
        "more than {left}; what else stands there is a receipt that is lacking, or a count."
    ),
    "stock.nothing_back": message("Enter how many vials were brought back or lost: at least one in all."),
    "stock.other_expiry": message(
        "Lot {lot} was received before with the expiry date {known}, typed was {typed}. Read it again; if "
        "the earlier receipt is wrong, take it back first."
    ),
    "stock.place_needed": message("Choose where the vials were."),
    "stock.receipt_incomplete": message(
        "A receipt needs the expiry date, from whom the vials came, and the delivery note."
    ),
    "stock.same_person": message(
        "{name} stands in both places. A second person sees the destruction and signs for it."
    ),
    "stock.sending_incomplete": message(
        "A return to the sponsor needs to whom the vials went, the note they went with, and who sent them."
    ),
    "stock.short": message(
        "Lot {lot}: {count} vials were asked for, by the ledger {left} are there from that time on. Enter "
        "first what is lacking (a receipt, a release), or another lot, day or number."
    ),
    "stock.taken_back": message("This movement was taken back already. Both stay in the ledger."),
    "stock.takes_back": message(
        "This line takes another one back, or is kept elsewhere. Enter what happened anew, or correct the "
        "dose or kit itself."
    ),
    "stock.two_people": message("A destruction needs two people: who did it and who saw it."),
    "stock.why_needed": message("Say what happened: vials are never lacking or found without words."),
}
