"""People of the study: accounts with their roles, new ones, one-time passwords, closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Language, Words, message
from sle_desk.domain.change_reasons import CLOSING_REASONS
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import idle_lock, people, recovery
from sle_desk.services.actor import NewPerson
from sle_desk.services.drafts import Place
from sle_desk.services.people import Person
from sle_desk.ui.cards import Card
from sle_desk.ui.dialogs.ask_day import ask_day
from sle_desk.ui.dialogs.ask_form import ask_form
from sle_desk.ui.dialogs.change_password import change_password
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.first_run_people import LOGIN, LOGIN_HINT, NAME, ONE_TIME
from sle_desk.ui.labels import label
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.last_day import ask_last_day, roles_text
from sle_desk.ui.pages.role_checks import RoleChecks
from sle_desk.ui.pages.side_form import SideForm, Values, text_of
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column

NEW_FORM = Form(
    code="person",
    version="1",
    label=Words("New account", "新账户"),
    sections=(
        Section(
            Words("New account", "新账户"),
            (
                Field(code="login", label=LOGIN, kind="text", hint=LOGIN_HINT),
                Field(code="name", label=NAME, kind="text"),
            ),
        ),
    ),
)
IDLE_FORM = Form(
    code="idle",
    version="1",
    label=Words("When the screen locks", "屏幕锁定时间"),
    sections=(
        Section(
            Words("When the screen locks", "屏幕锁定时间"),
            (
                Field(
                    code="minutes",
                    label=Words("After", "闲置后"),
                    kind="number",
                    unit="min",
                    decimals=0,
                    hard=(Decimal(idle_lock.LEAST), Decimal(idle_lock.MOST)),
                ),
            ),
        ),
    ),
)
PLACES = {"login.form": "login", "login.taken": "login", "name.length": "name"}
ACTIVE, ONCE, CLOSED = message("active"), message("one-time password"), message("closed")


class NewPersonForm(SideForm):
    """User name, name, roles, one-time password."""

    def __init__(self, state: State, tab: PeopleTab) -> None:
        self.roles = RoleChecks(state.language)
        self.password = self.secret = PasswordField(ONE_TIME, state.language)
        place = Place("study.person")
        super().__init__(state, NEW_FORM, place, tab.create, _create_words, ("login",), PLACES)
        card = Card()
        card.body.addWidget(self.roles)
        card.body.addWidget(self.password)
        self.more.addWidget(card)
        self.roles.ended.connect(self.password.setFocus)
        self.password.entered.connect(self.save)

    def ended(self) -> None:
        """Go on to the roles."""
        self.roles.setFocus()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        self.roles.retranslate(self.state.language)
        self.password.retranslate(self.state.language)

    def missing(self) -> str:
        """Return what is missing beside the fields."""
        language = self.state.language
        if not self.roles.picked():
            return language.text("Tick at least one role.")
        return "" if self.password.typed() else language.text("Type a one-time password.")


class RolesForm(SideForm):
    """The roles of one person."""

    def __init__(self, state: State, person: Person, tab: PeopleTab) -> None:
        self._person = person
        self.roles = RoleChecks(state.language, person.roles)
        super().__init__(state, None, None, partial(tab.set_roles, person), _roles_words)
        card = Card(person.name, person.login)
        card.body.addWidget(self.roles)
        self.more.addWidget(card)
        self.roles.ended.connect(self.save)

    def retranslate(self) -> None:
        """Speak the chosen language; the ticks stay."""
        super().retranslate()
        self.roles.retranslate(self.state.language)

    def focus_first(self) -> None:
        """Begin with the first role."""
        self.roles.setFocus()


class PasswordForm(SideForm):
    """A one-time password for one person."""

    def __init__(self, state: State, person: Person, tab: PeopleTab) -> None:
        self.password = self.secret = PasswordField(ONE_TIME, state.language)
        self._why = label(role="body", ink="text_2", wrap=True)
        super().__init__(state, None, None, partial(tab.reset_password, person), _password_words)
        card = Card(person.name, person.login)
        card.body.addWidget(self._why)
        card.body.addWidget(self.password)
        self.more.addWidget(card)
        self.password.entered.connect(self.save)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        self.password.retranslate(self.state.language)
        self._why.setText(
            self.state.language.text("It works once: at the next sign-in a password of one's own is asked.")
        )

    def missing(self) -> str:
        """Return what is missing."""
        return "" if self.password.typed() else self.state.language.text("Type a one-time password.")

    def focus_first(self) -> None:
        """Begin with the password."""
        self.password.setFocus()


class PeopleTab(ListTab):
    """The accounts; only the administrator changes them, everybody changes the own password."""

    reads = frozenset({"user", "user_role"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda person: person.id, density="worklist")
        self._used = Strip()
        self.left_side.insertWidget(0, self._used)
        self._administers = self.may("people.create")
        if self._administers:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
            self.add_act("R", self._ask_roles, on_row=True)
            self.add_act("P", self._ask_password, on_row=True)
            self.add_act("T", self._ask_training, on_row=True)
            self.add_act("L", lambda: ask_last_day(self, state, self._person()), on_row=True)
            self.add_act("X", self._ask_to_close, on_row=True)
            self.table.opened.connect(self._ask_roles)
        self.add_act("Ctrl+M", self._change_own, on_row=False, icon="key")
        self._sets = self.may("setting.record")
        if self._sets:
            self.add_act("Ctrl+I", self._ask_idle, on_row=False, icon="lock")
        self.retranslate()

    # Words.

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(
                language.text("Person"),
                lambda row: row.name,
                lambda row: row.name,
                look="strong",
                second=lambda row: row.login,
            ),
            Column(
                language.text("Roles"),
                lambda row: row.roles,
                lambda row: roles_text(row, language),
                stretch=True,
            ),
            Column(
                language.text("Conflict"),
                lambda row: row.conflict,
                lambda row: language.text("Two roles") if row.conflict else "",
                look="chip",
                status=lambda row: "warn",
            ),
            Column(
                language.text("Trained"),
                lambda row: row.trained_on,
                lambda row: row.trained_on.isoformat() if row.trained_on else language.text("not recorded"),
            ),
            Column(
                language.text("Account"),
                lambda row: row.active,
                lambda row: language.text(_state(row)[0]),
                look="chip",
                status=lambda row: _state(row)[1],
            ),
        )

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        language = self.language
        own = [language.text("My password…")]
        if self._sets:
            own.append(language.text("Lock after {minutes} min…", minutes=idle_lock.minutes(self.state.desk)))
        if not self._administers:
            return own
        return (
            language.text("New account"),
            language.text("Roles…"),
            language.text("One-time password…"),
            language.text("Trained on…"),
            language.text("Last day…"),
            language.text("Close account…"),
            *own,
        )

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.card.set_title(self.language.text("People"), self.language.text("Who may sign in, and as what"))
        self._show_uses()

    def rows(self) -> Sequence[Person]:
        """Read the accounts."""
        return people.people(self.state.desk)

    def load(self) -> None:
        """Read accounts and uses of the recovery key."""
        super().load()
        self._show_uses()

    def _show_uses(self) -> None:
        used = recovery.uses(self.state.desk)
        if not used:
            self._used.clear()
            return
        newest, language = used[0], self.language
        self._used.say(
            language.text(
                "The recovery key was used for {name} on {day} at {time}. The new key page is kept: {place}.",
                name=newest.name,
                day=newest.at.date().isoformat(),
                time=f"{newest.at:%H:%M}",
                place=newest.kept_where,
            ),
            "warn",
            icon="key",
        )

    # Acts.

    def _person(self) -> Person | None:
        person: Person | None = self.table.current_row()
        return person

    def _new(self) -> None:
        self.open_form(NewPersonForm(self.state, self))

    def create(self, values: Values) -> None:
        """Create the account that was filled in."""
        form, unlocked = self.form, self.state.unlocked
        assert isinstance(form, NewPersonForm) and unlocked is not None
        new = NewPerson(text_of(values, "login"), text_of(values, "name"), form.password.typed())
        people.create_person(self.state.desk, unlocked.folder, new, form.roles.picked())
        form.password.wipe()
        self.state.say(
            self.language.text("Account of {name} made. Give the password by hand.", name=new.name)
        )

    def _ask_roles(self, *_: object) -> None:
        person = self._person()
        if person is not None:
            self.open_form(RolesForm(self.state, person, self))

    def set_roles(self, person: Person, values: Values) -> None:
        """Give a person the roles that are ticked."""
        assert isinstance(self.form, RolesForm)
        people.set_roles(self.state.desk, person.id, self.form.roles.picked())
        self.state.say(self.language.text("Roles of {name} changed.", name=person.name))

    def _ask_password(self) -> None:
        person = self._person()
        if person is not None:
            self.open_form(PasswordForm(self.state, person, self))

    def reset_password(self, person: Person, values: Values) -> None:
        """Give a person the one-time password that was typed."""
        form, unlocked = self.form, self.state.unlocked
        assert isinstance(form, PasswordForm) and unlocked is not None
        people.reset_password(self.state.desk, unlocked.folder, person.id, form.password.typed())
        form.password.wipe()
        self.state.say(self.language.text("One-time password of {name} set.", name=person.name))

    def _ask_training(self) -> None:
        person = self._person()
        if person is not None:
            title = self.language.text("{name} was trained in sle_desk on", name=person.name)
            ask_day(self, self.state, title, partial(self._trained, person))

    def _trained(self, person: Person, day: date) -> None:
        try:
            people.record_training(self.state.desk, person.id, day)
        except SleDeskError as error:
            self.state.refuse(error)
            return
        self.state.say(self.language.text("Training of {name} recorded.", name=person.name))

    def _ask_to_close(self) -> None:
        person = self._person()
        if person is None or not person.active:
            return
        language = self.language
        ask_reason(
            self,
            self.state,
            language.text("Close the account of {name}", name=person.name),
            language.text("It opens the study no more. The name stays in the record."),
            CLOSING_REASONS,
            partial(self._close, person),
            language.text("Close account"),
        )

    def _close(self, person: Person, code: str, note: str) -> None:
        unlocked = self.state.unlocked
        assert unlocked is not None
        reason = f"{code}: {note}" if note else code
        people.deactivate_person(self.state.desk, unlocked.folder, person.id, reason)
        self.state.say(self.language.text("Account of {name} closed.", name=person.name))

    def _change_own(self) -> None:
        change_password(self, self.state, self._changed_own)

    def _ask_idle(self) -> None:
        language = self.language
        note = language.text(
            "Without a key or a movement of the mouse the screen locks; nothing typed is lost."
        )
        ask_form(self, self.state, IDLE_FORM, language.text("Set"), note, self._set_idle)

    def _set_idle(self, values: Values) -> None:
        wanted = values["minutes"].number if "minutes" in values else None
        if wanted is None:
            raise RuleBroken("idle.range", typed="–", least=idle_lock.LEAST, most=idle_lock.MOST)
        idle_lock.set_minutes(self.state.desk, wanted)
        self.retranslate()
        self.state.say(self.language.text("The screen locks after {minutes} minutes.", minutes=int(wanted)))

    def _changed_own(self) -> None:
        self.state.say(self.language.text("Your password is changed."))


def _state(person: Person) -> tuple[str, str]:
    if not person.active:
        return CLOSED, "neutral"
    return (ONCE, "due") if person.must_change_password else (ACTIVE, "ok")


def _create_words(language: Language) -> str:
    return language.text("Create account")


def _roles_words(language: Language) -> str:
    return language.text("Set roles")


def _password_words(language: Language) -> str:
    return language.text("Set one-time password")
