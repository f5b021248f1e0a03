"""What README.md and ARCHITECTURE.md name exists: commands, options, files, strategies' keys."""

import os
import re
import subprocess
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BIN = os.environ.get("S1MPLE_BIN", os.path.join(ROOT, "build/dev/bin"))
# Options of the system's own tools, as the README uses them.
FOREIGN = {"--preset", "--target", "--build", "--now", "--no-install-recommends"}


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def output_of(*command):
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60, check=False)
    return done.stdout


def supervisor(*arguments):
    return output_of(os.path.join(BIN, "supervisor"), *arguments)


def orchestrator(*arguments):
    return output_of(os.path.join(BIN, "orchestrator"), *arguments)


def names_after(program, text):
    """The words that stand behind a program's name in code: `orchestrator store inspect` -> store."""
    # `usermod -aG s1mple alice` names the group, not the program.
    return set(re.findall(rf"[`/\s](?<!-aG ){program} ([a-z][a-z_-]+)", text))


class Readme(unittest.TestCase):
    def setUp(self):
        self.readme = text_of("README.md")
        self.code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", self.readme, re.S))

    def test_links_lead_to_files(self):
        for page in ("README.md", "ARCHITECTURE.md"):
            for target in re.findall(r"\]\(([^)#]+)\)", text_of(page)):
                if not target.startswith("http"):
                    self.assertTrue(os.path.exists(os.path.join(ROOT, target)), f"{page}: {target}")

    def test_commands_exist(self):
        commands = set(re.findall(r"^  ([a-z_-]+)", supervisor("help"), re.M))
        self.assertIn("status", commands)
        table = self.readme.split("## Commands")[1].split("Every command takes")[0]
        for row in re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \|", table, re.M):
            for command in re.findall(r"`([a-z_]+)", row):
                self.assertIn(command, commands, "README's table of commands")
        for program in ("supervisor", "s1mple"):
            for command in names_after(program, self.code):
                self.assertIn(command, commands | {"supervisor", "status"}, f"{program} {command}")
        known = set(re.findall(r"^  ([a-z-]+) ", orchestrator("--help"), re.M))
        for command in names_after("orchestrator", self.code):
            self.assertIn(command, known, f"orchestrator {command}")

    def test_store_commands_exist(self):
        known = orchestrator("store", "--help")
        for names in re.findall(r"orchestrator store ([a-z|\\]+)", self.code):
            for name in names.replace("\\", "").split("|"):
                self.assertIn(f"\n  {name} ", known)

    def test_options_exist(self):
        known = supervisor("help") + output_of("deploy/quickstart.sh", "--help") + output_of("tests/run.sh", "--help")
        for command in re.findall(r"^  ([a-z_-]+)", supervisor("help"), re.M):
            known += supervisor("help", command)
        for command in ("run", "check-config", "replay", "cancel-all"):
            known += orchestrator(command, "--help")
        for command in re.findall(r"^  ([a-z]+) ", orchestrator("store", "--help"), re.M):
            known += orchestrator("store", command, "--help")
        known += text_of("tests/bench/bench_archive.cc")   # built in another tree; its usage line
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", self.code)) - FOREIGN:
            self.assertRegex(known, re.escape(option) + r"(?![\w-])", option)

    def test_every_strategy_and_its_keys_are_explained(self):
        kinds = re.findall(r'^kind = "(\w+)"', text_of("deploy/paper.toml"), re.M)
        for table in text_of("deploy/paper.toml").split("[[strategy]]")[1:]:
            for key in re.findall(r"^(\w+) = ", table.split("\n[")[0], re.M):
                self.assertIn(f"`{key}`", self.readme, key)
        for kind in kinds:
            self.assertIn(f"**`{kind}`**", self.readme)


if __name__ == "__main__":
    unittest.main()
