"""The style sheet: what palette and painters leave open, in the tokens and sizes of a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sle_desk.base.paths import resource

if TYPE_CHECKING:
    from sle_desk.ui.theme import Theme

INKS = ("text", "text_2", "text_3", "accent", "sidebar_title", "sidebar_text", "sidebar_hint")


def stylesheet(theme: Theme) -> str:
    """Return the style sheet of a theme."""
    return "\n".join((_labels(theme), _frames(theme), _inputs(theme), _tables(theme), _bars(theme)))


def _labels(theme: Theme) -> str:
    from sle_desk.ui.theme import TYPE

    tokens = theme.tokens
    rules = [
        f'QLabel[role="{role}"] {{ font-size: {theme.px(size)}px; font-weight: {weight}; }}'
        for role, (size, weight) in TYPE.items()
    ]
    rules += [f'QLabel[ink="{name}"] {{ color: {getattr(tokens, name)}; }}' for name in INKS]
    rules += [f'QLabel[ink="{name}"] {{ color: {look.ink}; }}' for name, look in tokens.statuses.items()]
    rules.append(
        f"QToolTip {{ background: {tokens.text}; color: {tokens.surface}; border: 0;"
        f" padding: {theme.px(4)}px {theme.px(8)}px; font-size: {theme.px(12)}px; }}"
    )
    return "\n".join(rules)


def _frames(theme: Theme) -> str:
    tokens, px = theme.tokens, theme.px
    rules = [
        f'QFrame[part="card"] {{ background: {tokens.surface}; border: 1px solid {tokens.line};'
        f" border-radius: {px(8)}px; }}",
        f'QFrame[part="sheet"] {{ background: {tokens.surface}; border: 1px solid {tokens.line};'
        f" border-radius: {px(12)}px; }}",
        f'QFrame[part="well"] {{ background: {tokens.surface_2}; border: 0; border-radius: {px(8)}px; }}',
        f'QFrame[part="line"] {{ background: {tokens.line}; border: 0; }}',
        f'QWidget[part="ground"] {{ background: {tokens.bg}; }}',
        f'QWidget[part="sidebar"] {{ background: {tokens.sidebar}; }}',
        f'QFrame[part="footer"] {{ background: {tokens.surface}; border: 0;'
        f" border-top: 1px solid {tokens.line}; }}",
    ]
    for name, look in tokens.statuses.items():
        rules.append(
            f'QFrame[part="strip"][status="{name}"] {{ background: {look.ground}; border: 0;'
            f" border-radius: {px(6)}px; }}"
        )
        rules.append(
            f'QFrame[part="banner"][status="{name}"] {{ background: {look.ground};'
            f" border: 1px solid {look.ink}; border-radius: {px(8)}px; }}"
        )
    return "\n".join(rules)


def _inputs(theme: Theme) -> str:
    tokens, px = theme.tokens, theme.px
    part = 'QLineEdit[part="input"]', 'QPlainTextEdit[part="input"]'
    high = (px(36), px(28), px(40))

    def box(state: str, width: int, line: str, ground: str) -> str:
        names = ", ".join(name + state for name in part)
        return (
            f"{names} {{ border: {width}px solid {line}; border-radius: {px(6)}px; background: {ground};"
            f" padding: 0 {px(10) - width}px; color: {tokens.text}; font-size: {px(14)}px;"
            f" selection-background-color: {tokens.accent}; selection-color: {tokens.on_accent}; }}"
        )

    rules = [
        box("", 1, tokens.input_line, tokens.surface),
        box('[readOnly="true"]', 1, tokens.line, tokens.surface_2),
        box('[state="bad"]', 1, tokens.statuses["bad"].ink, tokens.surface),
        box('[state="warn"]', 1, tokens.statuses["warn"].ink, tokens.surface),
        box(":focus", 2, tokens.accent, tokens.surface),
        box(':focus[readOnly="true"]', 2, tokens.accent, tokens.surface_2),
        *(
            f'QLineEdit[part="input"][high="{size}"]{state} {{ min-height: {inner}px;'
            f" max-height: {inner}px; }}"
            for size, height in zip(("normal", "small", "large"), high, strict=True)
            for state, inner in (("", height - 2), (":focus", height - 4))
        ),
        f'QPlainTextEdit[part="input"] {{ padding: {px(6)}px {px(6)}px; }}',
        f'QPlainTextEdit[part="input"]:focus {{ padding: {px(6) - 1}px {px(6) - 1}px; }}',
        f"QCheckBox {{ spacing: {px(8)}px; padding: {px(2)}px; border: 2px solid transparent;"
        f" border-radius: {px(6)}px; }}",
        f"QCheckBox:focus {{ border-color: {tokens.accent}; }}",
        f"QCheckBox::indicator {{ width: {px(16)}px; height: {px(16)}px; background: {tokens.surface};"
        f" border: 1px solid {tokens.input_line}; border-radius: {px(4)}px; }}",
        f"QCheckBox::indicator:checked {{ border: 0; width: {px(18)}px; height: {px(18)}px;"
        f" image: url({resource('icons', 'checkbox-on.svg').as_posix()}); }}",
    ]
    return "\n".join(rules)


def _tables(theme: Theme) -> str:
    tokens, px = theme.tokens, theme.px
    return f"""
