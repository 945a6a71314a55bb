"""Put the listed bootstrap-icons into one SVG sprite: build_sprite.py ICONS_DIR NAMES_FILE SPRITE."""

import re
import sys
from pathlib import Path


def symbol(icons: Path, name: str) -> str:
    """One icon as <symbol>; a missing icon is an error, so a typing mistake never ships an empty picture."""
    source = (icons / f"{name}.svg").read_text(encoding="utf-8")
    viewbox = re.search(r'viewBox="([^"]+)"', source).group(1)
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL).group(1)
    shapes = re.sub(r"\s*\n\s*", "", shapes)
    return f'<symbol id="{name}" viewBox="{viewbox}">{shapes}</symbol>'


def main() -> None:
    """Write the sprite."""
    icons, names, sprite = (Path(argument) for argument in sys.argv[1:4])
    symbols = [symbol(icons, name) for name in names.read_text(encoding="utf-8").split()]
    body = "\n".join(symbols)
    sprite.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">\n{body}\n</svg>\n', encoding="utf-8"
    )


if __name__ == "__main__":
    main()
