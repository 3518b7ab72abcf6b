"""The command line: the same services, no window; never a traceback for an expected fault."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import sle_desk
from sle_desk.base import private
from sle_desk.base.clock import SystemClock
from sle_desk.base.errors import NotAllowed, SleDeskError, StorageFailed
from sle_desk.base.language import LANGUAGES, Language, message
from sle_desk.base.words import error_sentence, sentence
from sle_desk.base.written import reason_of
from sle_desk.domain import roles
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.exporting import ACTION as WRITE
from sle_desk.exports.exporting import write_export
from sle_desk.exports.file_names import check_given
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.verification import Verified
from sle_desk.services import (
    backup,
    list_kept,
    looking,
    papers,
    restoring,
    self_check,
    studies,
    study_clock,
)
from sle_desk.services.desk import Desk
from sle_desk.services.returning_words import returning_words

DONE, NO, WRONG = 0, 1, 2
RESTORE_REASONS = tuple(choice.code for choice in restoring.REASONS if choice.code != "other")
# Longer than any audit number, and shorter than what the file can hold as one.
LONGEST_NUMBER = 12
PASSWORD_VARIABLE = "SLE_DESK_PASSWORD"  # the name of a variable, not a secret
DESCRIPTION = message("The desk of one lupus trial in one clinic: offline, in one encrypted study folder.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 the answer is no, 2 refused."""
    options = parser().parse_args(arguments)
    language = Language(options.language)
    private.clear_left()
    try:
        run: Callable[[argparse.Namespace, Language], int] = options.run
        return run(options, language)
    except SleDeskError as error:
        say(error_sentence(error, language), stream=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return WRONG


def say(text: str, stream: object = None) -> None:
    """Print one line for a person."""
    # A path may hold bytes that are no text: they are shown as what they are.
    shown = text.encode("utf-8", "backslashreplace").decode("utf-8")
    print(shown, file=stream or sys.stdout)  # type: ignore[arg-type]


def parser() -> argparse.ArgumentParser:
    """Return the command line as it is declared."""
    top = argparse.ArgumentParser(prog="sle-desk", description=DESCRIPTION)
    top.add_argument("--version", action="version", version=f"sle_desk {sle_desk.__version__}")
    top.set_defaults(run=open_window, folder=None, language=LANGUAGES[0])
    _common(top)
    commands = top.add_subparsers(title="commands")
    _open(commands)
    _verify(commands)
    _backup(commands)
    _self_check(commands)
    _demo(commands)
    _export(commands)
    return top


def _common(command: argparse.ArgumentParser) -> None:
    # A command's own default would speak louder than what was said before it.
    command.add_argument(
        "--language", choices=LANGUAGES, default=argparse.SUPPRESS, help="language of what is said"
    )


def _with_user(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--user", required=True, help=f"user name; the password is asked for, or {PASSWORD_VARIABLE}"
    )


def _with_role(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--role", choices=tuple(roles.ROLES), help="role to act in; else the first you hold that may do it"
    )


def _open(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("open", help="open a study folder in the application")
    command.add_argument("folder", type=Path)
    command.set_defaults(run=open_window)
    _common(command)


def _verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("verify", help="run the whole check of a study folder or a backup")
    command.add_argument("study", type=Path)
    command.add_argument("--paper", metavar="SEQ:CODE", help="compare a printed audit number and code")
    command.set_defaults(run=verify)
    _with_user(command)
    _common(command)


def _backup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    make = commands.add_parser("backup", help="write a verified backup of a study folder")
    make.add_argument("folder", type=Path)
    make.add_argument("target", type=Path)
    make.set_defaults(run=make_backup)
    _with_user(make)
    _with_role(make)
    _common(make)
    restore = commands.add_parser("restore", help="rehearse a backup, then put it in place")
    restore.add_argument("backup", type=Path)
    restore.add_argument("folder", type=Path)
    restore.add_argument("--accept-older", action="store_true", help="go back behind the study in the folder")
    restore.add_argument("--reason", choices=RESTORE_REASONS, help="why, where a study is in the folder")
    restore.set_defaults(run=restore_backup)
    _with_user(restore)
    _common(restore)


def _self_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("self-check", help="is this installation whole?")
    command.set_defaults(run=check_installation)
    _common(command)


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("demo", help="make a demonstration study and every export of it")
    command.add_argument("--out", type=Path, required=True, help="a folder that is absent or empty")
    command.add_argument("--subjects", type=int, default=12, help="how many patients")
    command.add_argument("--seed", type=int, default=7, help="equal seeds and days give equal values")
    command.add_argument("--today", type=day_typed, metavar="DATE", help="the day it leads up to: YYYY-MM-DD")
    command.add_argument("--pictures", action="store_true", help="a PNG of each page in both languages too")
    command.set_defaults(run=make_demonstration)
    _common(command)


def _export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("export", help="write the workbook of a study")
    command.add_argument("folder", type=Path)
    command.add_argument("--excel", type=Path, default=Path("."), help="the file, or a folder to write it in")
    command.add_argument("--preset", choices=tuple(PRESETS), default="sponsor", help="what it holds")
    command.set_defaults(run=export_study)
    _with_user(command)
    _with_role(command)
    _common(command)


def day_typed(typed: str) -> date:
    """Return a day typed as YYYY-MM-DD; a day that does not exist is wrong usage."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed} is no day; type it as YYYY-MM-DD") from None


def password_for(user: str, language: Language) -> str:
    """Return the password from the environment or a prompt; never from an argument."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    try:
        with warnings.catch_warnings():
            # Without a terminal there is no echo to hide: what comes through a pipe is read as it is.
            warnings.simplefilter("ignore", getpass.GetPassWarning)
            return getpass.getpass(language.text("Password of {user}: ", user=user))
    except (EOFError, OSError) as error:
        raise StorageFailed("password.no_terminal", user=user, variable=PASSWORD_VARIABLE) from error


@contextmanager
def seated(
    options: argparse.Namespace, action: str, language: Language
) -> Iterator[tuple[StudyFolder, Desk]]:
    """Sign in on a checked study in the role asked for, or the first that may do the act, and out again."""
    folder: Path = options.folder
    clock = study_clock.clock_of(folder, SystemClock())
    unlocked = studies.unlock(folder, options.user, password_for(options.user, language), clock)
    desk: Desk | None = None
    try:
        if unlocked.must_change_password:
            raise NotAllowed("sign_in.first_password", login=unlocked.login)
        role = _role_for(unlocked.roles, options.role, action, language)
        studies.require_whole(studies.opening_checks(unlocked, lambda step, share: None))
        desk = studies.sit_down(unlocked, role, clock)
        yield unlocked.folder, desk
    finally:
        if desk is None:
            studies.leave(unlocked)
        else:
            studies.stand_up(unlocked, desk)


def _role_for(held: Sequence[str], asked: str | None, action: str, language: Language) -> str:
    """Return the role to act in; where none held may do the act, the first: its refusal is audited."""
    if asked is None:
        return next((role for role in held if roles.may(role, action)), held[0])
    if asked not in held:
        named = ", ".join(f"{role} ({language.words(roles.ROLES[role])})" for role in held)
        raise NotAllowed("sign_in.role_of", role=language.words(roles.ROLES[asked]), held=named)
    return asked


def open_window(options: argparse.Namespace, language: Language) -> int:
    """Open the application."""
    from sle_desk.app import run_application

    return run_application(options.folder, language)


def verify(options: argparse.Namespace, language: Language) -> int:
    """Verify a study folder or a backup; with --paper compare a printed code."""
    study: Path = options.study
    password = password_for(options.user, language)
    if study.is_dir():
        clock = study_clock.clock_of(study, SystemClock())
        with looking.looked_into(study, options.user, password, clock) as looked:
            holds = _report(looked.verified, language)
            if looked.keys_changed:
                say(sentence("keys.changed", {}, language))
            for code, facts in looked.returned.told() if looked.returned else ():
                say(sentence(code, facts, language))
            holds = holds and not (looked.keys_changed or looked.returned)
            holds = holds and _list(looked.ask, language)
            if options.paper is not None:
                holds = _paper(looked.ask, options.paper, language) and holds
        return DONE if holds else NO
    rehearsal = backup.rehearse(study, options.user, password, None)
    holds = _report(rehearsal.verified, language)
    if holds:
        with backup.reading(study, options.user, password, SystemClock()) as (unlocked, _):
            holds = _list(unlocked.database.run, language)
            if options.paper is not None:
                holds = _paper(unlocked.database.run, options.paper, language) and holds
    return DONE if holds else NO


def _report(verified: Verified, language: Language) -> bool:
    if verified.holds:
        text = language.text(
            "The check holds: {number} audit rows, the chain and every value.", number=verified.number
        )
        say(text)
    for fault in verified.faults:
        say(sentence(fault.code, fault.facts, language))
    return verified.holds


def _list(ask: Callable[[Callable[[object], object]], object], language: Language) -> bool:
    """Say whether the sealed list is the one of its certificate, if there is one; no arm is told."""
    found = ask(list_kept.list_holds)
    if not isinstance(found, tuple):
        return True
    code, size, holds = found
    yes = language.text(
        "Allocation list {code}: {size} sealed rows, and they give its digest.", code=code, size=size
    )
    no = language.text("Allocation list {code}: its rows do not give its digest.", code=code)
    say(yes if holds else no)
    return bool(holds)


def _paper(ask: Callable[[Callable[[object], object]], object], paper: str, language: Language) -> bool:
    number, _, code = paper.replace(" ", "").partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER) or not code:
        raise StorageFailed("paper.form", typed=paper)
    matches = bool(ask(lambda cursor: papers.matches(cursor, int(number), code)))
    yes = language.text("The paper agrees with the study at audit number {number}.", number=number)
    no = language.text("The paper does not agree with the study at audit number {number}.", number=number)
    say(yes if matches else no)
    return matches


def make_backup(options: argparse.Namespace, language: Language) -> int:
    """Write a verified backup."""
    with seated(options, backup.PLACE, language) as (folder, desk):
        made = backup.make_backup(desk, folder, options.target)
    say(language.text("Backup written and verified: {path}", path=made.path))
    return DONE


def restore_backup(options: argparse.Namespace, language: Language) -> int:
    """Rehearse a backup and put it in place."""
    target = StudyFolder(options.folder)
    password = password_for(options.user, language)
    rehearsal = backup.rehearse(options.backup, options.user, password, target)
    if not _report(rehearsal.verified, language):
        return NO
    backup.require_restorable(rehearsal, target, accept_older=options.accept_older)
    over = target.study.exists()
    if over:
        # In place of a study that is there: as in the window, of who may restore alone, and with a reason.
        if options.reason is None:
            raise StorageFailed("backup.reason_needed", reasons=", ".join(RESTORE_REASONS))
        backup.require_restorer(options.backup, options.user, password, SystemClock())
    for line in returning_words(rehearsal.live.returning, language):
        say(line)
    clock = study_clock.clock_of(target.path, SystemClock())
    wanted = restoring.Restoring(rehearsal, options.user.strip().lower(), password, options.reason or "")
    if not over:
        # Who signs in next need not be who restores: the note waits for them.
        by = wanted.by(rehearsal.live.number or 0)
        kept = backup.restore(options.backup, target, rehearsal, clock, by, accept_older=options.accept_older)
        return _restored(restoring.Placed(kept), target, language)
    present, placed = restoring.restore_closed(target, wanted, clock)
    for made in present.backups:
        say(language.text("The study of now was backed up: {path}", path=made.path))
    if present.fault is not None:
        why = error_sentence(present.fault, language)
        say(language.text("The study of now was not backed up first. {why}", why=why))
    return _restored(placed, target, language)


def _restored(placed: restoring.Placed, target: StudyFolder, language: Language) -> int:
    """Say what was done, even where something more could not be done after it."""
    text = language.text(
        "Restored to {path}. What was there before stands beside it."
        if placed.kept
        else "Restored to {path}.",
        path=target.path,
    )
    say(text)
    for name in placed.kept:
        say(name)
    if placed.fault is not None:
        why = error_sentence(placed.fault, language)
        say(language.text("The next sign-in notes the restore in it. {why}", why=why))
    return DONE if placed.is_whole else WRONG


def check_installation(options: argparse.Namespace, language: Language) -> int:
    """Check fonts, translations, cipher and protocol package of this installation."""
    faults = self_check.faults()
    for error in faults:
        say(error_sentence(error, language))
    if not faults:
        say(language.text("This installation is whole."))
    return NO if faults else DONE


def make_demonstration(options: argparse.Namespace, language: Language) -> int:
    """Make the demonstration study, its accounts, its exports and, when asked, its pictures."""
    # Imported late: only this command needs any of it.
    from sle_desk.demo import making

    today = options.today or SystemClock().now().date()
    wanted = making.Wanted(
        options.out, today, options.subjects, options.seed, options.pictures, language.code
    )
    try:
        made = making.make_demonstration(wanted)
    except OSError as error:
        raise StorageFailed(
            "demonstration.not_made", path=str(options.out), reason=reason_of(error)
        ) from error
    say(language.text("DEMONSTRATION DATA: nobody in it exists."))
    say(language.text("Study: {path}", path=made.study))
    exports, pictures = len(made.exports), len(made.pictures)
    say(language.text("Written: {exports} exports, {pictures} pictures.", exports=exports, pictures=pictures))
    return DONE


def export_study(options: argparse.Namespace, language: Language) -> int:
    """Write the workbook of a preset, read back and compared."""
    target: Path = options.excel
    folder, name = (target, "") if target.is_dir() else (target.parent, target.name)
    if name:
        check_given(name, "xlsx")
    if name and target.exists():
        raise StorageFailed("file.exists", name=name, folder=str(folder))
    if not folder.is_dir():
        raise StorageFailed("folder.missing", path=str(folder))
    with seated(options, WRITE, language) as (_, desk):
        done = write_export(desk, folder, options.preset, language, name=name)
    say(language.text("Written and read back: {path} ({values} values)", path=done.path, values=done.values))
    return DONE