QTableView[part="table"] {{ background: {tokens.surface}; border: 1px solid {tokens.line};
  border-radius: {px(8)}px; padding: 1px; outline: 0; font-size: {px(13)}px; }}
QTableView[part="table"]:focus {{ border: 2px solid {tokens.accent}; padding: 0; }}
QTableView[part="table"] QHeaderView {{ background: transparent; border: 0; }}
QTableView[part="table"] QHeaderView::section {{ background: {tokens.surface_2}; color: {tokens.text_2};
  border: 0; border-bottom: 1px solid {tokens.line}; padding: 0 {px(12)}px 0 {px(16)}px;
  font-size: {px(12)}px; font-weight: 600; }}
QTableView[part="table"] QHeaderView::section:first {{ border-top-left-radius: {px(7)}px; }}
QTableView[part="table"] QHeaderView::section:last {{ border-top-right-radius: {px(7)}px; }}
QListView[part="list"] {{ background: {tokens.surface}; border: 1px solid {tokens.input_line};
  border-radius: {px(6)}px; padding: {px(4)}px; outline: 0; font-size: {px(14)}px; }}
QListView[part="list"]:focus {{ border: 2px solid {tokens.accent}; padding: {px(4) - 1}px; }}
QListView[part="list"]::item {{ color: {tokens.text}; padding: {px(6)}px {px(8)}px;
  border-radius: {px(4)}px; }}
QListView[part="list"]::item:selected {{ background: {tokens.accent_soft}; color: {tokens.text}; }}
"""


def _bars(theme: Theme) -> str:
    tokens, px = theme.tokens, theme.px
    # Laying out its middle the main window makes an animation even of no length, and with it an object that
    # the event filter cannot name: PySide then sets up every class of Qt to look for it, 25 ms of a start.
    return f"""
QMainWindow > QStackedWidget {{ widget-animation-duration: 0; }}
QScrollArea {{ background: transparent; border: 0; }}
QScrollArea > QWidget > QWidget[part="ground"] {{ background: {tokens.bg}; }}
QScrollBar:vertical {{ background: transparent; width: {px(10)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}px; margin: 0; }}
QScrollBar::handle {{ background: {tokens.input_line}; border-radius: {px(3)}px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: {px(32)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(32)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {tokens.line}; border: 0; border-radius: {px(4)}px; max-height: {px(8)}px;
  min-height: {px(8)}px; }}
QProgressBar::chunk {{ background: {tokens.accent}; border-radius: {px(4)}px; }}
"""
