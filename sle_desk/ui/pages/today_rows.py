"""From the codes and facts of a row of Today to its words, its chip and the act that Enter offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Language, message
from sle_desk.base.words import sentence
from sle_desk.domain.evidence_values import Missing
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.site_calendar import NOTHING_ENTERED, SiteCalendar
from sle_desk.exports.wording import ENUMERATED, SEMICOLON
from sle_desk.services.due_rows import LABORATORY, LATE, NOW, TO_TYPE, TOMORROW, Due, TodayRow
from sle_desk.ui.dose_words import day_words, drug_words, site_words
from sle_desk.ui.due_words import SAID, SETTLED_BY, STEPS_LACKING, codes_of, spoken_facts
from sle_desk.ui.site_words import closed_day_words
from sle_desk.ui.stock_words import STOCK, stock_words
from sle_desk.ui.wording import due_visit_words, no_samples_words, open_words, visit_words

# Headings: their words, status and icon.
HEADINGS = {
    LATE: (message("Overdue"), "bad", "octagon"),
    NOW: (message("Today"), "due", "clock"),
    LABORATORY: (message("Waiting for the laboratory"), "neutral", "labs"),
    TO_TYPE: (message("To type in"), "neutral", "pencil"),
    TOMORROW: (message("Tomorrow"), "neutral", "calendar"),
}
STATUSES = {
    "first_dose": (message("First dose"), "due"),
    "due_now": (message("Due now"), "due"),
    "weight_needed": (message("Weight needed"), "warn"),
    "prepared": (message("Prepared"), "due"),
    "prepared_past": (message("Prepared, past its time"), "bad"),
    "at_home": (message("At home"), "neutral"),
    "late_in_window": (message("Late, in window"), "warn"),
    "overdue": (message("Overdue"), "bad"),
    "diary_late": (message("Diary late"), "bad"),
    "diary_due": (message("Diary due"), "due"),
    "entered": (message("{done} of {of} begun"), "due"),
    "planned": (message("Planned"), "neutral"),
    "missing": (message("Missing"), "warn"),
    "paused": (message("Paused"), "warn"),
    "eligible": (message("Eligible"), "ok"),
    "waived": (message("Not eligible, waived"), "warn"),
    "waits": (message("Waits for the PI"), "warn"),
    "to_sign": (message("To sign"), "sign"),
    "to_decide": (message("To decide"), "sign"),
    "query_open": (message("Query open"), "query"),
    "proposed": (message("Proposed"), "warn"),
    "look_again": (message("Look again"), "bad"),
    "awaited": (message("Drawn, awaited"), "neutral"),
    "clock": (message("Aware {hours} h {minutes} min"), "bad"),
    "clock_late": (message("Aware {hours} h {minutes} min"), "bad"),
    "clock_unknown": (message("Aware since: missing"), "bad"),
    "report_due": (message("Final report due"), "warn"),
    "incomplete": (message("Incomplete"), "warn"),
    "to_type": (message("To type in"), "warn"),
    "differs": (message("Does not add up"), "warn"),
    "reconsent": (message("Re-consent due"), "warn"),
    "reconsent_late": (message("Re-consent overdue"), "bad"),
    "reconsent_refused": (message("Re-consent refused"), "bad"),
    "approval_ends": (message("Ends in {days} d"), "warn"),
    "approval_over": (message("Ended"), "bad"),
}
NOT_COMPUTED = (message("Not computed"), "warn")
SAY_WHAT = message("Say what happened")
ACTS = {
    "record_injection": message("Record as given"),
    "prepare_infusion": message("Weigh + prepare"),
    "give_infusion": message("Record as given"),
    "say_of_infusion": SAY_WHAT,
    "open_visit": message("Open visit"),
    "view": message("View"),
    "enter_diary": message("Enter diary"),
    "enter_results": message("Enter results"),
    "record_consent": message("Record consent"),
    "open_allocation": message("Randomise"),
    "fill_gap": message("Open page"),
    "open_eligibility": message("Open page"),
    "answer_query": message("Open page"),
    "settle_deviations": message("Open page"),
    "report_event": message("Report"),
    "record_exit": message("Open page"),
    "end_pause": message("Open page"),
    "add_event": message("Add event"),
    "complete_entries": message("Open page"),
    "add_pregnancy": message("Open page"),
    "add_death": message("Open page"),
    "open_clarification": message("Open page"),
    "add_biologic": message("Open page"),
    "answer_entry": message("Open page"),
    "answer_form": message("Open page"),
    "repeat_test": message("Open page"),
    "open_stock": message("Open page"),
    "open_ethics": message("Open page"),
    "open_amendment": message("Open page"),
}

# What is due at the site on a day of its own.
# What a row is about: two of one subject and day are told apart by it.
ABOUT = ("visit_id", "drug", "part", "lot", "record", "event", "result")
AT_THE_SITE = frozenset({"injection", "infusion", "visit"})


@dataclass(frozen=True)
class RowWords:
    """The words of rows in one language."""

    protocol: Protocol
    language: Language
    today: date
    site: SiteCalendar = NOTHING_ENTERED

    def when(self, row: TodayRow) -> str:
        """Return when it is due."""
        language = self.language
        if row.group == LATE and row.days_late:
            return language.text("{days} d late", days=row.days_late)
        if row.group == NOW and row.on == self.today:
            return language.text("today")
        if row.group in (NOW, LABORATORY, TO_TYPE):
            return language.text("since {day}", day=f"{row.on:%m-%d}")
        return day_words(row.on, language)

    def due(self, row: TodayRow) -> str:
        """Return what is due, the doses and the visit of a day in one line."""
        language = self.language
        words = " + ".join(self.item(item) for item in row.items)
        days = {item.facts.get("study_day") for item in row.items} - {None}
        if len(days) == 1 and any(item.code in ("visit", "infusion") for item in row.items):
            return language.text("{what}, day {day}", what=words, day=days.pop())
        return words

    def item(self, item: Due) -> str:
        """Return one thing that is due."""
        facts = item.facts
        if item.code in ("injection", "infusion", "diary"):
            return self._doses(item)
        if item.code == "visit":
            return due_visit_words(self.protocol, facts, self.language)
        if item.code in STOCK:
            return stock_words(item.code, facts, self.protocol, self.language)
        if item.code in SAID:
            return self.language.text(SAID[item.code], **spoken_facts(facts, self.protocol, self.language))
        return self._not_computed(facts)

    def _doses(self, item: Due) -> str:
        facts = item.facts
        drug = drug_words(self.protocol, str(facts["drug"]), self.language)
        named = {"drug": drug, "first": facts["first"], "last": facts["last"], "of": facts["of"]}
        if item.code == "infusion":
            return self.language.text("{drug} infusion {first} of {of}", **named)
        if item.code == "diary":
            return self.language.text("Home diary to collect: {drug} doses {first} to {last}", **named)
        if facts["first"] == facts["last"]:
            return self.language.text("{drug} dose {first} of {of}", **named)
        return self.language.text("{drug} doses {first} to {last} of {of}", **named)

    def _not_computed(self, facts: Mapping[str, object]) -> str:
        part, codes = str(facts["part"]), facts["codes"]
        name = self.language.text("Visits")
        if any(drug.code == part for drug in self.protocol.drugs):
            name = drug_words(self.protocol, part, self.language)
        elif any(visit.code == part for visit in self.protocol.visits):
            name = visit_words(self.protocol, part, self.language)
        named = open_words(self.protocol, codes_of(codes), self.language)
        return self.language.text("Schedule not computed: {part}, open: {codes}", part=name, codes=named)

    def second(self, row: TodayRow) -> str:
        """Return the quieter line: that the day is closed, hints, windows, since when."""
        said = self._closed(row)
        said += [words for hint in row.hints if (words := self._hint(hint))]
        said += [words for item in row.items if (words := self._beside(item))]
        return " · ".join(said)

    def _closed(self, row: TodayRow) -> list[str]:
        """Return the days of what is due on which the site is closed; a dose at home needs no open site."""
        days = {
            item.facts["planned_on"]
            for item in row.items
            # Before the first dose no day counts: there is no study day.
            if item.code in AT_THE_SITE and item.facts["study_day"] is not None and row.status != "at_home"
        }
        told = (closed_day_words(day, self.site, self.language) for day in days if isinstance(day, date))
        return sorted(words for words in told if words)

    def _open_days(self, item: Due) -> str:
        """Return the days left in the window of a visit that is planned for a closed day."""
        planned, opens_on, closes_on = (item.facts[name] for name in ("planned_on", "opens_on", "closes_on"))
        assert isinstance(planned, date) and isinstance(opens_on, date) and isinstance(closes_on, date)
        if item.facts["study_day"] is None or not self.site.is_closed(planned):
            return ""
        left = self.site.open_days(max(opens_on, self.today), closes_on)
        days = self.language.words(ENUMERATED).join(day_words(day, self.language) for day in left)
        return self.language.text("open days left: {days}", days=days) if days else ""

    def _hint(self, hint: Due) -> str:
        language, facts = self.language, hint.facts
        if hint.code == "weigh_first":
            if facts["age"] is None:
                return language.text("Weigh first, no weight yet")
            return language.text("Weigh first, last weight {age} d old", age=facts["age"])
        if hint.code == "pregnant":
            return language.text("PREGNANT since {day}: ask the investigator first", day=facts["since"])
        if hint.code == "samples_before":
            return language.text("pre-dose samples before")
        if hint.code == "worksheet":
            return language.text("worksheet printed {day}", day=facts["printed_on"])
        if hint.code == "no_samples" and isinstance(facts["since"], date):
            return no_samples_words(facts["since"], language)
        if hint.code == "waits":
            return language.text(
                "open: {codes}", codes=open_words(self.protocol, codes_of(facts["codes"]), language)
            )
        drug = self.protocol.drug(str(facts["drug"]))
        site = site_words(drug, str(facts["site"]), language)
        return language.text("{dose}, site proposed: {site}", dose=language.words(drug.dose_label), site=site)

    def _beside(self, item: Due) -> str:
        language, facts = self.language, item.facts
        if item.code == "diary":
            return language.text("Diary was due {day}", day=facts["due_on"])
        if item.code == "results":
            panels = [self.protocol.laboratory.panel(code).label for code in codes_of(facts["panels"])]
            names = language.words(ENUMERATED).join(language.words(panel) for panel in panels)
            return language.text("Drawn {day}: {panels}", day=facts["drawn_on"], panels=names)
        gap = facts.get("gap")
        if isinstance(gap, Missing):
            return sentence(gap.code, gap.facts, language)
        if item.code in SETTLED_BY:
            return language.text(SETTLED_BY[item.code])
        if item.code == "reconsent" and facts["refused_on"] is not None:
            return language.text(
                "refused {day}; signed after all, left, or in follow-up only", day=facts["refused_on"]
            )
        if item.code == "reconsent" and facts["by"] is not None:
            return language.text("by {day}; or why not, on the tab of consents", day=facts["by"])
        if item.code in (*STEPS_LACKING, "paused"):
            return language.text("Ctrl+D on the visits")
        if item.code == "graded":
            return language.text("drawn {day}; NCS on the report when it is none", day=facts["drawn_on"])
        if item.code == "serious" and "aware" in facts:
            return self._aware(facts)
        if item.code == "visit":
            window = language.text("window {opens_on} to {closes_on}", **_shown(facts))
            return self.language.words(SEMICOLON).join(
                part for part in (window, self._open_days(item)) if part
            )
        if item.code in ("plan_unknown", "prepare_waits"):
            return language.text(
                "for {subjects}", subjects=language.words(ENUMERATED).join(codes_of(facts["subjects"]))
            )
        return ""

    def _aware(self, facts: Mapping[str, object]) -> str:
        aware = facts["aware"]
        if facts["timed"]:
            return self.language.text("Site aware since {aware}", aware=f"{aware:%Y-%m-%d %H:%M}")
        day = f"{aware:%Y-%m-%d}"
        return self.language.text("Site aware since {aware}, hour unknown: counted from 00:00", aware=day)

    def status(self, row: TodayRow) -> str:
        """Return the word of the chip."""
        words, _ = STATUSES.get(row.status, NOT_COMPUTED)
        return self.language.text(words, **_shown(row.status_facts))

    def act(self, row: TodayRow) -> str:
        """Return the words of the act that Enter does."""
        return self.language.text(SAY_WHAT if is_past(row) else ACTS[row.action])


def is_past(row: TodayRow) -> bool:
    """Tell whether an injection is late out of its window: it is asked about, not given now."""
    return row.action == "record_injection" and row.status == "overdue"


def chip_of(row: TodayRow) -> str:
    """Return the status whose colours the chip has."""
    return STATUSES.get(row.status, NOT_COMPUTED)[1]


def first_fact(row: TodayRow, name: str) -> object:
    """Return a fact of the first item that knows it, or None."""
    return next((item.facts[name] for item in row.items if item.facts.get(name) is not None), None)


def has_injection(row: TodayRow) -> bool:
    """Tell whether an injection can be recorded from a row: a planned one, due or late."""
    return row.who is not None and any(item.code == "injection" for item in row.items)


def key_of(row: TodayRow) -> object:
    """Return what tells rows apart."""
    who, codes = row.who.subject_id if row.who else 0, tuple(item.code for item in row.items)
    about = tuple(first_fact(row, name) for name in ABOUT)
    return (who, row.group, codes, row.on, *about)


def _shown(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: fact for name, fact in facts.items() if name != "language"}
