"""From the codes and facts of a row of Today to its words, its chip and the act that Enter offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Language, message
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.site_calendar import NOTHING_ENTERED, SiteCalendar
from sle_desk.services.due_rows import LABORATORY, LATE, NOW, TO_TYPE, TOMORROW, Due, TodayRow
from sle_desk.ui.dose_words import day_words, drug_words, site_words
from sle_desk.ui.site_words import closed_day_words
from sle_desk.ui.wording import no_samples_words, visit_words

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
    "at_home": (message("At home"), "neutral"),
    "late_in_window": (message("Late, in window"), "warn"),
    "overdue": (message("Overdue"), "bad"),
    "diary_late": (message("Diary late"), "bad"),
    "diary_due": (message("Diary due"), "due"),
    "entered": (message("{done} of {of} begun"), "due"),
    "planned": (message("Planned"), "neutral"),
    "missing": (message("Missing"), "warn"),
    "eligible": (message("Eligible"), "ok"),
    "waits": (message("Waits for the PI"), "warn"),
    "to_sign": (message("To sign"), "sign"),
    "to_decide": (message("To decide"), "sign"),
    "query_open": (message("Query open"), "query"),
    "proposed": (message("Proposed"), "warn"),
    "awaited": (message("Drawn, awaited"), "neutral"),
    "clock": (message("Aware {hours} h {minutes} min"), "bad"),
    "clock_late": (message("Aware {hours} h {minutes} min"), "bad"),
    "clock_unknown": (message("Aware since: missing"), "bad"),
    "report_due": (message("Final report due"), "warn"),
    "incomplete": (message("Incomplete"), "warn"),
    "to_type": (message("To type in"), "warn"),
}
NOT_COMPUTED = (message("Not computed"), "warn")
ACTS = {
    "record_injection": message("Record as given"),
    "prepare_infusion": message("Weigh + prepare"),
    "give_infusion": message("Record as given"),
    "open_visit": message("Open visit"),
    "view": message("View"),
    "enter_diary": message("Enter diary"),
    "enter_results": message("Enter results"),
    "record_consent": message("Record consent"),
    "open_allocation": message("Randomise"),
    "open_eligibility": message("Open page"),
    "answer_query": message("Open page"),
    "settle_deviations": message("Open page"),
    "report_event": message("Report"),
    "record_exit": message("Open page"),
    "add_event": message("Add event"),
    "complete_entries": message("Open page"),
    "add_pregnancy": message("Open page"),
    "open_clarification": message("Open page"),
}

# What is due at the site on a day of its own.
AT_THE_SITE = frozenset({"injection", "infusion", "visit"})
SAY_WHAT = message("Say what happened")
# What asks for a step out that nobody recorded: short, since the second line says where.
STEPS_LACKING = {
    "death": message("Death entered: record leaving the study"),
    "treatment_withdrawn": message("Consent for drugs withdrawn: record the stop"),
    "visits_withdrawn": message("Consent for visits withdrawn: record leaving"),
    "pregnancy": message("Pregnant, a study drug is still planned"),
}
TEST_POSITIVE = "pregnancy_test"


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
        language, facts = self.language, item.facts
        if item.code in ("injection", "infusion", "diary"):
            return self._doses(item)
        if item.code in ("visit", "results"):
            visit = visit_words(self.protocol, str(facts["visit"]), language)
            return visit if item.code == "visit" else language.text("{visit}: report awaited", visit=visit)
        if item.code == "consent":
            return language.text("Informed consent is not recorded")
        if item.code == "allocation":
            return language.text("Eligible: open the allocation")
        if item.code == "eligibility":
            return language.text("Eligibility: {undecided} of {of} undecided", **_shown(facts))
        if item.code == "queries":
            return language.text("Open queries: {count}", **_shown(facts))
        if item.code == TEST_POSITIVE:
            return language.text("Pregnancy test positive: enter the pregnancy")
        if item.code in STEPS_LACKING:
            return language.text(STEPS_LACKING[item.code])
        if item.code == "serious":
            return language.text("Serious event, not reported: {term}", term=facts["term"])
        if item.code == "final_report":
            return language.text("Serious event, outcome known: {term}", term=facts["term"])
        if item.code == "graded":
            label = self.protocol.laboratory.analytes[str(facts["analyte"])].label
            return language.text(
                "{test} grade {grade}: event?", test=language.words(label), grade=facts["grade"]
            )
        if item.code == "to_type":
            visit = visit_words(self.protocol, str(facts["visit"]), language)
            named = {"visit": visit, "forms": facts["forms"], "of": facts["of"]}
            return language.text("{visit}: {forms} of {of} forms to type in", **named)
        if item.code == "entries":
            return language.text("Entries that lack answers: {count}", **_shown(facts))
        if item.code == "deviations":
            return language.text("Proposed deviations: {count} (major: {major})", **_shown(facts))
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
        known = {drug.code for drug in self.protocol.drugs}
        name = (
            drug_words(self.protocol, part, self.language) if part in known else self.language.text("Visits")
        )
        named = ", ".join(map(str, codes)) if isinstance(codes, tuple) else ""
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
        days = ", ".join(day_words(day, self.language) for day in left)
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
            return language.text("open: {codes}", codes=_joined(facts["codes"]))
        drug = self.protocol.drug(str(facts["drug"]))
        site = site_words(drug, str(facts["site"]), language)
        return language.text("{dose}, site proposed: {site}", dose=language.words(drug.dose_label), site=site)

    def _beside(self, item: Due) -> str:
        language, facts = self.language, item.facts
        if item.code == "diary":
            return language.text("Diary was due {day}", day=facts["due_on"])
        if item.code == "results":
            panels = [self.protocol.laboratory.panel(code).label for code in _codes(facts["panels"])]
            names = ", ".join(language.words(panel) for panel in panels)
            return language.text("Drawn {day}: {panels}", day=facts["drawn_on"], panels=names)
        if item.code in STEPS_LACKING:
            return language.text("Ctrl+D on the visits")
        if item.code == "graded":
            return language.text("drawn {day}; NCS on the report when it is none", day=facts["drawn_on"])
        if item.code == "serious" and "aware" in facts:
            return self._aware(facts)
        if item.code == "visit":
            window = language.text("window {opens_on} to {closes_on}", **_shown(facts))
            return "; ".join(part for part in (window, self._open_days(item)) if part)
        if item.code == "plan_unknown":
            return language.text("for {subjects}", subjects=_joined(facts["subjects"]))
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
    return (row.who.subject_id if row.who else 0, row.group, tuple(item.code for item in row.items), row.on)


def _shown(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: fact for name, fact in facts.items() if name != "language"}


def _codes(fact: object) -> tuple[str, ...]:
    return tuple(map(str, fact)) if isinstance(fact, tuple) else ()


def _joined(fact: object) -> str:
    return ", ".join(_codes(fact))
