"""Sentences about visits, forms and the installation."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "medication.hydroxychloroquine_above": message(
        "{medicine}: {amount} mg a day is above {limit} mg a day."
    ),
    "medication.hydroxychloroquine_perhaps_above": message(
        "{medicine}: up to {amount} mg a day may have been taken on one day, above {limit} mg a day; an "
        "incomplete date decides. Ask for the date."
    ),
    "medication.no_daily_amount": message(
        "The limit could not be compared: {medicine} has no daily amount in mg. Look at its dose, unit and "
        "frequency."
    ),
    "medication.no_equivalent": message(
        "The limit could not be compared: it is not known what {medicine} comes to in prednisone."
    ),
    "medication.not_stable": message(
        "{medicine}: this dose began on {start}; it was to be unchanged for {days} days before screening and "
        "during the study."
    ),
    "medication.prednisone_above": message(
        "{medicine}: {amount} mg prednisone equivalent a day is above {limit} mg a day."
    ),
    "medication.prednisone_perhaps_above": message(
        "{medicine}: up to {amount} mg prednisone equivalent may have been taken on one day, above {limit} "
        "mg a day; an incomplete date decides. Ask for the date."
    ),
    "medication.stopped": message(
        "{medicine}: stopped on {stop}; it was to be unchanged for {days} days before screening and during "
        "the study."
    ),
    "medication.prohibited": message("{medicine} is on the list of what must not be taken during the study."),
    "visit.after_death": message("The visit of {on} lies after the recorded death of {died}."),
    "visit.after_withdrawal": message("The visit of {on}; consent for visits was withdrawn on {since}."),
    "visit.after_exit": message(
        "The visit of {on} lies after the subject left, completed or failed screening on {left}."
    ),
    "procedure.after_exit": message(
        "At a visit of before, something was filled in or drawn on {on}, after the subject left, completed "
        "or failed screening on {left}."
    ),
    "visit.missed": message("Visit {visit}, planned for {planned}, was not done."),
    "visit.reason_needed": message(
        "This visit lies after the recorded death, after the subject left or completed, or after consent for "
        "visits was withdrawn. Say why it was held; then it is recorded and the deviation is proposed."
    ),
    "visit.outside_window": message(
        "Visit {visit} took place on {on}, outside its window from {opens} to {closes}."
    ),
    "sample.other_subject": message("The visit belongs to another subject. Nothing was saved."),
    "demonstration.day": message(
        "A demonstration does not lead up to {found}. Choose a day from {earliest} to {latest}."
    ),
    "demonstration.not_made": message(
        "The demonstration could not be written to {path} ({reason}). Choose another folder."
    ),
    "demonstration.subjects": message(
        "{found} patients were asked for. A demonstration has {fewest} to {most}; choose a number between."
    ),
    "form.already_signed": message(
        "{label} is signed already. A signature goes void when a value is corrected; sign again then."
    ),
    "form.ink_before": message(
        "The paper is signed on {signed}, before the form of {day}. Compare both days with the paper."
    ),
    "source.needed": message(
        "“{field}” is judged by an investigator. Say from which signed paper it is typed: who signed it, the "
        "date beside the signature, where it is filed; or let an investigator enter it."
    ),
    "source.ink_on_paper": message(
        "A signature in ink stands on paper. Choose paper as the source, or leave signer and date out."
    ),
    "form.not_signed_kind": message("{label} is a form that nobody signs. Nothing was signed."),
    "form.sign_incomplete": message(
        "{label} lacks “{field}”. Enter it, or why it is missing, before signing."
    ),
    "entry.goes_with_another": message(
        "This entry is about another one and goes with it. Mark that one as entered in error instead."
    ),
    "entry.goes_with_infusion": message(
        "This entry belongs to its infusion and goes with it. Mark it as entered in error here, or the "
        "infusion."
    ),
    "entry.no_infusion": message(
        "There is no infusion that this could belong to: it is void, discarded, or somebody else's. Open the "
        "infusion first."
    ),
    "entry.link_to_nothing": message(
        "What was to be linked does not stand for this subject. Choose one of the records that are offered."
    ),
    "entry.link_of_event": message("Only an adverse event is linked to doses, results and medicines."),
    "entry.linked_already": message("These two are linked already."),
    "medication.twice": message(
        "{medicine} since {since} is entered already with the same dose. Open that entry, or keep this one "
        "with a reason."
    ),
    "event.goes_on": message(
        "“{term}” is entered already, since {since}, and has no end before this start. Where it got "
        "worse, raise the grade of that event: it keeps the worst it had. Or end it there, or keep this one "
        "with a reason."
    ),
    "query.no_doubt": message(
        "{typed} can be a value of {label}: it is no query. Press Enter to take it; what is unlikely is kept "
        "with a reason."
    ),
    "form.empty": message("Nothing is answered yet in {label}. Answer at least one field, then save."),
    "form.not_asked": message("The field {field} is not asked here. Open the form again."),
    "form.answered_meanwhile": message(
        "{field} was answered meanwhile. Open the form again; what you typed is kept."
    ),
    "death.second": message(
        "A death is entered already, with the day {day}. Open that entry and complete or correct it, or keep "
        "this one with a reason."
    ),
    "death.after_exit": message(
        "The subject left for death on {day}, before {typed}. Check both days, or keep this one with a "
        "reason."
    ),
    "death.other_day": message(
        "{typed} differs from the day of death that is recorded, {day}. Check both, or keep this one "
        "with a reason."
    ),
    "death.alive_after": message(
        "The subject is recorded dead since {died} and cannot be known to be alive on {day}. Check both, "
        "or keep this one with a reason."
    ),
    "death.alive_since": message(
        "A contact of {day} says that the subject was alive, after {typed}. Check both, or keep this one "
        "with a reason."
    ),
    "death.before_consent": message(
        "{typed} lies before consent, {consent}. Check the year, or keep this one with a reason."
    ),
    "death.entry_after": message(
        "{typed} lies after the death that is recorded, {died}. Check both days, or keep this one with a "
        "reason."
    ),
    "disposition.after_death": message(
        "{day} lies after the death that is recorded, {died}. Check both days, or say in the note why it "
        "stands."
    ),
    "disposition.plan_ahead": message(
        "The plan goes on after {day}: doses {doses}, visits {visits}. Say in the note why the study is "
        "completed all the same, or record that the subject left."
    ),
    "disposition.no_contact": message(
        "No attempt to reach the subject is recorded. Enter the attempts under Other records, Contact, or "
        "say in the note how it is known that the subject is lost."
    ),
    "contact.though_lost": message(
        "The subject counts as lost to follow-up since {lost} and was reached on {day}. Check both: the step "
        "out is corrected at the subject (F2), or keep this one with a reason."
    ),
    "disposition.other_death": message(
        "The exit for death on {typed} lies before the death that is recorded, {day}. Give the day of the "
        "exit, or say in the note why it lies before."
    ),
    "event.known_before": message(
        "The site cannot have known on {aware} of an event that began on {start}. Check both dates, or keep "
        "this one with a reason."
    ),
    "event.before_consent": message(
        "The start, {start}, lies before consent, {consent}. What was there before consent belongs in "
        "medical history, under Other records; an event is what came up or got worse since."
    ),
    "event.told_before": message(
        "With the site aware since {aware}, these times lie before it: {told}. Check all of them, or keep "
        "this awareness with a reason."
    ),
    "event.report_late": message(
        "With the site aware since {aware}, the first report, sent {sent}, came after {hours} h; {allowed} h "
        "are allowed. Check both times, or keep this awareness with a reason."
    ),
    "event.reported": message(
        "This event was reported as serious; reports filed: {count}. Check what was judged, or keep this "
        "answer with a reason."
    ),
    "report.first_twice": message(
        "A first report of this event is entered already. Choose another kind, or keep this one with a "
        "reason."
    ),
    "report.final_twice": message(
        "A final report of this event is entered already. Choose another kind, or keep this one with a "
        "reason."
    ),
    "report.final_alone": message(
        "No first report of this event is entered. Enter it before the final one, or keep this one with a "
        "reason."
    ),
    "report.sent_before_hour": message(
        "Sent on {day} at {sent}, before the site knew of the event at {aware} on that day. Check both "
        "times, or keep this one with a reason."
    ),
    "report.sent_before": message(
        "Sent on {sent}, before the site knew of the event on {aware}. Check both dates, or keep this one "
        "with a reason."
    ),
    "form.place": message(
        "{label} cannot be entered here: a form belongs to a visit, an entry to the subject or to the entry "
        "it is about."
    ),
    "form.twice": message("This form was already saved at this visit. Open it and correct a value with F2."),
    "installation.font_source_missing": message(
        "The package {package}, from which the fonts are made, is not installed. Run python3 "
        "run.py once with a package index or a folder of packages."
    ),
    "installation.fonts_missing": message(
        "The fonts {files} are not in {folder}. Nothing can be shown or printed without them: run "
        "python3 run.py, or install sle_desk again."
    ),
    "installation.no_translation": message(
        "The translation {language} is missing from this installation. Run “python3 run.py test” "
        "or install again."
    ),
    "lock.password": message(
        "The password is not right. The screen stays locked; the try is noted in the audit."
    ),
    "people.last_of_role": message(
        "Nobody would be left in the role {role}. Give it to somebody else first."
    ),
    "people.own_account": message("This is your own account. Another administrator can close it."),
    "place.full": message("{path} has {free} MB free; at least {wanted} MB are needed. Choose another disk."),
    "place.inside_study": message(
        "{path} lies in the study folder {study}, or around it. Choose a folder elsewhere, best on "
        "another disk."
    ),
    "place.not_whole": message("“{typed}” is not a whole path. Type it from the disk on, or browse for it."),
    "place.not_writable": message("Nothing can be written in {path}. Choose a folder of your own."),
    "register.incomplete": message(
        "Name, initials, sex and date of birth are needed to register somebody. Nothing was saved."
    ),
    "visit.other_subject": message("This visit belongs to another subject. Open the visit again."),
    "visit.not_done": message("The visit is recorded as not done: it has no day to correct."),
    "visit.not_planned": message(
        "Nobody planned the visit {code}: it cannot be not done. Where it did not take place nothing is "
        "recorded; one that was begun by mistake is marked as entered in error."
    ),
    "visit.recorded_not_done": message(
        "The visit {code} is recorded as not done. If it took place after all, begin it and say why: that it "
        "was not done is taken back then."
    ),
    "visit.ahead": message(
        "The visit {code} lies ahead: its window opens on {opens}. If it is known already that the patient "
        "will not come, choose Refused, Not possible or Other and write in the note what was said; otherwise "
        "say it once the window is open."
    ),
    "visit.ahead_undated": message(
        "The visit {code} lies ahead: it has no day yet. If it is known already that the patient will not "
        "come, choose Refused, Not possible or Other and write in the note what was said; otherwise say it "
        "once the window is open."
    ),
    "visit.twice": message("The visit {code} was already recorded on {day}. Open it there."),
}
