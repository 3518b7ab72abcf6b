"""One infusion in two steps: weighed, prepared and checked; then given. The sum stands in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import message
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.infusion_course import forms_of_infusions
from sle_desk.domain.values import plain
from sle_desk.services import dose_log, infusions, not_given, preparing
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.dosing import Recorded
from sle_desk.services.infusions import InfusionProposal
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.not_given import AskNotGiven
from sle_desk.ui.dialogs.weigh_again import WeighAgain
from sle_desk.ui.dose_findings import findings_words, once_sure
from sle_desk.ui.dose_gaps import tells_gap
from sle_desk.ui.dose_holds import (
    answered_together,
    hint_words,
    is_asked_with_reaction,
    require_hold_answer,
)
from sle_desk.ui.dose_words import deviations_words, drug_words, infusion_title
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.infusion_draft import InfusionDraft, lots_begun, proposed_answers, step_place
from sle_desk.ui.infusion_entry import (
    MOST_LOTS,
    RESIDUAL,
    WEIGHT_DAY,
    asks_for,
    given_infusion,
    lot_codes,
    prepared_infusion,
    proposed_vials,
    step_form,
    strength_code,
    weight_day_of,
)
from sle_desk.ui.infusion_sum import (
    GIVE,
    PREPARE,
    WHOLE,
    InfusionSum,
    past_words,
    residual_words,
    step_words,
    weigh_again_words,
)
from sle_desk.ui.pages.dose_entry_page import DoseEntryPage
from sle_desk.ui.pages.entry_place import infusion_place
from sle_desk.ui.state import State
from sle_desk.ui.theme import current
from sle_desk.ui.which_drug import ask_which_drug


class InfusionPage(DoseEntryPage):
    """Prepared and checked first; recorded as given only after it was."""

    name = message("Infusion")
    reads = frozenset({"subject", "identity", "dose", "protocol_decision", "answer", "dose_pause"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._proposal: InfusionProposal | None = None
        self._prepared: DoseRow | None = None
        self._step, self._weighed_again, self._drug, self._lots = PREPARE, False, "", 1
        self._draft: InfusionDraft = InfusionDraft(state)
        self.sum_card = InfusionSum()
        self.not_given_button = Button("", "secondary", keys="F8")
        self.whole_button = Button("", "secondary", keys="F7")
        self.button = Button("", "primary", keys="Ctrl+Enter", icon="check")
        self.not_given_button.clicked.connect(self._not_given)
        self.whole_button.clicked.connect(self._already_given)
        self.button.clicked.connect(self.save_view)
        self._course_key = self.add_key("F6", "", self._to_course)
        self._whole_key = self.add_key("F7", "", self._already_given)
        self._not_given_key = self.add_key("F8", "", self._not_given)
        self._lot_key = self.add_key("F9", "", self._add_lot)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        foot = QHBoxLayout()
        foot.setSpacing(px(12))
        foot.addWidget(self.notice, 1)
        foot.addStretch()
        foot.addWidget(self.not_given_button)
        foot.addWidget(self.whole_button)
        foot.addWidget(self.button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(12))
        self._column.addWidget(self.strip)
        self._column.addWidget(self.sum_card)
        self._column.addStretch(1)
        self._column.addLayout(foot)

    def target(self, go: Go) -> None:
        """Take the subject, and a drug that was given without being of its arm."""
        super().target(go)
        self._drug = go.about_drug

    def entered(self) -> None:
        """Show the step that is due: preparing, or giving what was prepared."""
        super().entered()
        try:
            self._start()
        except SleDeskError as error:
            # What was given can be recorded all the same: its key stays.
            self._drop_view()
            self._proposal = self._prepared = None
            self.sum_card.hide()
            self.button.hide()
            self._offer_not_given(False)
            self._lot_key.setEnabled(False)
            self._course_key.setEnabled(False)
            self.whole_button.setVisible(self.writes)
            (self.whole_button if self.writes else self).setFocus(Qt.FocusReason.OtherFocusReason)
            self._whole_key.setEnabled(self.writes)
            self.notice.say(error_sentence(error, self.language), "bad")

    def _start(self, step: str = "") -> None:
        assert self._subject is not None
        desk = self.state.desk
        self._proposal = infusions.propose_infusion(desk, self._subject.id, drug=self._drug)
        self._weighed_again, self._lots = False, 1
        self.sum_card.show()
        rows, waiting = dose_log.doses(desk, self._subject.id), self._proposal.prepared_id
        self._prepared = next((row for row in rows if row.id == waiting), None)
        # A drug that is not of the arm is never prepared here: it was given already.
        due = GIVE if self._prepared is not None else PREPARE
        self._step = step or (due if self._proposal.of_arm else WHOLE)
        self._show_view()
        self._sum_as_typed()
        self._show_words()
        if self._draft.told:
            self.notice.say(self._draft.told, "warn")

    def _sum_as_typed(self) -> None:
        """Compute the sum for a weight that was typed before; the vials typed with it stay."""
        proposal, weight = self._proposal, self._weight()
        if self._step == PREPARE and proposal and weight is not None and weight != proposal.weight:
            self._proposal = infusions.propose_infusion(self.state.desk, proposal.subject_id, weight)

    # The form of the step.

    def _drop_view(self) -> None:
        view, self.view = self.view, None
        self._draft.keep_half_typed()
        self._draft.follow(None)
        if view is not None:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()

    def _show_view(self, typed: Mapping[str, str] | None = None, first: str = "") -> None:
        proposal, desk = self._proposal, self.state.desk
        assert proposal is not None
        self._drop_view()
        if not self.writes:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        proposed = proposed_answers(desk, self._step, proposal, self._prepared)
        kept = self._draft.resumed(proposal, self._step)
        self._lots = max(self._lots, lots_begun(kept, proposal.strengths))
        form = step_form(self._step, desk.protocol, proposal, self._lots)
        lots = lot_codes(proposal.strengths, self._lots)
        self.view = FormView(form, self.language, self.state.clock.now, finding_sentence, codes=lots)
        filled = {**proposed, **kept} if typed is None else typed
        self.view.resume({code: words for code, words in filled.items() if words})
        self.view.field_kept.connect(self._kept)
        self.view.save_requested.connect(self._save)
        self._draft.follow(self.view, step_place(proposal, self._step), proposed)
        self._column.insertWidget(2, self.view)
        self.view.go_to(first) if first else self.view.go_to_first()

    def _add_lot(self, *_: object) -> None:
        """Ask for one more lot of each strength; what is typed stays."""
        proposal, view = self._proposal, self.view
        if proposal is None or view is None or not proposal.strengths or self._lots == MOST_LOTS:
            return
        self._lots += 1
        self._show_view(view.typed(), strength_code("lot", proposal.strengths[0], self._lots))

    def _kept(self, code: str, typed: str) -> None:
        if code == "weight" and self._step != GIVE:
            # After the field is done with its own key.
            QTimer.singleShot(0, self._compute if self._step == PREPARE else self._offer_day)
        if code == RESIDUAL and self.view is not None and (left := self.view.values().get(code)):
            self.notice.say(residual_words(self._prepared, left.number, self.language), "neutral")

    def _offer_day(self) -> None:
        """Offer the day of the last saved weight where the same one was typed; it is shown, to be changed."""
        if self.view is None or self._proposal is None or self._step != WHOLE:
            return
        field, saved = self.view.field(WEIGHT_DAY), self._proposal.last_saved
        # What was offered for another weight goes with it; a day of the person's own stays.
        if not field.text() or (saved is not None and field.text() == saved.on_day.isoformat()):
            field.show_text(weight_day_of(self._proposal, self._weight()))
            field.select_all()

    def _weight(self) -> Decimal | None:
        value = self.view.values().get("weight") if self.view is not None else None
        return value.number if value is not None else None

    def _compute(self) -> None:
        """Compute the sum for the weight that was typed, and propose its vials."""
        weight = self._weight()
        if weight is None or self._subject is None or self.view is None:
            return
        try:
            self._proposal = infusions.propose_infusion(self.state.desk, self._subject.id, weight)
        except SleDeskError as error:
            self.notice.say(error_sentence(error, self.language), "bad")
            return
        self._weighed_again = False
        for code, typed in proposed_vials(self._proposal).items():
            self.view.field(code).show_text(typed)
        self._draft.keep_half_typed()
        self._show_words()
        if self._proposal.weigh_again:
            self._ask_again(weight)

    def _ask_again(self, weight: Decimal) -> None:
        assert self._proposal is not None and self._subject is not None and self.view is not None
        said = weigh_again_words(self._subject.code, weight, self._proposal.last_weight, self.language)
        WeighAgain(self, self.state, said, self.view.form.field("weight"), self._take_second).open()

    def _take_second(self, second: Decimal) -> None:
        assert self.view is not None
        if second == self._weight():
            self._weighed_again = True
            self.notice.say(self.language.text("Weighed twice: {weight} kg.", weight=plain(second)), "ok")
            return
        self.view.field("weight").show_text(plain(second))
        self._compute()

    # Words.

    def _show_words(self) -> None:
        language, proposal = self.language, self._proposal
        if proposal is None:
            return
        protocol = self.state.desk.protocol
        title = infusion_title(protocol, proposal, language)
        self.sum_card.set_title(title, step_words(self._step, language))
        self.sum_card.show_sum(proposal, self._prepared, protocol, language)
        prepared, given = language.text("Record as prepared and checked"), language.text("Record as given")
        self.button.set_words(prepared if self._step == PREPARE else given)
        self.button.setVisible(self.writes)
        self.whole_button.setVisible(self.writes and self._step == PREPARE)
        self._whole_key.setEnabled(self.writes and self._step == PREPARE)
        self._lot_key.setEnabled(self.writes and self._step != GIVE)
        self._course_key.setEnabled(self._prepared is not None and bool(forms_of_infusions(protocol)))
        self._offer_not_given(self._prepared is not None or proposal.of_arm)
        if proposal.hints:
            self.notice.say(language.words(hint_words(protocol, proposal.hints)), "warn")
        if past := past_words(proposal.prepared, self.state.desk.now(), language):
            self.notice.say(past, "bad")

    def _offer_not_given(self, offered: bool) -> None:
        self.not_given_button.setVisible(offered and self.writes)
        self._not_given_key.setEnabled(offered and self.writes)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self.language
        self.whole_button.set_words(language.text("It was given already"))
        self._whole_key.setText(language.text("it was given already"))
        self.not_given_button.set_words(language.text("It was not given"))
        self._not_given_key.setText(language.text("it was not given"))
        self._lot_key.setText(language.text("another lot"))
        self._course_key.setText(language.text("rates, vital signs, premedication"))
        if self.view is not None:
            self.view.set_language(language)
        self._show_words()
        if self._subject is not None:
            self.strip.show_subject(self.state, self._subject)

    # Saving.

    def _already_given(self, *_: object) -> None:
        if self._proposal is not None:
            self._start(WHOLE)
        elif self._subject is not None:
            ask_which_drug(self, self.state, self._subject, self._record_given)

    def _to_course(self, *_: object) -> None:
        if self._prepared is not None and self._subject is not None:
            self.state.go(infusion_place(self._subject.id, self._prepared.id))

    def _not_given(self, *_: object) -> None:
        """Ask which planned infusion was not given, and why; and what became of what was prepared."""
        proposal = self._proposal
        if proposal is None or self._subject is None or not self.may("dose.record"):
            return
        whose = self._subject.id, proposal.drug
        if self._prepared is None and not not_given.open_planned(self.state.desk, *whose):
            self.notice.say(
                self.language.text("No planned infusion up to today waits for an answer."), "neutral"
            )
            return
        drug = drug_words(self.state.desk.protocol, proposal.drug, self.language)
        title = self.language.text("{code}: {drug} was not given", code=self._subject.code, drug=drug)
        AskNotGiven(self, self.state, title, whose, self._prepared, self._told_not_given).open()

    def _told_not_given(self, done: Recorded) -> None:
        language = self.language
        if self._prepared is not None:
            self._draft.done()
        if done.slot is None:
            # Another one may be prepared at once.
            self.state.say(language.text("Recorded: prepared, not given, discarded."))
            self.notice.clear()
            self._start()
            return
        words = language.text("Infusion {number} recorded as not given.", number=done.slot.number)
        self.state.say(words + deviations_words(sum(each.is_deviation for each in done.findings), language))
        self._to_doses()

    def _save(self) -> None:
        if self.view is None or tells_gap(self.view):
            return
        values = self.view.values()
        try:
            self._prepare(values) if self._step == PREPARE else self._give(values)
        except SleDeskError as error:
            self._refuse(error)

    def _prepare(self, values: Mapping[str, Value]) -> None:
        assert self._proposal is not None
        desk, language = self.state.desk, self.language
        made = prepared_infusion(values, self._proposal, desk.now(), weighed_again=self._weighed_again)
        require_hold_answer(desk.protocol, made)
        row = preparing.prepare_infusion(desk, made)
        self._draft.done()
        self.state.say(
            language.text(
                "Prepared and checked: {prescribed} mg of {prepared} mg. Not given yet.",
                prescribed=plain(row.prescribed),
                prepared=plain(row.prepared),
            )
        )
        self.notice.clear()
        self._start()

    def _give(self, values: Mapping[str, Value]) -> None:
        assert self._proposal is not None
        desk, language, prepared = self.state.desk, self.language, self._prepared
        whose = self._proposal.subject_id, self._proposal.drug
        given = given_infusion(values, whose, self._proposal.strengths, desk.now())
        together = is_asked_with_reaction(desk.protocol, whose[1], self._proposal.hints)
        given = answered_together(given, asked=self._step == GIVE and together)
        whole = self._step == WHOLE or prepared is None
        prepared_id = None if whole or prepared is None else prepared.id
        found = infusions.preview_giving(desk, given, prepared_id)

        def record() -> None:
            done = infusions.give_infusion(desk, given, prepared_id, prepared.version if prepared else None)
            self._draft.done()
            number = done.slot.number if done.slot else "–"
            words = language.text("Infusion {number} recorded as given.", number=number)
            proposed = sum(each.is_deviation for each in done.findings)
            self.state.say(words + deviations_words(proposed, language))
            self._to_doses()

        # Why it was so is asked first: without it nothing would be recorded.
        unusual = found.findings if given.reason else ()
        once_sure(self, unusual, self.state, lambda: self._try(record))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except SleDeskError as error:
            self._refuse(error)

    def _refuse(self, error: SleDeskError) -> None:
        assert self.view is not None
        findings = error.facts.get("findings") if isinstance(error, RuleBroken) else None
        if error.code == "dose.reason_needed" and isinstance(findings, tuple):
            self.notice.say(findings_words(findings, self.state), "warn")
            self.view.go_to("why")
            return
        self.notice.say(error_sentence(error, self.language), "bad")
        if error.code == "prepare.weight_changed" and (weight := self._weight()) is not None:
            self._ask_again(weight)
        elif asks_for(error.code):
            self.view.go_to(asks_for(error.code))
