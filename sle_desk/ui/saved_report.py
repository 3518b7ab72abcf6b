"""What is done to a saved laboratory report: a value corrected, judged CS or NCS, its history told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sle_desk.base.errors import RuleBroken, SleDeskError, Stale
from sle_desk.base.language import message
from sle_desk.domain import roles
from sle_desk.domain.checks import CORRECTION_REASONS, refusal
from sle_desk.services import lab_judging, labs
from sle_desk.services.lab_judging import JUDGE, TRANSCRIBE, Verdict
from sle_desk.services.labs import ResultRow, SampleRow
from sle_desk.services.signatures import Ink, checked_ink
from sle_desk.ui.correcting import correct
from sle_desk.ui.correction_cases import ACTION as CORRECT
from sle_desk.ui.correction_cases import sample_record
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_ink import ask_ink
from sle_desk.ui.dialogs.correct_record import ask_correction
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.dialogs.history import show_history
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.lab_grid import LabGrid
from sle_desk.ui.state import State
from sle_desk.ui.void_cases import sample_case

JUDGE_KEYS, JUDGE_WORDS = "Ctrl+J", message("judge CS / NCS")
# What is told of a result, beside its value.
TOLD = (
    *("low", "high", "flag", "grade", "significance"),
    *("judged_signer", "judged_signed_on", "judged_reference"),
)
RESULT_COLUMNS = ("typed", "comparator", "value", "unit", "text", "missing", *TOLD)


def may_judge(state: State) -> bool:
    """Tell whether results are judged at the desk now, or what was judged on paper is typed."""
    return state.may(JUDGE) or state.may(TRANSCRIBE)


class SavedReport:
    """A saved report in its grid; `shown` is called when a value of it was read again."""

    def __init__(self, page: DeskPage, sample: SampleRow, grid: LabGrid, shown: Callable[[], object]) -> None:
        self._page, self._state, self._grid, self._shown = page, page.state, grid, shown
        self.sample = sample
        # What stands on the paper that is being typed off, until the page is left.
        self._ink: Ink | None = None
        grid.corrected.connect(self._correct)
        grid.history_requested.connect(self._history)
        grid.show_saved(sample.results)
        if not self._state.may(CORRECT):
            grid.only_read(sample.results)

    # Correcting.

    def _correct(self, code: str, typed: str, reason: str) -> None:
        if code in self.sample.results:
            save, again = partial(self._save, code, typed), partial(self._read_again, code)
            correct(self._page, self._state, self._grid.rows[code].box, reason, save, again)

    def _save(self, code: str, typed: str, reason: str, note: str) -> None:
        saved = self.sample.results[code]
        result = self._grid.rows[code].read_as(typed)
        labs.correct_result(self._state.desk, saved.id, result, reason, saved.version, note)

    def _read_again(self, code: str) -> None:
        found = labs.samples(self._state.desk, self.sample.subject_id)
        now, seen = next(sample for sample in found if sample.id == self.sample.id), self.sample.results
        differing = {each for each, row in now.results.items() if each == code or row != seen.get(each)}
        # A line that is open for correction shows what was saved before: that is still what was seen of it.
        unseen = {each for each in differing - {code} if self._grid.rows[each].box.correcting()}
        self._grid.show_saved({each: now.results[each] for each in differing - unseen})
        if unseen:
            results = {each: seen[each] if each in unseen else row for each, row in now.results.items()}
            now = replace(now, results=results, version=self.sample.version)
        self.sample = now
        self._shown()

    def correct_head(self, done: Callable[[], object]) -> None:
        """Correct laboratory, draw time and report number."""
        ask_correction(self._page, self._state, sample_record(self._state, self.sample), done)

    def mark_in_error(self, done: Callable[[], object]) -> None:
        """Mark the whole report as entered in error."""
        ask_entered_in_error(self._page, self._state, sample_case(self._state, self.sample), done)

    def _history(self, code: str) -> None:
        if code in self.sample.results:
            words = self._state.language.words(self._grid.rows[code].analyte.label)
            row_id = self.sample.results[code].id
            show_history(self._page, self._state, words, "result", row_id, RESULT_COLUMNS, beside=TOLD)

    # Judging.

    def judge(self) -> None:
        """Ask for CS or NCS of the line with the focus, else of the first that waits.

        Who does not judge types what an investigator signed on paper: whose ink it is, is asked once.
        """
        language = self._state.language
        correcting = next((code for code, row in self._grid.rows.items() if row.box.correcting()), None)
        if correcting is not None:
            self._grid.go_to(correcting)
            self._state.say(language.text("A value is open for correction: end that first, Esc leaves it."))
            return
        code = self._line()
        if code is None:
            self._state.say(language.text("Nothing in this report waits for CS or NCS."))
        elif roles.may(self._state.desk.actor.role, JUDGE) or self._ink is not None:
            self._ask(code)
        else:
            note = language.text("Typed from the paper on which an investigator judged; then line by line.")
            ask_ink(self._page, self._state, language.text("Go on"), note, partial(self._judge_as, code))

    def _line(self) -> str | None:
        row, waiting = self._grid.focused(), self._grid.waiting()
        saved = row.saved if row is not None else None
        # A normal value may be judged too; asked for by nobody, it is passed over where others wait.
        if saved is not None and saved.missing is None and (saved.significance or not waiting):
            return saved.analyte
        if saved is not None and saved.analyte in waiting:
            return saved.analyte
        return waiting[0] if waiting else None

    def _judge_as(self, code: str, ink: Ink) -> None:
        drawn = self.sample.drawn_at.date()
        if ink.signed_on < drawn:
            raise RuleBroken("result.ink_before", signed=ink.signed_on, drawn=drawn)
        self._ink = checked_ink(ink, self._state.desk.today())
        self._ask(code)

    def _ask(self, code: str) -> None:
        language, row = self._state.language, self._grid.rows[code]
        asked = self._state.desk.protocol.form("result").field("significance")
        self._grid.go_to(code)
        question = language.text(
            "{test} {value}: clinically significant?",
            test=language.words(row.analyte.label),
            value=f"{row.box.said()} {row.box.unit.text()}".strip(),
        )
        row.box.ask_reason(question, asked.choices, partial(self._judged, code))

    def _judged(self, code: str, significance: str) -> None:
        row, saved = self._grid.rows[code], self.sample.results[code]
        row.box.show_answer(aloud=False)
        if not saved.significance:
            self._keep(saved, significance)
            return
        if saved.significance == significance and self._ink in (None, saved.judged_ink):
            self._go_on(code)
            return
        language = self._state.language
        title = language.text(
            "Judged {before}, now {after}. Why?", before=saved.significance, after=significance
        )
        about = language.words(row.analyte.label)
        act = partial(self._keep_changed, saved, significance)
        ask_reason(self._page, self._state, title, about, CORRECTION_REASONS, act)

    def _keep(self, saved: ResultRow, significance: str) -> None:
        try:
            self._keep_changed(saved, significance, "", "")
        except SleDeskError as error:
            if isinstance(error, Stale):
                # The value that was asked about is no longer the one that is saved: that one is shown.
                self._read_again(saved.analyte)
            box = self._grid.rows[saved.analyte].box
            box.show_finding(refusal(box.asked, error))

    def _keep_changed(self, saved: ResultRow, significance: str, reason: str, note: str) -> None:
        verdict = Verdict(significance, self._ink)
        lab_judging.judge_result(self._state.desk, saved.id, verdict, saved.version, reason, note)
        self._read_again(saved.analyte)
        self._go_on(saved.analyte)

    def _go_on(self, code: str) -> None:
        lines, waiting = list(self._grid.rows), self._grid.waiting()
        below = [each for each in waiting if lines.index(each) > lines.index(code)]
        if waiting:
            self._ask((below or waiting)[0])
        else:
            self._state.say(self._state.language.text("Every result out of range is judged."))
