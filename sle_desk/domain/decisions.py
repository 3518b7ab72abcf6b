"""The readings in force: what was decided about clarifications and settings, and what still waits.

Nothing comes from a proposal: what nobody decided is Open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.open_points import open_word
from sle_desk.domain.protocol import (
    REGISTRY,
    VALUE,
    Given,
    Leaf,
    Option,
    Protocol,
    Setting,
    SettingValue,
)
from sle_desk.domain.settings import read_setting

WAITING, IN_FORCE, VOID = "waiting", "in_force", "void"
OPEN, REOPENED, CONTRADICTED = "open", "reopened", "contradicted"


@dataclass(frozen=True)
class Decision:
    """One signed decision; `code` is a clarification, or a setting that none governs (option VALUE).

    `values` are those the option asks for; `withdrawn` is the day from which it no longer holds.
    """

    code: str
    option: str
    values: Mapping[str, Given]
    own_words: str
    effective_from: date
    withdrawn: date | None
    number: int


@dataclass(frozen=True)
class Open:
    """A value that nobody decided: the setting, and the code whose decision it waits for."""

    setting: str
    code: str


@dataclass(frozen=True)
class LeafState:
    """A leaf as it stands on a day: waiting for codes, in force with its reading, or void.

    `own_words` are the decider's; where they stand nothing is computed. `decided_by` names the
    clarifications whose decisions made this reading.
    """

    leaf: Leaf
    state: str
    waits_on: tuple[str, ...] = ()
    words: Words | None = None
    own_words: str = ""
    decided_by: tuple[str, ...] = ()

    @property
    def computed(self) -> bool:
        """Tell whether the leaf's evidence applies."""
        return self.state == IN_FORCE and not self.own_words


def _option(protocol: Protocol, decision: Decision) -> Option | None:
    if any(decision.code == setting.code for setting in protocol.settings):
        return None
    return protocol.clarification(decision.code).option(decision.option)


def check_decision(protocol: Protocol, decision: Decision, beside: Readings | None = None) -> None:
    """Refuse a decision that the package does not allow: code, option, values, own words.

    With the readings of its day `beside` it, an option that contradicts a decision in force too.
    """
    if any(decision.code == clarification.code for clarification in protocol.clarifications):
        _check_option(protocol, decision)
        if beside is not None:
            _check_beside(protocol, decision, beside)
        return
    setting = next((known for known in protocol.settings if known.code == decision.code), None)
    if setting is None:
        raise RuleBroken("decision.unknown", decision=decision.code)
    if setting.clarification:
        raise RuleBroken("decision.governed", setting=setting.label, clarification=setting.clarification)
    if decision.option != VALUE:
        raise RuleBroken("decision.option", decision=decision.code, option=decision.option)
    _check_values(protocol, decision, (setting.code,))


def _check_option(protocol: Protocol, decision: Decision) -> None:
    clarification = protocol.clarification(decision.code)
    if decision.option not in {option.code for option in clarification.options}:
        raise RuleBroken("decision.option", decision=decision.code, option=decision.option)
    option = clarification.option(decision.option)
    if option.own_words and not decision.own_words.strip():
        raise RuleBroken("decision.own_words", decision=decision.code)
    if not option.own_words and decision.own_words.strip():
        raise RuleBroken("decision.no_own_words", decision=decision.code)
    _check_values(protocol, decision, option.asks)


def _check_beside(protocol: Protocol, decision: Decision, beside: Readings) -> None:
    for other in (beside.decision(each.code) for each in protocol.clarifications):
        if other is not None and other.code != decision.code and _contradict(protocol, decision, other):
            raise RuleBroken("decision.contradicts", decision=decision.code, other=other.code)


def _contradict(protocol: Protocol, one: Decision, other: Decision) -> bool:
    first, second = _option(protocol, one), _option(protocol, other)
    if first is None or second is None:
        return False
    return f"{other.code}.{other.option}" in first.excludes or f"{one.code}.{one.option}" in second.excludes


def _check_values(protocol: Protocol, decision: Decision, asked: tuple[str, ...]) -> None:
    for code in asked:
        if code not in decision.values:
            raise RuleBroken(
                "decision.value_missing", decision=decision.code, setting=protocol.setting(code).label
            )
    for code, given in decision.values.items():
        if code not in asked:
            raise RuleBroken(
                "decision.value_not_asked", decision=decision.code, setting=open_word(protocol, code)
            )
        read_setting(protocol.setting(code), given)


def _standing(decisions: Iterable[Decision], on: date) -> dict[str, Decision]:
    """Return for each code the latest decision that took effect, withdrawn since or not."""
    standing: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda each: each.number):
        # One withdrawn before its day never took effect: what stood before it still stands.
        never = decision.withdrawn is not None and decision.withdrawn <= decision.effective_from
        if decision.effective_from <= on and not never:
            standing[decision.code] = decision
    return standing


