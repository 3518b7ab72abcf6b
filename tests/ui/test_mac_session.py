"""What macOS answers, read through a stand-in of its two libraries compiled here: never macOS itself."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sle_desk.ui import mac_session

# As CoreFoundation and CoreGraphics declare them.
STAND_IN = r"""
#include <stdint.h>
#include <string.h>
#include <stdlib.h>
typedef struct { unsigned long type; int value; char name[64]; int held; } Thing;
static int live;
static Thing entries[2]; static int given; static int no_session;
static Thing *thing(unsigned long type, int value, const char *name) {
    Thing *it = calloc(1, sizeof(Thing)); it->type = type; it->value = value; it->held = 1;
    strncpy(it->name, name, 63); live++; return it; }
void say(const char *name, unsigned long type, int value) {
    memset(&entries[given], 0, sizeof(Thing)); strncpy(entries[given].name, name, 63);
    entries[given].type = type; entries[given].value = value; given++; }
void forget(int none) { given = 0; no_session = none; }
int alive(void) { return live; }
void *CGSessionCopyCurrentDictionary(void) { return no_session ? 0 : thing(3, 0, "session"); }
void *CFStringCreateWithCString(void *allocator, const char *text, uint32_t code) {
    return code == 0x08000100 ? thing(4, 0, text) : 0; }
void *CFDictionaryGetValue(void *session, void *key) {
    for (int i = 0; i < given; i++) if (!strcmp(entries[i].name, ((Thing *)key)->name)) return &entries[i];
    return 0; }
unsigned long CFGetTypeID(void *it) { return ((Thing *)it)->type; }
unsigned long CFBooleanGetTypeID(void) { return 1; }
unsigned char CFBooleanGetValue(void *it) { return ((Thing *)it)->value; }
unsigned long CFNumberGetTypeID(void) { return 2; }
unsigned char CFNumberGetValue(void *it, long kind, void *into) {
    if (kind != 9) return 0; *(int *)into = ((Thing *)it)->value; return 1; }
void CFRelease(void *it) { live--; free(it); }
"""
BOOLEAN, NUMBER, TEXT = 1, 2, 4


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """Return the stand-in."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler, or no Linux")
    place: Path = tmp_path_factory.mktemp("mac")
    (place / "mac.c").write_text(STAND_IN, encoding="utf-8")
    made = place / "mac.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(made), str(place / "mac.c")], check=True)
    return ctypes.CDLL(str(made))


@pytest.mark.parametrize(
    ("said", "away"),
    [
        ([], False),
        ([(mac_session.LOCKED, BOOLEAN, 1)], True),
        ([(mac_session.LOCKED, BOOLEAN, 0)], False),
        ([(mac_session.LOCKED, NUMBER, 1)], True),
        ([(mac_session.LOCKED, TEXT, 1)], False),
        ([(mac_session.IN_FRONT, BOOLEAN, 1)], False),
        ([(mac_session.IN_FRONT, BOOLEAN, 0)], True),
        ([(mac_session.IN_FRONT, NUMBER, 0), (mac_session.LOCKED, BOOLEAN, 0)], True),
    ],
)
def test_a_locked_screen_or_another_user_in_front_is_read_and_nothing_is_kept(
    library: ctypes.CDLL, said: list[tuple[bytes, int, int]], away: bool
) -> None:
    library.forget(0)
    for name, kind, value in said:
        library.say(name, ctypes.c_ulong(kind), value)
    assert mac_session.asked(library, library) is away
    assert library.alive() == 0


def test_without_a_session_and_on_another_system_nothing_is_said(library: ctypes.CDLL) -> None:
    library.forget(1)
    assert mac_session.asked(library, library) is None
    if sys.platform != "darwin":
        assert mac_session.session_is_away() is None
    with pytest.raises(AttributeError):
        mac_session.asked(ctypes.CDLL(None), ctypes.CDLL(None))
