"""The tabs of a subject, the same on its page and on the page of its doses."""

from __future__ import annotations

from sle_desk.base.language import message
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.tabs import PageTabs, Tab

DOSES = "doses"
# Asked of the page of doses: open the strip that records today's injection.
GIVEN_NOW = "given_now"
# Code and words of each tab in their order; the doses have a page of their own.
TABS = (
    ("visits", message("Visits")),
    (DOSES, message("Doses")),
    ("labs", message("Labs")),
    ("events", message("Safety")),
    ("medicines", message("Medication")),
    ("records", message("Other records")),
    ("deviations", message("Deviations")),
    ("consents", message("Consents")),
    ("papers", message("Papers")),
    ("history", message("History")),
)


def place_of_tab(code: str, subject_id: int) -> Go:
    """Return where a tab leads."""
    if code == DOSES:
        return Go("doses", subject_id=subject_id)
    return Go("subject", subject_id=subject_id, tab=code)


class DosesTabs(PageTabs):
    """The tabs on the page of the doses of a subject: another one leads to the page of the subject."""

    def __init__(self, page: DeskPage) -> None:
        super().__init__()
        self._page = page
        self._subject_id: int | None = None
        self.picked.connect(self._go)
        self.retranslate()

    def show_subject(self, subject_id: int) -> None:
        """Take the subject."""
        self._subject_id = subject_id

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self._page.language
        self.show_tabs([Tab(code, language.text(words)) for code, words in TABS])
        self.bind_keys(self._page, language)
        self.mark(DOSES)

    def _go(self, code: str) -> None:
        self.mark(DOSES)
        if self._subject_id is not None and code != DOSES:
            self._page.state.go(place_of_tab(code, self._subject_id))
