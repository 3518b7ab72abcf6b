"""Who may do what: the one matrix of actions and roles, and the tasks of the delegation log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sle_desk.base.language import Words

COORDINATOR = "coordinator"
NURSE = "nurse"
INVESTIGATOR = "investigator"
PI = "pi"
STATISTICIAN = "statistician"
MONITOR = "monitor"
ADMINISTRATOR = "administrator"
DRUG_MANAGER = "drug_manager"
QUALITY_CONTROL = "quality_control"
INSPECTOR = "inspector"

ROLES: dict[str, Words] = {
    COORDINATOR: Words("Study coordinator", "临床研究协调员"),
    NURSE: Words("Study nurse", "研究护士"),
    INVESTIGATOR: Words("Investigator", "研究者"),
    PI: Words("Principal investigator", "主要研究者"),
    STATISTICIAN: Words("Statistician", "统计师"),
    MONITOR: Words("Monitor", "监查员"),
    ADMINISTRATOR: Words("Administrator", "系统管理员"),
    DRUG_MANAGER: Words("Drug manager", "药物管理员"),
    QUALITY_CONTROL: Words("Site quality control", "机构质控员"),
    INSPECTOR: Words("Inspector", "视察员"),
}

# Roles that see the name beside the subject number (reality.md section 4).
SEES_NAMES = frozenset({COORDINATOR, NURSE, INVESTIGATOR, PI})
# Roles that see clinical values; the administrator sees none.
SEES_VALUES = frozenset(ROLES) - {ADMINISTRATOR, STATISTICIAN, DRUG_MANAGER}
# The statistician knows the list: never combined with a role that enrols, judges or doses.
NEVER_TOGETHER = tuple(
    frozenset({STATISTICIAN, other}) for other in (COORDINATOR, NURSE, INVESTIGATOR, PI, DRUG_MANAGER)
)
# One person may hold these two, and the conflict is shown (reality.md section 4).
CONFLICTS = (frozenset({COORDINATOR, ADMINISTRATOR}), frozenset({PI, ADMINISTRATOR}))

CONSENT = "consent"
ENTRY = "data_entry"
DOSING = "dosing"
ASSESSMENT = "assessment"
ELIGIBILITY = "eligibility"
RANDOMISATION = "randomisation"
TASKS: dict[str, Words] = {
    CONSENT: Words("Informed consent", "知情同意"),
    ENTRY: Words("Data entry", "数据录入"),
    DOSING: Words("Preparing and giving study drugs", "研究药物配制与给药"),
    ASSESSMENT: Words("Clinical assessment and scores", "临床评估与评分"),
    ELIGIBILITY: Words("Eligibility decision", "入排判定"),
    RANDOMISATION: Words("Opening an allocation", "随机分配"),
}

_WARD = frozenset({COORDINATOR, NURSE, INVESTIGATOR, PI})
_JUDGES = frozenset({INVESTIGATOR, PI})
_ALL = frozenset(ROLES)
_READERS = frozenset({*_WARD, MONITOR, QUALITY_CONTROL, INSPECTOR})


# What goes on while the database is locked: accounts and keys, papers, exports, backups and the lock itself.
# None of it enters or changes anything in the records; a new action is refused then, unless it is named here.
AFTER_LOCK = frozenset(
    {"session.open", "session.close", "password.change", "language.choose", "signature", "setting.record"}
    | {"clock.accept", "clock.confirm", "behind.accept", "recovery.seal", "recovery.use", "word_list.load"}
    | {"people.create", "people.role", "people.training", "people.deactivate", "people.reset_password"}
    | {"key.change", "keys.accept", "backup.make", "backup.place", "backup.thin", "study.restore"}
    | {"paper.print", "stock.print", "identity_list.print", "list.print", "paper.record_ink", "export.write"}
    | {"study.lock", "study.unlock", "list.reveal"}
    | {"study.lock_transcribed", "study.unlock_transcribed", "list.reveal_transcribed"}
)


@dataclass(frozen=True)
class Action:
    """One thing a person does: who may, under which delegated task, and whether it corrects."""

    name: str
    roles: frozenset[str]
    task: str = ""
    # A step forward in a record's life needs no reason; every other change of a saved value does.
    progress: bool = False
    # Typed from a paper: the task that who signed it in ink must have been delegated, or PI.
    signed_for: str = ""

    @property
    def after_lock(self) -> bool:
        """Tell whether it goes on while the database is locked."""
        return self.name in AFTER_LOCK


def _actions(*actions: Action) -> dict[str, Action]:
    return {action.name: action for action in actions}


ACTIONS = _actions(
    # Everybody's own session.
    Action("session.open", _ALL, progress=True),
    Action("session.close", _ALL, progress=True),
    Action("password.change", _ALL, progress=True),
    # What a new day shows by itself, while somebody sits at the desk.
    Action("day.begin", _ALL, progress=True),
    # The computer's clock stands behind the last entry, or far ahead of it, and a person says it is right.
    Action("clock.accept", frozenset({PI, ADMINISTRATOR}), progress=True),
    Action("clock.confirm", _ALL, progress=True),
    # A backup holds later entries than the study, and a person says why it is gone on with.
    Action("behind.accept", frozenset({PI, ADMINISTRATOR}), progress=True),
    # Confirming a signature by password; the act that is signed is an action of its own.
    Action("signature", _ALL, progress=True),
    Action("language.choose", _ALL, progress=True),
    # The paper in the safe belongs to everybody: whoever lost the password may be any of them.
    Action("recovery.seal", _ALL, progress=True),
    Action("recovery.use", _ALL, progress=True),
    # People.
    Action("people.create", frozenset({ADMINISTRATOR}), progress=True),
    Action("people.role", frozenset({ADMINISTRATOR}), progress=True),
    Action("people.training", frozenset({ADMINISTRATOR}), progress=True),
    Action("people.deactivate", frozenset({ADMINISTRATOR}), progress=True),
    Action("key.change", frozenset({ADMINISTRATOR}), progress=True),
    Action("people.reset_password", frozenset({ADMINISTRATOR}), progress=True),
    Action("delegation.record", frozenset({PI}), progress=True),
    Action("delegation.correct", frozenset({PI})),
    # Typed from the log on paper that the PI signed.
    Action("delegation.record_transcribed", frozenset({COORDINATOR}), ENTRY, progress=True, signed_for=PI),
    Action("delegation.correct_transcribed", frozenset({COORDINATOR}), ENTRY, signed_for=PI),
    Action("laboratory.record", frozenset({COORDINATOR, PI}), progress=True),
    Action("laboratory.correct", frozenset({COORDINATOR, PI})),
    Action("consent_version.record", frozenset({COORDINATOR, PI}), progress=True),
    Action("consent_version.correct", frozenset({COORDINATOR, PI})),
    Action("ethics.record", frozenset({COORDINATOR, PI}), progress=True),
    Action("ethics.correct", frozenset({COORDINATOR, PI})),
    # The calendar of the site: nothing clinical, so whoever keeps the computer may enter it too.
    Action("calendar.record", frozenset({*_WARD, ADMINISTRATOR}), progress=True),
    Action("calendar.correct", frozenset({*_WARD, ADMINISTRATOR})),
    # What is offered while typing; no rule rests on it.
    Action("word_list.load", frozenset({COORDINATOR, INVESTIGATOR, PI, ADMINISTRATOR}), progress=True),
    # The protocol.
    Action("words.record", frozenset({COORDINATOR, PI}), progress=True),
    Action("decision.sign", frozenset({PI})),
    Action("decision.withdraw", frozenset({PI})),
    Action("decision.sign_transcribed", frozenset({COORDINATOR}), ENTRY, signed_for=PI),
    Action("decision.withdraw_transcribed", frozenset({COORDINATOR}), ENTRY, signed_for=PI),
    # A later version of the package: carried here by the administrator, approved by the PI.
    Action("amendment.import", frozenset({ADMINISTRATOR})),
    Action("amendment.approve", frozenset({PI})),
    Action("amendment.approve_transcribed", frozenset({COORDINATOR}), ENTRY, signed_for=PI),
    Action("amendment.reject", frozenset({PI})),
    # Before its day alone: nothing of it is in force yet.
    Action("amendment.withdraw", frozenset({PI})),
    Action("amendment.withdraw_transcribed", frozenset({COORDINATOR}), ENTRY, signed_for=PI),
    # Subjects.
    # Doctors read the identity and do not enter it, and the PI decides on answers that others gave
    # (ux.md section 4).
    Action("subject.register", frozenset({COORDINATOR, NURSE}), ENTRY),
    # Again after a screening that failed: under a new number, linked with the record before.
    Action("subject.rescreen", frozenset({COORDINATOR, NURSE}), ENTRY),
    # Whoever explained the study and obtained the signature did the act; who types it enters data.
    Action("consent.record", _WARD - {PI}, ENTRY, signed_for=CONSENT),
    # Why a subject did not sign a newer version of the consent form.
    Action("reconsent.not_signed", _WARD - {PI}, ENTRY),
    Action("visit.record", _WARD, ENTRY, progress=True),
    Action("form.save", _WARD, ENTRY),
    Action("form.complete", _WARD, ENTRY, progress=True),
    Action("form.sign", _JUDGES, ASSESSMENT),
    Action("form.sign_transcribed", _WARD, ENTRY, signed_for=ASSESSMENT),
    Action("results.save", _WARD, ENTRY, progress=True),
    Action("result.judge", _JUDGES, ASSESSMENT, progress=True),
    Action("result.judge_transcribed", _WARD, ENTRY, progress=True, signed_for=ASSESSMENT),
    Action("value.correct", _WARD, ENTRY),
    Action("record.entered_in_error", _WARD, ENTRY),
    Action("subject.entered_in_error", _WARD, ENTRY),
    Action("disposition.record", _WARD, ENTRY),
    # Eligibility and allocation.
    Action("eligibility.precheck", frozenset({COORDINATOR, NURSE, INVESTIGATOR}), ENTRY, progress=True),
    Action("eligibility.decide", _JUDGES, ELIGIBILITY, progress=True),
    Action("eligibility.sign", _JUDGES, ELIGIBILITY, progress=True),
    # Typed from the paper that a judge signed in ink.
    Action(
        "eligibility.decide_transcribed",
        frozenset({COORDINATOR, NURSE}),
        ENTRY,
        progress=True,
        signed_for=ELIGIBILITY,
    ),
    Action(
        "eligibility.sign_transcribed",
        frozenset({COORDINATOR, NURSE}),
        ENTRY,
        progress=True,
        signed_for=ELIGIBILITY,
    ),
    # Nobody overrides a verdict: a waiver is a major deviation beside it.
    Action("eligibility.waive", frozenset({PI})),
    Action("eligibility.waive_transcribed", frozenset({COORDINATOR}), ENTRY, signed_for=PI),
    Action("list.import", frozenset({STATISTICIAN})),
    Action("list.draw", frozenset({STATISTICIAN})),
    # Its certificate: the one paper of the statistician.
    Action("list.print", frozenset({STATISTICIAN, PI}), progress=True),
    # At the lock alone: the rows that were never opened come into the clear, and all are compared.
    Action("list.reveal", frozenset({STATISTICIAN, PI}), progress=True),
    Action("list.reveal_transcribed", frozenset({COORDINATOR}), ENTRY, progress=True, signed_for=PI),
    Action("allocation.open", frozenset({COORDINATOR, INVESTIGATOR, PI}), RANDOMISATION, progress=True),
    # What happened outside is recorded, delegated or not: the delegation log is compared.
    Action(
        "allocation.record_outside", frozenset({COORDINATOR, INVESTIGATOR, PI}), RANDOMISATION, progress=True
    ),
    Action("allocation.correct_outside", frozenset({COORDINATOR, INVESTIGATOR, PI}), RANDOMISATION),
    Action("allocation.mark_error", frozenset({PI})),
    Action("allocation.correct_error", frozenset({PI})),
    # Doses.
    Action("dose.record", _WARD, DOSING),
    Action("dose.prepare", _WARD, DOSING),
    Action("dose.give_prepared", _WARD, DOSING, progress=True),
    Action("dose.discard", _WARD, DOSING, progress=True),
    # Whoever decides that a drug is paused, or given again, judges; who types it is of the ward.
    Action("dose.pause", _WARD, ASSESSMENT),
    Action("dose.resume", _WARD, ASSESSMENT),
    Action("dispensing.record", frozenset({*_WARD, DRUG_MANAGER}), DOSING),
    # The ledger of study drugs. Who decides about an excursion may be the sponsor: the name is typed.
    Action("stock.record", frozenset({COORDINATOR, NURSE, DRUG_MANAGER}), DOSING),
    Action("stock.decide", frozenset({COORDINATOR, INVESTIGATOR, PI, DRUG_MANAGER}), DOSING),
    Action("stock.return", frozenset({*_WARD, DRUG_MANAGER}), DOSING),
    Action("stock.correct", frozenset({*_WARD, DRUG_MANAGER}), DOSING),
    Action("entry.link", _WARD, ENTRY, progress=True),
    Action("deviation.record", _WARD, ENTRY),
    Action("deviation.settle", _JUDGES, ASSESSMENT, progress=True),
    Action("deviation.reopen", _JUDGES, ASSESSMENT),
    Action(
        "deviation.settle_transcribed",
        frozenset({COORDINATOR, NURSE}),
        ENTRY,
        progress=True,
        signed_for=ASSESSMENT,
    ),
    Action("deviation.reopen_transcribed", frozenset({COORDINATOR, NURSE}), ENTRY, signed_for=ASSESSMENT),
    # Papers, exports, the file.
    Action("paper.print", _READERS),
    # The log of a lot alone: who keeps the stock reads no clinical value.
    Action("stock.print", _READERS | {DRUG_MANAGER}),
    # Names on paper: the one list by which a subject is found (reality.md section 10).
    Action("identity_list.print", frozenset({PI})),
    Action("paper.record_ink", _WARD, ENTRY, progress=True, signed_for=PI),
    Action("export.write", frozenset({COORDINATOR, INVESTIGATOR, PI, MONITOR, STATISTICIAN})),
    Action("keys.accept", frozenset({PI, ADMINISTRATOR}), progress=True),
    Action("backup.make", _ALL),
    # A backup at closing is everybody's; where a copy of everything goes is not (ux.md section 4).
    Action("backup.place", frozenset({ADMINISTRATOR, PI})),
    Action("backup.thin", _ALL, progress=True),
    # product.md before ux.md section 4: the PI locks, and nobody else unlocks.
    Action("study.lock", frozenset({PI}), progress=True),
    Action("study.unlock", frozenset({PI}), progress=True),
    # As every act of the PI (reality.md section 4): typed from the paper that the PI signed.
    Action("study.lock_transcribed", frozenset({COORDINATOR}), ENTRY, progress=True, signed_for=PI),
    Action("study.unlock_transcribed", frozenset({COORDINATOR}), ENTRY, progress=True, signed_for=PI),
    # A text typed by accident, a name in a note, is taken out of records and audit for good.
    Action("audit.redact", frozenset({PI})),
    # The study that is to be restored may be one that opens for nobody: each of the two who answer for it.
    Action("study.restore", frozenset({ADMINISTRATOR, PI})),
    Action("setting.record", frozenset({ADMINISTRATOR, PI}), progress=True),
)


@dataclass(frozen=True)
class Sight:
    """Something a person reads, and the roles that do."""

    words: Words
    roles: frozenset[str]


# What is read, beside what is done: shown in the matrix as it is enforced. reality.md section 4 before ux.md
# section 4: a statistician has list and exports only; a nurse reads what she entered herself.
READS_OWN_AUDIT = frozenset({NURSE})
READS_AUDIT = _ALL - READS_OWN_AUDIT - {STATISTICIAN}
SIGHTS: dict[str, Sight] = {
    "sight.names": Sight(Words("Seeing names and ID numbers", "查看姓名与证件号"), SEES_NAMES),
    "sight.values": Sight(Words("Seeing clinical values", "查看临床数据"), SEES_VALUES),
    "sight.audit": Sight(Words("Reading the audit of everybody", "查看所有人的稽查轨迹"), READS_AUDIT),
    "sight.own_audit": Sight(Words("Reading one's own audit rows", "查看本人的稽查轨迹"), READS_OWN_AUDIT),
}


def may(role: str, action: str) -> bool:
    """Tell whether the role may do the action; an unknown action is a fault, not a no."""
    return role in ACTIONS[action].roles


def roles_allowed_together(roles: frozenset[str]) -> bool:
    """Tell whether one person may hold these roles."""
    return not any(pair <= roles for pair in NEVER_TOGETHER)


def conflicts(roles: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Return the pairs of roles that one person may hold but that are shown as a conflict."""
    return tuple(pair for pair in CONFLICTS if pair <= roles)


def is_held(until_day: date | None, now: date) -> bool:
    """Tell whether a role is open from now on: on the day it ended it was held, and is not any more.

    It begins when it is given, never later: one given by a clock that was ahead is held before its day too.
    """
    return until_day is None or now < until_day


def last_day(until: Collection[date]) -> date | None:
    """Return the last day of an account whose roles end on these days; None where one has no end."""
    latest = max(until, default=date.max)
    return None if latest == date.max else latest - timedelta(days=1)


def was_held_on(from_day: date, until_day: date | None, day: date) -> bool:
    """Tell whether a role was held on a day, though it may have ended in the course of it."""
    return from_day <= day and (until_day is None or day <= until_day)
