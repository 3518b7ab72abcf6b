"""Takes a text out that was typed by accident: which text and why, what holds it, the signature.

More values than the signature has room for are listed first, and counted by whoever signs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from sle_desk.base.language import Language, Words
from sle_desk.domain.audit_columns import column_words
from sle_desk.domain.audit_words import table_words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports.wording import COLON, COMMA
from sle_desk.services import redaction
from sle_desk.services.redaction import Held, Seen
from sle_desk.services.signatures import Signing
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

LONGEST, BEFORE = 120, 40
# So many values have room in the signing dialog; more of them are listed before, in so many pixels.
LISTED, HIGH = 4, 300
FORM = Form(
    "redaction",
    "1",
    Words("Take a text out for good", "永久遮除文字"),
    (
        Section(
            Words("What was typed by accident", "误录入的内容"),
            (
                Field(
                    "text",
                    Words("The text; capitals and blanks do not matter", "文字（不区分大小写和空格数量）"),
                    "text",
                ),
                Field("reason", Words("Why, without the text itself", "原因（不要重复该文字）"), "text"),
            ),
        ),
    ),
)

COUNT = Form(
    "redaction_count",
    "1",
    Words("All of these values hold the text", "以下各值均含有该文字"),
    (
        Section(
            Words("Counted", "核对数量"),
            (Field("count", Words("How many values are listed", "所列值的数量"), "number", decimals=0),),
        ),
    ),
)


def ask_redaction(parent: QWidget, state: State, done: Callable[[Held], object]) -> AskForm:
    """Ask for the text and the reason, show what holds it, and have it signed; `done` hears of it."""
    language = state.language
    note = language.text(
        "For a name in a note, or in a registration that was put right since. Any other wrong value is "
        "corrected instead, and stays in the audit."
    )
    dialog = AskForm(
        parent, state, FORM, language.text("Find it"), note, partial(_found, parent, state, done)
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _found(parent: QWidget, state: State, done: Callable[[Held], object], values: dict[str, Value]) -> None:
    text, reason = _typed(values, "text"), _typed(values, "reason")
    found = redaction.to_take_out(state.desk, text, reason)
    ask = partial(_ask_to_sign, parent, state, done, found, reason)
    if len(found.seen) > LISTED:
        _ask_count(parent, state, found, ask)
    else:
        ask(places_words(found, state), None)


def _typed(values: dict[str, Value], code: str) -> str:
    return (values[code].text or "") if code in values else ""


def _ask_count(parent: QWidget, state: State, found: Held, then: Callable[[str, int], object]) -> None:
    """Show every value that holds the text, and go on once they were counted."""
    language = state.language
    listed = _Listed(places_words(found, state))

    def counted(values: dict[str, Value]) -> None:
        number = values["count"].number if "count" in values else None
        redaction.check_count(found, None if number is None else int(number))
        then(language.text("{count} values, as they were listed", count=len(found.seen)), len(found.seen))

    note = language.text("Every value of the list loses the text. PgDn and PgUp show the rest of it.")
    dialog = AskForm(parent, state, COUNT, language.text("Take it out of all"), note, counted, listed)
    for keys, step in (("PgDown", 1), ("PgUp", -1)):
        # The list has no focus: what is typed goes into the field.
        QShortcut(QKeySequence(keys), dialog, partial(listed.turn, step))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _ask_to_sign(
    parent: QWidget,
    state: State,
    done: Callable[[Held], object],
    found: Held,
    reason: str,
    about: str,
    counted: int | None,
) -> None:
    language, unlocked = state.language, state.unlocked
    assert unlocked is not None
    folder = unlocked.folder
    statement = language.text(
        "I have a text that was typed by accident taken out of {records} values of records and {rows} rows "
        "of the audit. It cannot be brought back.",
        records=len(found.places),
        rows=found.audit_rows,
    )

    def act(signing: Signing) -> None:
        done(redaction.redact(state.desk, folder, found.text, reason, signing, counted))

    ask_to_sign(parent, state, Asked(language.text("Take it out"), about, "redaction", statement), act)


class _Listed(QScrollArea):
    """A list that is longer than its room."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(label(words, "table", wrap=True))
        self.setMinimumHeight(current().px(HIGH))

    def turn(self, pages: int) -> None:
        """Show the next page of it, or the one before."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())


def places_words(held: Held, state: State) -> str:
    """Return the values that hold the text: a code or a result is seen before it goes."""
    language, protocol = state.language, state.desk.protocol

    def named(seen: Seen) -> str:
        form, _, field = seen.field.partition(".")
        column = protocol.form(form).field(field).label if field else column_words(seen.place.column)
        record = f"{language.words(table_words(seen.place.table))} {seen.place.row_id}"
        where = language.words(COMMA).join((seen.subject, record)) if seen.subject else record
        said = language.words(COMMA).join((where, language.words(column)))
        said = language.words(COLON).join((said, _excerpt(seen)))
        said += _written(seen.place.written, held.text, language)
        return said + (" · " + language.text("and {count} copies", count=seen.alike) if seen.alike else "")

    lines = [named(seen) for seen in held.seen]
    if len(lines) > LISTED:
        lines = [f"{number}.  {line}" for number, line in enumerate(lines, 1)]
    if not lines:
        lines = [language.text("in the audit alone") + _written(held.writings, held.text, language)]
    if held.in_force:
        lines.append(language.text("It stays where it is in force: {whose}", whose=", ".join(held.in_force)))
    return "\n".join(lines)


def _excerpt(seen: Seen) -> str:
    """Return a value, or of a long one what stands around the text."""
    value, written = seen.value, seen.place.written
    at = value.find(written[0]) if written and len(value) > LONGEST else 0
    start = max(0, at - BEFORE)
    cut = value[start : start + LONGEST]
    return ("…" if start else "") + cut + ("…" if start + len(cut) < len(value) else "")


def _written(writings: tuple[str, ...], typed: str, language: Language) -> str:
    other = [f"“{each}”" for each in dict.fromkeys(writings) if each != typed]
    return " · " + language.text("written as {writings}", writings=", ".join(other)) if other else ""
