"""The Study page's clarifications: the register, what each entry is about, and the PI's signed decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import message
from sle_desk.services import clarifications, decisions, drafts
from sle_desk.services.clarifications import RegisterRow
from sle_desk.services.decisions import (
    SIGN,
    SIGN_TRANSCRIBED,
    WITHDRAW,
    WITHDRAW_TRANSCRIBED,
    NewDecision,
)
from sle_desk.services.drafts import Place
from sle_desk.services.printables import REGISTER
from sle_desk.services.signatures import Ink, Signing
from sle_desk.services.tried import Known
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.focus_path import bring_into_view
from sle_desk.ui.labels import label
from sle_desk.ui.pages import clarification_words as words
from sle_desk.ui.pages.approved_words_entry import ApprovedWordsEntry
from sle_desk.ui.pages.clarification_effects import Effects
from sle_desk.ui.pages.clarification_texts import DecisionsCard, TextsCard
from sle_desk.ui.pages.decision_form import DecisionForm
from sle_desk.ui.pages.register_list import RegisterList
from sle_desk.ui.pages.withdrawal_entry import WithdrawalEntry
from sle_desk.ui.state import State
from sle_desk.ui.strip import empty
from sle_desk.ui.tabbed_page import PageTab
from sle_desk.ui.theme import current

LIST_WIDTH = 400
PRINT_KEY = message("print the register")
WORDS_KEY, WITHDRAW_KEY, SIGN_KEY = (
    message("approved protocol's words"),
    message("withdraw the decision"),
    message("sign, or list what is missing"),
)


class StudyClarifications(PageTab):
    """A tab of the Study page. `target` takes `Go(panel=CODE)` and shows that entry."""

    reads = frozenset({"protocol_decision", "approved_words", "signature"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._row: RegisterRow | None = None
        self._wanted = ""
        self.form: DecisionForm | None = None
        self._effects: Effects | None = None
        # What was judged of the subjects, from one entry to the next.
        self._judged = Known()
        self.list = RegisterList(state)
        self.texts = TextsCard(state)
        self.past = DecisionsCard(state)
        self.words_entry = ApprovedWordsEntry(state)
        self.withdrawal = WithdrawalEntry(state)
        self.statement = label(role="strong", wrap=True)
        self.signer = label(role="caption", ink="text_2", wrap=True)
        self.sign = Button("", "primary", keys="Ctrl+Enter", icon="pen")
        self._form_place = QVBoxLayout()
        self._target: QWidget | None = None
        self._settling, self._bringing = QTimer(self), QTimer(self)
        self._decides = self.may(SIGN) or self.may(SIGN_TRANSCRIBED)
        self._words_allowed = self.may("words.record")
        self._lay_out()
        self._listen()
        self._verbs = self._add_keys()
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        self._inner = QWidget()
        self._inner.setProperty("part", "ground")
        inner = QVBoxLayout(self._inner)
        inner.setContentsMargins(0, 0, px(4), 0)
        inner.setSpacing(px(12))
        for part in (self.texts, self.words_entry, self.withdrawal):
            inner.addWidget(part)
        inner.addLayout(self._form_place)
        inner.addWidget(self.past)
        inner.addStretch(1)
        self._scrolled = QScrollArea()
        self._scrolled.setWidgetResizable(True)
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scrolled.setWidget(self._inner)
        # It takes what is left: by its own hint the tab would grow out of the window.
        self._scrolled.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._foot = Card()
        foot = QHBoxLayout()
        said = QVBoxLayout()
        said.setSpacing(px(2))
        said.addWidget(self.statement)
        said.addWidget(self.signer)
        foot.addLayout(said, 1)
        foot.addWidget(self.sign)
        self._foot.body.addLayout(foot)
        if not self._decides:
            self._foot.hide()
        right = QVBoxLayout()
        right.setSpacing(px(10))
        right.addWidget(self._scrolled, 1)
        right.addWidget(self._foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(14))
        self.list.setFixedWidth(px(LIST_WIDTH))
        row.addWidget(self.list)
        row.addLayout(right, 1)

    def _listen(self) -> None:
        self.list.chosen.connect(self._show)
        self.list.table.opened.connect(self._begin)
        self.words_entry.ended.connect(self._back)
        self.withdrawal.ended.connect(self._back)
        self.withdrawal.sign_requested.connect(self._sign_withdrawal)
        self.sign.clicked.connect(self._sign)
        for timer, act in ((self._settling, self._settle), (self._bringing, self._bring)):
            timer.setSingleShot(True)
            timer.timeout.connect(act)

    def _add_keys(self) -> list[tuple[QAction, str]]:
        made = []
        if self._words_allowed:
            made.append((self.list.table.add_verb("W", "", self._enter_words), WORDS_KEY))
        if self._decides:
            made.append((self.list.table.add_verb("X", "", self._withdraw), WITHDRAW_KEY))
            sign = self.add_key("Ctrl+Return", "", self._sign)
            sign.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
            made.append((sign, SIGN_KEY))
        if self.may("paper.print"):
            made.append((self.add_key("Ctrl+P", "", self._print), PRINT_KEY))
        return made

    def _print(self) -> None:
        self.state.go(Go("reports", tab=REGISTER))

    # Showing.

    def target(self, go: Go) -> None:
        """Take the entry to show."""
        self._wanted = go.panel

    def entered(self) -> None:
        """Show the register and let the keys choose an entry."""
        super().entered()
        if self._wanted:
            self.list.choose(self._wanted)
            self._wanted = ""
        if self._effects is not None:
            self._effects.look_again()
        self.list.table.setFocus()

    def load(self) -> None:
        """Read the register; what is being typed is not touched."""
        rows = clarifications.register(self.state.desk)
        self.list.show_register(rows)
        waiting = sum(map(words.is_open, rows))
        self.counted.emit(str(waiting) if waiting else "", "warn")

    def _show(self, row: RegisterRow | None) -> None:
        if row is None or row == self._row:
            return
        other = self._row is None or row.code != self._row.code
        if other:
            self.left()
            self.words_entry.hide()
            self.withdrawal.hide()
        decided = self._row is None or row.decisions != self._row.decisions
        self._row = row
        self.texts.show_row(row)
        self.past.show_row(row)
        if other or decided:
            self._build_form(row)
        if other:
            self._scrolled.verticalScrollBar().setValue(0)
        self._settle_soon()

    def _build_form(self, row: RegisterRow) -> None:
        empty(self._form_place)
        # What was worked on may be gone with the form before.
        self.form = self._effects = self._target = None
        if not self._decides:
            return
        self.form = DecisionForm(self.state, row, drafts.drafts(self.state.desk, self._place(row)))
        self.form.field_kept.connect(self._keep)
        self.form.sign_requested.connect(self._sign)
        self.form.picked.connect(self._picked)
        self._effects = Effects(self.state, self.form, self._judged)
        self._effects.told.connect(self._told)
        self.form.basis.ended.connect(self.sign.setFocus)
        self._form_place.addWidget(self.form)

    def _place(self, row: RegisterRow) -> Place:
        return Place(f"decision:{row.code}")

    def _keep(self, code: str, typed: str) -> None:
        assert self._row is not None
        drafts.keep_draft(self.state.desk, self._place(self._row), code, typed)

    def left(self) -> None:
        """Keep what is half typed."""
        if self.form is not None and self._row is not None:
            for code, typed in self.form.typed().items():
                self._keep(code, typed)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed, and the focus, stay."""
        language = self.language
        for action, said in self._verbs:
            action.setText(language.text(said))
        signed = SIGN if self.may(SIGN) else SIGN_TRANSCRIBED
        self.statement.setText(f"“{language.text(decisions.STATEMENTS[signed])}”")
        who = self.state.desk.actor.name
        self.signer.setText(language.text("{name} · earlier judgements keep their reading", name=who))
        self.sign.set_words(language.text("Sign decision"))
        self.list.retranslate()
        for part in (self.words_entry, self.withdrawal):
            part.retranslate()
        if self._row is not None:
            self.texts.show_row(self._row)
            self.past.show_row(self._row)
        if self.form is not None:
            self.form.retranslate()
        if self._effects is not None:
            self._effects.tell_all()

    # Acts.

    def _begin(self, row: RegisterRow) -> None:
        if self.form is not None:
            self.form.focus_first()
            self._settle_soon(self.form.options_card if self.form.row.options else self.form.asked)

    def _settle_soon(self, target: QWidget | None = None) -> None:
        """Have the right side take the height it needs now, then scroll to what is worked on."""
        self._target = target
        self._settling.start()

    def _settle(self) -> None:
        # Texts that wrap know their height only in their width: the scrolled part has to be asked again.
        for part in self._inner.findChildren(QLayout):
            part.invalidate()
        layout = self._inner.layout()
        assert layout is not None
        high = layout.heightForWidth(self._scrolled.viewport().width())
        self._inner.setMinimumHeight(max(0, high))
        self._bringing.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look again how high the texts are."""
        super().resizeEvent(event)
        self._settle_soon(self._target)

    def _bring(self) -> None:
        if self._target is not None:
            bring_into_view(self._target)

    def go_up(self) -> bool:
        """Go from the entry back to the register."""
        if self.list.table.hasFocus():
            return False
        self._back()
        return True

    def _back(self) -> None:
        self.list.table.setFocus()

    def _picked(self, code: str) -> None:
        """Bring to view what the reading that was picked asks for."""
        assert self.form is not None
        self._settle_soon(self.form.asked or self.form.options.rows[code])

    def _told(self) -> None:
        """Take the height that what was told needs, without moving what is worked on."""
        self._settle_soon(self._target)

    def _enter_words(self) -> None:
        if self._row is None or self._row.kind != clarifications.CLARIFICATION:
            self.state.say(
                self.language.text("A setting has no words of its own: enter the section when deciding.")
            )
            return
        self.words_entry.open(self._row.code, self._row.code, self._row.approved)
        self._settle_soon(self.words_entry)

    def _sign(self) -> None:
        if self.form is None or self._row is None or not self.form.ready():
            return
        new, row = self.form.new_decision(), self._row
        title = self.language.text("Sign the decision on {code}", code=self._named(row))
        act = partial(self._decide, row, new)
        ask = partial(self._ask_password, title, row, (SIGN, SIGN_TRANSCRIBED), act)
        directly_or_from_paper(self, self.state, SIGN, ask)

    def _named(self, row: RegisterRow) -> str:
        """Return what a person calls it: a clarification by its number, a setting by its name."""
        return words.code_words(row) or self.language.words(row.title)

    def _ask_password(
        self,
        title: str,
        row: RegisterRow,
        actions: tuple[str, str],
        act: Callable[[Ink | None, Signing], object],
        ink: Ink | None,
    ) -> None:
        action = actions[ink is not None]
        signing = decisions.signing_for(action, self.language.code, "")
        about = self.language.words(row.title) if words.code_words(row) else ""
        asked = Asked(title, about, signing.meaning, signing.statement)
        ask_to_sign(self, self.state, asked, partial(act, ink))

    def _decide(self, row: RegisterRow, new: NewDecision, ink: Ink | None, signing: Signing) -> None:
        assert self.state.unlocked is not None
        desk = self.state.desk
        # The form of this entry is built anew once the decision stands: what was typed has become it.
        form, self.form = self.form, None
        try:
            decisions.sign_decision(desk, self.state.unlocked.folder, new, signing, ink)
        except SleDeskError:
            self.form = form
            raise
        drafts.drop_drafts(desk, self._place(row))
        self._build_form(clarifications.register_row(desk, row.code))
        self.state.say(self.language.text("The decision on {code} is signed.", code=self._named(row)))
        self._back()

    def _withdraw(self) -> None:
        stands = self._row.in_force if self._row is not None else None
        if stands is None or self._row is None:
            self.state.say(self.language.text("Nothing is in force here that could be withdrawn."))
            return
        self.withdrawal.open(self._named(self._row))
        self._settle_soon(self.withdrawal)

    def _sign_withdrawal(self, reason: str) -> None:
        assert self._row is not None
        row = self._row
        title = self.language.text("Withdraw the decision on {code}", code=self._named(row))
        act = partial(self._take_back, row, reason)
        ask = partial(self._ask_password, title, row, (WITHDRAW, WITHDRAW_TRANSCRIBED), act)
        directly_or_from_paper(self, self.state, WITHDRAW, ask)

    def _take_back(self, row: RegisterRow, reason: str, ink: Ink | None, signing: Signing) -> None:
        assert self.state.unlocked is not None and row.in_force is not None
        folder = self.state.unlocked.folder
        decisions.withdraw_decision(self.state.desk, folder, row.in_force.id, reason, signing, ink)
        self.withdrawal.close_entry()
        self.state.say(self.language.text("The decision on {code} is withdrawn.", code=self._named(row)))
