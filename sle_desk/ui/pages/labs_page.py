"""A laboratory report, typed in the order of its lines; flag, grade, previous value and trend beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import MISSING_REASONS
from sle_desk.services import drafts, entered_in_error, laboratories, labs, subjects, visits
from sle_desk.services.drafts import Place
from sle_desk.services.lab_judgement import NewSample, as_new, background
from sle_desk.services.labs import SampleRow
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.visits import VisitRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.correction_cases import CORRECT_HEAD, HEAD_KEYS, add_correction_key
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.voided import error_words
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.injection_entry import text
from sle_desk.ui.lab_checks import LabChecks
from sle_desk.ui.lab_grid import LabGrid
from sle_desk.ui.labels import label
from sle_desk.ui.not_drawn_report import NotDrawnReport
from sle_desk.ui.page import Step
from sle_desk.ui.panel_samples import PanelSamples, drawn_in
from sle_desk.ui.saved_report import JUDGE_KEYS, JUDGE_WORDS, SavedReport, may_judge
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, empty
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.theme import current
from sle_desk.ui.void_cases import add_void_key
from sle_desk.ui.wording import visit_words

HEADER, SAVE = "@", "results.save"


class LabsPage(DeskPage):
    """One panel of one visit of one subject."""

    reads = frozenset({"sample", "not_drawn", "result", "identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._visit: VisitRow | None = None
        self._panel = ""
        self._saved: SavedReport | None = None
        self._untaken: NotDrawnReport | None = None
        self._written = False
        self._enters = self.may(SAVE)
        self.grid: LabGrid | None = None
        self.header: FormView | None = None
        self.laboratory: SegmentedButtons | None = None
        self.strip = SubjectStrip()
        self.notice = Strip()
        self._head_place = QVBoxLayout()
        self._scrolled = QScrollArea()
        self._scrolled.setWidgetResizable(True)
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self.checks = LabChecks()
        self.rest = Button("", "quiet", keys="Ctrl+D")
        self.save = Button("", "primary", keys="Ctrl+Enter")
        self._lay_out()
        self.rest.clicked.connect(self._mark_rest)
        self.save.clicked.connect(self._save)
        of_entry = (("Ctrl+U", self._other_unit), ("Ctrl+D", self._mark_rest))
        self._keys = [self.add_key(keys, "", act) for keys, act in of_entry if self._enters]
        self.save.setVisible(self._enters)
        if may_judge(state):
            self._keys.append(self.add_key(JUDGE_KEYS, "", self._judge_significance))
        self._of_panel = PanelSamples(self, self._start)
        add_void_key(state, self.add_key, self._in_error)
        add_correction_key(state, self.add_key, self._correct_head, HEAD_KEYS, CORRECT_HEAD)
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        foot = Card()
        row = QHBoxLayout()
        row.setSpacing(px(14))
        row.addWidget(self.checks, 1)
        row.addWidget(self.rest)
        row.addWidget(self.save)
        foot.body.addLayout(row)
        self._foot = foot
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        column.addWidget(self.strip)
        column.addLayout(self._head_place)
        column.addWidget(self.notice)
        column.addWidget(self._scrolled, 1)
        column.addWidget(foot)

    # Where one is.

    def target(self, go: Go) -> None:
        """Take subject, visit and panel."""
        assert go.subject_id is not None and go.visit_id is not None
        self._subject = subjects.subject_row(self.state.desk, go.subject_id)
        known = visits.visits(self.state.desk, go.subject_id)
        self._visit = next(row for row in known if row.id == go.visit_id)
        self._panel = go.panel
        self._of_panel.want(go.record_id)

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        if self._subject is None or self._visit is None:
            return ()
        protocol, language = self.state.desk.protocol, self.language
        return (
            Step(self._subject.code, self._to_subject),
            Step(visit_words(protocol, self._visit.code, language)),
            Step(language.words(protocol.laboratory.panel(self._panel).label)),
        )

    def go_up(self) -> bool:
        """Go to the subject."""
        self._to_subject()
        return True

    def _to_subject(self) -> None:
        assert self._subject is not None
        self.state.go(Go("subject", subject_id=self._subject.id))

    @property
    def _sample(self) -> SampleRow | None:
        return self._saved.sample if self._saved is not None else None

    @property
    def _place(self) -> Place:
        assert self._visit is not None
        return self._of_panel.place(self._visit.id, self._panel)

    # Building.

    def entered(self) -> None:
        """Show the panel: saved, or as this person left it."""
        super().entered()
        self._start()

    def _start(self) -> None:
        assert self._subject is not None and self._visit is not None
        self._written = False
        desk = self.state.desk
        sample = self._of_panel.read(self._subject.id, self._visit.id, self._panel)
        panel = desk.protocol.laboratory.panel(self._panel)
        self.grid = LabGrid(panel, desk.protocol.laboratory, self.language, self.state.clock.now)
        self._scrolled.setWidget(self.grid)
        self._saved = None
        if sample is not None:
            self._saved = SavedReport(self, sample, self.grid, self._show_progress)
        self._build_header()
        self._listen()
        self.notice.clear()
        if words := self._of_panel.words(self.language):
            self.notice.say(words, "neutral")
        elif (
            sample is None
            and (void := entered_in_error.void_at(desk, self._visit.id, "sample", self._panel)) is not None
        ):
            self.notice.say(error_words(self.state, void), "neutral")
        self._untaken = NotDrawnReport(self.state, self._visit.id, self._panel)
        if self._untaken.told is not None:
            self.notice.say(self._untaken.words(), "neutral")
        self._judge()
        self._resume()
        self._show_progress()
        if self.header is not None and self._sample is None and not self._drawn_at():
            self.header.go_to_first()
        else:
            self.grid.go_to_first()

    def _build_header(self) -> None:
        empty(self._head_place)
        self.header = None
        known = laboratories.laboratories(self.state.desk)
        if not known:
            words = self.language.text("No laboratory is recorded yet: Study, Laboratories.")
            self.notice.say(words, "warn")
            return
        if self._sample is not None:
            drawn = self._sample.drawn_at
            name = next(row.name for row in known if row.id == self._sample.laboratory_id)
            words = f"{name} · {self._sample.report_number or '–'} · {drawn:%Y-%m-%d %H:%M}"
            self._head_place.addWidget(label(words, "strong"))
            return
        self.laboratory = SegmentedButtons([(str(row.id), row.name) for row in known], ticked=True)
        self.laboratory.picked.connect(self._judge)
        self.header = FormView(
            self.state.desk.protocol.form("sample"),
            self.language,
            self.state.clock.now,
            finding_sentence,
            day_one=self._subject.day_one if self._subject else None,
            codes=("report_number",),
            beside=self._of_panel.against_doses,
        )
        if len(known) > 1 and self._enters:
            self._head_place.addWidget(self.laboratory)
        self._head_place.addWidget(self.header)

    def _listen(self) -> None:
        assert self.grid is not None
        self.grid.field_kept.connect(self._keep)
        if self._enters:
            self.grid.save_requested.connect(self._save)
        self.grid.progressed.connect(self._show_progress)
        if self.header is not None:
            self.header.field_kept.connect(self._keep_header)
            self.header.ended.connect(self.grid.go_to_first)
            self.header.save_requested.connect(self._save)

    def _resume(self) -> None:
        assert self.grid is not None
        # Where nothing can be saved now, nothing is typed; a draft of before waits untouched.
        for part in () if self._enters else (self.grid, self.header):
            part.only_read() if part is not None else None
        kept = drafts.drafts(self.state.desk, self._place) if self._enters else {}
        if self.header is not None:
            self.header.resume({code[1:]: typed for code, typed in kept.items() if code.startswith(HEADER)})
            self._judge()
        # A draft never stands over a saved value, whatever was left behind.
        saved = self._sample.results if self._sample is not None else {}
        self.grid.resume(
            {code: typed for code, typed in kept.items() if not code.startswith(HEADER) and code not in saved}
        )

    def left(self) -> None:
        """Keep what is half typed; after saving nothing is."""
        if self.grid is None or self._written or not self._enters:
            return
        for code, row in self.grid.rows.items():
            if not row.box.read_only and row.box.typed():
                drafts.keep_draft(self.state.desk, self._place, code, row.box.typed())

    def load(self) -> None:
        """Show the subject; what is being typed is not touched."""
        if self._subject is not None:
            self._subject = subjects.subject_row(self.state.desk, self._subject.id)
            self.strip.show_subject(self.state, self._subject)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self.language
        self.rest.set_words(language.text("Mark rest not done"))
        self.save.set_words(language.text("Save and go on"))
        self.checks.retranslate(language)
        self._of_panel.retranslate(language)
        words = (language.text("other unit"), language.text("mark rest not done"), language.text(JUDGE_WORDS))
        for key, said in zip(self._keys, words if self._enters else words[2:], strict=False):
            key.setText(said)
        if self.grid is not None:
            self.grid.retranslate(language)
            self._show_progress()
        if self.header is not None:
            self.header.set_language(language)
        self.load()

    # What is known of the sample.

    def _drawn_at(self) -> datetime | None:
        if self._sample is not None:
            return self._sample.drawn_at
        if self.header is None:
            return None
        return drawn_in(self.header.values(), self.state.clock.now())

    def _new_sample(self) -> NewSample | None:
        drawn_at = self._drawn_at()
        if drawn_at is None or self._subject is None or self._visit is None:
            return None
        if self._sample is not None:
            return as_new(self._sample)
        assert self.header is not None and self.laboratory is not None
        values = self.header.values()
        return NewSample(
            self._subject.id,
            self._visit.id,
            self._panel,
            int(self.laboratory.code()),
            drawn_at,
            text(values, "report_number"),
            text(values, "fasting"),
            text(values, "dose_relation"),
        )

    def _judge(self, *_: object) -> None:
        assert self.grid is not None and self._subject is not None
        new = self._new_sample()
        if new is None:
            self.grid.judge_against(None, {})
            return
        desk = self.state.desk
        self.grid.judge_against(
            background(desk, new), labs.earlier_values(desk, self._subject.id, new.drawn_at)
        )

    # Keeping and saving.

    def _keep(self, code: str, typed: str) -> None:
        if self._sample is None or code not in self._sample.results:
            drafts.keep_draft(self.state.desk, self._place, code, typed)

    def _keep_header(self, code: str, typed: str) -> None:
        drafts.keep_draft(self.state.desk, self._place, HEADER + code, typed)
        self._judge()

    def _show_progress(self) -> None:
        assert self.grid is not None
        self.rest.setVisible(self.checks.show_grid(self.grid, self.language) and self._enters)

    def _save(self) -> None:
        assert self.grid is not None
        doubtful = self.grid.in_doubt()
        if doubtful is not None:
            self.grid.go_to(doubtful)
            self.grid.rows[doubtful].box.commit()
            return
        new = self._new_sample()
        try:
            if new is None:
                untaken = self._untaken
                if untaken and untaken.tell(self, self.grid, self.header, self._leave_saved):
                    return
                raise RuleBroken("sample.incomplete")
            self._write(new)
        except SleDeskError as error:
            self.notice.say(error_sentence(error, self.language), "bad")
            if new is None and self.header is not None:
                self.header.go_to_first()
            return
        self._leave_saved(self.language.text("Results saved. F2 corrects a value."))

    def _leave_saved(self, said: str) -> None:
        self._written = True
        drafts.drop_drafts(self.state.desk, self._place)
        self.state.say(said)
        self._to_subject()

    def _write(self, new: NewSample) -> None:
        assert self.grid is not None
        desk = self.state.desk
        if self._sample is None:
            kept = self.header.kept_unlikely() if self.header is not None else ()
            labs.save_results(desk, new, self.grid.results(), {each.field: why for each, why in kept})
            return
        fresh = tuple(result for result in self.grid.results() if result.analyte not in self._sample.results)
        if fresh:
            labs.add_results(desk, self._sample.id, fresh)

    def _correct_head(self) -> None:
        if self._saved is not None:
            self._saved.correct_head(self._start)

    def _judge_significance(self) -> None:
        if self._saved is not None:
            self._saved.judge()
        else:
            words = self.language.text("Save the results first; then they are judged CS or NCS.")
            self.notice.say(words, "neutral")

    def _in_error(self) -> None:
        if self._saved is not None:
            self._saved.mark_in_error(self._marked)
        elif self._untaken is not None and self._untaken.told is not None:
            self._untaken.mark_in_error(self, self._marked)
        else:
            words = self.language.text("Nothing is saved here yet that could be marked as entered in error.")
            self.notice.say(words, "neutral")

    def _marked(self) -> None:
        # What stood here no longer does: nothing of it may be saved again from this page.
        self._start()
        self._written = True
        self._to_subject()

    def _other_unit(self) -> None:
        if self.grid is not None:
            self.grid.other_unit()

    def _mark_rest(self) -> None:
        assert self.grid is not None
        self.grid.row_to_ask().box.ask_reason(
            self.language.text("The rest was not done. Why?"), MISSING_REASONS, self._rest_not_done
        )

    def _rest_not_done(self, reason: str) -> None:
        assert self.grid is not None
        self.grid.mark_rest_not_done(reason)
        self._show_progress()
