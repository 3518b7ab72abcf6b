#!/usr/bin/env python3
"""Sets sle_desk up and starts it, tests it or builds what it needs: `python3 run.py help`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "sle_desk-set-up.json"
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
RESOURCES = ROOT / "resources"
FONTS = tuple(RESOURCES / "fonts" / f"NotoSansSC-{weight}.ttf" for weight in ("Regular", "Bold"))
CATALOGUE = RESOURCES / "i18n" / "zh_CN" / "LC_MESSAGES" / "sle_desk.po"
OLDEST, NEWEST = (3, 11), (3, 13)
PYTHON_VERSION = sys.version.partition(" ")[0]

APT = "apt-get install"
PYTHON_PACKAGES = "python3-venv"
QT_PACKAGES = "libglib2.0-0 libgl1 libegl1 libfontconfig1 libdbus-1-3 libxkbcommon0"
WINDOW_PACKAGES = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
# Where tests may keep their thousands of studies: the time of a disk says nothing about them.
IN_MEMORY, MEMORY_WANTED = Path("/dev/shm"), 4_000_000_000
# One screen of 1600 x 1000: the offscreen platform's own of 800 x 800 cuts windows.
OFFSCREEN = "offscreen:configfile=resources/offscreen.json"


def program(name: str) -> Path:
    """Return the path of a program that `.venv` holds."""
    return VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name


PYTHON = program("python")


class Stopped(Exception):
    """The command cannot go on; the text says why and what to do."""


class Options(NamedTuple):
    """What stood behind the command: run.py's own two options, and the rest, which is handed on."""

    rest: tuple[str, ...] = ()
    offline: bool = False
    slow: bool = False


def child_environment(**extra: str) -> dict[str, str]:
    """Return the environment for a child; bytecode is written: imports take three times as long without."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.pop("PYTHONHOME", None)
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONUTF8="1")
    environment.update(extra)
    return environment


def call(*command: object, **extra: str) -> int:
    """Run a command in the project folder and return its exit code."""
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=child_environment(**extra))


def must(what: str, *command: object) -> None:
    """Run one step of the set-up, or stop with a sentence that names it."""
    if call(*command) != 0:
        raise Stopped(f"The set-up stopped: {what} failed; the lines above say why.")


def say(text: str) -> None:
    """Print one line at once, so that it stands before what a child prints."""
    print(text, flush=True)


# --- the set-up -----------------------------------------------------------------------------------


def check_python() -> None:
    """Stop when this Python is too old or too new for the locked packages."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise Stopped(
            f"sle_desk needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}; this is {PYTHON_VERSION}. "
            f"Install one of those and start run.py with it, for example: python3.{NEWEST[1]} run.py"
        )


def digest(*parts: bytes) -> str:
    """Return one short hash over the parts."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def wanted(dev: bool) -> dict[str, str]:
    """Return what the stamp holds when nothing is left to do: a hash for each step of the set-up."""
    python = f"{sys.implementation.name} {sys.version_info[:2]} {ROOT}".encode()
    lock, project = LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes()
    makers = [line for line in lock.splitlines() if line.startswith((b"fonttools==", b"justmytype"))]
    steps = {
        "packages": digest(python, lock, project),
        "fonts": digest(*makers, (ROOT / "sle_desk" / "base" / "fonts.py").read_bytes()),
        "catalogue": digest(CATALOGUE.read_bytes()),
    }
    if dev:
        steps["development"] = digest(python, DEV_LOCK.read_bytes(), project)
    return steps


def stamped() -> dict[str, str]:
    """Return what the last set-up did; nothing where there was none, or where what it made is gone."""
    try:
        steps: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        steps = {}
    if not PYTHON.exists():
        steps = {}
    if not all(font.exists() for font in FONTS):
        steps.pop("fonts", None)
    if not CATALOGUE.with_suffix(".mo").exists():
        steps.pop("catalogue", None)
    return steps


def environment_fits() -> bool:
    """Tell whether `.venv` is whole, made here (a moved one does not work) and of this Python."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    about = dict(line.split(" = ", 1) for line in lines if " = " in line)
    version = ".".join(str(part) for part in sys.version_info[:2])
    here = about.get("command", "").endswith(str(VENV))
    # Without Debian's venv package what is left behind has a Python and no pip.
    return (
        PYTHON.exists()
        and program("pip").exists()
        and here
        and about.get("version", "").startswith(f"{version}.")
    )


def make_environment() -> None:
    """Make `.venv` anew with this Python."""
    say(f"set-up: .venv with Python {PYTHON_VERSION}")
    STAMP.unlink(missing_ok=True)
    if call(sys.executable, "-m", "venv", "--clear", VENV) != 0:
        raise Stopped(
            "Python could not make a virtual environment. On Debian or Ubuntu its venv module is a "
            f"package of its own: {APT} {PYTHON_PACKAGES}"
        )


