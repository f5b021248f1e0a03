"""One owner, and no other place: what a store command refuses, with which exit code and which words (rules 12, 15, 18).

The real program on real directories: two processes on one store, also after kill -9 of the first and across fork; and
every kind of directory that is no store of ours to write. What is refused is left as it was.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

import runs

ORCHESTRATOR = runs.ORCHESTRATOR


def store(command, directory, *more, before=None):
    done = subprocess.run([ORCHESTRATOR, "store", command, "--dir", directory, *more], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, preexec_fn=before, check=False)
    last = done.stdout.strip().split("\n")[-1]
    return done.returncode, json.loads(last) if last.startswith("{") else {}, done.stdout + done.stderr


def fingerprint(directory):
    total = hashlib.sha256()
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        total.update(name.encode())
        if name != "LOCK" and os.path.isfile(path):
            with open(path, "rb") as file:
                total.update(file.read())
    return total.hexdigest()


class StoreOwner(unittest.TestCase):
    def setUp(self):
        home = runs.Home()
        self.home = home.__enter__()
        self.addCleanup(home.__exit__, None, None, None)
        self.store = os.path.join(self.home, "store")
        self.assertEqual(store("drill", self.store, "--commits", "5")[0], 0)

    def test_a_command_that_is_none_is_answered_with_those_that_are(self):
        for named in ([], ["nonsense"], ["drills"]):
            done = subprocess.run([ORCHESTRATOR, "store", *named], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 64)
            self.assertIn("inspect, recover, verify, log, salvage, archive, drill", done.stderr)
            self.assertEqual(done.stdout, "")

    def hold(self, *, stopped=False):
        """A drill without an end that owns the store; its first acknowledgement was seen."""
        drill = subprocess.Popen([ORCHESTRATOR, "store", "drill", "--dir", self.store, "--commits", "1000000000"],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(drill.wait)
        self.addCleanup(drill.kill)
        self.addCleanup(drill.stdout.close)
        self.assertTrue(drill.stdout.readline().startswith("ack "))
        if stopped:
            os.kill(drill.pid, signal.SIGSTOP)
        return drill

    def test_the_second_on_a_store_is_refused_at_once_and_told_who_has_it(self):
        drill = self.hold(stopped=True)
        for command, more in (("recover", ()), ("drill", ("--commits", "1")), ("archive", ())):
            with self.subTest(command=command):
                code, answer, said = store(command, self.store, *more)
                self.assertEqual(code, 68, said)
                self.assertIn(f"process {drill.pid}", said)
        self.assertEqual(store("inspect", self.store)[1]["locked_by"], drill.pid)

    def test_after_kill_9_the_store_is_free_and_has_all_that_was_acknowledged(self):
        drill = self.hold()
        acknowledged = [int(drill.stdout.readline().split()[1]) for _ in range(20)][-1]
        drill.kill()
        drill.wait()
        code, answer, said = store("recover", self.store)
        self.assertEqual(code, 0, said)
        self.assertGreaterEqual(answer["seq"], acknowledged)
        self.assertEqual(store("drill", self.store, "--commits", "1")[0], 0)

    def test_a_fork_of_the_owner_owns_it_with_it(self):
        forking = ("import fcntl, os, signal, sys\n"
                   "lock = open(sys.argv[1], 'r+')\n"
                   "fcntl.flock(lock, fcntl.LOCK_EX)\n"
                   "if os.fork(): signal.pause()\n"
                   "print('held', flush=True)\n"
                   "sys.stdin.read()\n")
        owner = subprocess.Popen([sys.executable, "-c", forking, os.path.join(self.store, "LOCK")],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(owner.stdout.close)
        self.addCleanup(owner.stdin.close)
        self.assertEqual(owner.stdout.readline(), "held\n")
        owner.kill()
        owner.wait()
        self.assertEqual(store("recover", self.store)[0], 68)
        owner.stdin.close()
        self.assertEqual(owner.stdout.read(), "")   # the fork has ended
        self.assertEqual(store("recover", self.store)[0], 0)

    def refused(self, directory, code, *words, commands=("recover",), before=None):
        for command in commands:
            with self.subTest(command=command, directory=os.path.basename(directory)):
                was = fingerprint(directory) if os.path.isdir(directory) else None
                more = ("--commits", "3000", "--bytes", "2000") if command == "drill" else ()
                got, answer, said = store(command, directory, *more, before=before)
                self.assertEqual(got, code, said)
                self.assertFalse(answer["ok"])
                for word in words:
                    self.assertIn(word, answer["error"]["reason"])
                self.assertTrue(answer["error"]["help"])
                if was is not None:
                    self.assertEqual(fingerprint(directory), was)

    def test_a_drill_of_no_or_endless_commits_is_refused(self):
        was = fingerprint(self.store)
        for commits in ("0", "-3", "1000000001", "many"):
            code, _, said = store("drill", self.store, "--commits", commits)
            self.assertEqual((code, "--commits" in said), (64, True), f"{commits}: {said}")
        self.assertEqual(fingerprint(self.store), was)

    def test_what_is_no_directory_is_refused(self):
        self.refused(os.path.join(self.home, "nowhere"), 64, "No such file", commands=("recover", "inspect", "verify"))
        path = os.path.join(self.home, "a-file")
        with open(path, "w", encoding="utf-8") as out:
            out.write("precious")
        self.refused(path, 64, "is no directory", commands=("recover", "inspect", "verify", "drill"))

    def test_a_newer_format_is_refused_and_left_alone(self):
        path = os.path.join(self.store, "state.json")
        with open(path, "rb") as file:
            text = file.read()
        newer = text.replace(b'"minimum_reader":1', b'"minimum_reader":9', 1)
        self.assertNotEqual(newer, text)
        with open(path, "wb") as out:
            out.write(newer)
        self.refused(self.store, 65, "newer version", commands=("recover", "inspect", "drill"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a directory away")
    def test_another_users_store_is_refused(self):
        os.chown(self.store, 12345, 12345)
        self.refused(self.store, 64, "another user (uid 12345)", commands=("recover", "drill", "archive"))
        self.assertEqual(store("inspect", self.store)[0], 0)

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount")
    def test_a_read_only_file_system_is_told_apart_from_damage(self):
        mounted = os.path.join(self.home, "mounted")
        os.mkdir(mounted)
        if subprocess.run(["mount", "-t", "tmpfs", "none", mounted], check=False, stderr=subprocess.DEVNULL).returncode:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", mounted], check=True)
        target = os.path.join(mounted, "store")
        shutil.copytree(self.store, target)
        subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
        self.refused(target, 66, "Read-only file system", commands=("recover", "drill"))
        self.assertEqual(store("inspect", target)[0], 0)

    def test_a_file_size_limit_ends_a_drill_and_loses_nothing(self):
        import resource   # pylint: disable=import-outside-toplevel

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100 * 512, 100 * 512))

        directory = os.path.join(self.home, "limited")
        code, answer, said = store("drill", directory, "--commits", "3000", "--bytes", "2000", before=limited)
        self.assertEqual(code, 66, said)
        self.assertIn("File too large", answer["error"]["reason"])
        acknowledged = said.count("ack ")
        code, answer, said = store("recover", directory)
        self.assertEqual(code, 0, said)
        self.assertGreaterEqual(answer["seq"], acknowledged)


if __name__ == "__main__":
    unittest.main()
