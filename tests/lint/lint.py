#!/usr/bin/env python3
"""Runs clang-tidy over all sources of one target at once, as one translation unit.

    lint.py CLANG_TIDY COMPILE_COMMANDS TARGET SCRATCH

Most of clang-tidy's time goes into the headers, so that a room in one piece takes little longer than one of its files.
The unit reads the sources' commands of COMPILE_COMMANDS, without the compiler's precompiled headers; sources whose
definitions differ get a unit each. What was clean and did not change is not read again: SCRATCH holds a digest of the
room's sources, of every header, of the checks and of clang-tidy itself. Exit 0 when there is nothing to complain about.
"""

import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ["common", "supervisor", "orchestrator"]
# Files of the unit are included by it, and so judged only where the filter names them.
FILTER = "(common|supervisor|orchestrator)/.*\\.(h|cc)$"


def options(entry):
    """What the meaning of a source depends on: definitions, folders of headers, the language."""
    words, kept = shlex.split(entry["command"]), []
    for index, word in enumerate(words):
        if word.startswith(("-D", "-I", "-std=")):
            kept.append(word)
        elif word == "-isystem":
            kept += [word, words[index + 1]]
    return tuple(kept)


def units(commands, target):
    """The target's sources by their options, in the order of the build."""
    found = {}
    for entry in commands:
        source = pathlib.Path(entry["file"])
        ours = any(source.is_relative_to(ROOT / room) for room in ROOMS)
        if ours and f"CMakeFiles/{target}.dir/" in entry["command"]:
            found.setdefault(options(entry), []).append(source)
    return found


def digest(tool, unit, sources):
    state = hashlib.sha256()
    files = sorted(header for room in ROOMS for header in (ROOT / room).rglob("*.h"))
    for file in [ROOT / ".clang-tidy", pathlib.Path(__file__), *sources, *files]:
        state.update(f"{file}\n".encode() + file.read_bytes())
    version = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    state.update(f"{version}\n{unit}".encode())
    return state.hexdigest()


def is_clean(tool, sources, flags, unit):
    known, now = unit.with_suffix(".clean"), digest(tool, flags, sources)
    if known.exists() and known.read_text() == now:
        print(f"{unit.name}: unchanged since it was clean")
        return True
    unit.write_text("".join(f'#include "{source}"  // NOLINT(bugprone-suspicious-include)\n' for source in sources))
    checks = [f"--config-file={ROOT / '.clang-tidy'}", f"--header-filter={FILTER}"]
    run = subprocess.run([tool, "--quiet", *checks, str(unit), "--", *flags], cwd=ROOT, check=False)
    if run.returncode == 0:
        known.write_text(now)
    return run.returncode == 0


def main():
    tool, commands, target, scratch = sys.argv[1:]
    found = units(json.loads(pathlib.Path(commands).read_text()), target)
    if not found:
        sys.exit(f"{target}: no sources in {commands}")
    pathlib.Path(scratch).mkdir(parents=True, exist_ok=True)
    clean = [is_clean(tool, sources, flags, pathlib.Path(scratch) / f"{target}_{number}.cc")
             for number, (flags, sources) in enumerate(found.items())]
    sys.exit(0 if all(clean) else 1)


if __name__ == "__main__":
    main()
