"""The words and acts of each kind of record that can be entered in error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from PySide6.QtGui import QAction

from sle_desk.base.language import Words
from sle_desk.base.words import sentence
from sle_desk.domain.forms import Choice
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services import (
    deviation_records,
    dispositions,
    dose_corrections,
    entered_in_error,
    infusion_course,
    not_drawn,
    record_corrections,
    signatures,
    subjects,
    visits,
    void_consents,
    void_forms,
    void_samples,
    void_subjects,
    void_visits,
)
from sle_desk.services.deviations import DeviationRow
from sle_desk.services.dispensing import KitRow
from sle_desk.services.dispositions import DispositionRow
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.entered_in_error import Where
from sle_desk.services.form_records import FormRow
from sle_desk.services.labs import SampleRow
from sle_desk.services.not_drawn import NotDrawnRow
from sle_desk.services.record_corrections import Why
from sle_desk.services.standing import ACTION
from sle_desk.services.subjects import ConsentRow, SubjectRow
from sle_desk.services.visits import VisitRow
from sle_desk.services.void_visits import FORM
from sle_desk.ui.dialogs.entered_in_error import Case
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.state import State
from sle_desk.ui.wording import step_words, visit_words

KEYS = "Ctrl+Shift+X"
THERE = Words("Enter it where it belongs", "在正确位置录入")
PLACE = Words("Subject and visit: type a part of it", "受试者与访视：输入其中一部分")
SUBJECT = Words("Subject: type a part of the number", "受试者：输入编号的一部分")
OTHER_VISIT = Words("It was another visit", "实为另一访视")
VISIT = Words("Which visit it was", "实际访视")
TWICE = Words("Registered twice", "重复登记")
STANDS = Words("The record that stands: type a part of the number", "保留的记录：输入编号的一部分")


def add_void_key(
    state: State, add: Callable[[str, str, Callable[[], object]], QAction], act: Callable[[], object]
) -> QAction | None:
    """Add the key of "entered in error" to a page or a table, for roles that may."""
    if not state.may(ACTION):
        return None
    action = add(KEYS, state.language.text("entered in error"), act)
    state.language_changed.connect(lambda: action.setText(state.language.text("entered in error")))
    return action


def _title(state: State, code: str, what: str) -> str:
    return state.language.text("{code}: {what} entered in error", code=code, what=what)


def _subject(state: State, subject_id: int) -> SubjectRow:
    return subjects.subject_row(state.desk, subject_id)


def _at(state: State, visit: str, on_day: date | None) -> str:
    words = visit_words(state.desk.protocol, visit, state.language)
    return f"{words} · {on_day.isoformat()}" if on_day else words


def _line(*parts: str) -> str:
    return " · ".join(part.strip() for part in parts if part.strip())


def _visit(state: State, subject_id: int, visit_id: int) -> str:
    known = visits.visits(state.desk, subject_id)
    return next(
        (visit_words(state.desk.protocol, row.code, state.language) for row in known if row.id == visit_id),
        "",
    )


def _same(text: str) -> Words:
    return Words(text, text)


def _visit_choices(state: State, places: Iterable[Where]) -> tuple[Choice, ...]:
    """Return places as one line each; both number and name tell who it is, where names are shown."""
    names = {row.id: row.name for row in subjects.subjects(state.desk)} if state.names_shown else {}
    return tuple(
        Choice(
            str(place.visit_id),
            _same(_line(_who(place, names), _at(state, place.visit, place.on_day))),
            "",
        )
        for place in places
    )


def _who(place: Where, names: dict[int, str]) -> str:
    return f"{place.subject_code} {names.get(place.subject_id, '')}".strip()


def _subject_choices(state: State, but: int) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(row.id), _same(f"{row.code} {row.name}".strip() if state.names_shown else row.code), "")
        for row in subjects.subjects(state.desk)
        if row.id != but
    )


def _goes_with(state: State, table: str, row_id: int) -> tuple[str, ...]:
    """Return what goes void with a record: its signatures; what was printed is superseded."""
    language = state.language
    signed = [row for row in signatures.signatures_of(state.desk, table, row_id) if row.valid]
    papers = language.text("Exports and lists leave it out; papers that show it are superseded.")
    if not signed:
        return (papers,)
    who = language.words(ENUMERATED).join(
        row.source_signer if row.transcribed else row.name for row in signed
    )
    return (
        language.text("The signature of {who} goes void; entered there, it is signed again.", who=who),
        papers,
    )


def form_case(state: State, record: FormRow) -> Case:
    """Return the case of a saved form."""
    desk, language = state.desk, state.language
    what = language.words(desk.protocol.form(record.form).label)

    def act(reason: str, note: str, place: str) -> None:
        there = int(place) if place else None
        visit, subject = (there, None) if record.visit_id is not None else (None, there)
        void_forms.void_form(
            desk, record.id, reason, record.version, note, to_visit=visit, to_subject=subject
        )

    at: str = ""
    places: tuple[Choice, ...] = ()
    if record.visit_id is not None:
        at = _visit(state, record.subject_id, record.visit_id)
        places = _visit_choices(state, entered_in_error.places_for_form(desk, record.id))
    elif record.parent_id is None and not desk.protocol.form(record.form).of_infusion:
        places = _subject_choices(state, record.subject_id)
    return Case(
        title=_title(state, _subject(state, record.subject_id).code, what),
        about=_line(at, f"{record.on_day.isoformat()} {record.at_time}"),
        with_it=_goes_with(state, FORM, record.id),
        act=act,
        elsewhere=THERE,
        place=PLACE if record.visit_id is not None else SUBJECT,
        places=places,
    )


def sample_case(state: State, sample: SampleRow) -> Case:
    """Return the case of a sample with its results."""
    desk, language = state.desk, state.language
    what = language.words(desk.protocol.laboratory.panel(sample.panel).label)

    def act(reason: str, note: str, place: str) -> None:
        there = int(place) if place else None
        void_samples.void_sample(desk, sample.id, reason, sample.version, note, to_visit=there)

    drawn = f"{sample.drawn_at:%Y-%m-%d %H:%M}"
    results = language.text(
        "Its results go with it ({count}); there range, flag and grade are judged anew.",
        count=len(sample.results),
    )
    return Case(
        title=_title(state, _subject(state, sample.subject_id).code, what),
        about=_line(_visit(state, sample.subject_id, sample.visit_id), sample.report_number, drawn),
        with_it=(results, *_goes_with(state, "sample", sample.id)),
        act=act,
        elsewhere=THERE,
        place=PLACE,
        places=_visit_choices(state, entered_in_error.places_for_sample(desk, sample.id)),
    )


def not_drawn_case(state: State, row: NotDrawnRow) -> Case:
    """Return the case of a panel that was told as not drawn."""
    language = state.language

    def act(reason: str, note: str, place: str) -> None:
        not_drawn.void_not_drawn(state.desk, row.id, reason, row.version, note)

    what = language.words(state.desk.protocol.laboratory.panel(row.panel).label)
    return Case(
        title=_title(state, _subject(state, row.subject_id).code, what),
        about=_line(_visit(state, row.subject_id, row.visit_id), language.text("Not drawn")),
        with_it=(language.text("Its samples are asked for again."),),
        act=act,
    )


def dose_case(state: State, row: DoseRow) -> Case:
    """Return the case of a recorded dose; only one that was given can be another subject's."""
    desk, language = state.desk, state.language
    given, subject_id = row.given, row.given.subject_id

    def act(reason: str, note: str, place: str) -> None:
        there = int(place) if place else None
        dose_corrections.void_dose(desk, row.id, reason, row.version, note, to_subject=there)

    drug = drug_words(desk.protocol, given.drug, language)
    at = f"{given.started_at:%H:%M}" if given.started_at else ""
    return Case(
        title=_title(state, _subject(state, subject_id).code, drug),
        about=f"{given.on_day.isoformat()} {at}".strip(),
        with_it=(
            language.text("Deviations proposed about it go void, and the plan is matched again."),
            *_course_of(state, row.id),
            *_goes_with(state, "dose", row.id),
        ),
        act=act,
        elsewhere=THERE,
        place=SUBJECT,
        places=_subject_choices(state, subject_id) if row.progress == "given" else (),
    )


