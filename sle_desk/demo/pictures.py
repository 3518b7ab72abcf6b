"""A picture of each page of the window, in both languages, taken from a copy of the demonstration."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sle_desk.app import make_window, no_display, offscreen_platform
from sle_desk.base.clock import Clock
from sle_desk.base.language import LANGUAGES, Language
from sle_desk.base.private import private_folder
from sle_desk.demo.invented import PI
from sle_desk.services import dose_log, studies, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.infusion_course import DOSE
from sle_desk.services.subjects import SubjectRow

SETTLE_ROUNDS, SETTLE_SECONDS = 6, 0.02
# What a page draws beside the window, such as the chosen paper, is in the picture; a fault ends the wait.
MOST_SECONDS = 30.0
OF_CANDIDATE = frozenset({"eligibility", "randomise", "consent"})


def take_pictures(study: Path, target: Path, clock: Clock) -> tuple[Path, ...]:
    """Write a PNG of each page below a folder for each language; the study itself stays untouched."""
    if no_display():
        os.environ["QT_QPA_PLATFORM"] = offscreen_platform()
    taken: list[Path] = []
    for language in LANGUAGES:
        with private_folder() as private:
            copy = private / "study"
            shutil.copytree(study, copy)
            folder = target / language
            folder.mkdir(parents=True)
            taken += _in_one_language(copy, folder, Language(language), clock)
    return tuple(taken)


def _in_one_language(study: Path, folder: Path, language: Language, clock: Clock) -> list[Path]:
    from sle_desk.ui.sign_in import SignIn

    window: Any = make_window(study, language, clock)
    window.show()
    taken = [_picture(window, folder, 1, "sign-in")]
    unlocked = studies.unlock(study, PI.login, PI.password, clock)
    window.findChild(SignIn).signed_in.emit(unlocked, PI.role)
    window.state.choose_language(language)
    try:
        for number, place in enumerate(_places(window.state.desk, window.state), 2):
            window.state.go(place)
            taken.append(_picture(window, folder, number, _named(place)))
    finally:
        window.hide()
        studies.stand_up(*window.state.stand())
        window.deleteLater()
    return taken


def _named(place: Any) -> str:
    return f"{place.page}-{place.tab}" if place.tab else str(place.page)


def _places(desk: Desk, state: Any) -> Iterator[Any]:
    """Yield every page there is with something to see on it."""
    from sle_desk.ui.desk_page import Go
    from sle_desk.ui.page_list import page_entries
    from sle_desk.ui.pages.study_page import StudyPage
    from sle_desk.ui.subject_tabs import DOSES, TABS

    rows = subjects.subjects(desk)
    treated = next((row for row in reversed(rows) if row.state == "treatment"), rows[-1])
    candidate = next(
        (row for row in reversed(rows) if row.state == "screening" and _seen(desk, row.id)), treated
    )
    for entry in page_entries(state):
        subject = candidate if entry.code in OF_CANDIDATE else treated
        held = visits.visits(desk, subject.id)
        visit = held[-1].id if held else None
        if entry.code == "study":
            yield from (Go("study", tab=tab) for tab, *_ in StudyPage.entries)
        elif entry.code == "subject":
            yield from (Go("subject", subject_id=subject.id, tab=tab) for tab in dict(TABS) if tab != DOSES)
        else:
            # A page of the sidebar is about everybody.
            about = subject.id if entry.below else None
            if entry.code == "infusion_course":
                yield _infusion(desk, rows)
                continue
            yield Go(entry.code, subject_id=about, visit_id=visit, form="vitals", panel="CBC")


def _infusion(desk: Desk, rows: Sequence[SubjectRow]) -> Any:
    """Return the place of the last infusion of somebody who has one."""
    from sle_desk.ui.desk_page import Go

    for row in reversed(rows):
        for dose in reversed(dose_log.doses(desk, row.id)):
            if desk.protocol.drug(dose.given.drug).preparation is not None:
                return Go("infusion_course", subject_id=row.id, link=(DOSE, dose.id))
    return Go("infusion_course", subject_id=rows[-1].id)


def _seen(desk: Desk, subject_id: int) -> bool:
    return bool(visits.visits(desk, subject_id))


def _picture(window: Any, folder: Path, number: int, name: str) -> Path:
    until, rounds = time.monotonic() + MOST_SECONDS, 0
    while rounds < SETTLE_ROUNDS:
        window.state.parent().processEvents()
        time.sleep(SETTLE_SECONDS)
        still = window.state.jobs.running and time.monotonic() < until
        rounds = 0 if still else rounds + 1
    path = folder / f"{number:02d}-{name}.png"
    window.grab().save(str(path))
    return path
