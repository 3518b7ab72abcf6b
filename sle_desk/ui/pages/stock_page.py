"""Study drugs: kits handed out, lots with what stands where, movements, excursions, vials of subjects."""

from __future__ import annotations

from sle_desk.base.language import message
from sle_desk.services import stock_rows
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.kits_page import KitsPage
from sle_desk.ui.pages.stock_lists import READS, LotsTab
from sle_desk.ui.pages.stock_movements import ExcursionsTab, MovementsTab
from sle_desk.ui.pages.stock_subjects import SubjectVialsTab
from sle_desk.ui.state import State
from sle_desk.ui.stock_words import gaps_words
from sle_desk.ui.strip import Strip
from sle_desk.ui.tabbed_page import TabbedPage


class StockPage(TabbedPage):
    """The tabs of the study drugs; above them what does not add up, for who has no page Today."""

    reads = READS
    entries = (
        ("kits", message("Kits"), KitsPage),
        ("lots", message("Stock"), LotsTab),
        ("movements", message("Movements"), MovementsTab),
        ("excursions", message("Excursions"), ExcursionsTab),
        ("subjects", message("Vials of subjects"), SubjectVialsTab),
    )

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.gaps = Strip()
        self.column.insertWidget(0, self.gaps)
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Kits and stock")

    def load(self) -> None:
        """Say what does not add up."""
        view = stock_rows.stock_view(self.state.desk)
        said = gaps_words(view, self.state.desk.protocol, self.language)
        if said:
            self.gaps.say("\n".join(said), "warn")
        else:
            self.gaps.clear()

    def entered(self) -> None:
        """Read again: a diary falls due with the day, not only with the file."""
        self._stale = True
        super().entered()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        if self.isVisible():
            self.reload()

    def target(self, go: Go) -> None:
        """Go to the kits of a subject that was found, else to the tab that is named."""
        if go.subject_id is not None and not go.tab:
            go = Go(go.page, subject_id=go.subject_id, tab="kits")
        super().target(go)
