"""Deviations of all subjects: what was proposed, and how an investigator settled it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain import roles
from sle_desk.domain.checks import CORRECTION_REASONS
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.said import finding_words
from sle_desk.services import deviation_records, deviations
from sle_desk.services.deviation_grounds import DIFFERS, GONE, TOLD
from sle_desk.services.deviations import (
    ACCEPTED,
    PROPOSED,
    REOPEN,
    SETTLE,
    SETTLE_TRANSCRIBED,
    DeviationRow,
    Judged,
)
from sle_desk.services.drafts import Place
from sle_desk.services.signatures import Ink
from sle_desk.services.waived import WAIVED
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_ink import at_desk_or_from_paper
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.table import Column
from sle_desk.ui.void_cases import add_void_key, deviation_case

SEVERITIES = {"minor": message("minor"), "major": message("major")}
PROGRESS = {
    "proposed": (message("proposed"), "due"),
    "accepted": (message("accepted"), "warn"),
    "explained": (message("explained, no deviation"), "neutral"),
}
LOOK_AGAIN = message("look again")
SEVERITY = Field(
    code="severity",
    label=Words("It is", "程度"),
    kind="choice",
    choices=(
        Choice("minor", Words("A minor deviation", "轻微偏离"), "1"),
        Choice("major", Words("A major deviation", "重大偏离"), "2"),
    ),
)
WHEN = Field(code="on_day", label=Words("Date", "日期"), kind="day")
JUDGED = ("severity", "category", "effect", "capa", "note")
NOTE = Field(code="note", label=Words("What was done about it", "已采取的措施"), kind="note", required=False)
WHY = Field(code="why", label=Words("Why it is no deviation", "为何不构成偏离"), kind="note")


class DeviationsTab(SubjectList):
    """Deviations that stand, the newest day first, of a subject or of all; who judges settles them here."""

    reads = frozenset({"deviation", "identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id, density="worklist")
        self._tells, self._records = self.may(SETTLE), self.may("deviation.record")
        self._settles = self._tells or self.may(SETTLE_TRANSCRIBED)
        if self._settles:
            self.add_act("A", self._ask_accept, on_row=True)
            self.add_act("E", self._ask_explain, on_row=True)
            self.add_act("O", self._ask_reopen, on_row=True)
        if self._tells:
            self.add_act("T", self._ask_told, on_row=True)
        if self._records:
            self.add_act("W", self._ask_what, on_row=False, icon="plus")
        add_void_key(state, self.table.add_verb, self._in_error)
        self.retranslate()

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        subject = Column(
            language.text("Subject"), lambda row: row.subject_code, lambda row: row.subject_code or "–"
        )
        return (
            *((subject,) if self.subject_id is None else ()),
            Column(language.text("Date"), lambda row: row.on_day, lambda row: row.on_day.isoformat()),
            Column(
                language.text("What was seen"),
                self._said,
                self._said,
                second=self._beside,
                stretch=True,
            ),
            Column(
                language.text("Severity"),
                lambda row: row.severity,
                lambda row: language.text(SEVERITIES[row.severity]) if row.severity in SEVERITIES else "",
                look="chip",
                status=lambda row: "bad" if row.severity == "major" else "neutral",
            ),
            Column(
                language.text("State"),
                lambda row: row.progress,
                lambda row: language.text(LOOK_AGAIN if row.ground in TOLD else PROGRESS[row.progress][0]),
                look="chip",
                status=lambda row: "bad" if row.ground in TOLD else PROGRESS[row.progress][1],
            ),
            Column(language.text("Settled by"), lambda row: row.settled_by, _settled),
        )

    def empty_words(self) -> str:
        """Say that there is none."""
        return self.language.text("No deviation was seen.")

    def _beside(self, row: DeviationRow) -> str:
        """Return the quieter line: kind, effect, what is done, when the ethics committee was told."""
        known = {field.code: field for field in self._declared("category", "effect")}
        coded = [
            self.language.words(known[code].choice(kept).label)
            for code, kept in (("category", row.category), ("effect", row.effect))
            if kept and code in known
        ]
        told = self.language.text("ethics told {day}", day=row.ethics_on) if row.ethics_on else ""
        return " · ".join(
            part for part in (self._ground(row), *coded, row.explanation, row.capa, told) if part
        )

    def _ground(self, row: DeviationRow) -> str:
        """Return that the records do not show it any more, or what they show instead, with what to do."""
        if row.ground == GONE:
            return self.language.text("No longer stands by the records: look again, O opens it")
        if row.ground == DIFFERS:
            now = finding_words(self.state.desk.protocol, row.code, row.ground_facts)
            return self.language.text(
                "The records say otherwise now: {now} Look again, O opens it", now=self.language.words(now)
            )
        return ""

    def _said(self, row: DeviationRow) -> str:
        return self.language.words(finding_words(self.state.desk.protocol, row.code, row.facts))

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        text = self.language.text
        verbs = (text("Accept…"), text("Explain…"), text("Open again…")) if self._settles else ()
        settling = (*verbs, text("Ethics told…")) if self._tells else verbs
        return (*settling, *((text("Record what happened…"),) if self._records else ()))

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        language = self.language
        self.card.set_title(
            language.text("Deviations"), language.text("proposed by the application, settled by a person")
        )

    def rows(self) -> Sequence[DeviationRow]:
        """Read them, what waits first; who reads no values reads none."""
        if self.state.desk.actor.role not in roles.SEES_VALUES:
            return ()
        found = deviations.deviations(self.state.desk, self.subject_id)
        return sorted(found, key=lambda row: not _waits(row))

    def load(self) -> None:
        """Read again, and count on the tab what waits."""
        self.model.set_columns(self.columns())
        super().load()
        waiting = sum(map(_waits, self.rows()))
        self.counted.emit(str(waiting) if waiting else "", "warn" if waiting else "neutral")

    # Acts.

    def _chosen(self) -> DeviationRow | None:
        row: DeviationRow | None = self.table.current_row()
        return row

    def open_row(self, row: DeviationRow) -> None:
        """Go to the subject, from the list of all; on its own page, settle what is proposed."""
        if self.subject_id is not None:
            self._ask_accept()
        elif row.subject_id is not None:
            self.state.go(Go("subject", subject_id=row.subject_id))

    def _proposed(self) -> DeviationRow | None:
        row = self._chosen()
        if row is not None and row.progress != PROPOSED:
            self.state.say(self.language.text("This deviation is settled: O opens it again."))
            return None
        return row

    def _ask_accept(self) -> None:
        row = self._proposed()
        if row is not None and self._settles:
            fields = (SEVERITY, *self._declared("category", "effect", "capa"), NOTE)
            self._settle(row, fields, self._accept, _accept_words)

    def _ask_explain(self) -> None:
        row = self._proposed()
        if row is not None:
            self._settle(row, (WHY,), self._explain, _explain_words)

    def _settle(
        self,
        row: DeviationRow,
        fields: tuple[Field, ...],
        act: Callable[[DeviationRow, Ink | None, Values], object],
        verb: Callable[[Language], str],
    ) -> None:
        """Ask how it is settled; who does not judge tells first of the paper on which it was."""

        def open_with(ink: Ink | None) -> None:
            form = self._form(row, fields)
            self.open_form(SideForm(self.state, form, None, partial(act, row, ink), verb))

        at_desk_or_from_paper(self, self.state, SETTLE, open_with)

    def _ask_told(self) -> None:
        row = self._chosen()
        if row is None or row.progress != ACCEPTED:
            self.state.say(
                self.language.text("Only an accepted deviation is reported to the ethics committee.")
            )
            return
        fields = tuple(replace(field, required=True) for field in self._declared("ethics_on"))
        if fields:
            self.open_form(
                SideForm(self.state, self._form(row, fields), None, partial(self._told, row), _save_words)
            )

    def _ask_reopen(self) -> None:
        row = self._chosen()
        if row is None or row.progress == PROPOSED:
            self.state.say(self.language.text("This deviation is not settled: accept it or explain it."))
            return
        at_desk_or_from_paper(self, self.state, REOPEN, partial(self._ask_why_again, row))

    def _ask_why_again(self, row: DeviationRow, ink: Ink | None) -> None:
        title, act = self.language.text("Opened again. Why?"), partial(self._reopen, row, ink)
        ask_reason(self, self.state, title, self._said(row), CORRECTION_REASONS, act)

    def _reopen(self, row: DeviationRow, ink: Ink | None, reason: str, note: str) -> None:
        deviations.reopen(self.state.desk, row.id, row.version, reason, note, ink)
        self.state.say(self.language.text("Opened again: an investigator settles it."))

    def _in_error(self) -> None:
        row = self._chosen()
        if row is None:
            return
        if row.code not in (deviation_records.RECORDED, WAIVED):
            self.state.refuse(RuleBroken("deviation.not_recorded"))
            return
        ask_entered_in_error(self, self.state, deviation_case(self.state, row, self._said(row)), self.load)

    def _ask_what(self) -> None:
        if self.subject_id is None:
            self.state.say(
                self.language.text("Open the subject: what happened is recorded on its tab of deviations.")
            )
            return
        title = Words("What happened", "偏离情况")
        fields = (*self._declared("what"), WHEN, *self._declared("category"))
        form = Form(code="deviation_seen", version="1", label=title, sections=(Section(title, fields),))
        place = Place(f"deviation:{self.subject_id}")
        self.open_form(SideForm(self.state, form, place, self._record, _save_words))

    def _declared(self, *codes: str) -> tuple[Field, ...]:
        """Return fields as the package of the study declares them; an earlier one has fewer."""
        known = {field.code: field for field in self.state.desk.protocol.form("deviation").fields()}
        return tuple(known[code] for code in codes if code in known)

    def _told(self, row: DeviationRow, values: Values) -> None:
        on_day = day_of(values, "ethics_on")
        if on_day is not None:
            self._tell(row, on_day, "", "") if row.ethics_on is None else self._ask_why(row, on_day)

    def _tell(self, row: DeviationRow, on_day: date, reason: str, note: str) -> None:
        deviations.tell_ethics(self.state.desk, row.id, row.version, on_day, reason, note)
        self.state.say(self.language.text("Saved."))

    def _ask_why(self, row: DeviationRow, on_day: date) -> None:
        title = self.language.text("Corrected to {value}. Why?", value=on_day.isoformat())
        ask_reason(self, self.state, title, "", CORRECTION_REASONS, partial(self._tell, row, on_day))

    def _record(self, values: Values) -> None:
        assert self.subject_id is not None
        what, on_day = text_of(values, "what"), day_of(values, "on_day")
        _refuse_not_done(values, self._declared("category"))
        deviation_records.record(self.state.desk, self.subject_id, what, on_day, text_of(values, "category"))
        self.state.say(self.language.text("Recorded: an investigator settles it."))

    def _form(self, row: DeviationRow, fields: tuple[Field, ...]) -> Form:
        title = finding_words(self.state.desk.protocol, row.code, row.facts)
        return Form(code="deviation_settled", version="1", label=title, sections=(Section(title, fields),))

    def _accept(self, row: DeviationRow, ink: Ink | None, values: Values) -> None:
        _refuse_not_done(values, (SEVERITY, *self._declared("category", "effect")))
        judged = Judged(**{code: text_of(values, code) for code in JUDGED})
        deviations.accept(self.state.desk, row.id, row.version, judged, ink)
        self.state.say(self.language.text("Deviation accepted."))

    def _explain(self, row: DeviationRow, ink: Ink | None, values: Values) -> None:
        deviations.explain(self.state.desk, row.id, row.version, text_of(values, "why"), ink)
        self.state.say(self.language.text("Explained: no deviation."))


def _refuse_not_done(values: Values, asked: Sequence[Field]) -> None:
    """Refuse "not done" as a judgement: it would be lost, or taken for one that nobody made."""
    for field in asked:
        value = values.get(field.code)
        if value is not None and value.missing is not None:
            raise RuleBroken("deviation.not_answered", label=field.label)


def _waits(row: DeviationRow) -> bool:
    return row.progress == PROPOSED or row.ground in TOLD


def _settled(row: DeviationRow) -> str:
    if row.settled_at is None:
        return ""
    if row.ink is not None:
        return f"{row.ink.signer}, {row.ink.signed_on:%Y-%m-%d} ({row.ink.reference})"
    return f"{row.settled_by}, {row.settled_at:%Y-%m-%d}"


def _save_words(language: Language) -> str:
    return language.text("Save")


def _accept_words(language: Language) -> str:
    return language.text("Accept")


def _explain_words(language: Language) -> str:
    return language.text("Explain")
