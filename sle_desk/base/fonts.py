"""The two fonts of window and paper: where they are, and how the set-up makes them.

Noto Sans SC (SIL Open Font License) comes as one variable font in the locked package `justmytype-intl-cjk`.
reportlab embeds only plain TrueType, so two weights are cut from it once: 400 and 700. 500 and 600 are
shown with the nearer of the two.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from sle_desk.base.errors import SleDeskError
from sle_desk.base.paths import resource

FAMILY = "Noto Sans SC"
_FILES = {400: "NotoSansSC-Regular.ttf", 700: "NotoSansSC-Bold.ttf"}
_SOURCE = ("fonts", "ofl", "notosanssc")


def font_files() -> dict[int, Path]:
    """Return the font file of each weight (400, 700), or raise `installation.fonts_missing`."""
    folder = resource("fonts")
    files = {weight: folder / name for weight, name in _FILES.items()}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise SleDeskError("installation.fonts_missing", files=", ".join(missing), folder=str(folder))
    return files


def _cut(source: Path, weight: int, target: Path) -> None:
    # fontTools belongs to the set-up alone: the running application never imports it.
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    # Equal bytes on every machine: the time of the making stays out of the file.
    font = TTFont(str(source), recalcTimestamp=False)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
    half_made = target.with_suffix(".part")
    font.save(str(half_made))
    os.replace(half_made, target)


def make_fonts(folder: Path) -> None:
    """Cut both weights from the variable font into the folder, with the licence beside them."""
    from concurrent.futures import ProcessPoolExecutor
    from importlib.util import find_spec

    found = find_spec("justmytype_intl_cjk")
    if found is None or not found.submodule_search_locations:
        raise SleDeskError("installation.font_source_missing", package="justmytype-intl-cjk")
    source = Path(found.submodule_search_locations[0]).joinpath(*_SOURCE)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "OFL.txt", folder / "OFL.txt")
    with ProcessPoolExecutor(max_workers=len(_FILES)) as pool:
        cuts = [
            pool.submit(_cut, source / "NotoSansSC[wght].ttf", weight, folder / name)
            for weight, name in _FILES.items()
        ]
        for cut in cuts:
            cut.result()


if __name__ == "__main__":
    make_fonts(resource("fonts"))
    sys.exit(0)
