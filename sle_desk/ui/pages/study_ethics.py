"""The ethics register: approvals of the committee, what they cover and until when they hold."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain import ethics as rule
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import ethics
from sle_desk.services.drafts import Place
from sle_desk.services.ethics import CORRECT, RECORD, ApprovalRow, NewApproval
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.dialogs.correct_record import Correctable, Right, ask_correction
from sle_desk.ui.dialogs.entered_in_error import Case, ask_entered_in_error
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.table import Column
from sle_desk.ui.void_cases import KEYS as VOID_KEYS
from sle_desk.ui.wording import reason_words

TITLE = Words("Ethics approval", "伦理批件")
FORM = Form(
    code="ethics_approval",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (
                Field("kind", Words("What was approved", "批准内容"), "choice", choices=rule.KINDS),
                Field("number", Words("Ethics approval no.", "伦理批件号"), "text"),
                Field("committee", Words("Ethics committee", "伦理委员会"), "text"),
                Field("approved_on", Words("Approved on", "批准日期"), "day"),
                Field(
                    "valid_until",
                    Words("Valid until, where it says so", "有效期至（如有）"),
                    "day",
                    required=False,
                    future_allowed=True,
                ),
                Field("document", Words("Document", "文件名称"), "text"),
                Field("reference", Words("Where it is filed", "存放处"), "text", required=False),
                Field(
                    "covers_protocol",
                    Words("Covers protocol version", "涵盖的方案版本"),
                    "text",
                    required=False,
                ),
                Field(
                    "covers_consents",
                    Words("Covers consent versions", "涵盖的知情同意书版本"),
                    "text",
                    required=False,
                ),
            ),
        ),
    ),
)
PLACES = {
    "ethics.ends_before": "valid_until",
    "ethics.twice": "number",
    "day.future": "approved_on",
}
CODES = ("number", "covers_consents")
STATES = {
    rule.VALID: (message("Valid"), "ok"),
    rule.EXPIRING: (message("Ends soon"), "warn"),
    rule.EXPIRED: (message("Ended"), "bad"),
    rule.FOLLOWED: (message("Gone on with"), "neutral"),
    rule.VOID: (message("Entered in error"), "bad"),
}


class EthicsTab(ListTab):
    """The approvals, newest first; those in error stay in sight."""

    reads = frozenset({"ethics_approval", "consent_version"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id)
        self._writes, self._corrects = self.may(RECORD), self.may(CORRECT)
        if self._writes:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
        if self._corrects:
            self.add_act("F2", self._correct, on_row=True)
            self.add_act(VOID_KEYS, self._void, on_row=True)
        self.retranslate()

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        text = self.language.text
        return (
            Column(
                text("Ethics approval no."),
                lambda row: row.approval.number,
                lambda row: row.approval.number,
                look="strong",
                second=lambda row: self._kind(row),
            ),
            Column(
                text("Committee"),
                lambda row: row.approval.committee,
                lambda row: row.approval.committee,
                second=lambda row: " · ".join(
                    part for part in (row.approval.document, row.approval.reference) if part
                ),
                stretch=True,
            ),
            Column(text("Covers"), self._covers, self._covers),
            Column(
                text("Approved on"),
                lambda row: row.approval.approved_on,
                lambda row: row.approval.approved_on.isoformat(),
            ),
            Column(text("Valid until"), self._until, self._until),
            Column(
                text("State"),
                lambda row: row.state,
                lambda row: text(STATES[row.state][0]),
                look="chip",
                status=lambda row: STATES[row.state][1],
                second=lambda row: reason_words(row.void_reason, self.language) if row.void_reason else "",
            ),
        )

    def _kind(self, row: ApprovalRow) -> str:
        label = next(each.label for each in rule.KINDS if each.code == row.approval.kind)
        return self.language.words(label)

    def _covers(self, row: ApprovalRow) -> str:
        typed = row.approval.covers_consents
        pointing = [code for code in row.consents if code not in typed]
        parts = (row.approval.covers_protocol, typed, ", ".join(pointing))
        return " · ".join(part for part in parts if part)

    def _until(self, row: ApprovalRow) -> str:
        return row.approval.valid_until.isoformat() if row.approval.valid_until else ""

    def rows(self) -> Sequence[ApprovalRow]:
        """Read the register."""
        return ethics.approvals(self.state.desk)

    def load(self) -> None:
        """Read the register, say so where it is empty, and count on the tab what ends."""
        rows = self.rows()
        self.model.show_rows(rows)
        self.note.setVisible(not rows)
        ended = [row for row in rows if row.state == rule.EXPIRED]
        ending = [row for row in rows if row.state == rule.EXPIRING]
        count = len(ended) + len(ending)
        self.counted.emit(str(count or ""), "bad" if ended else "warn" if ending else "neutral")

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        text = self.language.text
        new = (text("New approval"),) if self._writes else ()
        return (*new, text("Correct…"), text("Entered in error…")) if self._corrects else new

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        text = self.language.text
        self.card.set_title(
            text("Ethics register"),
            text("Told on Today {days} days before an approval ends", days=rule.DAYS_AHEAD),
        )
        self.note.setText(text("No approval yet. Ctrl N records the first."))

    def _row(self) -> ApprovalRow | None:
        row: ApprovalRow | None = self.table.current_row()
        return row if row is not None and row.state != rule.VOID else None

    def _new(self) -> None:
        place = Place("study.ethics_approval")
        self.open_form(SideForm(self.state, FORM, place, self._record, _verb, CODES, PLACES))

    def _record(self, values: Values) -> None:
        new = _approval(values)
        ethics.record_approval(self.state.desk, new)
        self.state.say(self.language.text("Approval {number} recorded.", number=new.number))

    def _correct(self) -> None:
        row = self._row()
        if row is not None:
            ask_correction(self, self.state, self._correctable(row), self.load)

    def _correctable(self, row: ApprovalRow) -> Correctable:
        language, kept = self.language, row.approval

        def save(right: Right) -> None:
            approval = _approval(right.values)
            ethics.correct_approval(self.state.desk, row.id, row.version, approval, right.reason, right.note)

        return Correctable(
            title=title_of(self.state, kept.number, language.words(TITLE)),
            about=language.text(
                "Consent versions that point at it follow; a signed decision keeps its words."
            ),
            form=FORM,
            saved={
                "kind": kept.kind,
                "number": kept.number,
                "committee": kept.committee,
                "approved_on": kept.approved_on.isoformat(),
                "valid_until": self._until(row),
                "document": kept.document,
                "reference": kept.reference,
                "covers_protocol": kept.covers_protocol,
                "covers_consents": kept.covers_consents,
            },
            save=save,
            codes=CODES,
        )

    def _void(self) -> None:
        row = self._row()
        if row is None:
            return
        desk, text = self.state.desk, self.language.text
        case = Case(
            title=text("{number}: entered in error", number=row.approval.number),
            about=" · ".join((self._kind(row), row.approval.committee)),
            with_it=(text("The line stays in sight and covers nothing any more."),),
            act=lambda reason, note, _: ethics.void_approval(desk, row.id, row.version, reason, note),
        )
        ask_entered_in_error(self, self.state, case, self.table.setFocus)


def _approval(values: Values) -> NewApproval:
    approved_on = day_of(values, "approved_on")
    if approved_on is None:
        raise RuleBroken("ethics.blank")
    return NewApproval(
        text_of(values, "kind"),
        text_of(values, "number"),
        text_of(values, "committee"),
        approved_on,
        text_of(values, "document"),
        day_of(values, "valid_until"),
        text_of(values, "reference"),
        text_of(values, "covers_protocol"),
        text_of(values, "covers_consents"),
    )


def _verb(language: Language) -> str:
    return language.text("Record approval")