def _course_of(state: State, dose_id: int) -> tuple[str, ...]:
    """Return that rates and vital signs of an infusion go with it; nothing where none is entered."""
    entries = infusion_course.course(state.desk, dose_id).entries
    if not entries:
        return ()
    return (
        state.language.text(
            "These entries of the infusion go with it: {count}. Premedication is void here and not "
            "entered elsewhere.",
            count=len(entries),
        ),
    )


def kit_case(state: State, subject_id: int, kit: KitRow) -> Case:
    """Return the case of a kit handed over; the doses that name its lot stay."""
    language = state.language

    def act(reason: str, note: str, place: str) -> None:
        record_corrections.void_dispensing(state.desk, Why(kit.id, kit.version, reason, note))

    return Case(
        title=_title(state, _subject(state, subject_id).code, language.text("Kit handed over")),
        about=_line(kit.on_day.isoformat(), kit.lot, kit.kit),
        with_it=(language.text("Doses that name its lot are judged again."),),
        act=act,
    )


def visit_case(state: State, visit: VisitRow) -> Case:
    """Return the case of a visit with all that hangs on it."""
    desk, language = state.desk, state.language
    hanging = void_visits.hanging(desk, visit.id)

    def act(reason: str, note: str, place: str) -> None:
        void_visits.void_visit(desk, visit.id, reason, visit.version, note, seen=hanging, as_code=place)

    labels = [
        desk.protocol.form(each.code).label
        if each.table == FORM
        else desk.protocol.laboratory.panel(each.code).label
        for each in hanging
    ]
    held = language.text(
        "With it go: {records}", records=language.words(ENUMERATED).join(map(language.words, labels))
    )
    if not hanging:
        held = language.text("Nothing is entered at it.")
    codes = entered_in_error.visits_instead(desk, visit.id)
    return Case(
        title=_title(
            state, _subject(state, visit.subject_id).code, visit_words(desk.protocol, visit.code, language)
        ),
        about=visit.on_day.isoformat() if visit.on_day else "",
        with_it=(
            held if hanging else language.text("Nothing is entered at it."),
            *_goes_with(state, "visit", visit.id),
        ),
        act=act,
        elsewhere=OTHER_VISIT,
        place=VISIT,
        places=tuple(Choice(code, desk.protocol.visit(code).label, "") for code in codes),
    )


