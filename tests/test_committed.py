"""What may be in git: no address of a package registry, no path of one machine, nothing large."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 1_000_000
# Written so that the patterns do not find themselves.
FORBIDDEN = {
    "address of a registry": r"https?://[\w.-]*(?:py[p]i|python[h]osted|np[m]js|deb[i]an|ub[u]ntu)\b",
    "option with an address": r"--(?:extra-)?index[-]url|--find[-]links|--trusted[-]host",
    "path of one machine": r"(?<![\w.~-])/(?:work|root|home|opt|Users)/\w|\b[A-Z]:\\+Users\b",
    "address of a file": r"file:[/]//",
}
PLANTED = {
    "address of a registry": ("https://files.python" + "hosted.org/a.whl", "https://py" + "pi.org/simple"),
    "option with an address": ("--index" + "-url x", "--extra-index" + "-url x", "--find" + "-links=wheels"),
    "path of one machine": (
        "('/ho" + "me/li/a')",
        "/wo" + "rk/main",
        "C:\\\\Us" + "ers\\li",
        "=/ro" + "ot/x",
    ),
    "address of a file": ("file:" + "///x",),
}
INNOCENT = "see https://clinicaltrials.gov/study/NCT05262686 --no-emit-index-url sle_desk/home/a /usr/bin/env"


def committed():
    """Return the files in git and those about to be: everything that is not ignored."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = {ROOT / name for name in listed.stdout.decode("utf-8").split("\0") if name}
    return sorted(path for path in paths if path.is_file())


def offences(text):
    """Return what in a text may not be committed."""
    return [
        f"{what}: {found[0]}" for what, pattern in FORBIDDEN.items() for found in re.finditer(pattern, text)
    ]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    found = {path: offences(path.read_text(encoding="utf-8", errors="replace")) for path in committed()}
    assert {str(path.relative_to(ROOT)): faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("what", "text"), [(what, text) for what, texts in PLANTED.items() for text in texts]
)
def test_each_planted_address_or_path_is_caught(what, text):
    assert [found.partition(":")[0] for found in offences(text)] == [what]


def test_other_addresses_are_let_be():
    assert offences(INNOCENT) == []


def test_no_large_file_is_committed():
    assert [path.name for path in committed() if path.stat().st_size > LARGEST] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_versions_and_hashes_and_nothing_else(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    line_of_a_lock = r"[a-z0-9._-]+==[\w.+-]+( ; [^/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    assert [line for line in lines if not re.fullmatch(line_of_a_lock, line)] == []
    starts = [number for number, line in enumerate(lines) if "==" in line]
    assert starts
    assert all("--hash" in lines[number + 1] for number in starts)


def test_both_locks_agree():
    pin = r"^[a-z0-9._-]+==\S+(?: ; .+?)?(?= \\)"
    runtime, dev = (
        set(re.findall(pin, (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert "flit-core" in {found.partition("==")[0] for found in runtime}  # What builds sle_desk itself.
    assert runtime - dev == set()


def test_what_the_set_up_makes_is_not_committed():
    made = re.compile(r"resources/fonts/|\.mo$|\.sled$|\.keys$|^demo/|^\.venv/")
    names = [path.relative_to(ROOT).as_posix() for path in committed()]
    assert [name for name in names if made.search(name)] == []
