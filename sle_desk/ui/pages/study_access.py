"""Access: which role may do what, and who could on a day that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sle_desk.base.language import Words
from sle_desk.base.words import sentence
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.change_reasons import KEYS_REASONS
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services import access
from sle_desk.services.access import AccessRow, Holder
from sle_desk.services.sign_in_checks import ACCEPT_KEYS, accept_key_change, is_key_change_open, told_of_keys
from sle_desk.ui.dialogs.ask_day import ask_day
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.labels import label
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

SHORT = {
    roles.COORDINATOR: Words("CRC", "协调员"),
    roles.NURSE: Words("Nurse", "护士"),
    roles.INVESTIGATOR: Words("Inv.", "研究者"),
    roles.PI: Words("PI", "主研"),
    roles.STATISTICIAN: Words("Stat.", "统计"),
    roles.MONITOR: Words("Mon.", "监查"),
    roles.ADMINISTRATOR: Words("Adm.", "管理员"),
    roles.DRUG_MANAGER: Words("Drug", "药管"),
    roles.QUALITY_CONTROL: Words("QC", "质控"),
    roles.INSPECTOR: Words("Insp.", "视察"),
}
MAY, MAY_NOT = "●", "·"


class AccessTab(ListTab):
    """The matrix of the program, an action a row; nothing here can be changed."""

    reads = frozenset({"user", "user_role", "delegation"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.action, density="worklist")
        self._day: date | None = None
        self.add_act("D", self._ask_day, on_row=False, icon="calendar")
        # Only where a change of the key file waits to be accepted.
        self._accepts = self.may(ACCEPT_KEYS) and is_key_change_open(state.desk)
        if self._accepts:
            self.add_act("A", self._ask_accept, on_row=False)
        self.table.row_changed.connect(self._show_people)
        self.note.show()
        self._limits = label(role="body", ink="text_2", wrap=True)
        self.left_side.insertWidget(0, self._limits)
        self.retranslate()

    def day(self) -> date:
        """Return the day that is asked about; today until another is."""
        return self._day or self.state.desk.today()

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language

        def done(row: AccessRow) -> str:
            sight = roles.SIGHTS.get(row.action)
            return language.words(sight.words if sight else action_words(row.action))

        return (
            Column(language.text("Action"), done, done, look="strong", second=self._task),
            *(self._role_column(role) for role in roles.ROLES),
            Column(
                language.text("Who could on {day}", day=self.day().isoformat()),
                self._people,
                self._people,
                stretch=True,
            ),
        )

    def _role_column(self, role: str) -> Column:
        def shown(row: AccessRow) -> str:
            return MAY if role in row.roles else MAY_NOT

        return Column(self.language.words(SHORT[role]), shown, shown)

    def _task(self, row: AccessRow) -> str:
        return self.language.words(roles.TASKS[row.task]) if row.task else ""

    def _people(self, row: AccessRow) -> str:
        return self.language.words(ENUMERATED).join(self._holder(each) for each in row.people)

    def _holder(self, holder: Holder) -> str:
        text, name = self.language.text, holder.name
        if holder.until is not None:
            name = text("{name} (until {time})", name=name, time=f"{holder.until:%H:%M}")
        return name if holder.delegated else text("{name} (not delegated)", name=name)

    def _show_people(self, row: AccessRow | None) -> None:
        """Show everybody who could, where the column is too narrow."""
        text, day = self.language.text, self.day().isoformat()
        people = (self._people(row) or text("nobody")) if row is not None else ""
        self.note.setText(text("Who could on {day}: {people}", day=day, people=people) if people else "")

    def rows(self) -> Sequence[AccessRow]:
        """Read who could."""
        return access.access_on(self.state.desk, self.day())

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        day = self.language.text("Another day…")
        return (day, self.language.text("Accept the changed key file…")) if self._accepts else (day,)

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.card.set_title(
            self.language.text("Who may do what"),
            self.language.text("closed accounts and ended roles count on the days that they stood"),
        )

        self._limits.setText(
            self.language.text(
                "Everybody who can sign in holds the key to all data of the study: what a role may not do is "
                "kept by this application, not by the encryption."
            )
        )

    def _ask_day(self) -> None:
        ask_day(self, self.state, self.language.text("Who could on which day?"), self._show_day)

    def _show_day(self, day: date) -> None:
        self._day = day
        self.retranslate()
        self.reload()

    def _ask_accept(self) -> None:
        if not is_key_change_open(self.state.desk):
            return
        text = self.language.text
        told = told_of_keys(self.state.desk)
        about = "\n".join(sentence(code, facts, self.language) for code, facts in told)
        title = text("Accept the changed key file?")
        ask_reason(self, self.state, title, about, KEYS_REASONS, self._accept, text("Accept"))

    def _accept(self, reason: str, note: str) -> None:
        accept_key_change(self.state.desk, f"{reason}: {note}" if note else reason)
        self.state.say(self.language.text("Accepted. It is not told again."))
