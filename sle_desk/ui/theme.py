"""Colours, type scale, sizes and fonts: one theme, set on the application and asked for by painters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from sle_desk.base.errors import SleDeskError
from sle_desk.base.fonts import font_files
from sle_desk.ui.stylesheet import stylesheet

SCALES = (0.9, 1.0, 1.15, 1.3, 1.5)
_PROPERTY = "sle_desk_theme"


@dataclass(frozen=True)
class Status:
    """How one status looks: its ink, its ground and the icon that carries it without colour."""

    ink: str
    ground: str
    icon: str


@dataclass(frozen=True)
class Tokens:
    """The named colours of one appearance, as in tokens.md."""

    bg: str
    surface: str
    surface_2: str
    line: str
    input_line: str
    text: str
    text_2: str
    text_3: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    sidebar: str
    sidebar_active: str
    sidebar_title: str
    sidebar_text: str
    sidebar_hint: str
    sidebar_mark: str
    dose_given: str
    danger: str
    danger_hover: str
    on_danger: str
    statuses: Mapping[str, Status] = field(default_factory=dict)


def _statuses(*pairs: tuple[str, str]) -> Mapping[str, Status]:
    names = ("ok", "due", "warn", "bad", "query", "sign", "neutral", "locked")
    icons = ("check-circle", "clock", "alert", "octagon", "query", "pen", "calendar", "lock")
    looks = (*pairs[:5], pairs[1], pairs[5], pairs[5])
    return MappingProxyType(
        {name: Status(*look, icon) for name, look, icon in zip(names, looks, icons, strict=True)}
    )


LIGHT = Tokens(
    bg="#F4F6F8", surface="#FFFFFF", surface_2="#F0F3F5", line="#DCE2E6", input_line="#7B8994",
    text="#15232B", text_2="#465660", text_3="#5E6D77",
    accent="#0B6670", accent_hover="#084F57", accent_soft="#E2F1F2", on_accent="#FFFFFF",
    sidebar="#0F2A31", sidebar_active="#1B434C", sidebar_title="#FFFFFF", sidebar_text="#C9D6DA",
    sidebar_hint="#9FB4BA", sidebar_mark="#8ED1D8", dose_given="#3F7279",
    danger="#A3231A", danger_hover="#831A13", on_danger="#FFFFFF",
    statuses=_statuses(
        ("#17663F", "#E4F2EA"), ("#1B5A9E", "#E5EEF9"), ("#845000", "#FFF1D6"), ("#A3231A", "#FBE7E5"),
        ("#64399A", "#F0E8F8"), ("#465660", "#EAEEF1"),
    ),
)  # fmt: skip
DARK = Tokens(
    bg="#12191D", surface="#1A2328", surface_2="#27323A", line="#2F3B43", input_line="#71808A",
    text="#E6EDEF", text_2="#A9B7BE", text_3="#A9B7BE",
    accent="#5CC3CC", accent_hover="#86D6DD", accent_soft="#16353A", on_accent="#06272B",
    sidebar="#0B1114", sidebar_active="#1B434C", sidebar_title="#FFFFFF", sidebar_text="#C9D6DA",
    sidebar_hint="#9FB4BA", sidebar_mark="#8ED1D8", dose_given="#3F7279",
    danger="#FF9C92", danger_hover="#FFB8B1", on_danger="#431512",
    statuses=_statuses(
        ("#7CD3A4", "#12301F"), ("#8FBDF5", "#13283F"), ("#F2BE5C", "#3A2A08"), ("#FF9C92", "#431512"),
        ("#CBA9F2", "#2C1C42"), ("#A9B7BE", "#27323A"),
    ),
)  # fmt: skip

# Role: pixels at 100 % and weight.
TYPE = MappingProxyType(
    {
        "brand": (24, 700),
        "display": (22, 700),
        "page": (20, 700),
        "section": (16, 700),
        "strong": (14, 600),
        "body": (14, 400),
        "table": (13, 400),
        "table-strong": (13, 600),
        "label": (12, 600),
        "caption": (12, 400),
        "micro": (11, 500),
        "key": (11, 600),
    }
)


@dataclass(frozen=True)
class Theme:
    """An appearance at a text scale; every size on screen is asked from here."""

    tokens: Tokens = LIGHT
    scale: float = 1.0
    family: str = ""
    _fonts: dict[str, QFont] = field(default_factory=dict, init=False, repr=False, compare=False)

    def px(self, size: float) -> int:
        """Return a size given at 100 % in pixels of this scale."""
        return round(size * self.scale)

    def font(self, role: str) -> QFont:
        """Return the font of a role of the type scale, with figures of one width."""
        # Asked for at every cell that is measured or painted.
        if role not in self._fonts:
            self._fonts[role] = self._made_font(*TYPE[role])
        return QFont(self._fonts[role])

    def _made_font(self, size: int, weight: int) -> QFont:
        font = QFont(self.family) if self.family else QFont()
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight(weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def colour(self, name: str) -> QColor:
        """Return the colour of a token, or the ink of a status, by its name."""
        look = self.tokens.statuses.get(name)
        return QColor(look.ink if look else getattr(self.tokens, name))

    def status(self, name: str) -> Status:
        """Return the look of a status by its name."""
        return self.tokens.statuses[name]


def palette(tokens: Tokens) -> QPalette:
    """Return the palette that Fusion paints with."""
    result = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: tokens.bg, role.Base: tokens.surface, role.AlternateBase: tokens.surface_2,
        role.Button: tokens.surface, role.ToolTipBase: tokens.text, role.ToolTipText: tokens.surface,
        role.WindowText: tokens.text, role.Text: tokens.text, role.ButtonText: tokens.text,
        role.PlaceholderText: tokens.text_3, role.Link: tokens.accent, role.LinkVisited: tokens.accent,
        role.Highlight: tokens.accent, role.HighlightedText: tokens.on_accent,
        role.Mid: tokens.line, role.Dark: tokens.input_line, role.Accent: tokens.accent,
    }.items():  # fmt: skip
        result.setColor(which, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(disabled, which, QColor(tokens.text_3))
    result.setColor(QPalette.ColorGroup.Inactive, role.Highlight, QColor(tokens.accent))
    result.setColor(disabled, role.Base, QColor(tokens.surface_2))
    return result


def load_fonts() -> str:
    """Load the application's own font and return its family, or nothing where the set-up made none."""
    try:
        files = font_files()
    except SleDeskError:
        # The self-check names what is missing; a window in the system's font is better than none.
        return ""
    families = [
        family
        for path in files.values()
        for family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    ]
    return families[0] if families else ""


def apply(application: QApplication, *, scale: float = 1.0, dark: bool = False) -> Theme:
    """Dress the application: Fusion, our palette, fonts and style sheet, at one of SCALES."""
    before = application.property(_PROPERTY)
    family = before.family if isinstance(before, Theme) else load_fonts()
    theme = Theme(DARK if dark else LIGHT, scale, family)
    if theme == before:
        # Every widget there is would be styled anew for nothing.
        return theme
    application.setProperty(_PROPERTY, theme)
    if before is None:
        application.setStyle("Fusion")
    application.setPalette(palette(theme.tokens))
    application.setFont(theme.font("body"))
    application.setStyleSheet(stylesheet(theme))
    return theme


def current() -> Theme:
    """Return the theme of the application, as a painter asks for it at the moment of painting."""
    application = QApplication.instance()
    theme = application.property(_PROPERTY) if application else None
    return theme if isinstance(theme, Theme) else Theme()
