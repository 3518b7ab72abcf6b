"""The steps of the first run that ask for an account: the administrator's, the principal investigator's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.accounts import PASSWORD_LENGTH, check_login, check_name, check_password
from sle_desk.services.actor import NewPerson
from sle_desk.ui.cards import Card, divider
from sle_desk.ui.entry_column import EntryColumn, line_field
from sle_desk.ui.fields import CodeField, TextField
from sle_desk.ui.labels import label
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wizard_step import StepWords, WizardStep

LOGIN = Words("User name", "用户名")
LOGIN_HINT = Words(
    "Small letters, digits, points and hyphens, as xu.feng. Never given to somebody else later.",
    "小写字母、数字、点和连字符，例如 xu.feng。以后不会再分配给他人。",
)
NAME = Words("Full name", "姓名")
PASSWORD = Words("Password", "密码")
AGAIN = Words("The same password again", "再次输入密码")
ONE_TIME = Words("One-time password", "一次性密码")


class _PersonStep(WizardStep):
    """A step that asks for an account."""

    def __init__(self, state: State, passwords: dict[str, Words]) -> None:
        super().__init__(state)
        self._card = Card()
        self._about = label(role="body", ink="text_2", wrap=True)
        fields = {
            "login": line_field(state, CodeField, "login", LOGIN, LOGIN_HINT),
            "name": line_field(state, TextField, "name", NAME),
        }
        secrets = {code: PasswordField(words, state.language) for code, words in passwords.items()}
        self.column = EntryColumn({**fields, **secrets})
        self.column.setMaximumWidth(current().px(520))
        self.column.ended.connect(self.ended)
        self.column.save_requested.connect(self.ended)
        self._card.body.addWidget(self._about)
        row = QHBoxLayout()
        row.addWidget(self.column, 1)
        row.addStretch(1)
        self._card.body.addLayout(row)
        self._below = QVBoxLayout()
        self._card.body.addLayout(self._below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        column.addStretch(1)

    def person(self) -> NewPerson:
        """Return the account as it was typed."""
        typed = self.column.typed
        return NewPerson(typed("login"), typed("name"), typed("password"))

    def entered(self) -> None:
        """Begin with the user name."""
        first = next(iter(self.column.missing()), ("login", ""))[0]
        self.column.go_to(first)

    def missing(self) -> list[tuple[str, str]]:
        """Return what is empty."""
        return self.column.missing()

    def go_to(self, code: str) -> None:
        """Go to a line."""
        self.column.go_to(code)

    def rules(self) -> None:
        """Raise RuleBroken for an account that cannot be."""
        person = self.person()
        check_login(person.login)
        check_name(person.name)
        check_password(person.password, person.login)

    def check(self) -> bool:
        """Look at the account; what is wrong stands below its line."""
        try:
            self.rules()
        except SleDeskError as error:
            self.column.refuse(_line_of(error), error_sentence(error, self.language))
            return False
        return True


def _line_of(error: SleDeskError) -> str:
    lines = {"login": "login", "name": "name", "text": "name"}
    return "again" if error.code == "password.differ" else lines.get(error.code.partition(".")[0], "password")


class AdministratorStep(_PersonStep):
    """The first account: it makes the others, and enters and reads no values."""

    icon = "user-lock"

    def __init__(self, state: State) -> None:
        super().__init__(state, {"password": PASSWORD, "again": AGAIN})
        self.retranslate()

    def rules(self) -> None:
        """Raise RuleBroken for an account that cannot be; both passwords must be one."""
        super().rules()
        if self.column.typed("password") != self.column.typed("again"):
            raise RuleBroken("password.differ")

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language, person = self.language, self.person()
        said = language.text("{name}: accounts, backup, no values", name=person.name)
        return StepWords(
            name=language.text("Administrator"),
            advice=language.text("The person who makes the accounts and looks after the backups."),
            about=said if person.name else language.text("accounts, backup, no values"),
            value=f"{person.name}  ·  {person.login}",
            after=language.text("password set"),
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._card.set_title(language.text("First account"))
        self._about.setText(
            language.text(
                "The administrator makes the accounts of the team and sees no patient's values. A password "
                "has at least {length} characters: a few words are easier than signs.",
                length=PASSWORD_LENGTH,
            )
        )
        self.column.retranslate(language)


class InvestigatorStep(_PersonStep):
    """The account of the principal investigator, who decides, signs and locks."""

    icon = "person-check"

    def __init__(self, state: State, administrator: Callable[[], NewPerson]) -> None:
        super().__init__(state, {"password": ONE_TIME})
        self._administrator = administrator
        self._conflict = Strip()
        self._below.addWidget(divider())
        self._below.addWidget(self._conflict)
        self.retranslate()

    def rules(self) -> None:
        """Raise RuleBroken for an account that cannot be, or that the administrator has already."""
        super().rules()
        login = self.person().login
        if login == self._administrator().login:
            raise RuleBroken("login.taken", login=login)

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language, person = self.language, self.person()
        said = language.text("{name}: decides, signs, locks", name=person.name)
        return StepWords(
            name=language.text("Principal investigator"),
            advice=language.text("The person who answers for the study."),
            about=said if person.name else language.text("decides, signs, locks"),
            value=f"{person.name}  ·  {person.login}",
            after=language.text("changes password at first sign-in"),
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._card.set_title(language.text("Account of the principal investigator"))
        self._about.setText(
            language.text("Give the one-time password to the investigator yourself. It works once.")
        )
        self.column.retranslate(language)
        self._conflict.say(
            language.text(
                "One person may hold two roles here. If the administrator also coordinates, the conflict is "
                "shown on the list of people and in the audit."
            ),
            "due",
        )
