"""Where a form stands: at a visit, or as an entry of a log; what the page of the form needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sle_desk.base.language import Language, Words
from sle_desk.domain import record_source, roles
from sle_desk.domain.checks import QUERIED, Finding, Value
from sle_desk.domain.dictionary import Offer
from sle_desk.domain.forms import LOG_WORDS, Choice, Form
from sle_desk.domain.infusion_course import LOG as INFUSIONS
from sle_desk.domain.infusion_course import PREMEDICATION
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.exports.wording import COLON
from sle_desk.services import (
    asked_forms,
    entry_checks,
    form_records,
    infusion_course,
    log_entries,
    typing_steps,
    visits,
)
from sle_desk.services.drafts import Place, form_place
from sle_desk.services.entry_checks import Spot
from sle_desk.services.form_records import FormRow
from sle_desk.services.infusion_course import DOSE
from sle_desk.services.record_sources import JUDGE
from sle_desk.services.visits import VisitRow
from sle_desk.ui.desk_page import Go
from sle_desk.ui.form import Beside, nothing_beside
from sle_desk.ui.form_host import Setting
from sle_desk.ui.page import Step
from sle_desk.ui.pages.classification_line import with_measured
from sle_desk.ui.pages.entry_source import asked_source
from sle_desk.ui.state import State
from sle_desk.ui.wording import visit_words


@dataclass(frozen=True)
class EntryPlace:
    """A form of a subject: at `visit`, or an entry of a log, perhaps about another entry."""

    state: State
    subject_id: int
    form: str
    visit: VisitRow | None = None
    record_id: int | None = None
    about: int | None = None
    link: tuple[str, int] | None = None
    worksheet: int | None = None

    @classmethod
    def of(cls, state: State, go: Go) -> EntryPlace:
        """Return the place that was gone to."""
        assert go.subject_id is not None
        known = visits.visits(state.desk, go.subject_id) if go.visit_id is not None else ()
        visit = next((row for row in known if row.id == go.visit_id), None)
        return cls(state, go.subject_id, go.form, visit, go.record_id, go.about, go.link, go.worksheet)

    @property
    def log(self) -> str:
        """Return the log that the form is an entry of, or nothing."""
        return self.state.desk.protocol.form(self.form).log

    @property
    def dose_id(self) -> int | None:
        """Return the infusion that an entry belongs to, or that a medicine is entered for."""
        if self.link is not None and self.link[0] == DOSE:
            return self.link[1]
        saved = self.record_id if self.log == INFUSIONS else None
        return None if saved is None else infusion_course.dose_of(self.state.desk, saved)

    @property
    def own_link(self) -> tuple[str, int] | None:
        """Return what the entry itself is linked to: a medicine entered for an infusion is not."""
        return None if self.form == MEDICATION else self.link

    def asked(self, record: FormRow | None) -> Form:
        """Return the form as it is asked of the subject, with what its texts offer.

        Of what is not saved yet the source is asked too.
        """
        desk, language = self.state.desk, self.state.language
        # What is saved is asked as the version asks it under which it was written.
        saved = self.record_id if record is None else record.id
        form = asked_forms.form_of(desk, self.subject_id, self.form, saved)
        form = with_measured(self.state, self.subject_id, form)
        offered = log_entries.offers(desk, self.form)
        form = _with_offers(form, offered, language) if offered else form
        return form if record is not None else asked_source(self.state, form, at_visit=self.visit is not None)

    def record(self) -> FormRow | None:
        """Return what is saved here, or None."""
        desk = self.state.desk
        if self.visit is not None:
            return form_records.saved_form(desk, self.visit.id, self.form)
        return None if self.record_id is None else form_records.form_row(desk, self.record_id)

    def draft(self, record: FormRow | None) -> Place:
        """Return where what is typed here is kept."""
        if self.visit is not None:
            return form_place(self.visit.id, self.form)
        if record is not None:
            return Place("entry", record.id)
        link = ":".join(map(str, self.link)) if self.link is not None else ""
        return Place(f"entry:{self.subject_id}:{self.form}:{self.about or ''}:{link}")

    def day(self) -> date:
        """Return the day of the form."""
        today = self.state.desk.today()
        if self.log == INFUSIONS and self.dose_id is not None:
            return infusion_course.course(self.state.desk, self.dose_id).infusion.on_day
        return today if self.visit is None else self.visit.on_day or today

    def setting(self, born: date, day_one: date | None, record: FormRow | None) -> Setting:
        """Return what the form on the page stands on."""
        assumed = record_source.ASSUMED if record is None else {}
        beside = self._with_source(self._beside(record), record)
        if self.visit is None:
            return Setting(
                born=born, day_one=day_one, queries=self._queries(), beside=beside, assumed=assumed
            )
        previous = form_records.previous(self.state.desk, self.subject_id, self.form, self.day())
        return Setting(previous, born, day_one, queries=self._queries(), beside=beside, assumed=assumed)

    def _queries(self) -> tuple[str, ...]:
        """Return the fields whose text may be kept as a query; the source of a form is none of them."""
        fields = self.state.desk.protocol.form(self.form).fields()
        return tuple(field.code for field in fields if field.kind in QUERIED)

    def _with_source(self, others: Beside, record: FormRow | None) -> Beside:
        """Say also where the source of judged answers is missing; asked again when they are signed."""
        if record is not None:
            return others
        form, judges = self.state.desk.protocol.form(self.form), roles.may(self.state.desk.actor.role, JUDGE)

        def beside(values: Mapping[str, Value]) -> tuple[Finding, ...]:
            return (*others(values), *record_source.missing(form, values, judges=judges))

        return beside

    def _beside(self, record: FormRow | None) -> Beside:
        if self.visit is not None:
            return nothing_beside
        about = record.parent_id if record is not None else self.about
        saved, link = (record.id, None) if record is not None else (None, self.own_link)
        desk, spot = self.state.desk, Spot(self.subject_id, saved, about, link)

        def beside(values: Mapping[str, Value]) -> tuple[Finding, ...]:
            return entry_checks.beside(desk, spot, self.form, values)

        return beside

    def steps(self) -> tuple[Step, ...]:
        """Return the steps of the way here below the subject."""
        protocol, language = self.state.desk.protocol, self.state.language
        said = language.words(protocol.form(self.form).label)
        if self.form == PREMEDICATION:
            medicine = infusion_course.given_before(self.state.desk, self.record_id, self.about)
            said = language.words(COLON).join(part for part in (said, medicine) if part)
        label = Step(said)
        if self.visit is not None:
            return (Step(visit_words(protocol, self.visit.code, language)), label)
        return (Step(language.words(LOG_WORDS[self.log])), label)

    def back(self) -> Go:
        """Return where one goes from here: the subject, on the tab of the log."""
        if self.dose_id is not None:
            return infusion_place(self.subject_id, self.dose_id)
        tab = self.log if self.visit is None else ""
        return Go("subject", subject_id=self.subject_id, tab=tab)

    def following(self, *, saved: bool, made: int | None = None) -> Go | None:
        """Return what stands next on the worksheet that is being typed; None at its end, or where none is.

        After a medicine entered for an infusion comes when its dose was given; `made` is its entry.
        """
        if made is not None and self.form == MEDICATION and self.dose_id is not None:
            link = (DOSE, self.dose_id)
            return Go("form", subject_id=self.subject_id, form=PREMEDICATION, about=made, link=link)
        if self.worksheet is None:
            return None
        here = typing_steps.Step(self.form, self.visit.id if self.visit else None, self.record_id)
        step = typing_steps.next_step(self.state.desk, self.worksheet, here, saved=saved)
        return None if step is None else step_on_worksheet(self.subject_id, self.worksheet, step)


def infusion_place(subject_id: int, dose_id: int) -> Go:
    """Return where the entries of an infusion stand."""
    return Go("infusion_course", subject_id=subject_id, link=(DOSE, dose_id))


def step_on_worksheet(subject_id: int, worksheet: int, step: typing_steps.Step) -> Go:
    """Return the place of one step of a worksheet."""
    return Go(
        "form", subject_id=subject_id, visit_id=step.visit_id, form=step.form,
        record_id=step.record_id, worksheet=worksheet,
    )  # fmt: skip


def _with_offers(form: Form, offered: Mapping[str, tuple[Offer, ...]], language: Language) -> Form:
    sections = tuple(
        replace(
            section,
            fields=tuple(
                replace(field, choices=_choices(offered[field.code], language))
                if field.code in offered
                else field
                for field in section.fields
            ),
        )
        for section in form.sections
    )
    return replace(form, sections=sections)


def _choices(offered: tuple[Offer, ...], language: Language) -> tuple[Choice, ...]:
    # What is taken is kept as it is read, in the language of the person; either name finds it.
    shown = ((language.words(offer.words), offer) for offer in offered)
    return tuple(
        Choice(name, Words(name, name), "", also=(offer.words.en, offer.words.zh, *offer.also))
        for name, offer in shown
    )
