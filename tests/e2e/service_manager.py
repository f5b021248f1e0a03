"""A stand-in for systemd: a notify socket, a descriptor store, and starts that hand over what the store holds.

It does what was seen of systemd 252 (tests/systemd): stored descriptors outlive any end of the service, are given to
the next start in $LISTEN_FDS, newest first, and stay in the store; release() is what a stop does.
"""

import array
import os
import socket
import subprocess
import sys
import tempfile
import threading

# Descriptors come with numbers of our own; the program expects them from 3 on, and its own pid in $LISTEN_PID.
LAUNCH = """
import fcntl, os, sys
names, fds, program = sys.argv[1], [int(n) for n in sys.argv[2].split(",") if n], sys.argv[3:]
high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in fds]
for place, fd in enumerate(high):
    os.dup2(fd, 3 + place)
os.closerange(3 + len(high), 300)
if high:
    os.environ.update(LISTEN_FDS=str(len(high)), LISTEN_FDNAMES=names, LISTEN_PID=str(os.getpid()))
os.execv(program[0], program)
"""


class ServiceManager:
    def __init__(self, keeps=True):
        self.keeps = keeps
        self.store = []            # (name, fd), newest first
        self.messages = []
        self.holds_barriers = False
        self.held = []
        self.directory = tempfile.TemporaryDirectory(prefix="s1mple-e2e-")
        self.path = os.path.join(self.directory.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        size = array.array("i").itemsize
        while True:
            try:
                text, rights, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(16 * size))
            except OSError:
                return
            fds = array.array("i")
            for _, _, data in rights:
                fds.frombytes(data[:len(data) - len(data) % size])
            if text == b"quit":
                return
            self.take(text.decode().split("\n"), list(fds))

    def take(self, lines, fds):
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        with self.lock:
            self.messages += lines
            if values.get("FDSTORE") == "1" and self.keeps:
                self.store = [(values["FDNAME"], fd) for fd in fds] + self.store
                fds = []
            if values.get("BARRIER") == "1" and self.holds_barriers:
                self.held += fds
                fds = []
            if values.get("FDSTOREREMOVE") == "1":
                for name, fd in [one for one in self.store if one[0] == values["FDNAME"]]:
                    self.store.remove((name, fd))
                    os.close(fd)
        for fd in fds:   # of a barrier, or refused
            os.close(fd)

    def names(self):
        with self.lock:
            return sorted(name for name, _ in self.store)

    def said(self, line):
        with self.lock:
            return line in self.messages

    def let_barriers_go(self):
        with self.lock:
            self.holds_barriers = False
            for fd in self.held:
                os.close(fd)
            self.held = []

    def release(self):
        """What a stop does with the store."""
        with self.lock:
            for _, fd in self.store:
                os.close(fd)
            self.store = []

    def start(self, supervisor):
        """Starts a support.Supervisor as a service."""
        with self.lock:
            fds = [fd for _, fd in self.store]
            names = ":".join(name for name, _ in self.store)
        supervisor.env["NOTIFY_SOCKET"] = self.path
        with open(supervisor.output, "ab") as output:
            supervisor.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, names, ",".join(str(fd) for fd in fds), supervisor.binary, "run",
                 "--config", supervisor.config_path, "--home", supervisor.home],
                env=supervisor.env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=fds,
                start_new_session=True)
        supervisor.wait_until(lambda: supervisor.exit_code() is not None or supervisor.is_served(), 20, "control.sock is served")
        if supervisor.exit_code() is not None:
            raise AssertionError(f"the supervisor ended with {supervisor.exit_code()}: {supervisor.log()}")
        return supervisor

    def close(self):
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.sendto(b"quit", self.path)
        sender.close()
        self.thread.join()
        self.socket.close()
        self.let_barriers_go()
        self.release()
        self.directory.cleanup()
