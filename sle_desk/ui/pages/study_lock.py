"""The lock of the database: what stands open and leads there, the signed lock, and how it is ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports.pdf import lock_form
from sle_desk.exports.study_export import lock_words
from sle_desk.exports.wording import COLON, ENUMERATED, moment, signer_words
from sle_desk.services import drafts, lock_items, locks
from sle_desk.services.lock_guard import TABLE
from sle_desk.services.lock_items import OpenItem
from sle_desk.services.locks import LockRow, NewLock
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.dialogs.ask_form import open_form
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.labels import label
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.lock_places import place_of
from sle_desk.ui.pages.side_form import text_of
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column

LOCK_TITLE = Words("Lock the database", "锁定数据库")
UNLOCK_TITLE = Words("Unlock the database", "解锁数据库")
REVIEW = Field(
    code="audit_review",
    label=lock_form.REVIEWED,
    kind="note",
    # What is missing is said in the words of the lock: none of it is saved as incomplete.
    required=False,
)
WHY_OPEN = Field(
    code="reason",
    label=lock_form.WHY_OPEN,
    kind="note",
    required=False,
)
WHY_UNLOCKED = Field(code="reason", label=lock_form.WHY_UNLOCKED, kind="note", required=False)


class LockTab(ListTab):
    """What stands open, each row leading to its place; the PI locks and unlocks."""

    # Whatever is entered may change what stands open.
    reads = frozenset(
        {TABLE, "query", "deviation", "signature", "form_record", "result", "sample", "visit", "dose"}
        | {"paper", "protocol_decision", "protocol_amendment", "subject", "disposition"}
    )

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.code, density="worklist")
        self._items: tuple[OpenItem, ...] = ()
        # The PI in person; or typed from the paper that the PI signed.
        self._acts_here = self.may(locks.LOCK) or self.may(locks.LOCK_TRANSCRIBED)
        if self._acts_here:
            self.add_act("L", self._ask, on_row=False, icon="lock")
        self.table.opened.connect(self._open)
        self.retranslate()

    def above(self) -> Sequence[QWidget]:
        """Return how the database stands, and what locking means."""
        self.strip = Strip()
        self._rule = label(role="body", ink="text_2", wrap=True)
        return (self.strip, self._rule)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language

        def name(row: OpenItem) -> str:
            return language.text(lock_items.ITEMS[row.code])

        return (
            Column(language.text("What stands open"), name, name, look="strong", stretch=True),
            Column(
                language.text("How many"), lambda row: row.count, lambda row: str(row.count), align="right"
            ),
        )

    def rows(self) -> Sequence[OpenItem]:
        """Return what stands open, read with the rest."""
        return self._items

    def load(self) -> None:
        """Read what stands open, and how the database stands."""
        desk, language = self.state.desk, self.language
        self._items = lock_items.open_items(desk)
        super().load()
        state = desk.lock_state
        locked = state is not None and state.locked
        said = language.words(COLON).join((language.text("Database"), language.words(lock_words(state))))
        self.strip.say(said, "ok" if locked else "neutral", icon="lock" if locked else "unlock")
        self.note.setText("\n".join(self._notes()))
        self.note.setVisible(bool(self.note.text()))
        self.retranslate_acts()

    def _notes(self) -> Sequence[str]:
        """Return what the list says where it is empty, then every lock, the newest first."""
        language = self.language
        if self.state.desk.actor.role not in roles.SEES_VALUES:
            empty = [language.text("Your role reads no values: what stands open is not shown.")]
        else:
            empty = [] if self._items else [language.text("Nothing stands open.")]
        return (*empty, *(line for row in locks.lock_log(self.state.desk) for line in self._said(row)))

    def _said(self, row: LockRow) -> Sequence[str]:
        language = self.language
        lines = [
            language.text(
                "Locked {at} by {who} at audit number {number} ({code}). Audit trail reviewed: {review}",
                at=moment(row.locked_at),
                who=signer_words(row.locked_by, row.locked_ink, language),
                number=row.audit_number,
                code=row.audit_code,
                review=row.audit_review,
            )
        ]
        if row.reason:
            lines.append(language.text("Locked though something stood open: {reason}", reason=row.reason))
        if row.unlocked_at is not None:
            lines.append(
                language.text(
                    "Unlocked {at} by {who}: {reason}",
                    at=moment(row.unlocked_at),
                    who=signer_words(row.unlocked_by, row.unlocked_ink, language),
                    reason=row.unlock_reason,
                )
            )
        return lines

    # Words.

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button: what can be done now."""
        if not self._acts_here:
            return ()
        text, locked = self.language.text, self.state.desk.locked is not None
        return (text("Unlock the database…") if locked else text("Lock the database…"),)

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        language = self.language
        self.card.set_title(language.text("Before the lock"), language.text("Enter leads to each"))
        self._rule.setText(
            language.text(
                "While the database is locked nothing is entered or corrected; reading, printing, exports, "
                "backups and accounts go on. The sponsor's workbook holds the arms then, and the allocation "
                "list can be revealed. The PI unlocks with a reason; the sponsor is told by every export."
            )
        )
        if self.isVisible():
            self.reload()

    def retranslate_acts(self) -> None:
        """Let the button say what can be done now."""
        for (button, action), words in zip(self._acts, self.verb_words(), strict=True):
            button.set_words(words)
            action.setText(words)

    # Acts.

    def _open(self, row: OpenItem) -> None:
        where = place_of(self.state, row.code)
        if where is not None:
            self.state.go(where)
            return
        names = self.language.words(ENUMERATED).join(drafts.begun_by(self.state.desk))
        self.state.say(
            self.language.text(
                "Left unsaved by {names}: whoever began a form saves it, or lets it go.", names=names
            )
        )

    def _ask(self) -> None:
        if self.state.desk.locked is None:
            self._ask_lock(lock_items.open_items(self.state.desk))
        else:
            self._ask_unlock()

    def _ask_lock(self, shown: tuple[OpenItem, ...]) -> None:
        language, typed = self.language, dict.fromkeys(("audit_review", "reason"), "")

        def take(values: dict[str, Value]) -> None:
            typed.update({code: text_of(values, code).strip() for code in typed})
            if not typed["audit_review"]:
                raise RuleBroken("lock.review_needed")
            if shown and not typed["reason"]:
                raise RuleBroken("lock.reason_needed", kinds=len(shown))

        def sign() -> None:
            new = NewLock(shown, typed["audit_review"], typed["reason"])
            asked = (self._answered(each, typed[each.code]) for each in (REVIEW, WHY_OPEN))
            about = [*(self._counted(item) for item in shown), *asked]
            actions = locks.LOCK, locks.LOCK_TRANSCRIBED
            self._sign(actions, LOCK_TITLE, "\n".join(filter(None, about)), partial(self._lock, new))

        form = _form(LOCK_TITLE, (REVIEW, WHY_OPEN) if shown else (REVIEW,))
        note = language.text("From then on nothing is entered or corrected.")
        open_form(self, self.state, form, language.text("Go on"), note, take, sign)

    def _counted(self, item: OpenItem) -> str:
        what = self.language.text(lock_items.ITEMS[item.code])
        return self.language.words(COLON).join((what, str(item.count)))

    def _answered(self, asked: Field, typed: str) -> str:
        """Return what was typed behind what was asked, or nothing."""
        return self.language.words(COLON).join((self.language.words(asked.label), typed)) if typed else ""

    def _ask_unlock(self) -> None:
        language, typed = self.language, {"reason": ""}

        def take(values: dict[str, Value]) -> None:
            typed["reason"] = text_of(values, "reason").strip()
            if not typed["reason"]:
                raise RuleBroken("unlock.reason_needed")

        def sign() -> None:
            actions = locks.UNLOCK, locks.UNLOCK_TRANSCRIBED
            self._sign(actions, UNLOCK_TITLE, typed["reason"], partial(self._unlock, typed["reason"]))

        note = language.text("Entries and corrections go on then; every export says that it was unlocked.")
        form = _form(UNLOCK_TITLE, (WHY_UNLOCKED,))
        open_form(self, self.state, form, language.text("Go on"), note, take, sign)

    def _sign(
        self,
        actions: tuple[str, str],
        title: Words,
        about: str,
        act: Callable[[Signing, Ink | None], object],
    ) -> None:
        """Ask who may for the password; others first for the paper that the PI signed."""

        def ask(ink: Ink | None) -> None:
            said = locks.signing_for(actions[0] if ink is None else actions[1], self.language.code, "")
            asked = Asked(self.language.words(title), about, said.meaning, said.statement)
            ask_to_sign(self, self.state, asked, lambda signing: act(signing, ink))

        directly_or_from_paper(self, self.state, actions[0], ask)

    def _lock(self, new: NewLock, signing: Signing, ink: Ink | None) -> None:
        assert self.state.unlocked is not None
        locks.lock_database(self.state.desk, self.state.unlocked.folder, new, signing, ink)
        self.state.say(self.language.text("The database is locked."))

    def _unlock(self, reason: str, signing: Signing, ink: Ink | None) -> None:
        assert self.state.unlocked is not None
        locks.unlock_database(self.state.desk, self.state.unlocked.folder, reason, signing, ink)
        self.state.say(self.language.text("The database is unlocked."))


def _form(title: Words, fields: tuple[Field, ...]) -> Form:
    return Form(code="database_lock", version="1", label=title, sections=(Section(title, fields),))
