"""The home diary: several doses typed from one paper diary, recorded all or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import message
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain.dose_matching import RecordedDose
from sle_desk.domain.said import in_words
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import plain
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services import dosing
from sle_desk.services.diary_plan import DiaryPlan
from sle_desk.services.dosing import DiaryRow, InjectionProposal, Recorded
from sle_desk.services.drafts import diary_place
from sle_desk.ui.buttons import Button
from sle_desk.ui.diary_draft import fields_of, named_days, rows_begun, rows_left
from sle_desk.ui.diary_entry import (
    OWN_AMOUNT,
    VIALS,
    diary_form,
    diary_rows,
    proposed_vials,
    row_code,
    told_doses,
    vials_proposed,
)
from sle_desk.ui.diary_filling import moved_answers
from sle_desk.ui.dose_words import deviations_words
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import ScrolledFields, finding_sentence
from sle_desk.ui.injection_entry import lot_choices, text
from sle_desk.ui.pages.diary_keys import DiaryKeys
from sle_desk.ui.pages.dose_entry_page import DoseEntryPage
from sle_desk.ui.state import State
from sle_desk.ui.theme import current
from sle_desk.ui.typed_draft import TypedDraft
from sle_desk.ui.which_drug import ask_which_drug

NEEDS_NOTE = frozenset({"dose.reason_needed", "change.note_needed"})
SAME_SITE = "dose.same_site"


class DiaryPage(DoseEntryPage):
    """One paper diary; every row begins empty, and a row without an answer is not recorded."""

    name = message("Home diary")
    reads = frozenset({"subject", "identity", "dose_pause"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._proposal: InjectionProposal | None = None
        self._plan: DiaryPlan | None = None
        self._slots: tuple[Slot, ...] = ()
        self._why: set[int] = set()
        # What was proposed in the fields of vials: what a person put there stays.
        self._vials: dict[str, str] = {}
        self._draft = TypedDraft(state, self._named_days)
        self.scrolled = ScrolledFields()
        self.button = Button("", "primary", keys="Ctrl+Enter", icon="check")
        self.button.clicked.connect(self.save_view)
        self.other_button = Button("", "secondary", keys="D", icon="alert")
        self.other_button.clicked.connect(self._ask_drug)
        self._other_key = self.add_key("D", "", self._ask_drug)
        self.filling = DiaryKeys(self, self._rebuild, self._filled)
        foot = QHBoxLayout()
        foot.addWidget(self.notice, 1)
        foot.addStretch()
        foot.addWidget(self.other_button)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        column.addWidget(self.strip)
        column.addWidget(self.scrolled, 1)
        column.addLayout(foot)
        self.retranslate()

    def entered(self) -> None:
        """Show the empty diary of the doses that nobody has answered."""
        super().entered()
        if self._subject is None:
            return
        self.filling.forget()
        refused = ""
        try:
            self._proposal = dosing.propose_injection(self.state.desk, self._subject.id)
            self._plan = dosing.diary_plan(self.state.desk, self._subject.id)
            self._slots = self._plan.slots()
        except SleDeskError as error:
            self._slots, self._plan, self._proposal, refused = (), None, None, error.code
            self.notice.say(error_sentence(error, self.language), "bad")
        self._resume()
        # A drug that was given without being of the arm has no diary; it is recorded by itself.
        unplanned = self.writes and refused in ("dose.none_planned", "dose.not_allocated")
        self.other_button.setVisible(unplanned)
        self._other_key.setEnabled(unplanned)
        if self.view is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self._slots and not self.notice.sentence():
            self.notice.say(self.language.text("Every planned dose up to today is answered or paused."), "ok")

    def _resume(self) -> None:
        """Show the grid with the rows that were typed before and are not recorded yet."""
        if self._subject is None or not self.writes:
            self._show_view({})
            return
        place = diary_place(self._subject.id)
        kept = self._draft.kept(place)
        if self._plan is not None:
            self._slots = self._plan.slots(begun=rows_begun(kept))
        left = rows_left(kept, self._slots)
        self._why, self.filling.amounts = set(left.with_reason), set(left.with_amount)
        self._show_view(left.typed)
        if self._plan is not None and self._plan.moves:
            self._lay_again()
        if self._plan is not None and left.answered:
            # Said once: what was recorded of them is what stands.
            self._draft.drop(place, fields_of(kept, left.answered))
            self.notice.say(self._answered_words(left.answered), "warn")

    def _answered_words(self, numbers: Iterable[int]) -> str:
        return self.language.text(
            "What was typed here of planned doses that were answered meanwhile is let go: dose {numbers}.",
            numbers=self.language.words(ENUMERATED).join(map(str, numbers)),
        )

    def _named_days(self, typed: Mapping[str, str]) -> Mapping[str, str]:
        """Return the day that each "on the planned day" names: the plan may lay it otherwise meanwhile."""
        return named_days(typed, self._slots)

    def _show_view(self, typed: Mapping[str, str]) -> None:
        self.button.setVisible(self.writes and bool(self._slots))
        old = self.scrolled.takeWidget()
        if old is not None:
            old.deleteLater()
        self.view = None
        self._draft.follow(None)
        self.filling.follow(None, (), None)
        proposal = self._proposal
        if proposal is None or self._subject is None or not self._slots or not self.writes:
            return
        protocol = self.state.desk.protocol
        form = diary_form(protocol, proposal, self._slots, self._why, self.filling.amounts)
        view = FormView(form, self.language, self.state.clock.now, finding_sentence, codes=("lot",))
        lots = lot_choices(proposal)
        lot = lots[0].code if len(lots) == 1 else ""
        proposed = {"amount": plain(proposal.amount), "lot": lot}
        proposed[VIALS] = proposed_vials(proposal, lot, proposal.amount)
        view.resume({code: words for code, words in {**proposed, **typed}.items() if words})
        view.field_kept.connect(self._follow)
        view.save_requested.connect(self._save)
        self._vials = vials_proposed(form, view.values(), proposal, self._slots)
        self._draft.follow(view, diary_place(self._subject.id), proposed)
        self.scrolled.setWidget(view)
        self.view = view
        again = self._slots_with if self._plan is not None and self._plan.moves else None
        self.filling.follow(view, self._slots, protocol.drug(proposal.drug), again)
        view.go_to_first()

    def _rebuild(self, slots: Sequence[Slot]) -> None:
        """Build the grid anew for planned doses; what is typed in it stays, and the days that it names."""
        if self.view is not None:
            typed = moved_answers(self.view.typed(), self._slots, slots)
            self._slots = tuple(slots)
            self._show_view(typed)

    def _follow(self, code: str, *_: object) -> None:
        """Let the vials that are proposed follow the dose and the lot, and planned days the doses told."""
        # After the field is done with its own key.
        if code in ("amount", "lot") or code.startswith(OWN_AMOUNT):
            QTimer.singleShot(0, self, self._propose_vials)
        elif self._plan is not None and self._plan.moves:
            QTimer.singleShot(0, self, self._lay_again)

    def _slots_with(self, more: Iterable[RecordedDose] = ()) -> tuple[Slot, ...]:
        """Return the planned doses as the grid, and more doses, leave them; none that says something goes."""
        if self.view is None or self._plan is None:
            return self._slots
        values, zone = self.view.values(), self.state.clock.now().tzinfo
        told = told_doses(values, self._plan.drug, self._slots, zone)
        laid = self._plan.slots((*told, *more))
        numbers = {slot.number for slot in laid}
        typed = self.view.typed()
        kept = (slot for slot in self._slots if typed.get(row_code("outcome", slot)))
        kept = (slot for slot in kept if slot.number not in numbers)
        return tuple(sorted((*laid, *kept), key=lambda slot: slot.number))

    def _lay_again(self) -> None:
        """Lay the planned days again where a dose told in the grid moves those after it."""
        slots = self._slots_with()
        if self.view is None or slots == self._slots:
            return
        here = self.view.code_in_focus()
        self._rebuild(slots)
        if here:
            self.view.go_to(here)
        self.notice.say(
            self.language.text("Planned days count from the last dose: those after it were laid again."),
            "neutral",
        )

    def _propose_vials(self) -> None:
        if self.view is None or self._proposal is None:
            return
        view, before = self.view, self._vials
        self._vials = vials_proposed(view.form, view.values(), self._proposal, self._slots)
        open_ = [code for code in self._vials if view.field(code).text() in ("", before.get(code, ""))]
        view.resume({code: self._vials[code] for code in open_})

    def _filled(self) -> None:
        """Propose the vials of rows that were filled by a key, and keep what stands there."""
        self._propose_vials()
        self._draft.keep_half_typed()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        self.button.set_words(self.language.text("Record the diary"))
        self.other_button.set_words(self.language.text("Another study drug was given"))
        self._other_key.setText(self.language.text("another study drug was given"))
        self.filling.retranslate()
        if self.view is not None:
            self.view.set_language(self.language)
        if self._subject is not None:
            self.strip.show_subject(self.state, self._subject)

    def _ask_drug(self, *_: object) -> None:
        if self._subject is not None:
            ask_which_drug(self, self.state, self._subject, self._record_given)

    def _save(self) -> None:
        assert self.view is not None and self._subject is not None and self._proposal is not None
        desk, language, values = self.state.desk, self.language, self.view.values()
        collected = values.get("collected_on")
        if collected is None or collected.day is None:
            self.notice.say(language.text("Say on which day the diary was collected."), "warn")
            self.view.go_to("collected_on")
            return
        rows: tuple[tuple[Slot, DiaryRow], ...] = ()
        try:
            rows = diary_rows(self.view.form, values, self._proposal, self._slots)
            done = dosing.record_diary(
                desk,
                self._subject.id,
                collected.day,
                text(values, "reference"),
                tuple(row for _, row in rows),
                drug=self._proposal.drug,
            )
        except SleDeskError as error:
            self._refuse(error, [slot for slot, _ in rows])
            return
        self._draft.done()
        words = language.text(
            "{code}: diary rows recorded: {count}.", code=self._subject.code, count=len(done)
        )
        proposed = sum(each.is_deviation for row in done for each in row.findings)
        words = " ".join((words, *self._left_words(len(rows)), *self._site_words(rows, done)))
        self.state.say(words + deviations_words(proposed, language))
        self._to_doses()

    def _left_words(self, said: int) -> Iterator[str]:
        """Yield how many planned doses, and pasted rows, are left."""
        text = self.language.text
        yield text("Planned doses left without an answer: {count}.", count=len(self._slots) - said)
        if self.filling.left_out:
            yield text("Pasted rows left out: {count}.", count=self.filling.left_out)

    def _site_words(self, rows: Sequence[tuple[Slot, DiaryRow]], done: Sequence[Recorded]) -> Iterator[str]:
        """Yield which doses were given where the one before was."""
        twice = [
            str(slot.number)
            for (slot, _), each in zip(rows, done, strict=True)
            if any(finding.code == SAME_SITE for finding in each.findings)
        ]
        if twice:
            yield self.language.text(
                "Same site as at the dose before: dose {numbers}.",
                numbers=self.language.words(ENUMERATED).join(twice),
            )

    def _refuse(self, error: SleDeskError, slots: list[Slot]) -> None:
        """Say what is wrong with each row, and ask why where a reason is needed; what is typed stays."""
        language, findings = self.language, error.facts.get("findings")
        if error.code != "diary.refused" or not isinstance(findings, tuple) or self.view is None:
            self.notice.say(error_sentence(error, language), "bad")
            return
        said = []
        for place, code, facts in findings:
            slot = slots[place - 1]
            shown = facts.get("first", code) if code == "dose.reason_needed" else code
            told = {name: fact for each in facts.get("findings", ()) for name, fact in each.facts.items()}
            words = sentence(shown, in_words(self.state.desk.protocol, told or facts), language)
            said.append(language.text("Dose {number}: {sentence}", number=slot.number, sentence=words))
            if code in NEEDS_NOTE:
                self._why.add(slot.number)
        typed = self.view.typed()
        self._show_view(typed)
        self.notice.say(" ".join(said), "warn")
        first = slots[findings[0][0] - 1]
        if first.number in self._why and self.view is not None:
            self.view.go_to(row_code("why", first))
