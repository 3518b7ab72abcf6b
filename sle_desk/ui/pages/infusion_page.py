"""One infusion in two steps: weighed, prepared and checked; then given. The sum stands in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import message
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.values import plain
from sle_desk.services import dose_log, infusions, preparing
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.infusions import InfusionProposal
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.dialogs.weigh_again import WeighAgain
from sle_desk.ui.dose_findings import findings_words, once_sure
from sle_desk.ui.dose_words import deviations_words, drug_words, prescribed_words, vials_words
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.infusion_entry import (
    given_form,
    given_infusion,
    prepared_form,
    prepared_infusion,
    proposed_vials,
    strength_code,
    whole_form,
)
from sle_desk.ui.labels import label
from sle_desk.ui.pages.dose_entry_page import DoseEntryPage
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

PREPARE, GIVE, WHOLE = "prepare", "give", "whole"


class InfusionPage(DoseEntryPage):
    """Prepared and checked first; recorded as given only after it was."""

    name = message("Infusion")
    reads = frozenset({"subject", "identity", "dose", "decision", "answer"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._proposal: InfusionProposal | None = None
        self._prepared: DoseRow | None = None
        self._step, self._weighed_again = PREPARE, False
        self.view: FormView | None = None
        self.sum_card = Card(part="well")
        self._prescribed = label(role="display")
        self._vials = label(role="section", wrap=True)
        self._beside = label(role="body", ink="text_2", wrap=True)
        for part in (self._prescribed, self._vials, self._beside):
            self.sum_card.body.addWidget(part)
        self.whole_button = Button("", "secondary", keys="F7")
        self.button = Button("", "primary", keys="Ctrl+Enter", icon="check")
        self.whole_button.clicked.connect(self._already_given)
        self.button.clicked.connect(self._save_view)
        self._whole_key = self.add_key("F7", "", self._already_given)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        foot = QHBoxLayout()
        foot.setSpacing(px(12))
        foot.addWidget(self.notice, 1)
        foot.addStretch()
        foot.addWidget(self.whole_button)
        foot.addWidget(self.button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(12))
        self._column.addWidget(self.strip)
        self._column.addWidget(self.sum_card)
        self._column.addStretch(1)
        self._column.addLayout(foot)

    def entered(self) -> None:
        """Show the step that is due: preparing, or giving what was prepared."""
        super().entered()
        try:
            self._start()
        except SleDeskError as error:
            self._drop_view()
            self.button.hide()
            self.whole_button.hide()
            self.notice.say(error_sentence(error, self.language), "bad")

    def _start(self, step: str = "") -> None:
        assert self._subject is not None
        desk = self.state.desk
        self._proposal = infusions.propose_infusion(desk, self._subject.id)
        self._weighed_again = False
        waiting = self._proposal.prepared_id
        self._prepared = next(
            (row for row in dose_log.doses(desk, self._subject.id) if row.id == waiting), None
        )
        self._step = step or (GIVE if self._prepared is not None else PREPARE)
        self._show_view()
        self._show_words()

    # The form of the step.

    def _drop_view(self) -> None:
        if self.view is not None:
            self._column.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None

    def _show_view(self) -> None:
        proposal = self._proposal
        assert proposal is not None
        self._drop_view()
        protocol = self.state.desk.protocol
        drug = protocol.drug(proposal.drug)
        if self._step == PREPARE:
            form = prepared_form(protocol, drug, proposal.strengths)
        elif self._step == GIVE:
            form = given_form(protocol, drug)
        else:
            form = whole_form(protocol, drug, proposal.strengths)
        lots = tuple(strength_code("lot", strength) for strength in proposal.strengths)
        self.view = FormView(form, self.language, self.state.clock.now, finding_sentence, codes=lots)
        self.view.resume({code: typed for code, typed in self._proposed().items() if typed})
        self.view.field_kept.connect(self._kept)
        self.view.save_requested.connect(self._save)
        self._column.insertWidget(2, self.view)
        self.view.go_to_first()

    def _proposed(self) -> dict[str, str]:
        """Return what is proposed; the reaction, the lots and who checked never are."""
        desk, proposal = self.state.desk, self._proposal
        assert proposal is not None
        person, now = desk.actor.name, desk.now()
        weight = plain(proposal.weight) if proposal.weight is not None else ""
        if self._step == PREPARE:
            made = {"weight": weight, "prepared_by": person, "prepared_time": f"{now:%H:%M}"}
            return {**made, **proposed_vials(proposal)}
        given = {"given_on": now.date().isoformat(), "place": "ward", "given_by": person}
        if self._prepared is not None and self._prepared.given.prescribed is not None:
            given["administered"] = plain(self._prepared.given.prescribed)
        return given

    def _kept(self, code: str, typed: str) -> None:
        if code != "weight" or self._step != PREPARE or self.view is None:
            return
        # After the field is done with its own key.
        QTimer.singleShot(0, self._compute)

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
        self._show_words()
        if self._proposal.weigh_again:
            self._ask_again(weight)

    def _ask_again(self, weight: Decimal) -> None:
        assert self._proposal is not None and self._subject is not None and self.view is not None
        before = self._proposal.last_weight
        language = self.language
        title = language.text("{code}: {weight} kg?", code=self._subject.code, weight=plain(weight))
        second = ""
        if before is not None:
            second = language.text(
                "The weight of {day} was {before} kg. Weigh again and type the second weight.",
                day=before.on_day,
                before=plain(before.kilograms),
            )
        asked = self.view.form.field("weight")
        WeighAgain(self, self.state, (title, second), asked, self._take_second).open()

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
        drug = drug_words(self.state.desk.protocol, proposal.drug, language)
        title = (
            language.text(
                "{drug} infusion {first} of {of}", drug=drug, first=proposal.slot.number, of=proposal.planned
            )
            if proposal.slot is not None
            else language.text("{drug} infusion: none is planned for today", drug=drug)
        )
        self.sum_card.set_title(title, self._step_words())
        self._show_sum()
        prepared, given = language.text("Record as prepared and checked"), language.text("Record as given")
        self.button.set_words(prepared if self._step == PREPARE else given)
        self.button.show()
        self.whole_button.setVisible(self._step == PREPARE)
        self._whole_key.setEnabled(self._step == PREPARE)

    def _step_words(self) -> str:
        language = self.language
        words = {
            PREPARE: language.text("Step 1 of 2: prepare and check. Nothing is given yet."),
            GIVE: language.text("Step 2 of 2: record what was given."),
            WHOLE: language.text("Given already, and not recorded as prepared."),
        }
        return words[self._step]

    def _show_sum(self) -> None:
        language, proposal = self.language, self._proposal
        assert proposal is not None
        if self._prepared is not None:
            given = self._prepared.given
            sums = language.text(
                "{prescribed} mg prescribed, {prepared} mg prepared",
                prescribed=plain(given.prescribed or Decimal(0)),
                prepared=plain(given.prepared or Decimal(0)),
            )
            lots = ", ".join(f"{used.count} × {plain(used.strength)} mg {used.lot}" for used in given.vials)
            checked = language.text(
                "prepared by {one}, checked by {two}", one=given.prepared_by, two=given.checked_by
            )
            self._say_sum(sums, lots, checked)
        elif proposal.sum is not None:
            vials = proposal.sum.vials.least_waste
            prepared = language.text(
                "{vials} mg, {left} mg left over", vials=vials_words(vials), left=plain(vials.left_over)
            )
            volume = plain(proposal.volume_shown) if proposal.volume_shown is not None else "–"
            beside = language.text(
                "{volume} mL to draw up · weight of {day}", volume=volume, day=proposal.weighed_on
            )
            self._say_sum(language.text("{sum} mg", sum=prescribed_words(proposal.sum)), prepared, beside)
        elif proposal.waits:
            waits = language.text("Not computed; open: {codes}", codes=", ".join(proposal.waits))
            self._say_sum("–", waits, "")
        else:
            dose = language.words(self.state.desk.protocol.drug(proposal.drug).dose_label)
            self._say_sum("–", language.text("Weigh first: {dose} of the weight of the day.", dose=dose), "")

    def _say_sum(self, *lines: str) -> None:
        for shown, words in zip((self._prescribed, self._vials, self._beside), lines, strict=True):
            shown.setText(words)
            shown.setVisible(bool(words))

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self.language
        self.whole_button.set_words(language.text("It was given already"))
        self._whole_key.setText(language.text("it was given already"))
        if self.view is not None:
            self.view.set_language(language)
        self._show_words()
        if self._subject is not None:
            self.strip.show_subject(self.state, self._subject)

    # Saving.

    def _already_given(self, *_: object) -> None:
        self._start(WHOLE)

    def _save_view(self) -> None:
        if self.view is not None:
            self.view.save()

    def _save(self) -> None:
        assert self.view is not None
        values = self.view.values()
        try:
            self._prepare(values) if self._step == PREPARE else self._give(values)
        except SleDeskError as error:
            self._refuse(error)

    def _prepare(self, values: Mapping[str, Value]) -> None:
        assert self._proposal is not None
        desk, language = self.state.desk, self.language
        made = prepared_infusion(values, self._proposal, desk.now(), weighed_again=self._weighed_again)
        row = preparing.prepare_infusion(desk, made)
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
        whole = self._step == WHOLE or prepared is None
        prepared_id = None if whole or prepared is None else prepared.id
        found = infusions.preview_giving(desk, given, prepared_id)

        def record() -> None:
            done = infusions.give_infusion(desk, given, prepared_id, prepared.version if prepared else None)
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
        language = self.language
        findings = error.facts.get("findings") if isinstance(error, RuleBroken) else None
        if error.code == "dose.reason_needed" and isinstance(findings, tuple):
            self.notice.say(findings_words(findings, self.state), "warn")
            self.view.go_to("why")
            return
        self.notice.say(error_sentence(error, language), "bad")
        if error.code == "prepare.weight_changed" and (weight := self._weight()) is not None:
            self._ask_again(weight)
        elif error.code in ("prepare.other_dose", "prepare.pregnant"):
            self.view.go_to("reason")
