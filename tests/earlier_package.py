"""The protocol package as an earlier version of the application brought it: without entries."""

from __future__ import annotations

import re

from sle_desk.services import package

LATER_NOTES = ("site_note", "diluent_note", "place_note", "discarded_on", "hold", "hold_shown", "residual_ml")
LATER_FORMS = (
    "visit_questions", "sle_history", "physical_examination", "contraception",
    "class_eular_acr_2019", "class_acr_1997", "class_aecg_2002", "class_slicc_2012",
)  # fmt: skip
LATER_SETTINGS = (
    "safety.report_hours", "visit.window_early_termination_days", "eligibility.waiver_randomises",
    "rescreening.times", "rescreening.days", "visit.window_week_48_days", "visit.second_cycle_activity",
    "belimumab.second_cycle_infusions",
)  # fmt: skip

_SETS = ("eular_acr_2019", "acr_1997", "slicc_2012", "aecg_2002")
# The classification as it was typed before its items were asked.
TYPED_LEAF = f"""kind = "classification"
setting = "eligibility.classification"
used = {{ form = "history_screening", field = "classification_set", codes = {list(_SETS)} }}
met = {{ form = "history_screening", field = "classification_met", codes = ["Y", "N"] }}
"""


def _typed_field(code: str, keys: dict[str, str]) -> str:
    choices = "".join(
        f'    {{ code = "{each}", label = {{ en = "{each}", zh = "{each}" }}, key = "{key}" }},\n'
        for each, key in keys.items()
    )
    head = (
        f'[[section.field]]\ncode = "{code}"\nlabel = {{ en = "{code}", zh = "{code}" }}\nkind = "choice"\n'
    )
    return f"{head}investigator = true\nchoices = [\n{choices}]\n\n"


TYPED_FIELDS = _typed_field(
    "classification_set", {code: str(key) for key, code in enumerate(_SETS, 1)}
) + _typed_field("classification_met", {"Y": "Y", "N": "N"})


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
    for code in LATER_SETTINGS:
        protocol = re.sub(rf'\[\[setting\]\]\ncode = "{code}".*?\n\n', "", protocol, flags=re.DOTALL)
    protocol = re.sub(r"\[\[hold\]\]\n.*?\n\n", "", protocol, flags=re.DOTALL)
    # A second cycle had doses and no visits of its own.
    protocol = re.sub(r'\[\[visit\]\]\ncode = "C2.*?\n\n', "", protocol, flags=re.DOTALL)
    protocol = re.sub(r"(?m)^(?:cycles|end_label) = [^\n]*\n", "", protocol)
    # Nothing said when the visit of leaving early is due.
    kept["protocol.toml"] = re.sub(r'anchor = "exit"\nwindow = "[^"]+"', 'anchor = "none"', protocol)
    kept |= _typed_classification(kept)
    deviation = kept["forms/deviation.toml"]
    kept["forms/deviation.toml"] = deviation[: deviation.index('[[section.field]]\ncode = "category"')]
    # What an injection was dissolved in was not asked.
    injection = _without(kept["forms/injection.toml"], "diluent")
    kept["forms/injection.toml"] = _without(injection, "diluent_ml")
    kept["forms/diary.toml"] = _without(kept["forms/diary.toml"], "vials")
    return {name: _listed_alone(text) for name, text in kept.items()}


def _without(text: str, code: str) -> str:
    """Return a form without one of its fields."""
    return re.sub(rf'\[\[section\.field\]\]\ncode = "{code}"\n.*?(?=\n\[|\Z)', "", text, flags=re.DOTALL)


def _listed_alone(text: str) -> str:
    """Return a file as it was when site, diluent and place of a dose were those of their lists."""
    for code in LATER_NOTES:
        text = _without(text, code)
    text = re.sub(r'(?: +#[^\n]*\n)? +\{ code = "unknown", [^\n]*, key = "U" \},\n', "", text)
    other = r' +\{ code = "other", [^\n]*\n'
    text = re.sub(rf'(?<=key = "X" \}},\n){other}', "", text)
    return re.sub(r' +\{ code = "other", (?:key = "7"|[^\n]*, key = "4")[^\n]*\n', "", text)


def _typed_classification(kept: dict[str, str]) -> dict[str, str]:
    """Return the files in which the classification was a set and a verdict that somebody typed."""
    criteria, instruments = kept["criteria.toml"], kept["instruments.toml"]
    before, _, rest = criteria.partition('kind = "classification_items"')
    _, _, after = rest.partition("\n]\n")
    counted = instruments.index("[acr_1997]")
    return {
        "criteria.toml": f"{before}{TYPED_LEAF}{after}",
        "instruments.toml": instruments[:counted].replace('entry = "ANA"\n', "")
        + instruments[instruments.index("[flare]") :],
        "forms/history_screening.toml": kept["forms/history_screening.toml"].replace(
            '[[section.field]]\ncode = "able_to_comply"',
            f'{TYPED_FIELDS}[[section.field]]\ncode = "able_to_comply"',
            1,
        ),
    }
