"""The form, the saved answers and the act of each kind of record that can be corrected as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QAction

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.forms import Choice, Form, Section
from sle_desk.domain.values import plain
from sle_desk.services import laboratories, record_corrections, subjects
from sle_desk.services.answers import day_of
from sle_desk.services.dispensing import KitRow
from sle_desk.services.lab_judgement import as_new
from sle_desk.services.labs import SampleRow
from sle_desk.services.record_corrections import Why
from sle_desk.services.registration_corrections import RegistrationCorrection, correct_registration
from sle_desk.services.subjects import ConsentRow, SubjectRow
from sle_desk.services.taking_up import scopes_asked, scopes_offered
from sle_desk.services.visits import VisitRow
from sle_desk.ui.consent_form import TAKEN, consent_form
from sle_desk.ui.dialogs.correct_record import Correctable, Right
from sle_desk.ui.injection_entry import instant, text
from sle_desk.ui.record_entry import new_consent, new_kit, new_subject
from sle_desk.ui.state import State
from sle_desk.ui.wording import visit_words

ACTION, KEYS = "value.correct", "F2"
HEAD_KEYS = "Shift+F2"
CORRECT, CORRECT_HEAD = message("correct"), message("correct laboratory, draw time, report no.")


def add_correction_key(
    state: State,
    add: Callable[[str, str, Callable[[], object]], QAction],
    act: Callable[[], object],
    keys: str = KEYS,
    words: str = CORRECT,
) -> QAction | None:
    """Add the key that corrects to a table or a page, for roles that may."""
    if not state.may(ACTION):
        return None
    action = add(keys, state.language.text(words), act)
    state.language_changed.connect(lambda: action.setText(state.language.text(words)))
    return action


def title_of(state: State, code: str, what: str) -> str:
    """Return the title of a correction: whose record, and which."""
    return state.language.text("{code}: correct {what}", code=code, what=what)


def _code(state: State, subject_id: int) -> str:
    return subjects.subject_row(state.desk, subject_id).code


def registration_record(state: State, subject: SubjectRow) -> Correctable:
    """Return the registration of a subject: who it is, sex and date of birth."""
    desk, language = state.desk, state.language
    known, form = subjects.identity_of(desk, subject.id), desk.protocol.form("register")

    def save(right: Right) -> None:
        correct_registration(
            desk,
            RegistrationCorrection(
                subject.id,
                subject.version,
                new_subject(right.values),
                right.reason,
                right.note,
                other_person=right.insists,
            ),
        )

    return Correctable(
        title=title_of(state, subject.code, language.text("the registration")),
        about=language.text("Sex and date of birth judge results, doses and eligibility again."),
        form=form,
        saved={
            "name": known.name,
            "initials": known.initials,
            "sex": known.sex,
            "birth_date": known.birth_date.isoformat(),
            "identity_kind": known.identity_kind,
            "identity_number": known.identity_number,
            "phone": known.phone,
        },
        save=save,
        codes=("initials", "identity_number"),
        insist={
            "subject.duplicate": language.text("Another person, cards compared"),
            "subject.duplicate_number": language.text("Keep this number, a deviation is proposed"),
        },
    )


def consent_record(state: State, subject: SubjectRow, consent: ConsentRow) -> Correctable:
    """Return a recorded consent."""
    desk, language = state.desk, state.language

    def save(right: Right) -> None:
        why = Why(consent.id, consent.version, right.reason, right.note)
        record_corrections.correct_consent(desk, why, new_consent(subject.id, right.values))

    return Correctable(
        title=title_of(state, subject.code, language.text("the consent of {day}", day=consent.signed_on)),
        about=language.text("Forms, doses and eligibility are compared with it again."),
        form=consent_form(
            state, scopes_asked(desk, subject.id, consent.id), scopes_offered(desk, subject.id)
        ),
        saved={
            "consent_version": consent.consent_version,
            "signed_on": consent.signed_on.isoformat(),
            "signed_time": consent.signed_time,
            "explained_by": consent.explained_by,
            "copy_given": consent.copy_given,
            **{TAKEN + scope: answer for scope, answer in (consent.takes_up or {}).items()},
        },
        save=save,
        codes=("consent_version",),
        born=subject.birth_date,
    )


def visit_record(state: State, subject: SubjectRow, visit: VisitRow) -> Correctable:
    """Return a visit, whose day can be corrected."""
    desk, language = state.desk, state.language
    declared = desk.protocol.form("visit")

    def save(right: Right) -> None:
        day = day_of(right.values, "on_day")
        if day is None:
            raise RuleBroken("value.empty")
        record_corrections.correct_visit_day(
            desk, Why(visit.id, visit.version, right.reason, right.note), day
        )

    return Correctable(
        title=title_of(state, subject.code, visit_words(desk.protocol, visit.code, language)),
        about=language.text("Forms of its day move with it, and signatures on them go void."),
        form=_only(declared, "on_day"),
        saved={"on_day": visit.on_day.isoformat() if visit.on_day else ""},
        save=save,
        born=subject.birth_date,
    )


def _only(form: Form, *codes: str) -> Form:
    sections = (
        Section(each.label, tuple(field for field in each.fields if field.code in codes))
        for each in form.sections
    )
    return replace(form, sections=tuple(each for each in sections if each.fields))


def sample_record(state: State, sample: SampleRow) -> Correctable:
    """Return the head of a laboratory report; its values are corrected one by one in their lines."""
    desk, language = state.desk, state.language
    known = laboratories.laboratories(desk)
    asked = replace(
        desk.protocol.form("result").field("laboratory"),
        kind="choice",
        choices=tuple(
            Choice(str(row.id), Words(row.name, row.name), str(place))
            for place, row in enumerate(known, start=1)
        ),
    )
    form = desk.protocol.form("sample")
    first = form.sections[0]
    form = replace(form, sections=(Section(first.label, (asked, *first.fields)), *form.sections[1:]))

    def save(right: Right) -> None:
        values, day = right.values, day_of(right.values, "drawn_on")
        drawn = None if day is None else instant(values, "drawn_time", day, sample.drawn_at)
        if drawn is not None and f"{drawn:%Y-%m-%d %H:%M}" == f"{sample.drawn_at:%Y-%m-%d %H:%M}":
            drawn = sample.drawn_at
        if drawn is None or not text(values, "laboratory"):
            raise RuleBroken("sample.incomplete")
        new = replace(
            as_new(sample),
            laboratory_id=int(text(values, "laboratory")),
            drawn_at=drawn,
            report_number=text(values, "report_number"),
            fasting=text(values, "fasting"),
            dose_relation=text(values, "dose_relation"),
        )
        why = Why(sample.id, sample.version, right.reason, right.note)
        record_corrections.correct_sample(desk, why, new)

    panel = language.words(desk.protocol.laboratory.panel(sample.panel).label)
    return Correctable(
        title=title_of(state, _code(state, sample.subject_id), panel),
        about=language.text(
            "Ranges, flags and grades are judged again; CS and NCS wait anew where they differ."
        ),
        form=form,
        saved={
            "laboratory": str(sample.laboratory_id),
            "report_number": sample.report_number,
            "drawn_on": sample.drawn_at.date().isoformat(),
            "drawn_time": f"{sample.drawn_at:%H:%M}",
            "fasting": sample.fasting,
            "dose_relation": sample.dose_relation,
        },
        save=save,
        codes=("report_number",),
    )


def kit_record(state: State, subject_id: int, kit: KitRow) -> Correctable:
    """Return a kit handed over."""
    desk, language = state.desk, state.language

    def save(right: Right) -> None:
        why = Why(kit.id, kit.version, right.reason, right.note)
        record_corrections.correct_dispensing(desk, why, new_kit(right.values, subject_id, kit.drug))

    expires = kit.expires_on.isoformat() if kit.expires_on else ""
    return Correctable(
        title=title_of(state, _code(state, subject_id), language.text("the kit of {day}", day=kit.on_day)),
        about=language.text("Doses that name its lot are judged again."),
        form=desk.protocol.form("dispensing"),
        saved={
            "kit": kit.kit,
            "lot": kit.lot,
            "strength": plain(kit.strength),
            "count": str(kit.count),
            "on_day": kit.on_day.isoformat(),
            "expires_on": expires,
        },
        save=save,
        codes=("kit", "lot"),
    )
