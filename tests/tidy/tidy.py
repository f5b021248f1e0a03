#!/usr/bin/env python3
"""Checks what the compiler cannot: the arrows between rooms, contracts of headers, banned calls, sizes, lost sources.

    tidy.py              checks the repository that it lies in; prints complaints, exit 1 if there are any
    tidy.py --self-test  feeds each check what it must complain about, and what it must leave alone

Every check takes the whole tree as {path: text} and yields (path, line, complaint). Nothing here reads the machine but
main(), so that the self-test runs on trees made of strings.
"""

import pathlib
import posixpath
import re
import sys

import rooms
from rooms import is_in, room_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["cmake", "common", "deploy", "orchestrator", "supervisor", "tests"]
SUFFIXES = {".h", ".cc", ".py", ".sh", ".cmake", ".txt", ".md", ".toml", ".service"}
MAX_LINES = 400
MIN_CONTRACT_LINES = 2
RULES_OF_THE_STORE = 20

BANNED_CALLS = {
    "the clock": r"\b(system|steady|high_resolution)_clock::now\b|\bclock_gettime\b|\bgettimeofday\b"
                 r"|(?<![\w.>:])time\s*\(\s*(nullptr|NULL|0)\s*\)",
    "chance": r"\brandom_device\b|(?<![\w.>:])s?rand\s*\(|\bgetrandom\b|\bgetentropy\b",
    "the environment": r"\b(secure_)?getenv\s*\(|\bsetenv\s*\(",
    "sleeping": r"\b(u|nano)?sleep(_for|_until)?\s*\(",
    "naked new": r"(?<![\w\"])new\s+[A-Za-z_(]",
}


def is_code(path):
    return path.endswith((".h", ".cc"))


def without_comments_and_texts(line):
    """Code alone. Good enough for house style: block comments and raw strings over several lines are not used."""
    line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
    line = re.sub(r"'(\\.|[^'\\])'", "''", line)
    return line.split("//")[0]


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def check_arrows(tree):
    for path, text in tree.items():
        room = room_of(path) if is_code(path) else None
        for number, is_ours, target in includes(text) if room else []:
            allowed = rooms.ARROWS[room] + [room]
            if is_ours and "/" not in target:
                yield path, number, f'include "{target}" from the root of the repository'
            elif is_ours and not any(is_in(target, place) for place in allowed):
                yield path, number, f'{room} must not include "{target}"'
            elif room in rooms.PURE_ROOMS and not is_ours and is_impure(target):
                if not waived(path, f"<{target}>"):
                    yield path, number, f"{room} is pure and must not include <{target}>"


def is_impure(header):
    return header in rooms.IMPURE_HEADERS or any(header.startswith(folder) for folder in rooms.IMPURE_FOLDERS)


def waived(path, what):
    return any(is_in(path, place) and what == thing for place, thing, _ in rooms.WAIVERS)


def check_waivers(tree):
    for place, what, _ in rooms.WAIVERS:
        pattern = BANNED_CALLS.get(what, re.escape(what))
        if not any(is_in(path, place) and re.search(pattern, text) for path, text in tree.items()):
            yield place, 1, f"waiver of {what} is needed by nothing"


def check_contracts(tree):
    for path, text in tree.items():
        if not path.endswith(".h"):
            continue
        contract = 0
        for line in text.splitlines():
            if not line.startswith("//"):
                break
            contract += 1
        if contract < MIN_CONTRACT_LINES:
            yield path, 1, "the header does not open with its contract"
        elif "#pragma once" not in text:
            yield path, contract + 1, "#pragma once is missing"


def check_banned_calls(tree):
    for path, text in tree.items():
        if not is_code(path) or not (room_of(path) or is_in(path, "tests/unit") or is_in(path, "tests/support")):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            code = without_comments_and_texts(line)
            for what, pattern in BANNED_CALLS.items():
                allowed = any(is_in(path, shell) for shell in rooms.SHELLS) or waived(path, what)
                if re.search(pattern, code) and not allowed:
                    yield path, number, f"{what} belongs to common/os and the shells; pass it in"


def check_sizes(tree):
    for path, text in tree.items():
        lines = text.count("\n")
        if lines > MAX_LINES and path.endswith((".h", ".cc", ".py", ".sh", ".cmake")):
            yield path, lines, f"{lines} lines; the limit is {MAX_LINES}"


def built_sources(tree):
    """Every .cc that a CMakeLists.txt names, as a path from the root."""
    for path, text in tree.items():
        if not path.endswith("CMakeLists.txt"):
            continue
        folder = posixpath.dirname(path)
        for name in re.findall(r"[^\s()\"]+\.cc\b", re.sub(r"#.*", "", text)):
            name = name.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")
            from_root = re.sub(r"^\$\{(PROJECT|CMAKE)_SOURCE_DIR\}/", "", name)
            yield from_root if from_root != name else posixpath.normpath(posixpath.join(folder, name))


def check_sources_are_built(tree):
    built = set(built_sources(tree))
    for path in tree:
        if path.endswith(".cc") and path not in built:
            yield path, 1, "no CMakeLists.txt builds it"


def check_money(tree):
    for path, text in tree.items():
        if not is_code(path) or not any(is_in(path, room) for room in rooms.MONEY_ROOMS):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(double|float)\b", without_comments_and_texts(line)) and not re.search(r"//\s*\S", line):
                yield path, number, "double or float near money: use Decimal, or say why not in a comment on the line"


def check_leftovers(tree):
    for path, text in tree.items():
        if is_in(path, "tests/tidy"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                yield path, number, "unfinished work is an issue, not a comment"


def rules_named(tree, place, pattern):
    """The numbers that `pattern` finds in each file below `place`: "rules 4, 5 and 8" names three."""
    return {int(number) for path, text in tree.items() if is_in(path, place) and is_code(path)
            for found in re.findall(pattern, text) for number in re.findall(r"\d+", found)}


def check_rules_of_the_store(tree):
    store = "orchestrator/state"
    said = r"\b[Rr]ules? (\d+(?:(?:, | and )\d+)*)(?!\w)"
    kept = rules_named(tree, "orchestrator", said) | rules_named(tree, "common/os", said)
    tested = rules_named(tree, "tests/unit", r"\[rule_(\d+)\]")
    for number in range(1, RULES_OF_THE_STORE + 1) if any(is_in(path, store) for path in tree) else []:
        if number not in kept:
            yield store, 1, f"no code says where it keeps rule {number}"
        if number not in tested:
            yield "tests/unit", 1, f"no test is tagged [rule_{number}]"


CHECKS = [check_arrows, check_waivers, check_contracts, check_banned_calls, check_sizes, check_sources_are_built,
          check_money, check_leftovers, check_rules_of_the_store]


def read_tree():
    tree = {"CMakeLists.txt": (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")}
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in SUFFIXES and file.is_file():
                tree[file.relative_to(ROOT).as_posix()] = file.read_text(encoding="utf-8")
    return tree


def main():
    if sys.argv[1:] == ["--self-test"]:
        import self_test
        return self_test.run(CHECKS)
    if sys.argv[1:]:
        print(__doc__)
        return 64
    complaints = sorted(complaint for check in CHECKS for complaint in check(read_tree()))
    for path, number, complaint in complaints:
        print(f"{path}:{number}: {complaint}")
    print(f"tidy: {len(complaints)} complaints" if complaints else "tidy: no complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
