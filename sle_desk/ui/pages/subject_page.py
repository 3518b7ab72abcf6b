"""One subject: the strip, the timeline, and below them tabs; what is due next is one key away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QResizeEvent

from sle_desk.base.language import Language
from sle_desk.services import prednisone, subject_trends, subject_view, subjects
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.keybar import KeyHint
from sle_desk.ui.page import Step
from sle_desk.ui.pages.due_places import NEEDS, way_of
from sle_desk.ui.pages.lab_list_page import LabList
from sle_desk.ui.pages.log_list import EventList, MedicineList, RecordList
from sle_desk.ui.pages.study_deviations import DeviationsTab
from sle_desk.ui.pages.subject_errors import linked_words, say_standing
from sle_desk.ui.pages.subject_lists import SubjectConsents, SubjectHistory, SubjectPapers
from sle_desk.ui.pages.subject_visits import VisitsTab
from sle_desk.ui.pages.today_rows import RowWords, is_past
from sle_desk.ui.rescreening import RescreenButton
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_side import SubjectSide
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.subject_tabs import DOSES, GIVEN_NOW, TABS, place_of_tab
from sle_desk.ui.tabbed_page import TabbedPage
from sle_desk.ui.theme import current
from sle_desk.ui.timeline import Timeline

NARROW, LOW = 960, 680
BUILDS = {
    "visits": VisitsTab,
    DOSES: DeskPage,
    "labs": LabList,
    "events": EventList,
    "medicines": MedicineList,
    "records": RecordList,
    "deviations": DeviationsTab,
    "consents": SubjectConsents,
    "papers": SubjectPapers,
    "history": SubjectHistory,
}


class SubjectPage(TabbedPage):
    """One subject."""

    entries = tuple((code, words, BUILDS[code]) for code, words in TABS)
    reads = frozenset({"subject", "identity", "visit", "form_record", "answer", "consent", "sample",
                       "not_drawn", "dose", "allocation_error", "emergency_allocation",
                       "allocation", "signature", "disposition", "deviation", "result", "query",
                       "record_link", "not_reconsented", "consent_version", "dose_pause"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._visit_id: int | None = None
        self._due: TodayRow | None = None
        self.strip = SubjectStrip()
        self.act = Button("", "primary", keys="G")
        self.act.clicked.connect(self._do)
        self.strip.buttons.addWidget(self.act)
        self.rescreen = RescreenButton(self)
        self.strip.buttons.addWidget(self.rescreen.button)
        self.notice = Strip()
        self.timeline = Timeline()
        for place, part in enumerate((self.strip, self.notice, self.timeline)):
            self.column.insertWidget(place, part)
        self.side = SubjectSide()
        self.beside.addWidget(self.side)
        self._act_key = self.add_key("G", "", self._do)
        self._ways = (
            self.add_key("Alt+Left", "", lambda: self._step(-1)),
            self.add_key("Alt+Right", "", lambda: self._step(1)),
        )
        for place, (code, _) in enumerate(TABS, 1):
            # The tenth is picked by 0, as the tenth page is.
            self.add_key(str(place % 10), "", partial(self.tabs.pick, code))
        self.retranslate()

    def key_hints(self, language: Language) -> list[KeyHint]:
        """Return the digits that pick a tab as one key."""
        return [KeyHint("1-9, 0" if len(TABS) > 9 else f"1-{len(TABS)}", language.text("tab"))]

    def target(self, go: Go) -> None:
        """Take the subject, and the tab that is to be in sight."""
        assert go.subject_id is not None
        if self._subject is None or self._subject.id != go.subject_id:
            self._subject = subjects.subject_row(self.state.desk, go.subject_id)
            self._stale = True
        self._visit_id = go.visit_id
        if go.tab and go.tab != DOSES:
            self.tabs.mark(go.tab)
        elif go.visit_id is not None:
            self.tabs.mark("visits")

    def prepare(self, tab: DeskPage) -> None:
        """Tell a tab whose lists it shows."""
        assert self._subject is not None
        tab.target(Go("subject", subject_id=self._subject.id, visit_id=self._visit_id))
        self._visit_id = None

    def _pick(self, code: str) -> None:
        if code == DOSES and self._subject is not None:
            self.tabs.mark(self._shown)
            self.state.go(place_of_tab(code, self._subject.id))
        else:
            super()._pick(code)
            self._fit()

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        code = self._subject.code if self._subject else ""
        return (Step(self.language.text("Subjects"), self._to_list), Step(code))

    def go_up(self) -> bool:
        """Close what is open in the tab, else go back to the list."""
        if not super().go_up():
            self._to_list()
        return True

    def _to_list(self) -> None:
        self.state.go(Go("subjects"))

    def entered(self) -> None:
        """Read again: what is due changes with the clock, not only with the file."""
        if self._subject is not None:
            self._stale = True
            super().entered()

    def load(self) -> None:
        """Read the subject, the plan and what is due."""
        if self._subject is None:
            return
        desk, language = self.state.desk, self.language
        self._subject = subjects.subject_row(desk, self._subject.id)
        self.strip.show_subject(self.state, self._subject)
        view = subject_view.subject_view(desk, self._subject.id)
        self.timeline.show_view(view, desk.protocol, language)
        found = subject_trends.trends(desk, self._subject.id)
        taken = prednisone.prednisone_to_today(desk, self._subject.id)
        self.side.show_subject(view, found, desk.protocol, language, taken)
        self._show_due(next((row for row in view.due if self._can(row)), None))
        self.rescreen.show_for(self._subject)
        if say_standing(self.state, self._subject, self.notice):
            return
        linked = linked_words(self.state, self._subject)
        if not subjects.consents(desk, self._subject.id):
            words = language.text("No consent is recorded yet. C records it, before any procedure.")
            self.notice.say(f"{words} {linked}".strip(), "warn")
        elif linked:
            self.notice.say(linked, "neutral")
        else:
            self.notice.clear()

    def _can(self, row: TodayRow) -> bool:
        needed = NEEDS.get(row.action)
        return needed is not None and self.may(needed)

    def _show_due(self, row: TodayRow | None) -> None:
        self._due = row
        self.act.setVisible(row is not None)
        self._act_key.setVisible(row is not None)
        self._act_key.setEnabled(row is not None)
        if row is not None:
            words = RowWords(self.state.desk.protocol, self.language, self.state.desk.today())
            self.act.set_words(words.act(row))
            self._act_key.setText(words.act(row))

    def _do(self) -> None:
        if self._due is not None:
            place = way_of(self.state, self._due)
            now = self._due.action == "record_injection" and not is_past(self._due)
            self.state.go(replace(place, tab=GIVEN_NOW) if now else place)

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.rescreen.retranslate()
        text = self.language.text
        for action, words in zip(self._ways, (text("previous subject"), text("next subject")), strict=True):
            action.setText(words)
        self._stale = True
        if self.isVisible():
            self.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the tab where the window is narrow or low."""
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= current().px(NARROW))
        self._fit()

    def _fit(self) -> None:
        """In a low window the timeline stands above the visits alone, and what is next above the trends."""
        low = self.height() < current().px(LOW)
        self.timeline.setVisible(self._shown in ("", "visits") or not low)
        self.side.put_next_first(low)

    def _step(self, by: int) -> None:
        assert self._subject is not None
        ids = [row.id for row in subjects.subjects(self.state.desk, void=True)]
        place = ids.index(self._subject.id) + by
        if 0 <= place < len(ids):
            self.state.go(Go("subject", subject_id=ids[place]))
