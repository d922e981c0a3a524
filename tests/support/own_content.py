"""The example of docs/own-content.md, file by file."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "own-content.md"
_FILE = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """The files that the page shows, by their paths."""
    return dict(_FILE.findall(PAGE.read_text("utf-8")))


def commands() -> list[str]:
    """The commands that the page shows."""
    return [
        line
        for block in _COMMANDS.findall(PAGE.read_text("utf-8"))
        for line in block.split("\n")
        if line
    ]


def write_content(folder: Path) -> Path:
    """Writes the content into a folder."""
    for name, text in files().items():
        if name != "pyproject.toml":
            write(folder / name, text)
    return folder


def write(file: Path, text: str) -> Path:
    """Writes a file and the folders that it is in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file
