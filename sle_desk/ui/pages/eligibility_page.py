"""Eligibility of one subject: every leaf with its texts and evidence, pre-checked, decided, signed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import message
from sle_desk.base.words import error_sentence
from sle_desk.exports import eligibility_words as words
from sle_desk.services import eligibility, subjects
from sle_desk.services.eligibility import Checklist
from sle_desk.services.printables import ELIGIBILITY
from sle_desk.services.signatures import Ink
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.waivers import WAIVE, WAIVE_TRANSCRIBED
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.ask_ink import ask_ink
from sle_desk.ui.gap_places import go_to_decision, go_to_gap
from sle_desk.ui.page import Step
from sle_desk.ui.pages.approved_words_entry import ApprovedWordsEntry
from sle_desk.ui.pages.eligibility_decision import DecisionPanel
from sle_desk.ui.pages.eligibility_foot import EligibilityFoot
from sle_desk.ui.pages.eligibility_list import (
    ALL,
    UNCLEAR,
    UNDECIDED,
    LeafList,
    both_enters,
    counts,
    undecided,
)
from sle_desk.ui.pages.waiver_entry import WaiverEntry
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.theme import current
from sle_desk.ui.wording import open_words

REASON_NEEDED = frozenset(
    {"eligibility.reason_needed", "eligibility.contradicts", "eligibility.change_reason"}
)
KEY_WORDS = {
    "Y": message("met or present"),
    "N": message("not met or absent"),
    "A": message("not applicable"),
    "Return": message("decide"),
    "T": message("type the decisions of a signed paper"),
    "E": message("where the evidence is entered"),
    "C": message("clarification"),
    "W": message("approved protocol's words"),
    "P": message("print the form"),
    "V": message("waive what excludes, as a deviation"),
    "Down": message("next leaf"),
    "Up": message("leaf before"),
    "PgDown": message("show on"),
    "PgUp": message("show back"),
    "Ctrl+Down": message("next undecided"),
    "Ctrl+Return": message("sign once, or list what is missing"),
}


class EligibilityPage(DeskPage):
    """The checklist of one subject."""

    reads = frozenset({"criterion_answer", "eligibility_decision", "protocol_decision", "approved_words",
                       "subject", "identity", "consent", "visit", "form_record", "answer", "sample", "result",
                       "allocation", "disposition", "deviation"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._sheet: Checklist | None = None
        self._leaf = ""
        self._prechecks = self.may("eligibility.precheck")
        self._decides = self.may(eligibility.DECIDE)
        # Decisions that are typed from a paper signed in ink: whose, until this is ended.
        self._ink: Ink | None = None
        self.strip = SubjectStrip()
        self.notice = Strip()
        self.filters = SegmentedButtons([(ALL, ""), (UNDECIDED, ""), (UNCLEAR, "")])
        self.list = LeafList(prechecks=self._prechecks, decides=self._decides)
        self.panel = DecisionPanel(state)
        self.words_entry = ApprovedWordsEntry(state)
        self.waiver_entry = WaiverEntry(state)
        self.foot = EligibilityFoot(state, self.list.shown, signs=self._decides)
        self._lay_out()
        self._listen()
        self._actions = self._add_keys()
        self.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(10))
        column.addWidget(self.strip)
        column.addWidget(self.notice)
        column.addWidget(self.list, 1)
        for part in (self.panel, self.words_entry, self.waiver_entry, self.foot):
            column.addWidget(part)

    def _listen(self) -> None:
        self.filters.picked.connect(self.list.show_filter)
        self.list.answered.connect(self._answer)
        self.list.decide_requested.connect(self._open_panel)
        self.list.shown_changed.connect(self.foot.show_state)
        self.panel.decided.connect(self._decide)
        self.panel.ended.connect(self._back)
        self.words_entry.ended.connect(self._back)
        self.waiver_entry.ended.connect(self._back)
        self.foot.left.connect(self._back)
        self.foot.leaf_wanted.connect(self.list.go_to)
        self.foot.undecided_wanted.connect(self._next_undecided)
        self.foot.unseen_wanted.connect(self._show_on)

    def _add_keys(self) -> dict[str, QAction]:
        acts: dict[str, Callable[[], object]] = {
            "Down": partial(self.list.step, 1),
            "Up": partial(self.list.step, -1),
            "PgDown": partial(self.list.page, 1),
            "PgUp": partial(self.list.page, -1),
            "E": self._go_to_evidence,
            "C": self._go_to_clarification,
        }
        if self._prechecks or self._decides:
            acts |= {key: partial(self._press, key) for key in "YNA"}
        transcribes = self.may(eligibility.DECIDE_TRANSCRIBED)
        if self._decides or transcribes:
            acts["Return"] = self._decide_current
        if transcribes:
            acts["T"] = self._type_paper
        if self.may("words.record"):
            acts["W"] = self._enter_words
        if self.may("paper.print"):
            acts["P"] = self._print
        if self.may(WAIVE) or self.may(WAIVE_TRANSCRIBED):
            acts["V"] = self._waive
        order = [key for key in KEY_WORDS if key in acts]
        made = {key: self.list.add_key(key, acts[key]) for key in order}
        if "Return" in made:
            made["Return"].setShortcuts(both_enters())
        made["Ctrl+Down"] = self.add_key("Ctrl+Down", "", self._next_undecided)
        made["Ctrl+Return"] = self.add_key("Ctrl+Return", "", self._sign)
        made["Ctrl+Return"].setShortcuts(both_enters("Ctrl+"))
        return made

    # Where one is.

    def target(self, go: Go) -> None:
        """Take the subject, and in `panel` the leaf to begin with."""
        assert go.subject_id is not None
        if self._subject is None or self._subject.id != go.subject_id:
            self._subject = subjects.subject_row(self.state.desk, go.subject_id)
            self.list.shown.clear()
            if self._ink is not None:
                self._type_from(None)
            # Before the page is shown: the top bar takes the filters as wide as their words are now.
            self.reload()
        self._leaf = go.panel

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        if self._subject is None:
            return ()
        return (Step(self._subject.code, self._to_subject), Step(self.language.text("Eligibility checklist")))

    def top_parts(self) -> Sequence[QWidget]:
        """Return the filters."""
        return (self.filters,)

    def go_up(self) -> bool:
        """Go back to the checklist, then to the subject."""
        if self._typing or self.foot.listing:
            self._back()
            return True
        self._to_subject()
        return True

    def _to_subject(self) -> None:
        assert self._subject is not None
        self.state.go(Go("subject", subject_id=self._subject.id))

    # Showing.

    def entered(self) -> None:
        """Show the checklist and let the keys answer."""
        super().entered()
        if self._leaf:
            self.list.go_to(self._leaf)
        self.list.focus_current()

    def load(self) -> None:
        """Read the checklist again; what is being decided is not touched."""
        if self._subject is None:
            return
        desk = self.state.desk
        self._subject = subjects.subject_row(desk, self._subject.id)
        self._sheet = eligibility.checklist(desk, self._subject.id)
        self.strip.show_subject(self.state, self._subject)
        if self._ink is not None and self._sheet.signed is not None:
            self._type_from(None)
        self.list.show_checklist(self._sheet, self.state.desk.protocol, self.language)
        self._show_counts()
        self._show_notice()
        self.foot.show_checklist(self._sheet)

    def _show_counts(self) -> None:
        language = self.language
        every, waiting, unclear = counts(list(self.list.rows.values()))
        self.filters.set_texts(
            [
                language.text("All {count}", count=every),
                language.text("Undecided {count}", count=waiting),
                language.text("Text unclear {count}", count=unclear),
            ]
        )

    def _show_notice(self) -> None:
        if self._sheet is None:
            return
        if self._ink is not None:
            said = self.language.text(
                "From the paper of {signer}, {day}: Y, N, A and Enter record decisions; T ends it.",
                signer=self._ink.signer,
                day=self._ink.signed_on.isoformat(),
            )
            self.notice.say(said, "due")
        elif self._sheet.voided and self._sheet.signed is None:
            said = self.language.text(
                "The signature before is void: {reason}",
                reason=words.void_words(self._sheet.voided[-1], self.language),
            )
            self.notice.say(said, "warn")
        else:
            self.notice.clear()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed, and the focus, stay."""
        for key, action in self._actions.items():
            action.setText(self.language.text(KEY_WORDS[key]))
        self.panel.retranslate()
        self.words_entry.retranslate()
        self.waiver_entry.retranslate()
        self.foot.forget()
        self.load()

    # Answering.

    def _press(self, key: str) -> None:
        row = self.list.current
        if row is None:
            return
        answer = words.answer_of_key(row.row, key)
        if answer:
            self._answer(row.code, answer)
        else:
            self.state.say(self.language.text("“Not applicable” is no answer to this criterion."))

    def _answer(self, leaf: str, answer: str) -> None:
        """Take one key: the pre-check of those who pre-check, else the decision."""
        assert self._subject is not None
        try:
            if self._prechecks and self._ink is None:
                eligibility.precheck(self.state.desk, self._subject.id, leaf, answer)
            else:
                eligibility.decide(self.state.desk, self._subject.id, leaf, answer, ink=self._ink)
        except SleDeskError as error:
            if error.code in REASON_NEEDED:
                self._open_panel(leaf, answer, error_sentence(error, self.language))
            else:
                self.list.go_to(leaf)
                self.tell(error)
            return
        self.list.go_to(leaf)
        self.list.go_on()

    def _decide_current(self) -> None:
        if not self._decides and self._ink is None:
            said = self.language.text("An investigator decides. T types what stands on a signed paper.")
            self.state.say(said)
        elif self.list.current is not None:
            self._open_panel(self.list.current.code)

    # Typing a signed paper.

    def _type_paper(self) -> None:
        language = self.language
        if self._sheet is not None and self._sheet.signed is not None:
            said = language.text("The checklist is signed. A changed decision voids the signature.")
            self.state.say(said)
            return
        if self._ink is not None:
            self._type_from(None)
            self.state.say(language.text("The typing of the paper is ended."))
            return
        note = language.text("The decisions are the ink's; you type what stands there, leaf by leaf.")
        ask_ink(self, self.state, language.text("Go on"), note, self._type_from)

    def _type_from(self, ink: Ink | None) -> None:
        self._ink = ink
        self.list.let_decide(decides=ink is not None)
        self.foot.type_from(ink)
        self._show_notice()

    def _open_panel(self, leaf: str, answer: str = "", refused: str = "") -> None:
        row = self.list.rows[leaf]
        self.list.go_to(leaf)
        if not row.judgeable:
            if row.row.judged.waits_on:
                said = message("{leaf} waits for {codes}: the PI decides there first. C leads there.")
                codes = open_words(self.state.desk.protocol, row.row.judged.waits_on, self.language)
                self.state.say(self.language.text(said, leaf=leaf, codes=codes))
            return
        self.words_entry.hide()
        self.foot.hide()
        self.panel.open(row.row, answer, refused)
        self.list.keep_in_sight()

    def _decide(self, leaf: str, answer: str, reason: str) -> None:
        assert self._subject is not None
        try:
            eligibility.decide(self.state.desk, self._subject.id, leaf, answer, reason, self._ink)
        except SleDeskError as error:
            self.panel.refuse(error_sentence(error, self.language))
            return
        self._back()
        self.list.go_on()

    def _back(self) -> None:
        for part in (self.panel, self.words_entry, self.waiver_entry):
            part.hide()
        self.foot.show()
        self.foot.close_list()
        self.list.focus_current()

    def _next_undecided(self) -> None:
        code = self.list.next_where(undecided)
        if code:
            self.list.go_to(code)
        else:
            self.state.say(self.language.text("Every leaf is decided."))

    def _sign(self) -> None:
        if not self._typing:
            self.foot.sign_or_list()

    @property
    def _typing(self) -> bool:
        return any(part.isVisible() for part in (self.panel, self.words_entry, self.waiver_entry))

    def _waive(self) -> None:
        if self._sheet is not None and self.waiver_entry.offer(self._sheet):
            self.foot.hide()

    def _show_on(self) -> None:
        code = self.list.next_where(lambda row: row.code not in self.list.shown)
        if code:
            self.list.go_to(code)

    def _print(self) -> None:
        assert self._subject is not None
        self.state.go(Go("reports", subject_id=self._subject.id, tab=ELIGIBILITY))

    # Leading to what is missing.

    def _go_to_evidence(self) -> None:
        assert self._subject is not None
        row = self.list.current
        if row is None or not row.row.judged.missing:
            self.state.say(self.language.text("No evidence is missing for this criterion."))
            return
        self.state.go(go_to_gap(self.state, self._subject.id, row.row.judged.missing[0].place))

    def _go_to_clarification(self) -> None:
        row = self.list.current
        codes = (row.row.judged.waits_on or row.row.judged.decided_by) if row is not None else ()
        if not codes:
            self.state.say(self.language.text("This criterion rests on no clarification."))
            return
        self.state.go(go_to_decision(codes[0]))

    def _enter_words(self) -> None:
        row = self.list.current
        if row is None:
            return
        self.panel.hide()
        self.foot.hide()
        self.words_entry.open(row.code, words.number_words(row.code), row.row.approved)
