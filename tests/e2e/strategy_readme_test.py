#!/usr/bin/env python3
"""Follows orchestrator/strategy/README.md literally: every sh block of the page, in order, in a copy of the sources.

Usage: strategy_readme_test.py SOURCE_DIR. Passes when the commands succeed and the last one reports trades of the
strategy that the page makes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = "orchestrator/strategy/README.md"


def copy_sources(source: Path, target: Path) -> None:
    """What git knows, and what is new and not ignored; without git everything but builds."""
    listed = subprocess.run(["git", "-C", source, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=False)
    if listed.returncode != 0:
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build", ".git"))
        return
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def commands(page: str) -> str:
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if len(blocks) < 5:
        sys.exit(f"{PAGE}: found {len(blocks)} sh blocks, expected the whole way from the template to a result")
    return "\n".join(blocks)


def main() -> None:
    source = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="s1mple-readme-") as scratch:
        copy = Path(scratch)
        copy_sources(source, copy)
        script = commands((copy / PAGE).read_text())
        # Objects that the original's build left in a compiler cache serve the copy as well.
        env = os.environ | {"CCACHE_BASEDIR": str(copy), "CCACHE_NOHASHDIR": "1"}
        run = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=copy, env=env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        shown = run.stdout[-4000:]
        if run.returncode != 0:
            sys.exit(f"the page's commands ended with {run.returncode}:\n{shown}")
        result = re.search(r"^mine\s+BCH/EUR\s+(\d+)\s", run.stdout, re.MULTILINE)
        if result is None or int(result.group(1)) < 4:
            sys.exit(f"no trades of the strategy in the result:\n{shown}")
        print(shown[shown.rfind("strategy  "):])


if __name__ == "__main__":
    main()
