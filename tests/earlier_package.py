"""The protocol package as an earlier version of the application brought it: without entries."""

from __future__ import annotations

import re

from sle_desk.services import package

LATER_FORMS = ("visit_questions", "sle_history", "physical_examination", "contraception")
LATER_SETTING = "safety.report_hours"


def earlier_files() -> dict[str, str]:
    """Return the files of the installed package without what came with the entries."""
    found = package.installed_files()
    kept = {
        name: text
        for name, text in found.items()
        if not re.search(r"^log = ", text, flags=re.MULTILINE)
        and name != "dictionary.toml"
        and name not in [f"forms/{code}.toml" for code in LATER_FORMS]
    }
    protocol = kept["protocol.toml"]
    for code in LATER_FORMS:
        protocol = re.sub(rf'"{code}",\s*|,\s*"{code}"', "", protocol)
    setting = re.compile(rf'\[\[setting\]\]\ncode = "{LATER_SETTING}".*?\n\n', re.DOTALL)
    kept["protocol.toml"] = setting.sub("", protocol)
    deviation = kept["forms/deviation.toml"]
    kept["forms/deviation.toml"] = deviation[: deviation.index('[[section.field]]\ncode = "category"')]
    return kept
