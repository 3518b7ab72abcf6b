"""Reading a protocol package: its files in, one Protocol out, or the fault with file, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain.clarification_file import parse_clarifications
from sle_desk.domain.criteria_file import parse_criteria, words_in_registry
from sle_desk.domain.dictionary import Dictionary, parse_dictionary
from sle_desk.domain.forms import Field, Form, parse_form
from sle_desk.domain.holds_file import parse_hold
from sle_desk.domain.instruments import parse_instruments
from sle_desk.domain.laboratory import parse_laboratory
from sle_desk.domain.package_checks import check_references, waiting
from sle_desk.domain.protocol import Criterion, Found, Protocol, Registry
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.sealing import sha256
from sle_desk.domain.settings import parse_setting
from sle_desk.domain.steroids import parse_steroids
from sle_desk.domain.trial_file import parse_arm, parse_drug, parse_list, parse_visit

REGISTRY_FILE = "registry.txt"
PROTOCOL_FILE = "protocol.toml"
FILES = (
    REGISTRY_FILE,
    PROTOCOL_FILE,
    "criteria.toml",
    "clarifications.toml",
    "labs.toml",
    "grades.toml",
    "instruments.toml",
    "steroids.toml",
)
# Files that a package of an earlier version has not: a study keeps the package it was made with.
DICTIONARY = "dictionary.toml"
OPTIONAL = (DICTIONARY,)
FORMS = "forms/"


def parse(files: Mapping[str, object]) -> Protocol:
    """Return the protocol a package declares, or raise PackageFaulty naming file, key and reason.

    `files` maps names such as "forms/vitals.toml" to their bytes or text; a TOML file may also come
    parsed. A file that belongs to no package is refused as is one that is missing.
    """
    _check_names(files)
    read = {name: _toml(name, content) for name, content in files.items() if name != REGISTRY_FILE}
    top = Entry(PROTOCOL_FILE, "", read[PROTOCOL_FILE])
    protocol = _assembled(top, _registry(files[REGISTRY_FILE], top), read)
    top.done()
    check_references(protocol)
    return replace(protocol, criteria=tuple(_told(criterion, protocol) for criterion in protocol.criteria))


def _assembled(top: Entry, registry: Registry, read: Mapping[str, object]) -> Protocol:
    text = registry.text
    settings = _coded(top, "setting", parse_setting)
    governed = {setting.code: setting for setting in settings}
    title = top.words("title")
    words_in_registry(text, title.en, PROTOCOL_FILE, "title.en")
    criteria, marks = parse_criteria(read["criteria.toml"], text)
    return Protocol(
        code=top.text("code"),
        version=top.text("version"),
        title=title,
        short_title=top.words("short_title"),
        registry_ids=tuple(
            words_in_registry(text, code, PROTOCOL_FILE, "registry_ids") for code in top.texts("registry_ids")
        ),
        registry=registry,
        subject_prefix=top.text("subject_prefix"),
        arms=_coded(top, "arm", lambda inner: parse_arm(inner, text)),
        drugs=_coded(top, "drug", lambda inner: parse_drug(inner, text)),
        lists=_coded(top, "list", parse_list),
        visits=_coded(top, "visit", parse_visit),
        settings=settings,
        criteria=criteria,
        marks=marks,
        clarifications=parse_clarifications(read["clarifications.toml"], text, governed),
        forms=_forms(read),
        instruments=parse_instruments(read["instruments.toml"]),
        steroids=parse_steroids(read["steroids.toml"]),
        dictionary=parse_dictionary(read[DICTIONARY]) if DICTIONARY in read else Dictionary(),
        laboratory=parse_laboratory(read["labs.toml"], read["grades.toml"]),
        holds=_coded(top, "hold", parse_hold, optional=True),
    )


def _coded(
    top: Entry, name: str, read: Callable[[Entry], Found], *, optional: bool = False
) -> tuple[Found, ...]:
    entries = map(read, top.tables(name, optional))
    return unique(entries, lambda found: found.code, PROTOCOL_FILE, f"{name}.code")


def _told(criterion: Criterion, protocol: Protocol) -> Criterion:
    """Return the criterion with what each of its leaves waits on, as the other files say."""
    leaves = tuple(replace(leaf, waits_on=waiting(leaf, protocol)) for leaf in criterion.leaves)
    return replace(criterion, leaves=leaves)


def _check_names(files: Mapping[str, object]) -> None:
    for name in FILES:
        if name not in files:
            raise PackageFaulty("package.missing_file", file=name, key="")
    for name in sorted(files):
        if name not in (*FILES, *OPTIONAL) and not (name.startswith(FORMS) and name.endswith(".toml")):
            raise PackageFaulty("package.unknown_file", file=name, key="")


def _text(name: str, content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, bytes):
        raise PackageFaulty("package.not_text", file=name, key="")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackageFaulty("package.not_text", file=name, key=f"byte {error.start}") from error


def _toml(name: str, content: object) -> object:
    if not isinstance(content, bytes | str):
        return content
    try:
        return tomllib.loads(_text(name, content))
    except (ValueError, RecursionError) as error:
        raise PackageFaulty("package.not_toml", file=name, key="", found=str(error)) from error


def _registry(content: object, top: Entry) -> Registry:
    text = _text(REGISTRY_FILE, content)
    found, wanted = sha256(text.encode("utf-8")), top.text("registry_sha256")
    if found != wanted:
        raise PackageFaulty(
            "package.registry_hash", file=REGISTRY_FILE, key="registry_sha256", found=found, wanted=wanted
        )
    return Registry(text, found)


def _forms(read: Mapping[str, object]) -> tuple[Form, ...]:
    def elsewhere(form: str, field: str) -> Field | None:
        """Return a field that another form declares itself: what is shared is shared once."""
        name = f"{FORMS}{form}.toml"
        declared = parse_form(name, read[name]).fields() if name in read else ()
        return next((each for each in declared if each.code == field), None)

    forms = []
    for name in sorted(name for name in read if name.startswith(FORMS)):
        form = parse_form(name, read[name], elsewhere)
        if name != f"{FORMS}{form.code}.toml":
            raise PackageFaulty("package.form_name", file=name, key="code", found=form.code)
        forms.append(form)
    return tuple(forms)
