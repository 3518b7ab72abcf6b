"""Sentences about events, the reports of serious ones, and pregnancies."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "event.serious_before_start": message(
        "The event was not serious on {serious}, before it began on {start}. Check both dates, or keep this "
        "one with a reason."
    ),
    "event.aware_before_serious": message(
        "The site cannot have known on {aware} of what became serious on {serious}. Check both dates, or "
        "keep this one with a reason."
    ),
    "event.grade_lowered": message(
        "A report of this event was sent with grade {before}; it would be grade {now}. If that is right, "
        "keep it with a reason, and tell the sponsor by a follow-up report."
    ),
    "event.aware_later": message(
        "A report of this event was sent with the site aware since {before}; it would be {now}. If that is "
        "right, keep it with a reason, and tell the sponsor by a follow-up report."
    ),
    "event.stop_to_record": message(
        "{drug} is still planned: this answer stops nothing. Record its stop too, Ctrl+D on the visits of "
        "the subject."
    ),
    "pregnancy.partner_of_woman": message(
        "The subject is a woman; this says that her partner is pregnant. Check whose pregnancy it is, or "
        "keep this answer with a reason."
    ),
    "pregnancy.of_man": message(
        "The subject is a man; this says that he is pregnant. Check whose pregnancy it is, or keep this "
        "answer with a reason."
    ),
    "pregnancy.due_unlikely": message(
        "Delivery expected on {due} does not lie 37 to 43 weeks after the last period, {period}. Check both "
        "dates, or keep this one with a reason."
    ),
    "pregnancy.outcome_before": message(
        "The outcome, {outcome}, lies before the last period, {period}. Check both dates, or keep this one "
        "with a reason."
    ),
    "report.late": message(
        "With the site aware since {aware}, this first report, sent {sent}, comes after {hours} h; {allowed} "
        "h are allowed. Check both times; if they are right, keep them with a reason: a deviation is "
        "proposed."
    ),
    "report.changed_since": message(
        "{kind}, sent {sent}, would not say what was sent: the event, its report or the medication was "
        "changed at {changed}. What was sent stands on the paper or in the PDF of its print. Enter a "
        "follow-up report of the event for what is known since, and print that."
    ),
    "report.sent_late": message(
        "The site was aware of the serious event since {aware}; the first report was sent {sent}, after "
        "{hours} h. {allowed} h are allowed."
    ),
    "report.final_before_first": message(
        "The final report, sent {final}, lies before the first report, sent {first}. Check both times, or "
        "keep this one with a reason."
    ),
}