def consent_case(state: State, subject: SubjectRow, consent: ConsentRow) -> Case:
    """Return the case of a recorded consent."""

    def act(reason: str, note: str, place: str) -> None:
        void_consents.void_consent(state.desk, consent.id, reason, consent.version, note)

    judged = state.language.text(
        "Eligibility that was signed on it goes void; forms without consent are proposed."
    )
    return Case(
        title=_title(state, subject.code, state.language.text("Informed consent")),
        about=f"{consent.consent_version} · {consent.signed_on.isoformat()} {consent.signed_time}".strip(),
        with_it=(judged,),
        act=act,
    )


def step_case(state: State, subject: SubjectRow, step: DispositionRow) -> Case:
    """Return the case of a step out of the study."""

    def act(reason: str, note: str, place: str) -> None:
        dispositions.void_disposition(state.desk, step.id, reason, step.version, note)

    return Case(
        title=_title(state, subject.code, step_words(state, step.kind, step.drug)),
        about=step.on_day.isoformat(),
        with_it=(state.language.text("The plan stands again from that day."),),
        act=act,
    )


def deviation_case(state: State, row: DeviationRow, said: str) -> Case:
    """Return the case of a deviation that a person recorded."""

    def act(reason: str, note: str, place: str) -> None:
        deviation_records.void(state.desk, row.id, reason, row.version, note)

    return Case(
        title=_title(state, row.subject_code, state.language.text("Deviation")),
        about=_line(row.on_day.isoformat(), said),
        with_it=(state.language.text("Exports and lists leave it out; papers that show it are superseded."),),
        act=act,
    )


def _leaves(state: State, subject_id: int) -> tuple[str, ...]:
    """Return what stands at a subject: what holds it back first, then how much would leave the lists."""
    there = void_subjects.stands_there(state.desk, subject_id)
    count, language = dict(there.counts), state.language
    told = language.text(
        "These leave the lists: visits {visits}, forms and entries {forms}, samples {samples}, "
        "doses {doses}, others {others}.",
        visits=count.pop("visit"),
        forms=count.pop("form_record"),
        samples=count.pop("sample") + count.pop("not_drawn"),
        doses=count.pop("dose"),
        others=sum(count.values()),
    )
    if there.held:
        return (sentence(void_subjects.HOLDS, there.facts, language), told)
    return (told,) if any(there.counts.values()) else ()


def subject_case(state: State, subject: SubjectRow) -> Case:
    """Return the case of a whole subject; one registered twice points at the record that stands."""
    desk, language = state.desk, state.language

    def act(reason: str, note: str, place: str) -> None:
        same = int(place) if place else None
        void_subjects.void_subject(desk, subject.id, reason, subject.version, note, same_as=same)

    lines = [
        language.text(
            "The number is never given again. All its records leave lists, counts and exports with it."
        ),
        language.text("Signatures and deviations go void. Records can still be entered where they belong."),
        *_leaves(state, subject.id),
    ]
    if subject.arm:
        lines.append(language.text("It was allocated: that stays recorded, and no row of the list is freed."))
    return Case(
        title=_title(state, subject.code, language.text("the whole subject")),
        about=subject.screening_number,
        with_it=tuple(lines),
        act=act,
        elsewhere=TWICE,
        place=STANDS,
        places=_subject_choices(state, subject.id),
    )
