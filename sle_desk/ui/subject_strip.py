"""The strip that never scrolls away: number, name, sex and age, arm, day, weight with its age, alerts."""

from __future__ import annotations

from sle_desk.domain import leaving
from sle_desk.domain.values import plain, study_day
from sle_desk.exports.allocation_words import EMERGENCY, IN_ERROR
from sle_desk.services import (
    allocation,
    dispositions,
    form_records,
    subject_trends,
)
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.cards import Fact, FactStrip
from sle_desk.ui.state import State
from sle_desk.ui.wording import (
    arm_words,
    death_words,
    no_samples_words,
    sex_age_words,
    state_words,
    withdrawn_words,
)


def strip_facts(state: State, subject: SubjectRow) -> list[Fact]:
    """Return the facts of a subject for the strip, read now."""
    language, desk = state.language, state.desk
    today = desk.today()
    shape, arm = arm_words(desk.protocol, subject.arm, language)
    who = sex_age_words(subject, language)
    if state.names_shown and subject.name:
        who = f"{subject.name} · {who}"
    facts = [
        Fact("", subject.code, who, large=True),
        Fact(language.text("Arm"), arm, icon=shape),
    ]
    if subject.day_one is not None:
        day = study_day(today, subject.day_one)
        week = language.text("week {week}", week=(day - 1) // 7) if day > 0 else ""
        facts.append(Fact(language.text("Day in study"), language.text("Day {day}", day=day), week))
    else:
        facts.append(Fact(language.text("State"), state_words(subject.state, language)))
    weighed = form_records.weights(desk, subject.id)
    if weighed:
        on_day, value = weighed[-1]
        age = (today - on_day).days
        ago = language.text("today") if age == 0 else language.text("{days} d ago", days=age)
        shown = f"{plain(value.number)} kg" if value.number is not None else ""
        facts.append(Fact(language.text("Weight"), shown, f"{on_day:%m-%d}, {ago}"))
    else:
        facts.append(Fact(language.text("Weight"), language.text("not weighed yet")))
    if chips := alert_chips(state, subject.id):
        facts.append(Fact(language.text("Alerts"), "", chips=chips))
    return facts


def alert_chips(state: State, subject_id: int) -> tuple[tuple[str, str], ...]:
    """Return what must not be overlooked of a subject, as words with their status."""
    text, found = state.language.text, subject_trends.alerts(state.desk, subject_id)
    chips: list[tuple[str, str]] = []
    row = allocation.allocation_of(state.desk, subject_id)
    if row is not None and row.error is not None:
        chips.append((text(IN_ERROR), "bad"))
    if row is not None and row.outside is not None:
        chips.append((text(EMERGENCY), "warn" if row.outside.agrees else "bad"))
    if found.death is not None:
        chips.append((death_words(found.death, state.language), "bad"))
        if found.death.contradicted:
            chips.append((text("days of death differ"), "bad"))
    for step in dispositions.dispositions(state.desk, subject_id):
        # Before anything is given: a stopped drug must be seen on every page of the subject.
        if step.kind == leaving.DRUG_STOP:
            drug = state.language.words(state.desk.protocol.drug(step.drug).label)
            chips.append((text("{drug} stopped {day}", drug=drug, day=f"{step.on_day:%m-%d}"), "bad"))
    if found.no_samples_since is not None:
        chips.append((no_samples_words(found.no_samples_since, state.language), "bad"))
    for scope, since in found.withdrawn:
        chips.append((withdrawn_words(scope, since, state.language), "bad"))
    if found.graded is not None:
        analyte, grade = found.graded
        name = state.language.words(state.desk.protocol.laboratory.analytes[analyte].label)
        chips.append((text("{test} G{grade}", test=name, grade=grade), "warn"))
    counted = (
        (found.serious, text("{count} SAE", count=found.serious), "bad"),
        (found.missed, text("{count} missed", count=found.missed), "bad"),
        (
            found.queries,
            text("1 query") if found.queries == 1 else text("{count} queries", count=found.queries),
            "query",
        ),
        (
            found.deviations,
            text("1 deviation")
            if found.deviations == 1
            else text("{count} deviations", count=found.deviations),
            "warn",
        ),
        (found.unjudged, text("{count} to judge CS / NCS", count=found.unjudged), "due"),
    )
    return (*chips, *((words, status) for count, words, status in counted if count))


class SubjectStrip(FactStrip):
    """The strip on a page about one subject."""

    def show_subject(self, state: State, subject: SubjectRow) -> None:
        """Show a subject as of now."""
        self.show_facts(strip_facts(state, subject))
