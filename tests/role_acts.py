"""For each action of the matrix the act at the desk that it stands for; `role_study` has what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from people_invented import someone
from role_signed_acts import (
    ALLOCATION_ACTS,
    WHY,
    approve_amendment,
    decide,
    eligible,
    judge,
    leaf,
    lock,
    reject_amendment,
    reveal,
    sign_form,
    signing,
    unlock,
    waive,
    withdraw,
    withdraw_amendment,
)
from role_study import APPROVAL, BOTH, DAY, EN, SCREENED, STOCKED, Made
from stock_fixtures import A3, enter
from study_fixtures import CHEAP, PASSWORD
from trial_fixtures import list_of, open_at

from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports import exporting, identity_lists, printing
from sle_desk.models.store.verification import quiet
from sle_desk.models.subject import Subject
from sle_desk.services import (
    allocation,
    amendments,
    backup,
    backup_folder,
    backup_times,
    behind,
    consent_records,
    consent_versions,
    decisions,
    delegations,
    deviation_records,
    deviations,
    dispensing,
    dosing,
    eligibility,
    ethics,
    form_records,
    infusions,
    keys_change,
    laboratories,
    labs,
    list_drawing,
    new_day,
    not_given,
    papers,
    people,
    preparing,
    range_entry,
    reconsent_records,
    record_links,
    recovery,
    redaction,
    rescreening,
    restoring,
    sign_in_checks,
    signatures,
    site_days,
    stock,
    subjects,
    visits,
    void_samples,
    void_subjects,
    word_lists,
)
from sle_desk.services.actor import NewPerson
from sle_desk.services.answers import Given
from sle_desk.services.backup_file import read_manifest
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.delegations import NewDelegation
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dispositions import record_disposition
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.form_records import Correction
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.not_given import NotGiven
from sle_desk.services.pauses import NewStep, record_pause
from sle_desk.services.reconsent_records import NotSigned
from sle_desk.services.restoring import Restoring
from sle_desk.services.signatures import Ink
from sle_desk.services.subjects import NewConsent


def _restore(made: Made) -> object:
    # Somebody who knows the administrator's password, and sits there in the role of another.
    study = made.study
    found = backup.rehearse(made.backup, "xu.feng", PASSWORD, None, clock=study.clock)
    wanted = Restoring(found, "xu.feng", PASSWORD, "other", "a test")
    return restoring.keep_present(made.desk, study.folder, wanted, study.clock, quiet)


def _recover(made: Made) -> object:
    study, actor = made.study, made.desk.actor
    study.leave()
    paper = recovery.KeyPaper("K-02", "the safe", "Xu Feng", "Wu Min")
    given = recovery.Recovery(actor.login, study.recovery_key, PASSWORD)
    recovery.use_recovery_key(study.folder.path, given, recovery.new_key(), paper, study.clock)
    return study.sit(actor.login, actor.role)


def _behind(made: Made) -> object:
    return behind.accept(made.desk, behind.Behind(1, read_manifest(made.backup)), "yesterday is meant")


def _doubted(made: Made, wrong: timedelta) -> object:
    clock = made.study.clock
    clock.set_wrong(wrong)
    try:
        return sign_in_checks.settle_clock(made.desk, "looked at the wall")
    finally:
        clock.set_wrong(timedelta())


def _load_words(made: Made) -> object:
    return word_lists.load_words(made.desk, "medicines", word_lists.preview(made.words))


def _give_prepared(made: Made) -> object:
    row, desk = made.waiting, made.desk
    assert row is not None
    given = GivenDose(2, "BEL", desk.today(), desk.now(), reaction="none", given_by="Lin Yue", place="ward")
    return infusions.give_infusion(desk, given, row.id, row.version)


def _step(made: Made) -> NewStep:
    return NewStep(made.desk.today(), "Zhao Jing")


def _discard(made: Made) -> object:
    assert made.waiting is not None
    told = NotGiven(2, "BEL", "spoiled", prepared_id=made.waiting.id, discarded_on=made.desk.today())
    return not_given.record_not_given(made.desk, told)


def _correct(made: Made) -> object:
    assert made.form is not None
    row = form_records.form_row(made.desk, made.form.id)
    right = Correction(row.id, "type", Value(choice="urine"), WHY[0], row.version, WHY[1])
    return form_records.correct_value(made.desk, right)


def _void_sample(made: Made) -> object:
    row = labs.samples(made.desk, SCREENED)[0]
    return void_samples.void_sample(made.desk, row.id, WHY[0], row.version, WHY[1])


def _first_day(made: Made, ink: Ink | None = None) -> object:
    line = delegations.delegation_log(made.desk)[0]
    return delegations.correct_delegation(made.desk, line.id, line.version, DAY, *WHY, ink)


def _correct_version(made: Made) -> object:
    row = consent_versions.consent_version_rows(made.desk)[0]
    right = NewVersion(row.code, row.version_day, row.approved_on, "2026PHB-099")
    return consent_versions.correct_version(made.desk, row.id, row.version, right, *WHY)


def _correct_approval(made: Made) -> object:
    row = ethics.approvals(made.desk)[-1]
    right = replace(row.approval, committee=f"{row.approval.committee} I")
    return ethics.correct_approval(made.desk, row.id, row.version, right, *WHY)


def _settle(made: Made, ink: Ink | None = None) -> object:
    row = next(each for each in deviations.deviations(made.desk) if each.id == made.deviation)
    return deviations.explain(made.desk, row.id, row.version, "lost on the way", ink)


def _reopen(made: Made, ink: Ink | None = None) -> object:
    row = next(each for each in deviations.deviations(made.desk) if each.id == made.deviation)
    return deviations.reopen(made.desk, row.id, row.version, *WHY, ink)


def _link(made: Made) -> object:
    assert made.event is not None
    return record_links.link(made.desk, made.event.id, "dose", made.given)


def _void_subject(made: Made) -> object:
    with made.desk.view() as session:
        version = session.get_one(Subject, SCREENED).version
    return void_subjects.void_subject(made.desk, SCREENED, WHY[0], version, WHY[1])


def _save(made: Made) -> object:
    assert made.form is not None
    new = form_records.NewForm(
        SCREENED,
        made.visit,
        "vitals",
        made.desk.today(),
        Given({"pulse": Value(number=Decimal(70), typed="70")}),
    )
    return form_records.save_form(made.desk, new)


def _complete(made: Made) -> object:
    assert made.form is not None
    return form_records.complete_form(made.desk, made.form.id, Given({}), made.form.version)


def _hemoglobin(made: Made) -> object:
    row = TypedResult("HGB", "120", "", Decimal(120), "g/L")
    new = NewSample(BOTH, visits.visits(made.desk, BOTH)[0].id, "CBC", 1, made.desk.now())
    return labs.save_results(made.desk, new, (row,))


def _sign_in(made: Made) -> object:
    return made.study.sit(made.desk.actor.login, made.desk.actor.role)


def _consent(desk: Desk) -> NewConsent:
    return NewConsent(SCREENED, "v2.1", desk.today(), "08:00", "Zhao Jing", "Y")


def _one_time(made: Made) -> object:
    return people.reset_password(made.desk, made.study.folder, made.person("shi.cha"), "seven loud umbrellas")


def _close(made: Made) -> object:
    # Nobody closes the own account, whatever the role.
    leaver = "he.jian" if made.desk.actor.login != "he.jian" else "lin.yue"
    return people.deactivate_person(made.desk, made.study.folder, made.person(leaver), "left")


def _people(made: Made) -> object:
    new = NewPerson("new.here", "New Here", PASSWORD)
    return people.create_person(made.desk, made.study.folder, new, (roles.NURSE,), CHEAP)


def _correct_range(made: Made) -> object:
    row = laboratories.ranges(made.desk, laboratories.laboratories(made.desk)[0].id)[0]
    typed = range_entry.TypedRange(row.analyte, row.sex, 18, None, "1-2", row.unit, row.valid_from, "List 2")
    return range_entry.correct_range(made.desk, row.id, row.version, typed, *WHY)


def _new_kit(desk: Desk) -> NewDispensing:
    return NewDispensing(BOTH, "IL2", "202607-A3", Decimal(1), 10, desk.today(), "K-9")


PAPER = recovery.KeyPaper("K-03", "the safe", "Xu Feng", "Wu Min")
Act = Callable[[Made], object]
ACTS: dict[str, Act] = {
    "session.open": _sign_in,
    "day.begin": lambda m: new_day.begin_day(m.desk),
    "password.change": lambda m: people.change_password(
        m.desk, m.study.folder, "not this one", "seven loud umbrellas"
    ),
    "signature": lambda m: signatures.confirm_password(m.desk, m.study.folder, signing(m.desk, "x")),
    "language.choose": lambda m: people.choose_language(m.desk, "zh_CN"),
    "recovery.seal": lambda m: recovery.note_key_paper(m.desk, PAPER),
    "recovery.use": _recover,
    "people.create": _people,
    "people.role": lambda m: people.set_roles(m.desk, m.person("lin.yue"), (roles.NURSE, roles.MONITOR)),
    "people.training": lambda m: people.record_training(m.desk, m.person("lin.yue"), DAY),
    "people.deactivate": _close,
    "key.change": lambda m: keys_change.change_data_key(m.desk, m.study.folder),
    "people.reset_password": _one_time,
    "delegation.correct": _first_day,
    "delegation.record_transcribed": lambda m: delegations.record_delegation(
        m.desk, NewDelegation(m.person("lin.yue"), roles.ENTRY, DAY), m.ink
    ),
    "delegation.correct_transcribed": lambda m: _first_day(m, m.ink),
    "delegation.record": lambda m: delegations.record_delegation(
        m.desk, NewDelegation(m.person("lin.yue"), roles.ENTRY, DAY)
    ),
    "laboratory.correct": _correct_range,
    "laboratory.record": lambda m: laboratories.record_laboratory(m.desk, "second", "Second", DAY),
    "consent_version.record": lambda m: consent_versions.record_version(
        m.desk, NewVersion("v2.2", date(2026, 3, 12), date(2026, 3, 28), "2026PHB-042")
    ),
    "consent_version.correct": _correct_version,
    "amendment.import": lambda m: amendments.import_amendment(m.desk, m.place / "amendment.zip"),
    "amendment.approve": approve_amendment,
    "amendment.approve_transcribed": lambda m: approve_amendment(m, m.ink),
    "amendment.reject": reject_amendment,
    "amendment.withdraw": withdraw_amendment,
    "amendment.withdraw_transcribed": lambda m: withdraw_amendment(m, m.ink),
    "ethics.record": lambda m: ethics.record_approval(m.desk, replace(APPROVAL, number="PHB-8")),
    "ethics.correct": _correct_approval,
    "calendar.record": lambda m: site_days.record_days(
        m.desk, date(2026, 12, 25), None, site_days.Entered("holiday", Words("", "停诊"), "Notice 1")
    ),
    "calendar.correct": lambda m: site_days.void_day(
        m.desk, site_days.site_days(m.desk)[0].id, site_days.site_days(m.desk)[0].version, *WHY
    ),
    "word_list.load": _load_words,
    "words.record": lambda m: decisions.record_approved_words(m.desk, "D01", "As approved.", "2.1", "5.1"),
    "decision.sign": lambda m: decide(m, "D01"),
    "decision.withdraw": withdraw,
    "decision.sign_transcribed": lambda m: decide(m, "D02", m.ink),
    "decision.withdraw_transcribed": lambda m: withdraw(m, m.ink),
    "subject.register": lambda m: subjects.register_subject(
        m.desk, someone(initials="NEW", identity_number=""), not_duplicate="another person"
    ),
    "subject.rescreen": lambda m: rescreening.rescreen(m.desk, m.failed, "value"),
    "reconsent.not_signed": lambda m: reconsent_records.record_not_signed(
        m.desk, SCREENED, "v2.9", NotSigned(m.desk.today(), "refused")
    ),
    "consent.record": lambda m: consent_records.record_consent(m.desk, _consent(m.desk), "again"),
    "visit.record": lambda m: visits.record_visit(m.desk, SCREENED, "UNS", m.desk.today(), reason="fever"),
    "form.save": _save,
    "form.complete": _complete,
    "form.sign": sign_form,
    "form.sign_transcribed": lambda m: sign_form(m, m.ink),
    "results.save": _hemoglobin,
    "result.judge": judge,
    "result.judge_transcribed": lambda m: judge(m, m.ink),
    "value.correct": _correct,
    "record.entered_in_error": _void_sample,
    "disposition.record": lambda m: record_disposition(
        m.desk, 2, "drug_stop", "BEL", m.desk.today(), "subject"
    ),
    "eligibility.precheck": lambda m: eligibility.precheck(m.desk, SCREENED, leaf(m), "met"),
    "eligibility.decide": lambda m: eligibility.decide(m.desk, SCREENED, leaf(m), "met", "asked"),
    "eligibility.sign": eligible,
    "eligibility.decide_transcribed": lambda m: eligibility.decide(
        m.desk, SCREENED, leaf(m), "met", "asked", m.ink
    ),
    "eligibility.sign_transcribed": lambda m: eligible(m, m.ink),
    "list.draw": lambda m: list_drawing.draw(m.desk, "R2", "3", m.place / "drawn.csv"),
    "eligibility.waive": waive,
    "eligibility.waive_transcribed": lambda m: waive(m, m.ink),
    "list.import": lambda m: allocation.import_list(m.desk, "R2", list_of()),
    "list.print": lambda m: printing.print_list_certificate(m.desk, EN),
    "allocation.open": lambda m: open_at(m.study, m.desk, SCREENED),
    **ALLOCATION_ACTS,
    "dose.record": lambda m: dosing.record_injection(m.desk, m.dose),  # type: ignore[arg-type]
    "dose.prepare": lambda m: preparing.prepare_infusion(m.desk, m.infusion),  # type: ignore[arg-type]
    "dose.give_prepared": _give_prepared,
    "dose.discard": _discard,
    "dose.pause": lambda m: record_pause(m.desk, 2, "paused", "BEL", replace(_step(m), reason="infection")),
    "dose.resume": lambda m: record_pause(m.desk, 2, "resumed", "BEL", _step(m)),
    "stock.record": lambda m: enter(m.desk, lot=STOCKED, count=5),
    "stock.decide": lambda m: stock.decide(
        m.desk, stock.Verdict("released", m.quarantine, 1, m.desk.today(), "Stable.", "Wu Min")
    ),
    "stock.return": lambda m: stock.record_return(
        m.desk, stock.VialsBack(BOTH, A3.drug, A3.lot, A3.strength, m.desk.today(), unused=1)
    ),
    "stock.print": lambda m: printing.print_stock_log(m.desk, STOCKED, EN, m.place / "log.pdf"),
    "stock.correct": lambda m: stock.take_back(m.desk, m.receipt, *WHY),
    "dispensing.record": lambda m: dispensing.record_dispensing(m.desk, _new_kit(m.desk)),
    "entry.link": _link,
    "deviation.record": lambda m: deviation_records.record(m.desk, BOTH, "Late", m.desk.today()),
    "deviation.settle": _settle,
    "deviation.reopen": _reopen,
    "deviation.settle_transcribed": lambda m: _settle(m, m.ink),
    "deviation.reopen_transcribed": lambda m: _reopen(m, m.ink),
    "paper.print": lambda m: printing.print_slip(m.desk, BOTH, EN, m.place / "slip.pdf"),
    "identity_list.print": lambda m: identity_lists.print_identity_list(
        m.desk, m.study.folder, EN, identity_lists.signing_for("en", PASSWORD)
    ),
    "paper.record_ink": lambda m: papers.record_ink(m.desk, m.paper, m.ink),
    "export.write": lambda m: exporting.write_export(m.desk, m.place, "sponsor", EN),
    "keys.accept": lambda m: sign_in_checks.accept_key_change(m.desk, "put back by the administrator"),
    "backup.make": lambda m: backup.make_backup(m.desk, m.study.folder),
    "backup.place": lambda m: backup.make_backup(m.desk, m.study.folder, m.place),
    "backup.thin": lambda m: backup_times.thin(m.desk, m.study.folder),
    "audit.redact": lambda m: redaction.redact(
        m.desk, m.study.folder, "A sample was lost", "typed by accident", signing(m.desk, "redaction")
    ),
    "study.restore": _restore,
    "setting.record": lambda m: backup_folder.choose_second_folder(
        m.desk, m.study.folder, str(m.place / "second")
    ),
    "subject.entered_in_error": _void_subject,
    # After what a locked database refuses.
    "study.lock": lock,
    "study.lock_transcribed": lambda m: lock(m, m.ink),
    "list.reveal": reveal,
    "list.reveal_transcribed": lambda m: reveal(m, m.ink),
    "study.unlock": unlock,
    "study.unlock_transcribed": lambda m: unlock(m, m.ink),
    # These leave a clock that is doubted, and nobody at the desk.
    "behind.accept": _behind,
    "clock.accept": lambda m: _doubted(m, timedelta(days=-1)),
    "clock.confirm": lambda m: _doubted(m, timedelta(days=40)),
    "session.close": lambda m: m.study.leave(),
}
