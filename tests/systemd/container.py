"""A real systemd as process 1 in a container that is gone afterwards: nothing of it touches the machine.

Its root is this machine's, read through an overlay in memory. It needs root, the package systemd-container and cgroups
that may be written; otherwise `Container` raises Unavailable with the reason, and a test is to be skipped by it.
Whatever ends this program, a kill too, ends the container; the mounts are in a namespace that ends with it, and cgroups
that a killed run has left are emptied and removed by the next one.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time

TREES = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd")   # where cgroup v1 and v2 are mixed
PURE = "/sys/fs/cgroup"
PROGRAMS = ("systemd-nspawn", "unshare", "nsenter", "ps")
PREFIX = "s1mple-container-"
BOOT = 120   # seconds; only what cannot boot at all ever waits so long
STOP = 20
PR_SET_PDEATHSIG = 1

# Becomes nspawn itself; the mounts are in a namespace of their own and end with it.
SCRIPT = r"""
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/up" "$1/wk" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/wk" "$1/root"
: >"$1/root/etc/machine-id"
rm -rf "$1/root/etc/systemd/system/"*
shift_root=$1; shift
exec env UNIFIED_CGROUP_HIERARCHY=1 systemd-nspawn -q -D "$shift_root/root" --boot --register=no --keep-unit \
  --private-network "$@" -- --unit=basic.target
"""


class Unavailable(Exception):
    pass


class Container:
    """`binds`: {directory here: where it is seen inside, read-only}."""

    def __init__(self, binds):
        if os.geteuid() != 0:
            raise Unavailable("only root can start a container")
        for program in PROGRAMS:
            if shutil.which(program) is None:
                raise Unavailable(f"there is no {program}")
        self.groups = []
        self.nspawn = None
        self.leader = None
        self.directory = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        self.output = os.path.join(tempfile.gettempdir(), os.path.basename(self.directory) + ".log")
        try:
            self.boot(binds)
        except BaseException:
            self.close()
            raise

    def boot(self, binds):
        self.enter_group()
        arguments = [f"--bind-ro={here}:{there}" for here, there in binds.items()]
        with open(self.output, "wb") as output:
            try:
                self.nspawn = subprocess.Popen(
                    ["unshare", "-m", "--", "bash", "-c", SCRIPT, "container", self.directory, *arguments],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                    preexec_fn=self.before_exec)
            except (OSError, subprocess.SubprocessError) as error:
                raise Unavailable(f"no cgroup of our own can be joined: {error}") from None
        end = time.monotonic() + BOOT
        while not self.is_up():
            if self.nspawn.poll() is not None or time.monotonic() > end:
                with open(self.output, encoding="utf-8", errors="replace") as output:
                    raise Unavailable(f"systemd does not start in a container here: {output.read()[-500:]}")
            time.sleep(0.1)

    def enter_group(self):
        trees = [tree for tree in TREES if os.path.isdir(tree)] or [PURE]
        for tree in trees:
            self.remove_left_over(tree)
            group = os.path.join(tree, os.path.basename(self.directory))
            try:
                os.mkdir(group)
            except OSError as error:
                raise Unavailable(f"no cgroup of our own: {error}") from None
            self.groups.append(group)

    @staticmethod
    def remove_left_over(tree):
        """Groups of runs that were killed; their numbers are in their names."""
        for name in os.listdir(tree):
            number = name[len(PREFIX):].partition("-")[0] if name.startswith(PREFIX) else ""
            if number.isdigit() and not os.path.exists(f"/proc/{number}"):
                end_group(os.path.join(tree, name))

    def before_exec(self):
        # When we are killed, nspawn still asks its systemd to power off; killed itself, it would leave it running.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        for group in self.groups:
            with open(os.path.join(group, "cgroup.procs"), "w", encoding="utf-8") as file:
                file.write(str(os.getpid()))

    def is_up(self):
        # nspawn's first child only prepares the one that becomes systemd.
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.nspawn.pid)], capture_output=True, text=True,
                                  check=False).stdout.split()
        if not children:
            return False
        self.leader = children[0]
        try:
            return self.run("systemctl", "is-active", "basic.target", timeout=10).stdout.strip() == "active"
        except subprocess.TimeoutExpired:
            return False

    def run(self, *command, timeout=60, **named):
        named = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "stdin": subprocess.DEVNULL, **named}
        return subprocess.run(["nsenter", "-t", self.leader, "-a", "-r", "-w", *command], timeout=timeout, check=False, **named)

    def close(self):
        if self.nspawn is not None and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)   # nspawn asks its systemd to power off
            try:
                self.nspawn.wait(STOP)
            except subprocess.TimeoutExpired:
                for group in self.groups:
                    kill_all(group)
                self.nspawn.wait()
        for group in self.groups:
            end_group(group)
        for remove, path in ((os.rmdir, self.directory), (os.unlink, self.output)):
            try:
                remove(path)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def remove_tree(group):
    for directory, _, _ in sorted(os.walk(group), reverse=True):
        try:
            os.rmdir(directory)
        except OSError:
            pass
    return not os.path.isdir(group)


def end_group(group):
    """Removes it; what still lives in it when it should long be empty is killed: nobody else is in there."""
    begun = time.monotonic()
    while not remove_tree(group) and time.monotonic() < begun + STOP:
        if time.monotonic() > begun + STOP / 4:
            kill_all(group)
        time.sleep(0.1)


def kill_all(group):
    for directory, _, _ in os.walk(group):
        try:
            with open(os.path.join(directory, "cgroup.procs"), encoding="utf-8") as file:
                members = [int(line) for line in file]
        except OSError:
            continue
        for pid in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
