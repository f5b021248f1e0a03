"""A real systemd as process 1 in a container that is gone afterwards: nothing of it touches the machine.

Its root is this machine's, read through an overlay in memory. It needs root, the package systemd-container and cgroups
that may be written; otherwise `Container` raises Unavailable with the reason, and a test is to be skipped by it.
"""

import os
import signal
import subprocess
import tempfile
import time

TREES = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd")   # where cgroup v1 and v2 are mixed
PURE = "/sys/fs/cgroup"
BOOT = 30
STOP = 20

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
        for program in ("systemd-nspawn", "unshare", "nsenter"):
            if not any(os.access(os.path.join(path, program), os.X_OK) for path in os.environ["PATH"].split(":")):
                raise Unavailable(f"there is no {program}")
        self.groups = []
        self.nspawn = None
        self.leader = None
        self.directory = tempfile.mkdtemp(prefix="s1mple-container-")
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
            self.nspawn = subprocess.Popen(
                ["unshare", "-m", "--", "bash", "-c", SCRIPT, "container", self.directory, *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                preexec_fn=self.join_groups)
        end = time.monotonic() + BOOT
        while not self.is_up():
            if self.nspawn.poll() is not None or time.monotonic() > end:
                with open(self.output, encoding="utf-8", errors="replace") as output:
                    raise Unavailable(f"systemd does not start in a container here: {output.read()[-500:]}")
            time.sleep(0.1)

    def enter_group(self):
        trees = [tree for tree in TREES if os.path.isdir(tree)] or [PURE]
        for tree in trees:
            group = os.path.join(tree, os.path.basename(self.directory))
            try:
                os.mkdir(group)
            except OSError as error:
                raise Unavailable(f"no cgroup of our own: {error}") from None
            self.groups.append(group)

    def join_groups(self):
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
        return self.run("systemctl", "is-active", "basic.target").stdout.strip() == "active"

    def run(self, *command, timeout=60, **named):
        named = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, **named}
        return subprocess.run(["nsenter", "-t", self.leader, "-a", "-r", "-w", *command], timeout=timeout, check=False, **named)

    def close(self):
        if self.nspawn is not None and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)   # nspawn asks its systemd to power off
            try:
                self.nspawn.wait(STOP)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        for group in self.groups:
            self.remove_group(group)
        for remove, path in ((os.rmdir, self.directory), (os.unlink, self.output)):
            try:
                remove(path)
            except OSError:
                pass

    @staticmethod
    def remove_group(group):
        end = time.monotonic() + STOP
        while True:
            for directory, _, _ in sorted(os.walk(group), reverse=True):
                try:
                    os.rmdir(directory)
                except OSError:
                    pass
            if not os.path.isdir(group) or time.monotonic() > end:
                return
            time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
