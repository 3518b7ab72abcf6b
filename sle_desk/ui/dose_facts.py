"""The facts of a dose before it is recorded: what is proposed, side by side, each under its label."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Drug
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.labels import label
from sle_desk.ui.strip import empty
from sle_desk.ui.theme import current

# Said even while it is empty: nobody has said who checked.
ALWAYS = frozenset({"lot", "site", "checked_by"})
SHOWN = ("given_time", "amount", "lot", "site", "site_note", "place", "place_note", "prepared_by", "given_by",
         "checked_by")  # fmt: skip


class DoseFacts(QWidget):
    """Facts in a row that wraps where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(self, current().px(28), current().px(8))

    def show_answers(
        self, form: Form, answers: Mapping[str, str], language: Language, drug: Drug | None
    ) -> None:
        """Show the answers under the labels of the form."""
        empty(self._flow)
        declared = {field.code: field for field in form.fields()}
        for code in SHOWN:
            typed = answers.get(code, "")
            if not typed and code not in ALWAYS:
                continue
            field = declared[code]
            shown = language.words(field.choice(typed).label) if typed and field.choices else typed
            if code == "given_time":
                shown = f"{answers.get('given_on', '')[5:]} {typed}"
            elif code == "amount":
                shown = language.text(
                    "{amount} {unit}", amount=typed, unit=language.words(drug.unit_label) if drug else ""
                )
                if answers.get("vials"):
                    shown += " · " + language.text("vials: {count}", count=answers["vials"])
            fact = _fact(language.words(field.label), shown or language.text("not named"), bool(shown))
            self._flow.addWidget(fact)
            fact.show()


def _fact(name: str, value: str, known: bool) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(current().px(1))
    column.addWidget(label(name, "caption", "text_2"))
    column.addWidget(label(value, "strong", "text" if known else "text_2"))
    return box
