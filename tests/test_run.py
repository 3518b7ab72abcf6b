"""`run.py`: what a warm start does (nothing), what makes a step stale, and what it says of wrong use."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READ = ("run.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "sle_desk/base/fonts.py")


@pytest.fixture
def project(tmp_path):
    """Return `run.py` of a project that is set up, its `.venv` an empty shell that nothing may call."""
    for name in READ:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    source = importlib.util.spec_from_file_location("run_of_a_project", tmp_path / "run.py")
    run = importlib.util.module_from_spec(source)
    source.loader.exec_module(run)
    version = ".".join(map(str, sys.version_info[:3]))
    made = (run.PYTHON, run.program("pip"), run.CATALOGUE, run.CATALOGUE.with_suffix(".mo"), *run.FONTS)
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (run.VENV / "pyvenv.cfg").write_text(f"version = {version}\ncommand = python -m venv {run.VENV}\n")
    run.STAMP.write_text(json.dumps(run.wanted(dev=True)))
    return run


def stale(run, dev=True):
    done = run.stamped()
    return {step for step, key in run.wanted(dev).items() if done.get(step) != key}


def test_a_warm_start_calls_nothing(project):
    project.set_up()
    project.set_up(dev=True)
    assert stale(project) == set()


@pytest.mark.parametrize(
    ("file", "steps"),
    [
        ("pyproject.toml", {"packages", "development"}),
        ("requirements.lock", {"packages"}),
        ("requirements-dev.lock", {"development"}),
        ("sle_desk/base/fonts.py", {"fonts"}),
        ("resources/i18n/zh_CN/LC_MESSAGES/sle_desk.po", {"catalogue"}),
    ],
)
def test_a_changed_file_makes_its_own_steps_stale(project, file, steps):
    with (project.ROOT / file).open("a") as changed:
        changed.write("\n# changed\n")
    assert stale(project) == steps


def test_another_version_of_the_font_source_makes_the_fonts_stale(project):
    text = project.LOCK.read_text(encoding="utf-8")
    project.LOCK.write_text(text.replace("justmytype-intl-cjk==", "justmytype-intl-cjk==9"), encoding="utf-8")
    assert stale(project) == {"packages", "fonts"}


def test_what_is_gone_is_made_again(project):
    project.FONTS[1].unlink()
    project.CATALOGUE.with_suffix(".mo").unlink()
    assert stale(project) == {"fonts", "catalogue"}
    project.PYTHON.unlink()
    assert stale(project) == {"packages", "development", "fonts", "catalogue"}


def test_the_application_alone_needs_no_development_packages(project):
    project.STAMP.write_text(json.dumps(project.wanted(dev=False)))
    assert (stale(project, dev=False), stale(project, dev=True)) == (set(), {"development"})


@pytest.mark.parametrize(
    ("old", "new"), [("version = 3", "version = 2"), (".venv\n", ".other\n"), ("command", "prompt")]
)
def test_an_environment_of_another_python_or_place_does_not_fit(project, old, new):
    assert project.environment_fits()
    about = project.VENV / "pyvenv.cfg"
    about.write_text(about.read_text().replace(old, new))
    assert not project.environment_fits()


def test_an_environment_without_pip_does_not_fit(project):
    project.program("pip").unlink()
    assert not project.environment_fits()


def test_a_python_that_is_too_new_is_refused_with_a_sentence(project, monkeypatch):
    monkeypatch.setattr(project, "NEWEST", (3, 10))
    with pytest.raises(project.Stopped, match=r"sle_desk needs Python 3\.11 to 3\.10; this is 3\."):
        project.set_up()


@pytest.mark.parametrize(
    ("given", "display"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:configfile=a"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
    ],
)
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_a_display_is_told_from_the_environment(project, monkeypatch, given, display):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert project.has_display() is display


def test_studies_of_tests_lie_in_memory_where_there_is_room(project, monkeypatch, tmp_path):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(project, "IN_MEMORY", tmp_path)
    monkeypatch.setattr(project, "MEMORY_WANTED", 0)
    assert project.test_environment()["TMPDIR"] == str(tmp_path)
    monkeypatch.setattr(project, "MEMORY_WANTED", 2**80)
    assert "TMPDIR" not in project.test_environment()
    monkeypatch.setattr(project, "IN_MEMORY", tmp_path / "none")
    assert "TMPDIR" not in project.test_environment()


def test_an_unknown_command_is_wrong_usage_and_sets_nothing_up(project):
    asked = [sys.executable, project.ROOT / "run.py", "tset"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr.startswith("There is no command 'tset'.")
    assert "Traceback" not in found.stderr


def test_the_readme_names_every_command_and_no_other(project):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"python3 run\.py ([a-z]+)", text))
    assert named == set(project.COMMANDS) - {"run"}


def test_the_readme_names_the_system_libraries_that_run_py_names(project):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{project.PYTHON_PACKAGES} {project.QT_PACKAGES}\n" in text
    assert f"{project.WINDOW_PACKAGES}\n" in text
    assert project.QT_PACKAGES in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_lock_names_everything_that_its_packages_want():
    # The set-up installs the lock as it stands, without asking pip to resolve it again.
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
