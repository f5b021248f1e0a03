#!/usr/bin/env python3
"""Follows orchestrator/strategy/README.md: every sh block of the page, in order, as it stands.

Usage: strategy_readme_test.py SOURCE_DIR [PRESET]

The page changes sources and builds. So it runs on an overlay of the source folder, where nothing that it does stays and
what was built before need not be built again; where the kernel allows no overlay, in a copy. PRESET takes the place
of the page's `release`, so that the test uses a tree that was built. It passes when every command succeeds and the last
one reports trades of the strategy that the page makes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = "orchestrator/strategy/README.md"
NAMESPACES = [["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]]
MOUNT = 'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$1"'


def commands(page: str, preset: str) -> str:
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if len(blocks) < 6:
        sys.exit(f"{PAGE}: found {len(blocks)} sh blocks, expected the whole way from the template to a result")
    script = "\n".join(blocks)
    return script.replace("--preset release", f"--preset {preset}").replace("build/release/", f"build/{preset}/")


def namespace(source: Path, scratch: Path) -> list:
    """The command that opens a namespace in which an overlay can be mounted, or nothing."""
    for name in ("upper", "work"):
        (scratch / name).mkdir()
    for opening in NAMESPACES:
        probe = [*opening, "bash", "-c", MOUNT, "bash", str(source), str(scratch)]
        if shutil.which("unshare") and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return opening
    return []


def copy_sources(source: Path, target: Path) -> None:
    """What git knows, and what is new and not ignored; without git everything but builds."""
    listed = subprocess.run(["git", "-C", source, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=False)
    if listed.returncode != 0:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("build", ".git"))
        return
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def follow(script: str, source: Path, scratch: Path) -> subprocess.CompletedProcess:
    opening = namespace(source, scratch)
    if opening:
        inside = MOUNT + ' && cd "$1" && exec bash -euo pipefail -c "$3"'
        command, folder = [*opening, "bash", "-c", inside, "bash", str(source), str(scratch), script], source
    else:
        folder = scratch / "copy"
        copy_sources(source, folder)
        command = ["bash", "-euo", "pipefail", "-c", script]
    # In a copy, objects that an earlier build left in a compiler cache serve as well.
    env = os.environ | {"CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
    return subprocess.run(command, cwd=folder, env=env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)


def main() -> None:
    source = Path(sys.argv[1]).resolve()
    script = commands((source / PAGE).read_text(), sys.argv[2] if len(sys.argv) > 2 else "release")
    scratch = Path(tempfile.mkdtemp(prefix="s1mple-readme-"))
    try:
        run = follow(script, source, scratch)
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", scratch], check=False)   # an overlay's work folder forbids itself
        shutil.rmtree(scratch)
    shown = run.stdout[-4000:]
    if run.returncode != 0:
        sys.exit(f"the page's commands ended with {run.returncode}:\n{shown}")
    result = re.search(r"^mine\s+BTC/EUR\s+(\d+)\s", run.stdout, re.MULTILINE)
    if result is None or int(result.group(1)) < 4:
        sys.exit(f"no trades of the strategy in the result:\n{shown}")
    print(shown[shown.rfind("strategy  "):])


if __name__ == "__main__":
    main()
