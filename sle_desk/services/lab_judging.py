"""Judging a result clinically significant (CS) or not (NCS): at the desk, or typed from a paper."""

from __future__ import annotations

from dataclasses import dataclass

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.analytes import OUT_OF_RANGE
from sle_desk.models.lab import Result, Sample
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.labs import ResultRow, result_row
from sle_desk.services.signatures import Ink, checked_ink
from sle_desk.services.signers import compare_signer
from sle_desk.services.standing import require_standing

CS, NCS = SIGNIFICANCES = ("CS", "NCS")
JUDGE, TRANSCRIBE = "result.judge", "result.judge_transcribed"


@dataclass(frozen=True)
class Verdict:
    """An investigator's judgement of a result; with `ink` it was made on paper and is typed from there."""

    significance: str
    ink: Ink | None = None


def waits(row: Result | ResultRow) -> bool:
    """Tell whether a result is out of range and nobody has judged it yet."""
    return row.flag in OUT_OF_RANGE and not row.significance


def judge_result(
    desk: Desk, result_id: int, verdict: Verdict, seen: int, reason: str = "", note: str = ""
) -> ResultRow:
    """Record whether a result is clinically significant; a changed judgement needs its coded reason.

    Investigators judge; others type what an investigator signed on paper. RuleBroken `result.significance`,
    `result.nothing_to_judge`, `result.change_reason`, `result.ink_before`, `ink.incomplete` or
    `day.future`; Stale when the value is no longer the one that was seen.
    """
    if verdict.significance not in SIGNIFICANCES:
        raise RuleBroken("result.significance", typed=verdict.significance)
    ink = None if verdict.ink is None else checked_ink(verdict.ink, desk.today())
    why = reason_text(reason, note) if reason else ""
    with desk.change(JUDGE if ink is None else TRANSCRIBE, why) as change:
        row = change.session.get_one(Result, result_id)
        _check(change, row, verdict.significance, ink, seen, why)
        if ink is not None:
            compare_signer(change, ink, change.session.get_one(Sample, row.sample_id).subject_id)
        row.significance = verdict.significance
        row.judged_signer = ink.signer if ink is not None else ""
        row.judged_signed_on = ink.signed_on if ink is not None else None
        row.judged_reference = ink.reference if ink is not None else ""
        change.session.flush()
        return result_row(row)


def _check(change: Change, row: Result, wanted: str, ink: Ink | None, seen: int, why: str) -> None:
    sample = change.session.get_one(Sample, row.sample_id)
    require_standing(change, sample)
    if row.version != seen:
        raise Stale("value.changed_meanwhile", now=row.typed or row.text or "")
    if row.missing is not None:
        raise RuleBroken("result.nothing_to_judge")
    drawn = sample.drawn_at.date()
    if ink is not None and ink.signed_on < drawn:
        raise RuleBroken("result.ink_before", signed=ink.signed_on, drawn=drawn)
    if row.significance and not why:
        raise RuleBroken("result.change_reason", before=row.significance)