class Readings:
    """What holds on one day, from the package and the decisions; made by `readings`."""

    def __init__(self, protocol: Protocol, decisions: Iterable[Decision], on: date) -> None:
        self._protocol = protocol
        self.on = on
        self._standing = _standing(decisions, on)
        undecided = frozenset(code for code in self._codes() if self.decision(code) is None)
        self._contradicted = self._contradictions()
        # Where two decisions contradict each other neither is used.
        self._open = undecided | self._contradicted

    def _codes(self) -> tuple[str, ...]:
        protocol = self._protocol
        free = tuple(setting.code for setting in protocol.settings if not setting.clarification)
        return tuple(each.code for each in protocol.clarifications) + free

    def _contradictions(self) -> frozenset[str]:
        clashing: set[str] = set()
        for clarification in self._protocol.clarifications:
            decision = self.decision(clarification.code)
            for excluded in clarification.option(decision.option).excludes if decision else ():
                code, _, option = excluded.partition(".")
                other = self.decision(code)
                if other is not None and other.option == option:
                    clashing |= {clarification.code, code}
        return frozenset(clashing)

    def decision(self, code: str) -> Decision | None:
        """Return the decision in force for a clarification or a setting of its own, or None."""
        found = self._standing.get(code)
        withdrawn = found is not None and found.withdrawn is not None and found.withdrawn <= self.on
        return None if withdrawn else found

    def state(self, code: str) -> str:
        """Return whether a clarification or setting is open, reopened, contradicted or in force."""
        if code in self._contradicted:
            return CONTRADICTED
        if self.decision(code) is not None:
            return IN_FORCE
        return REOPENED if code in self._standing else OPEN

    @property
    def open_codes(self) -> tuple[str, ...]:
        """Return what nobody decided: clarifications first, then settings that none governs."""
        return tuple(code for code in self._codes() if code in self._open)

    @property
    def versions(self) -> tuple[tuple[str, int], ...]:
        """Return the number of each decision in force, so that a judgement can name its readings."""
        in_force = ((code, self.decision(code)) for code in self._codes())
        return tuple((code, decision.number) for code, decision in in_force if decision is not None)

    def value(self, code: str) -> SettingValue | Open:
        """Return what was decided for a setting, or Open; never its proposal."""
        setting = self._protocol.setting(code)
        governed_by = setting.clarification or setting.code
        decision = self.decision(governed_by)
        if decision is None or governed_by in self._open:
            return Open(code, governed_by)
        given = self._given(setting, decision)
        return Open(code, governed_by) if given is None else read_setting(setting, given)

    def _given(self, setting: Setting, decision: Decision) -> Given | None:
        option = _option(self._protocol, decision)
        if option is not None and setting.code in option.sets:
            return option.sets[setting.code]
        return decision.values.get(setting.code)

    def settled(self, code: str) -> SettingValue:
        """Return what was decided for a setting, or refuse, naming what it waits for."""
        value = self.value(code)
        if isinstance(value, Open):
            waits = open_word(self._protocol, value.code)
            raise RuleBroken("setting.open", setting=self._protocol.setting(code).label, waits=waits)
        return value

    def number(self, code: str) -> Decimal | None:
        """Return the number that was decided for a setting; None while it is open or without limit."""
        value = self.value(code)
        if isinstance(value, Open) or value is None:
            return None
        return Decimal(value) if isinstance(value, int) else value if isinstance(value, Decimal) else None

    def decided_number(self, code: str) -> int | None:
        """Return a whole number that was decided; None while it is open or without limit.

        A package of before may not have the setting at all: then nobody decided it.
        """
        if code not in {setting.code for setting in self._protocol.settings}:
            return None
        number = self.number(code)
        return None if number is None else int(number)

    def waits(self, act: str) -> tuple[str, ...]:
        """Return the codes that block an act; the act "eligibility" also waits for every leaf shown."""
        protocol = self._protocol
        waiting = [each.code for each in protocol.clarifications if act in each.waits]
        waiting += [each.code for each in protocol.settings if act in each.waits and self.needs(each)]
        if act == "eligibility":
            waiting += [code for state in self.leaves() for code in state.waits_on]
        elif act.startswith("eligibility:"):
            waiting += protocol.leaf(act.partition(":")[2]).waits_on
        return tuple(code for code in self._codes() if code in self._open and code in waiting)

    def needs(self, setting: Setting) -> bool:
        """Tell whether anything waits for a setting: not where it belongs to a choice that was not made."""
        if setting.needed_with is None:
            return True
        code, value = setting.needed_with
        return self.value(code) == value

    def leaf(self, code: str) -> LeafState | None:
        """Return how a leaf stands, or None when nothing has brought it into being."""
        leaf = self._protocol.leaf(code)
        waits_on = tuple(each for each in leaf.waits_on if each in self._open)
        found = self._reading(leaf)
        if found is None:
            if leaf.origin != REGISTRY:
                return None
            return LeafState(leaf, WAITING if waits_on else IN_FORCE, waits_on, leaf.reading)
        return found if not waits_on else LeafState(leaf, WAITING, waits_on, decided_by=found.decided_by)

    def _reading(self, leaf: Leaf) -> LeafState | None:
        for clarification in self._protocol.clarifications:
            decision = self.decision(clarification.code)
            if decision is None:
                continue
            for said in clarification.option(decision.option).readings:
                if said.leaf == leaf.code:
                    state = VOID if said.void else IN_FORCE
                    own = decision.own_words if said.own_words else ""
                    return LeafState(leaf, state, (), said.words or leaf.reading, own, (clarification.code,))
        return None

    def leaves(self) -> tuple[LeafState, ...]:
        """Return every leaf that stands on this day, in the registry's order."""
        states = (self.leaf(leaf.code) for leaf in self._protocol.leaves)
        return tuple(state for state in states if state is not None)


def readings(protocol: Protocol, decisions: Iterable[Decision], on: date) -> Readings:
    """Return the readings in force on a day.

    The latest decision (by number) that took effect stands; once withdrawn, its code is open again.
    """
    return Readings(protocol, decisions, on)
