"""Who may do what: the one matrix of actions and roles, and the tasks of the delegation log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


def _actions(*actions: Action) -> dict[str, Action]:
    return {action.name: action for action in actions}


ACTIONS = _actions(
    # Everybody's own session.
    Action("session.open", _ALL, progress=True),
    Action("session.close", _ALL, progress=True),
    Action("password.change", _ALL, progress=True),
    # The computer's clock stands behind the last entry, or far ahead of it, and a person says it is right.
    Action("clock.accept", frozenset({PI, ADMINISTRATOR}), progress=True),
    Action("clock.confirm", _ALL, progress=True),
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
    Action("laboratory.record", frozenset({COORDINATOR, PI}), progress=True),
    Action("consent_version.record", frozenset({COORDINATOR, PI}), progress=True),
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
    # Subjects.
    Action("subject.register", _WARD, ENTRY),
    Action("consent.record", _WARD, CONSENT),
    Action("visit.record", _WARD, ENTRY, progress=True),
    Action("form.save", _WARD, ENTRY),
    Action("form.complete", _WARD, ENTRY, progress=True),
    Action("assessment.save", _WARD, ENTRY),
    Action("form.sign", _JUDGES, ASSESSMENT),
    Action("form.sign_transcribed", _WARD, ENTRY, signed_for=ASSESSMENT),
    Action("sample.record", _WARD, ENTRY, progress=True),
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
    Action("list.import", frozenset({STATISTICIAN})),
    Action("allocation.open", frozenset({COORDINATOR, INVESTIGATOR, PI}), RANDOMISATION, progress=True),
    # Doses.
    Action("dose.record", _WARD, DOSING),
    Action("dose.prepare", _WARD, DOSING),
    Action("dose.give_prepared", _WARD, DOSING, progress=True),
    Action("dispensing.record", frozenset({*_WARD, DRUG_MANAGER}), DOSING),
    Action("entry.link", _WARD, ENTRY, progress=True),
    Action("deviation.record", _WARD, ENTRY),
    Action("deviation.settle", _JUDGES, ASSESSMENT, progress=True),
    Action("deviation.reopen", _JUDGES, ASSESSMENT),
    Action("query.answer", _WARD, ENTRY, progress=True),
    # Papers, exports, the file.
    Action("paper.print", _READERS),
    Action("paper.record_ink", _WARD, ENTRY, progress=True, signed_for=PI),
    Action("export.write", frozenset({COORDINATOR, INVESTIGATOR, PI, MONITOR, STATISTICIAN})),
    Action("keys.accept", frozenset({PI, ADMINISTRATOR}), progress=True),
    Action("backup.make", _ALL),
    Action("backup.thin", _ALL, progress=True),
    # A text typed by accident, a name in a note, is taken out of records and audit for good.
    Action("audit.redact", frozenset({PI})),
    Action("study.restore", frozenset({ADMINISTRATOR})),
    Action("setting.record", frozenset({ADMINISTRATOR, PI}), progress=True),
)


def may(role: str, action: str) -> bool:
    """Tell whether the role may do the action; an unknown action is a fault, not a no."""
    return role in ACTIONS[action].roles


def roles_allowed_together(roles: frozenset[str]) -> bool:
    """Tell whether one person may hold these roles."""
    return not any(pair <= roles for pair in NEVER_TOGETHER)


def conflicts(roles: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Return the pairs of roles that one person may hold but that are shown as a conflict."""
    return tuple(pair for pair in CONFLICTS if pair <= roles)


def is_held(from_day: date, until_day: date | None, now: date) -> bool:
    """Tell whether a role is open from now on: on the day it ended it was held, and is not any more."""
    return from_day <= now and (until_day is None or now < until_day)


def was_held_on(from_day: date, until_day: date | None, day: date) -> bool:
    """Tell whether a role was held on a day, though it may have ended in the course of it."""
    return from_day <= day and (until_day is None or day <= until_day)
