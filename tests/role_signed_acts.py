"""Acts of the matrix that somebody signs, with a password or as typed from a paper in ink."""

from __future__ import annotations

from amendment_packages import approval
from role_study import APPROVAL, BOTH, SCREENED, Made
from study_fixtures import PASSWORD, proof
from trial_fixtures import new_decision

from sle_desk.services import (
    allocation,
    allocation_corrections,
    allocation_errors,
    allocations_outside,
    amendment_withdrawal,
    amendments,
    checklist,
    decisions,
    eligibility,
    form_signing,
    lab_judging,
    list_reveal,
    lock_items,
    locks,
    waivers,
)
from sle_desk.services.allocation_corrections import OutsideFacts
from sle_desk.services.allocations_outside import Told
from sle_desk.services.desk import Desk
from sle_desk.services.in_force import decisions_made
from sle_desk.services.record_corrections import Why
from sle_desk.services.signatures import Ink, Signing

# Why something saved changes.
WHY = ("other", "a test")


def signing(desk: Desk, meaning: str) -> Signing:
    return Signing(meaning, "as shown", "en", PASSWORD)


def sign_form(made: Made, ink: Ink | None = None) -> object:
    row, desk, folder = made.signable, made.desk, made.study.folder
    assert row is not None
    if ink is None:
        signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
        return form_signing.sign_form(desk, folder, row.id, row.version, signing)
    signing = form_signing.signing_for(form_signing.SIGN_TRANSCRIBED, "en", PASSWORD)
    return form_signing.sign_transcribed(desk, folder, row.id, row.version, signing, ink)


def judge(made: Made, ink: Ink | None = None) -> object:
    row = made.result()
    verdict = lab_judging.Verdict("NCS", ink)
    return lab_judging.judge_result(made.desk, row.id, verdict, row.version, *WHY)


def decide(made: Made, code: str, ink: Ink | None = None) -> object:
    desk, action = made.desk, decisions.SIGN if ink is None else decisions.SIGN_TRANSCRIBED
    with desk.view() as session:
        option = next(each.option for each in decisions_made(session) if each.code == code)
    signing = decisions.signing_for(action, "en", PASSWORD)
    return decisions.sign_decision(desk, made.study.folder, new_decision(desk, code, option), signing, ink)


def withdraw(made: Made, ink: Ink | None = None) -> object:
    action = decisions.WITHDRAW if ink is None else decisions.WITHDRAW_TRANSCRIBED
    signing = decisions.signing_for(action, "en", PASSWORD)
    desk, folder = made.desk, made.study.folder
    return decisions.withdraw_decision(desk, folder, made.signed_decision, "decided anew", signing, ink)


def approve_amendment(made: Made, ink: Ink | None = None) -> object:
    row, desk, folder = made.amendment, made.desk, made.study.folder
    assert row is not None
    action = amendments.APPROVE if ink is None else amendments.APPROVE_TRANSCRIBED
    signing = amendments.signing_for(action, "en", PASSWORD)
    given = approval(desk, row.id, number=APPROVAL.number, approved_on=APPROVAL.approved_on)
    return amendments.approve(desk, folder, row.id, row.version, given, signing, ink)


def reject_amendment(made: Made) -> object:
    assert made.amendment is not None
    return amendments.reject(made.desk, made.amendment.id, made.amendment.version, "a test")


def withdraw_amendment(made: Made, ink: Ink | None = None) -> object:
    row = made.amendment
    assert row is not None
    action = amendments.WITHDRAW if ink is None else amendments.WITHDRAW_TRANSCRIBED
    signing = amendments.signing_for(action, "en", PASSWORD)
    return amendment_withdrawal.withdraw(
        made.desk, made.study.folder, row.id, row.version, "a test", signing, ink
    )


def told_outside(made: Made) -> object:
    told = Told("BEL", "paper", "Sun Tong", made.desk.now(), "The power was cut.", again="BEL")
    signing = allocations_outside.signing_for("en", PASSWORD)
    digits, year = proof(made.desk, SCREENED)
    return allocations_outside.record_outside(
        made.desk, made.study.folder, SCREENED, digits, year, told, signing
    )


def mark_error(made: Made) -> object:
    signing = allocation_errors.signing_for("en", PASSWORD)
    return allocation_errors.mark_error(made.desk, made.study.folder, BOTH, "a test", signing)


def correct_outside(made: Made) -> object:
    row = allocation.allocation_of(made.desk, SCREENED)
    seen = row.outside if row is not None else None
    why = Why(seen.id, seen.version, *WHY) if seen is not None else Why(1, 1, *WHY)
    right = OutsideFacts("telephone", "Sun Tong", made.desk.now(), "The power was cut.")
    signing = allocation_corrections.signing_for("en", PASSWORD)
    return allocation_corrections.correct_outside(made.desk, made.study.folder, why, right, signing)


def correct_error(made: Made) -> object:
    signing = allocation_errors.signing_for("en", PASSWORD)
    why = Why(1, 1, *WHY)
    return allocation_corrections.correct_error(made.desk, made.study.folder, why, "other", signing)


# In this order: what one records the next corrects.
ALLOCATION_ACTS = {
    "allocation.record_outside": told_outside,
    "allocation.correct_outside": correct_outside,
    "allocation.mark_error": mark_error,
    "allocation.correct_error": correct_error,
}


def leaf(made: Made) -> str:
    return checklist.checklist(made.desk, SCREENED).rows[0].code


def eligible(made: Made, ink: Ink | None = None) -> object:
    shown = frozenset(checklist.checklist(made.desk, SCREENED).codes)
    signing = eligibility.signing_for("eligible", "en", PASSWORD, transcribed=ink is not None)
    return eligibility.sign_eligibility(made.desk, made.study.folder, SCREENED, shown, signing, ink)


def waive(made: Made, ink: Ink | None = None) -> object:
    action = waivers.WAIVE if ink is None else waivers.WAIVE_TRANSCRIBED
    signing = waivers.signing_for(action, "en", PASSWORD)
    return waivers.waive(made.desk, made.study.folder, SCREENED, "the PI says so", signing, ink)


def lock(made: Made, ink: Ink | None = None) -> object:
    shown = lock_items.open_items(made.desk)
    new = locks.NewLock(shown, "Wu Min, today, all of it", "a test")
    action = locks.LOCK if ink is None else locks.LOCK_TRANSCRIBED
    signing = locks.signing_for(action, "en", PASSWORD)
    return locks.lock_database(made.desk, made.study.folder, new, signing, ink)


def unlock(made: Made, ink: Ink | None = None) -> object:
    action = locks.UNLOCK if ink is None else locks.UNLOCK_TRANSCRIBED
    signing = locks.signing_for(action, "en", PASSWORD)
    return locks.unlock_database(made.desk, made.study.folder, "a test", signing, ink)


def reveal(made: Made, ink: Ink | None = None) -> object:
    action = list_reveal.ACTION if ink is None else list_reveal.TRANSCRIBED
    signing = list_reveal.signing_for("en", PASSWORD, action)
    return list_reveal.reveal(made.desk, made.study.folder, signing, ink)