def install(lock: Path, offline: bool) -> None:
    """Install exactly what a lock names, each file checked against its hash, then sle_desk itself."""
    say(f"set-up: packages of {lock.name}")
    # Twice quiet: errors only. Warnings are about how this computer is set up for pip.
    pip = [PYTHON, "-m", "pip", "-qq", "install"]
    source = ["--no-index"] if offline else []
    # The lock is the whole answer. Asked to resolve it again, pip takes a later release of a package that
    # another one wants with an extra, finds no hash for it and stops.
    locked = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", lock]
    must("installing packages", *pip, *source, *locked)
    # pip cannot hash a folder; what builds it is in the lock and installed by now.
    must("installing sle_desk", *pip, "--no-index", "--no-deps", "--no-build-isolation", "-e", ".")
    # Only for a faster first start: a source that does not compile is for the checks to name.
    call(PYTHON, "-m", "compileall", "-qq", "sle_desk")


def in_package(module: str, *arguments: str) -> list[object]:
    """Return the command that runs a module of the package in `.venv`."""
    return [PYTHON, "-m", f"sle_desk.{module}", *arguments]


def set_up(dev: bool = False, offline: bool = False) -> None:
    """Bring `.venv`, fonts and catalogue to what the locks say; a warm start only compares the stamp."""
    check_python()
    want, done = wanted(dev), stamped()
    if all(done.get(step) == key for step, key in want.items()):
        return
    if not environment_fits():
        make_environment()
    if any(done.get(step) != want[step] for step in ("packages", "development") if step in want):
        install(DEV_LOCK if dev else LOCK, offline)
    if done.get("fonts") != want["fonts"]:
        say("set-up: fonts (once, under a minute)")
        must("making the fonts", *in_package("base.fonts"))
    if done.get("catalogue") != want["catalogue"]:
        say("set-up: catalogue of messages")
        must("compiling the catalogue", *in_package("base.catalogue", "compile"))
    kept = {} if done.get("packages") != want["packages"] else done
    STAMP.write_text(json.dumps({**kept, **want}, indent=1), encoding="utf-8")


# --- what Qt needs from the system ----------------------------------------------------------------


