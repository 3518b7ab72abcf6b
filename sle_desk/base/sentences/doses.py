"""Sentences about allocation, plans, doses and deviations."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "allocation.subject_void": message(
        "Allocation {number} is of {subject}, who was entered in error. It stays, and no row of the list is "
        "freed."
    ),
    "disposition.by_decision": message(
        "A signed decision on eligibility recorded this screen failure. Change an answer of the checklist: "
        "the decision and the failure then go void together."
    ),
    "allocation.already": message(
        "{code} is already allocated as {number}. Nothing was drawn again; the arm is shown from the record."
    ),
    "allocation.birth_year": message(
        "The year of birth does not fit this subject. Nothing was opened. Read it from the "
        "identity card again."
    ),
    "allocation.digits": message(
        "The last three digits do not fit this subject. Nothing was opened. Read them from the "
        "subject's file again."
    ),
    "allocation.not_delegated": message(
        "Opening an allocation is not delegated to {name} today. Nothing was opened. The principal "
        "investigator can delegate it or open it."
    ),
    "allocation.void": message(
        "{code} was entered in error and cannot be allocated. Open the record that stands."
    ),
    "deviation.day_needed": message("Say on which day it happened: a deviation needs its day."),
    "deviation.ink_before": message(
        "The paper was signed on {signed}, before the deviation of {day}. Compare the date on the paper."
    ),
    "deviation.not_answered": message(
        "{label} is judged here, and “not done” says nothing of it. Choose one of the answers, or leave with "
        "Esc."
    ),
    "deviation.severity_needed": message("Say whether the deviation is minor or major."),
    "deviation.not_accepted": message(
        "Only an accepted deviation is reported to the ethics committee. Accept or explain this one first."
    ),
    "deviation.recorded": message("{what}"),
    "deviation.told_before": message(
        "The ethics committee cannot have been told on {told}, before the deviation of {day}. Check the date."
    ),
    "deviation.what_needed": message("Say what happened: a deviation without words tells nobody anything."),
    "deviation.explanation_needed": message("Say why this is no deviation. The words stay beside it."),
    "deviation.not_settled": message("This deviation is not settled: accept it or explain it."),
    "deviation.not_recorded": message(
        "The application proposed this deviation: mark the record as entered in error, or explain it."
    ),
    "deviation.settled": message("This deviation was already settled ({progress}). Nothing was changed."),
    "deviation.severity": message("“{severity}” is no severity. Allowed are {allowed}."),
    "dispensing.incomplete": message("A kit needs its lot, the strength of a vial and at least one vial."),
    "disposition.after_end": message(
        "{day} lies after the subject left or completed on {ended}. Check both days in the source."
    ),
    "disposition.before": message(
        "{day} lies before the consent or the registration of {since}. Check the day in the source."
    ),
    "disposition.allocated": message(
        "This subject has an arm and can no longer fail screening. Record a stop of the drug or an exit."
    ),
    "disposition.incomplete": message("A step out needs its day and its reason. Enter both."),
    "disposition.drug": message(
        "A stop of one drug names the drug, and nothing else does. Check the kind and the drug."
    ),
    "disposition.drug_not_in_arm": message(
        "{drug} is not a drug of this arm. If it was given and is stopped all the same, say so in a note."
    ),
    "disposition.kind": message(
        "“{kind}” cannot be recorded here. Choose screen failure, one drug stopped, completed or left."
    ),
    "disposition.not_allocated": message(
        "Who was never allocated has not completed the study. Record a screen failure or an exit."
    ),
    "disposition.reason": message("Choose one of the coded reasons."),
    "disposition.twice": message(
        "This was already recorded for {day}. Correct that record, or mark it as entered in error."
    ),
    "dose.after_death": message("Given on {on}, after the recorded death of {died}."),
    "dose.after_leaving": message("Given on {on}, after the subject left or completed the study on {left}."),
    "dose.after_stop": message("Given on {on}, after the drug was stopped on {stopped}."),
    "dose.after_withdrawal": message("Given on {on}; consent for study drugs was withdrawn on {since}."),
    "dose.amount": message("{given} {unit} given for {planned} {unit} planned, more than {limit} % off."),
    "dose.amount_fold": message(
        "{given} {unit} given for {planned} {unit} planned, off by {limit} times or more. Check the amount."
    ),
    "dose.amount_reason": message(
        "{given} {unit} given for {planned} {unit} planned, more than {limit} % off. Give the reason."
    ),
    "dose.amount_rule_open": message(
        "{given} {unit} given for {planned} {unit} planned; the limits for a difference are not decided."
    ),
    "dose.amount_unknown": message(
        "The amount given on {on} is not known. Enter it, or say that it is unknown."
    ),
    "dose.amount_unplanned": message("{given} {unit} given; no planned amount to compare with."),
    "dose.begun_long_ago": message(
        "{minutes} minutes from preparation to the start of the infusion; at most {allowed} are allowed to "
        "its end."
    ),
    "dose.before_allocation": message("Given on {on}, before an arm was allocated."),
    "dose.before_consent": message("Given on {on}, before consent was signed on {consented}."),
    "dose.code": message("“{typed}” is not one of the answers for {field}. Choose one of those shown."),
    "dose.consent_order_unknown": message(
        "Given on {on}, the day of consent; a time is missing, so which came first is not known. "
        "Enter both times."
    ),
    "dose.day_and_time": message(
        "The day {day} and the time {time} do not belong together. Correct one of them."
    ),
    "dose.gap_long": message("More than {hours} hours after the dose of {last}."),
    "dose.gap_short": message("Less than {hours} hours after the dose of {last}."),
    "dose.ineligible": message("Given on {on} to a subject who was judged not eligible."),
    "dose.is_infusion": message("{drug} is infused. Record it as an infusion."),
    "dose.is_injection": message("{drug} is injected. Record it as an injection."),
    "dose.lot_vials": message(
        "Lot {lot} is named, and not how many vials of it. Enter the vials, or leave the lot out."
    ),
    "dose.day_needed": message("Say on which day it was given. It is not taken to be today."),
    "dose.vials_lot": message(
        "Vials are entered ({count}), and not of which lot. Enter the lot, or leave the vials out."
    ),
    "dose.lot_strength": message(
        "How much a vial of lot {lot} holds is not known here. Record the kit it came from first, or leave "
        "lot and vials out."
    ),
    "dose.weight_day_alone": message(
        "A weight of {day} is named, and not how many kg. Enter the weight, or leave its day out."
    ),
    "dose.lot_not_dispensed": message("Lot {lot} was not dispensed to this subject."),
    "dose.lot_unknown": message(
        "No lot is recorded for the dose of {on}. Enter it, or say that it is unknown."
    ),
    "dose.missed": message("Dose {number} was missed on {on}."),
    "dose.missed_ahead": message(
        "Dose {number} is planned for {day}. It can be recorded as missed from that day on."
    ),
    "dose.not_given_which": message("Say which planned dose was not given."),
    "dose.missed_reason": message("Choose why the dose was missed."),
    "dose.day_filled": message(
        "Given on {on}; dose {number}, planned on {planned}, has a record of {day} already."
    ),
    "dose.day_missed": message("Given on {on}; dose {number}, planned on {planned}, is recorded as missed."),
    "dose.discarded_day": message(
        "Say on which day it was discarded: from the day it was prepared on, {day}, until today."
    ),
    "dose.missed_and_given": message(
        "The dose is recorded as missed, and as given on its planned day. Mark what is wrong as entered in "
        "error; what was given stands meanwhile."
    ),
    "dose.mistaken_unit": message(
        "{typed} is not a dose in {unit}. Enter 1 for 1 million IU, or the number of vials."
    ),
    "dose.no_consent": message("Given on {on}; no consent is recorded."),
    "dose.no_such_slot": message("Dose {number} is not in the plan of this subject. Look at the calendar."),
    "dose.no_weight": message("Given on {on}; the weight it was computed from is not recorded."),
    "dose.none_planned": message(
        "This arm has no such drug in its plan. If a study drug was given all the same, say which one: "
        "what was given is recorded, and why is asked."
    ),
    "dose.not_allocated": message(
        "No arm was allocated to this subject, so no dose is planned. If a study drug was given all the "
        "same, say which one: what was given is recorded, and why is asked."
    ),
    "dose.not_correctable": message(
        "{field} cannot be corrected. If the dose belongs to another subject, mark it as entered in error."
    ),
    "dose.not_delegated": message("Given on {on} by a person to whom this was not delegated on that day."),
    "dose.not_given": message(
        "Only a dose that was given can be entered for another subject. Mark this one as entered in error."
    ),
    "dose.not_observed": message(
        "Infusion {number}: the end of the observation is not recorded. Enter it when it is known."
    ),
    "dose.not_positive": message(
        "{typed} cannot be an amount. Enter a number above 0, or leave it empty where it is not known."
    ),
    "dose.not_prepared": message(
        "This infusion is not waiting to be given: it was given or marked void meanwhile. Look at it again."
    ),
    "dose.off_arm": message("{drug} was given; it is not a drug of the allocated arm."),
    "dose.old_weight": message(
        "Computed from the weight of {weighed}, {age} days before the dose; at most {allowed} days "
        "are allowed."
    ),
    "dose.outside_plan": message("Given on {on}; no planned dose has this day in its window."),
    "dose.outside_window": message(
        "Dose {number} given on {on}; planned {planned}, window {opens} to {closes}."
    ),
    "dose.plan_open": message(
        "The plan of this drug waits for {codes}; whether the dose fits it is not judged."
    ),
    "dose.prescribed": message(
        "{prescribed} {unit} prescribed; by the weight it is {computed} {unit}, more than {limit} % off."
    ),
    "dose.prescribed_fold": message(
        "{prescribed} {unit} prescribed; by the weight it is {computed} {unit}, off by {limit} times or "
        "more. Check the weight and the amount."
    ),
    "dose.prescribed_reason": message(
        "{prescribed} {unit} prescribed; by the weight it is {computed} {unit}, more than {limit} % off. "
        "Give the reason."
    ),
    "dose.prescribed_rule_open": message(
        "{prescribed} {unit} prescribed; by the weight it is {computed} {unit}. The limits for a difference "
        "are not decided."
    ),
    "dose.prepared_long_ago": message(
        "{minutes} minutes from preparation to the end of the infusion; at most {allowed} are allowed."
    ),
    "dose.proof_needed": message(
        "A dose given elsewhere needs its proof: name the paper and where it is filed."
    ),
    "dose.reaction_needed": message("Save waits for one answer: the reaction. Nothing is recorded yet."),
    "dose.reason_needed": message(
        "This dose was not as planned. Choose the reason; then it is recorded and the deviation is proposed."
    ),
    "dose.residual_differs": message(
        "{left} of {bag} mL were left: by volume about {volume} {unit} were given, and {given} {unit} are "
        "recorded. Check both."
    ),
    "dose.rounding": message(
        "The rounding rule {rule} with step {step} is not known. Decide nearest, up or down, with "
        "a step above 0."
    ),
    "dose.same_site": message(
        "The same site as at the last dose on {last}. Choose another site where possible."
    ),
    "dose.second_on_day": message("Dose {number} of the same drug on {on}."),
    "dose.slot_answered": message(
        "Dose {number} already has a record of {day}. Correct that record, or mark it as entered in error."
    ),
    "dose.times_order": message(
        "The times are not in order: {times}. Preparation comes first, then start, end and observation. What "
        "was past midnight is typed as 00:25+1, what was before it as 23:50-1."
    ),
    "dose.unknown_drug": message("{drug} is not a drug of this study. Choose one of the study drugs."),
    "dose.vials": message("Each lot needs at least one vial and the strength of a vial above 0."),
    "dose.weight_corrected": message(
        "The dose was computed on {weight} kg of {weighed}; that weight was corrected to {now} kg."
    ),
    "dose.eligibility_void": message(
        "Given on {on}, when no signed eligibility stood: the decision went void and was not signed again."
    ),
    "dose.lot_expired": message("Lot {lot} had expired on {expired}."),
    "dispensing.expired": message("Lot {lot} was handed out after it expired on {expired}."),
    "dispensing.twice": message(
        "Kit {kit} of this lot is recorded already. Read the number of the kit again."
    ),
    "dose.weight_void": message(
        "The weight {weight} kg of {weighed}, on which the dose was computed, was entered in error."
    ),
    "dose.same_person": message("{name} is named as the one who prepared it and as the one who checked it."),
    "dose.strength_not_stocked": message(
        "Prepared from vials of {strength} {unit}, which are not stocked here."
    ),
    "dose.vials_over": message(
        "Vials of {held} {unit} were taken for {needed} {unit}: a whole vial more than is needed."
    ),
    "dose.vials_short": message(
        "The vials hold {held} {unit}, and {given} {unit} were given. Check the vials and the amount."
    ),
    "dose.weight": message(
        "A dose cannot be computed from a weight of {weight} kg. Weigh the patient and enter the "
        "weight in kg."
    ),
    "dose.weight_rule_open": message(
        "Computed from the weight of {weighed}, {age} days before the dose; how old a weight may "
        "be is not decided."
    ),
    "drawing.block_sizes": message(
        "Block sizes {sizes} do not hold the ratio of the arms. Each has to be a multiple of {multiple}."
    ),
    "drawing.size": message(
        "{size} allocations cannot be filled with blocks of {sizes}. Choose another number or "
        "other block sizes."
    ),
    "list.blank": message("A number or an arm is missing in rows {rows}. Each row needs both."),
    "list.block_not_balanced": message(
        "The blocks that begin in rows {rows} are not complete or not balanced. Check the block "
        "size with the statistician."
    ),
    "list.changed": message(
        "The sealed list {code} no longer gives the digest that was shown. Nothing was opened. "
        "Verify the study file and tell the statistician. An arm that was told outside the program meanwhile "
        "is recorded with F7, without a row."
    ),
    "list.code": message(
        "“{typed}” cannot name a list. Use 1 to 12 letters, digits and hyphens, such as R1."
    ),
    "list.code_taken": message("There is already a list {code}. Give the new list another code."),
    "list.empty": message("The list holds no row below its header. Import the whole list."),
    "list.gap": message("A number is left out before row {rows}. Numbers have to run 1, 2, 3 without a gap."),
    "list.header": message(
        "Row 1 has to be the header number,arm with a comma and nothing else. Correct the header."
    ),
    "list.none": message("No allocation list is loaded. Ask the statistician to import or draw it."),
    "list.not_a_number": message("The number in rows {rows} is not a whole number. Write 1, 2, 3 and so on."),
    "list.not_balanced": message(
        "The arms do not stand in the ratio that was decided. Ask the statistician for a balanced list."
    ),
    "list.not_imported": message(
        "It was decided that the list is drawn here and not imported (D27). Nothing was stored. "
        "Have D27 decided otherwise, or have the list drawn."
    ),
    "list.not_text": message(
        "The file is not UTF-8 text. Nothing was stored. Save it as CSV in UTF-8 and import it again."
    ),
    "list.number_twice": message("The same number stands in rows {rows}. Each number may stand once."),
    "list.opened_out_of_order": message(
        "Row {number} was opened out of order, so the next row is not certain. Nothing was "
        "allocated. Verify the study file and tell the statistician."
    ),
    "list.order": message(
        "The number in row {rows} is out of order. Numbers have to run 1, 2, 3 from the top."
    ),
    "list.refused": message(
        "The allocation list was not taken over: {faults} faults, in rows {rows}. Nothing was "
        "stored. Correct the file and import it again."
    ),
    "list.replace_reason": message(
        "List {code} is loaded and not used yet. It is replaced only with a reason."
    ),
    "list.seal_broken": message(
        "The seal of row {number} of list {code} is broken. Nothing was opened. Verify the study "
        "file and tell the statistician."
    ),
    "list.shares": message(
        "The ratio of the {arms} arms is not usable: each arm needs one share of 1 or more. "
        "Correct the ratio."
    ),
    "list.size": message(
        "The list has {found} rows; {target} subjects were decided (D09). Nothing was stored. Ask "
        "the statistician for a list of that size."
    ),
    "list.target_ratio": message(
        "{target} subjects cannot be shared {ratio}. Have the target or the ratio decided again (D09, D27)."
    ),
    "list.too_many_cells": message("More than two cells in rows {rows}. Each row is a number and an arm."),
    "list.unknown_arm": message(
        "The arm in rows {rows} is not an arm of this trial. Use the arm codes of the protocol package."
    ),
    "list.unreadable": message(
        "The file cannot be read as comma-separated text. Save it as CSV with the header number,arm."
    ),
    "list.used": message(
        "List {code} is in use: rows of it were opened. No other list is taken over, and it is never "
        "changed. Once it is used up, an arm that the statistician tells outside the program is recorded "
        "with F7 in the dialog of the allocation."
    ),
    "list.used_up": message(
        "All {size} allocations of the list are used. Nothing was opened, and no further list is taken over. "
        "Tell the principal investigator and the statistician. An arm that the statistician tells outside "
        "the program is recorded with F7, without a row and under a number of its own."
    ),
    "list.waits": message(
        "The list waits for a decision: {waits}. Nothing was stored. Have it decided on the Study page first."
    ),
    "plan.no_day_zero": message(
        "There is no study day 0: day 1 is the day of the first dose, the day before it is day -1. "
        "Correct the day."
    ),
    "plan.no_doses": message(
        "The rules for {drug} make no plan: numbers of doses and days between them have to be 1 or "
        "more. Check the settings."
    ),
    "plan.two_on_one_day": message(
        "The rules for {drug} reach study day {day} before the dose planned ahead of it: two doses "
        "would fall together. Decide the number of injections of stage 1 and the start of stage 2 "
        "so that they fit."
    ),
    "plan.unknown_mode": message(
        'The reading of "every month" is given as {found}. Allowed: {allowed}. Decide it again '
        "on the Study page."
    ),
    "plan.unknown_start": message(
        "The start of stage 2 is given as {found}, which is not known. Decide it again on the Study page."
    ),
    "vials.no_dose": message("A dose of {dose} mg needs no vials. Compute the dose from the weight first."),
    "vials.none_stocked": message(
        "No vial strength is recorded as stocked. Decide on the Study page which strengths the site stocks."
    ),
}
