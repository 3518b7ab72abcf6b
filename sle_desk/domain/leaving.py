"""How a subject leaves a drug, the treatment or the study: kinds, coded reasons, and what fits together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice

SCREEN_FAILURE, DRUG_STOP, COMPLETED, EXIT = "screen_failure", "drug_stop", "completed", "exit"
KINDS = MappingProxyType(
    {
        SCREEN_FAILURE: Words("Screen failure", "筛选失败"),
        DRUG_STOP: Words("One drug stopped", "停用一种研究药物"),
        COMPLETED: Words("Study completed", "完成研究"),
        EXIT: Words("Left the study", "退出研究"),
    }
)
OTHER = "other"
_ADVERSE_EVENT = Choice("adverse_event", Words("Adverse event", "不良事件"), "1", "ADVERSE EVENT")
_PREGNANCY = Choice("pregnancy", Words("Pregnancy", "妊娠"), "2", "PREGNANCY")
_NO_EFFECT = Choice("lack_of_effect", Words("Lack of effect", "疗效不佳"), "3", "LACK OF EFFICACY")
_SUBJECT = Choice("subject", Words("Decision of the subject", "受试者决定"), "4", "WITHDRAWAL BY SUBJECT")
_DOCTOR = Choice(
    "investigator", Words("Decision of the investigator", "研究者决定"), "5", "PHYSICIAN DECISION"
)
LOST = "lost"
_LOST = Choice(LOST, Words("Lost to follow-up", "失访"), "6", "LOST TO FOLLOW-UP")
_DEATH = Choice("death", Words("Death", "死亡"), "7", "DEATH")
_OTHER = Choice(OTHER, Words("Other", "其他"), "9", "OTHER")

# The coded reasons of each kind, with the digit that picks one.
REASONS = MappingProxyType(
    {
        SCREEN_FAILURE: (
            Choice("criteria", Words("Criteria not met", "不符合入排标准"), "1", "SCREEN FAILURE"),
            Choice("consent", Words("Consent withdrawn", "撤回知情同意"), "2", "WITHDRAWAL BY SUBJECT"),
            Choice("window", Words("Screening window passed", "超出筛选期"), "3", "SCREEN FAILURE"),
            _LOST,
            _OTHER,
        ),
        DRUG_STOP: (_ADVERSE_EVENT, _PREGNANCY, _NO_EFFECT, _SUBJECT, _DOCTOR, _OTHER),
        COMPLETED: (Choice("completed", Words("As planned", "按计划完成"), "1", "COMPLETED"),),
        EXIT: (_ADVERSE_EVENT, _PREGNANCY, _NO_EFFECT, _SUBJECT, _DOCTOR, _LOST, _DEATH, _OTHER),
    }
)


@dataclass(frozen=True)
class Leaving:
    """One step out: its kind, the drug it stops where it stops one, the day, the coded reason, a note."""

    kind: str
    drug: str
    on_day: date
    reason: str
    note: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a subject stands before a step: allocated or not, the drugs of the arm, earlier steps.

    `since` is the day before which no step can lie: of the first consent, or of the registration.
    """

    allocated: bool
    arm_drugs: frozenset[str]
    earlier: tuple[Leaving, ...] = ()
    since: date | None = None


def possible(standing: Standing) -> tuple[str, ...]:
    """Return the kinds that can still be recorded for a subject."""
    done = {step.kind for step in standing.earlier}
    if not standing.allocated:
        return tuple(kind for kind in (SCREEN_FAILURE, EXIT) if kind not in done)
    kinds = tuple(kind for kind in (COMPLETED, EXIT) if not done & {COMPLETED, EXIT})
    stopped = {step.drug for step in standing.earlier if step.kind == DRUG_STOP}
    return (*((DRUG_STOP,) if standing.arm_drugs - stopped else ()), *kinds)


def check_leaving(step: Leaving, standing: Standing) -> None:
    """Refuse a step that contradicts what is recorded; what is only unusual needs a note."""
    if step.kind not in KINDS:
        raise RuleBroken("disposition.kind", kind=step.kind)
    if step.reason not in {choice.code for choice in REASONS[step.kind]}:
        raise RuleBroken("disposition.reason", kind=step.kind)
    if (step.kind == DRUG_STOP) != bool(step.drug):
        raise RuleBroken("disposition.drug", kind=step.kind)
    _check_order(step, standing)
    unusual = step.kind == DRUG_STOP and step.drug not in standing.arm_drugs
    if unusual and not step.note.strip():
        raise RuleBroken("disposition.drug_not_in_arm", drug=step.drug)
    if step.reason == OTHER and not step.note.strip():
        raise RuleBroken("change.note_needed")


def _check_order(step: Leaving, standing: Standing) -> None:
    earlier = _same(step, standing.earlier)
    if earlier is not None:
        raise RuleBroken("disposition.twice", kind=step.kind, day=earlier.on_day.isoformat())
    ended = next((each for each in standing.earlier if each.kind in (COMPLETED, EXIT)), None)
    if ended is not None and step.on_day > ended.on_day:
        raise RuleBroken("disposition.after_end", day=step.on_day, ended=ended.on_day)
    if standing.since is not None and step.on_day < standing.since:
        raise RuleBroken("disposition.before", day=step.on_day, since=standing.since)
    if step.kind == SCREEN_FAILURE and standing.allocated:
        raise RuleBroken("disposition.allocated")
    if step.kind == COMPLETED and not standing.allocated:
        raise RuleBroken("disposition.not_allocated")


def _same(step: Leaving, earlier: Iterable[Leaving]) -> Leaving | None:
    ends = (COMPLETED, EXIT)
    for before in earlier:
        same_end = step.kind in ends and before.kind in ends
        if same_end or (before.kind, before.drug) == (step.kind, step.drug):
            return before
    return None