def qt_fault() -> str:
    """Return why Qt does not load in `.venv`, with what to install; empty when it loads."""
    found = subprocess.run(
        [str(PYTHON), "-c", "import PySide6.QtWidgets"],
        cwd=ROOT,
        env=child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 0:
        return ""
    reason = (found.stderr.strip().splitlines() or ["no reason was given"])[-1]
    advice = f" Install what Qt needs: {APT} {QT_PACKAGES}" if sys.platform == "linux" else ""
    return f"Qt does not load: {reason}.{advice}"


def need_qt() -> None:
    """Stop with the line that mends it when Qt does not load."""
    fault = qt_fault()
    if fault:
        raise Stopped(fault)


def has_display() -> bool:
    """Tell whether a window can be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    if asked:
        return not asked.startswith(("offscreen", "minimal"))
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# --- the commands ---------------------------------------------------------------------------------


def demonstrate() -> int:
    """Make the demonstration study, its exports and its pictures in `demo/`, without a display."""
    need_qt()
    return call(PYTHON, "-m", "sle_desk", "demo", "--out", "demo", "--pictures", QT_QPA_PLATFORM=OFFSCREEN)


def run(options: Options) -> int:
    """Open the application, or make the demonstration where no window can be shown."""
    set_up(offline=options.offline)
    if not options.rest and not has_display():
        say("There is no display here: making the demonstration in demo/ instead (sle-desk demo).")
        return demonstrate()
    code = call(PYTHON, "-m", "sle_desk", *options.rest)
    if code < 0 and sys.platform == "linux":
        say(f"The window could not be opened. A window needs: {APT} {QT_PACKAGES} {WINDOW_PACKAGES}")
    return code


def test_environment() -> dict[str, str]:
    """Return the environment for tests: their studies lie in memory where the system has room for that."""
    environment = {"QT_QPA_PLATFORM": OFFSCREEN}
    chosen = "TMPDIR" in os.environ or not os.access(IN_MEMORY, os.W_OK)
    if not chosen and shutil.disk_usage(IN_MEMORY).free >= MEMORY_WANTED:
        environment["TMPDIR"] = str(IN_MEMORY)
    return environment


def test(options: Options) -> int:
    """Lint, format, types, layers, tests: all of them, even when an early one fails."""
    set_up(dev=True, offline=options.offline)
    need_qt()
    deeper = ["-m", "not bench", "--hypothesis-profile=slow"] if options.slow else []
    # The whole run goes to every core, a file at a time: what a file's tests share is made once.
    # In the order of collection, which begins with the longest; a worker that dies ends the run at once.
    every_core = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder"]
    every_core.append("--max-worker-restart=0")
    spread = [] if options.rest else every_core
    checks = {
        "ruff check": [PYTHON, "-m", "ruff", "check", "--output-format=concise"],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check"],
        "mypy": [PYTHON, "-m", "mypy"],
        "lint-imports": [program("lint-imports"), "--no-cache"],
        "pytest": [PYTHON, "-m", "pytest", *deeper, *spread, *options.rest],
    }
    failed = []
    for name, command in checks.items():
        say(f"== {name}")
        if call(*command, **test_environment()) != 0:
            failed.append(name)
    if failed:
        say(f"== these checks did not hold: {', '.join(failed)}")
    return 1 if failed else 0


def bench(options: Options) -> int:
    """Print how long things take beside a floor measured in the same run."""
    set_up(dev=True, offline=options.offline)
    need_qt()
    return call(PYTHON, "tests/bench/measure.py", *options.rest, QT_QPA_PLATFORM=OFFSCREEN)


def pictures(options: Options) -> int:
    """Make the demonstration with a picture of each page in both languages."""
    set_up(offline=options.offline)
    return demonstrate()


def messages(options: Options) -> int:
    """Gather the messages from the sources, take in translations, compile, and list what is missing."""
    set_up(dev=True, offline=options.offline)
    return call(*in_package("base.catalogue", "update", *options.rest))


def lock(options: Options) -> int:
    """Write both locks anew from pyproject.toml: versions and hashes, and no address."""
    check_python()
    if not PYTHON.exists():
        make_environment()
    must("installing uv", PYTHON, "-m", "pip", "-qq", "install", "uv>=0.9")
    common = ["--universal", "--python-version", f"3.{OLDEST[1]}", "--generate-hashes", "--no-header"]
    common += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet", *options.rest]
    compile_lock = [PYTHON, "-m", "uv", "pip", "compile", "pyproject.toml", *common, "--extra", "setup"]
    must("making the lock", *compile_lock, "-o", LOCK.name)
    dev = ["--extra", "dev", "-c", LOCK.name, "-o", DEV_LOCK.name]
    must("making the development lock", *compile_lock, *dev)
    for made in (LOCK, DEV_LOCK):
        for line in made.read_text(encoding="utf-8").splitlines():
            if "/" in line or line.startswith("-"):
                raise Stopped(f"{made.name} names an address, which may not be committed: {line}")
    return 0


def doctor(options: Options) -> int:
    """Say what is there and what is missing, and change nothing."""
    can_make = find_spec("ensurepip") is not None
    done = stamped()
    installed = done.get("packages") == wanted(dev=False)["packages"]
    fault = qt_fault() if installed else "not looked at before the set-up"
    window = has_display()
    lines = [
        (OLDEST <= sys.version_info[:2] <= NEWEST, f"Python {PYTHON_VERSION} (3.11 to 3.13)"),
        (can_make, f"virtual environments (else: {APT} {PYTHON_PACKAGES})"),
        (installed, "packages in .venv as the lock says (else: python3 run.py)"),
        (not fault, f"Qt: {fault or 'loads'}"),
        (all(font.exists() for font in FONTS), "fonts in resources/fonts (else: python3 run.py)"),
        ("catalogue" in done, "compiled catalogue of messages (else: python3 run.py)"),
        (True, f"display: {'there' if window else 'none, python3 run.py makes the demonstration'}"),
    ]
    for good, line in lines:
        say(f"{'ok     ' if good else 'MISSING'} {line}")
    return 0 if all(good for good, _ in lines) else 1


COMMANDS = {
    "run": run,
    "test": test,
    "bench": bench,
    "lock": lock,
    "doctor": doctor,
    "pictures": pictures,
    "messages": messages,
}


def usage() -> str:
    """Return what can be asked of this file."""
    lines = [
        "python3 run.py [COMMAND] [--offline] [--slow] [more, handed on]",
        "",
        *(f"  {name:<10}{command.__doc__}" for name, command in COMMANDS.items()),
        "",
        "  --offline  fetch nothing: install from the folder that PIP_FIND_LINKS names",
        "  --slow     test: with the slow tests and more examples",
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    named = bool(arguments) and not arguments[0].startswith("-")
    name, rest = (arguments[0], arguments[1:]) if named else ("run", arguments)
    if name == "help" or rest[:1] in (["-h"], ["--help"]):
        say(usage())
        return 0
    if name not in COMMANDS:
        print(f"There is no command {name!r}.\n{usage()}", file=sys.stderr)
        return 2
    own = ("--offline", "--slow")
    handed_on = tuple(argument for argument in rest if argument not in own)
    try:
        return COMMANDS[name](Options(handed_on, offline="--offline" in rest, slow="--slow" in rest))
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
