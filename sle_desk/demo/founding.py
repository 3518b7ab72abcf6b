"""The study of the demonstration before its first patient: people, decisions, list, laboratory, consent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from sle_desk.base.clock import SteppingClock
from sle_desk.base.language import Language, message
from sle_desk.demo.invented import ADMINISTRATOR, COORDINATOR, PI, STAFF, STATISTICIAN, Member
from sle_desk.demo.ward import Ward
from sle_desk.domain import roles
from sle_desk.domain.allocation_drawing import SEED_BYTES, draw_list
from sle_desk.domain.protocol import VALUE, Given, Protocol
from sle_desk.models.store.key_file import KeyCost, read_keys
from sle_desk.models.store.keys import slot_owner, wrap, write_keys
from sle_desk.services import (
    allocation,
    consent_versions,
    decisions,
    delegations,
    laboratories,
    people,
    site_days,
    studies,
)
from sle_desk.services.actor import NewPerson
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.decisions import MEMO, SIGN, NewDecision
from sle_desk.services.desk import Desk
from sle_desk.services.studies import NewStudy

CONSENT, LIST = "v2.1", "DEMO-1"
# Blocks of three: each arm is there among the first three patients.
LIST_SIZE, BLOCKS = 30, (3,)
# While it is made nobody can reach the study; the passwords of its accounts are wrapped dearly at the end.
WORKING_COST = KeyCost(memory_kib=1024, passes=1, lanes=1)
DOCUMENT = message("Demonstration memo")
REASON = message("This is a demonstration: decided as proposed, for no real patient.")
OWN_WORDS = message("Demonstration words; the approved protocol was not consulted.")
# What the package leaves open without a proposal.
WITHOUT_PROPOSAL: dict[str, Given] = {
    "belimumab.arm_b_infusions": "6",
    "steroid.betamethasone_mg": "0.6",
    "eligibility.classification": "eular_acr_2019",
    "visit.window_early_termination_days": "7",
}


def found(folder: Path, clock: SteppingClock, chance: Random, language: Language) -> Ward:
    """Create the study, let everybody set a password, decide everything, seal a list."""
    new = NewStudy(
        folder=folder,
        administrator=NewPerson(ADMINISTRATOR.login, ADMINISTRATOR.name, ADMINISTRATOR.one_time),
        investigator=NewPerson(PI.login, PI.name, PI.one_time),
        language=language.code,
        demonstration=True,
        cost=WORKING_COST,
    )
    ward = Ward(studies.create_study(new, studies.new_recovery_key(), clock), clock)
    _create_people(ward)
    for member in STAFF:
        desk = ward.sit(member, first=True)
        people.change_password(desk, ward.folder, member.one_time, member.password)
    _delegate(ward)
    _decide(ward, language)
    _import_list(ward, chance)
    desk = ward.sit(COORDINATOR)
    laboratories.record_laboratory(desk, "central", language.text("Central laboratory"), desk.today())
    site_days.take_in(desk)
    ward.leave()
    return ward


def _create_people(ward: Ward) -> None:
    desk = ward.sit(ADMINISTRATOR, first=True)
    for member in STAFF:
        if member not in (ADMINISTRATOR, PI):
            new = NewPerson(member.login, member.name, member.one_time)
            people.create_person(desk, ward.folder, new, (member.role,))


def _delegate(ward: Ward) -> None:
    desk = ward.sit(PI)
    today = desk.today()
    ward_roles = {roles.COORDINATOR, roles.NURSE, roles.INVESTIGATOR}
    for person in people.people(desk):
        for task in roles.TASKS if set(person.roles) & ward_roles else ():
            delegations.record_delegation(desk, delegations.NewDelegation(person.id, task, today))
    drafted, approved = today - timedelta(days=60), today - timedelta(days=40)
    consent_versions.record_version(desk, NewVersion(CONSENT, drafted, approved, "DEMO-041"))


def _decide(ward: Ward, language: Language) -> None:
    desk = ward.sit(PI)
    for code, option in _choices(desk.protocol):
        new = _decision(desk, code, option, language)
        signing = decisions.signing_for(SIGN, language.code, PI.password)
        decisions.sign_decision(desk, ward.folder, new, signing)
        ward.minutes(1)


def _choices(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for entry in protocol.clarifications:
        yield entry.code, entry.proposes or entry.options[0].code
    for setting in protocol.settings:
        if not setting.clarification:
            yield setting.code, VALUE


def _decision(desk: Desk, code: str, option: str, language: Language) -> NewDecision:
    asks: tuple[str, ...] = (code,)
    own = ""
    if option != VALUE:
        picked = desk.protocol.clarification(code).option(option)
        asks, own = picked.asks, language.text(OWN_WORDS) if picked.own_words else ""
    return NewDecision(
        code=code,
        option=option,
        basis=MEMO,
        document=language.text(DOCUMENT),
        approved_on=desk.today(),
        effective_from=desk.today(),
        reason=language.text(REASON),
        values={name: _proposed(desk.protocol, name) for name in asks},
        own_words=own,
    )


def _proposed(protocol: Protocol, code: str) -> Given:
    proposal = protocol.setting(code).proposal
    return WITHOUT_PROPOSAL[code] if proposal is None else proposal


def _import_list(ward: Ward, chance: Random) -> None:
    desk = ward.sit(STATISTICIAN)
    arms = [arm.code for arm in desk.protocol.arms]
    drawn = draw_list(chance.randbytes(SEED_BYTES), arms, BLOCKS, LIST_SIZE)
    rows = (f"{row.number},{row.arm}" for row in drawn.allocations)
    allocation.import_list(desk, LIST, "\n".join(("number,arm", *rows)))


def harden(ward: Ward, cost: KeyCost) -> None:
    """Wrap the key again under each password at its lasting cost, now that nothing more is signed."""
    desk = ward.sit(ADMINISTRATOR)
    keys = read_keys(ward.folder.keys)
    for member in STAFF:
        owner = slot_owner(member.login)
        fresh = wrap(keys.header.study_id, owner, member.password, desk.database.data_key, cost)
        keys = keys.with_slot(fresh)
    write_keys(ward.folder.keys, keys, desk.database.data_key)
    ward.leave()


def accounts() -> dict[str, dict[str, str]]:
    """Return every account by its role."""
    return {member.role: _account(member) for member in STAFF}


def _account(member: Member) -> dict[str, str]:
    return {"user": member.login, "password": member.password}
