"""Sentences about the key file: a header that says other than the study, a file that is older than it."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "keys.called_demonstration": message(
        "study.keys calls this study a demonstration; the encrypted study file says that it is a real one. "
        "study.keys was changed outside the application: nothing was opened. Put back study.keys.old from "
        "beside it, or study.keys from the newest backup, and tell the administrator."
    ),
    "keys.called_real": message(
        "study.keys calls this a real study; the encrypted study file says that it is a demonstration. "
        "study.keys was changed outside the application: nothing was opened. Put back study.keys.old from "
        "beside it, or study.keys from the newest backup."
    ),
    "keys.older": message(
        "study.keys is older than the study: an earlier one was put back. The study itself was checked and "
        "holds."
    ),
    "keys.older_passwords": message(
        "With it an earlier password opens the study again for: {logins}. Set each of them a new one-time "
        "password."
    ),
    "keys.older_recovery": message(
        "With it an earlier recovery key opens the study again, and the one of now does not. Destroy the "
        "earlier paper, and have a new recovery key made."
    ),
    "keys.older_missing": message("It has no key for: {logins}. Set each of them a new one-time password."),
    "keys.older_beside": message(
        "study.keys is older than the study: it ends at audit number {number}, {kept} beside it at {later}. "
        "It is of before an account was closed, and the study does not open with it. Nothing was changed. "
        "Put the newer one back as study.keys; restoring a backup would lose what was entered since."
    ),
    "keys.older_backup": message(
        "study.keys is older than the study: it ends at audit number {number}, and the backup {backup} "
        "beside the study at {later}. It is of before an account was closed, and the study does not open "
        "with it. Nothing was changed. Put the newer study.keys back; restoring a backup would lose what was "
        "entered since."
    ),
    "keys.not_this_file": message(
        "The study file {path} does not open with the key in study.keys, which ends at number {number}. "
        "Where an account was closed after that, study.keys is older than the study: put the newer one back. "
        "Only where there is none, the study file may be damaged, and the newest backup is to be restored."
    ),
    "clock.of_demonstration": message(
        "The application goes by the clock of a demonstration, and this study is a real one: nothing was "
        "opened. Close the application and open this study anew."
    ),
}
