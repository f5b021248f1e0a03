"""Drives a real supervisor (and whatever orchestrator it is given) in end-to-end tests.

Waiting is always for a condition, with a limit; nothing sleeps and hopes. Every process that a test has seen is ended
by its pid, and the home is removed, whatever happens. Python's standard library only.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class RpcError(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data")


def wait_until(predicate, timeout=10.0, what="the condition"):
    """The first true value of predicate(), asked again and again."""
    end = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.02)


def process_state(pid):
    """One letter of /proc, or None when the process is gone. A zombie nobody has reaped is 'Z'."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_alive(pid):
    return process_state(pid) not in (None, "Z", "X")


class Client:
    """One connection to control.sock."""

    def __init__(self, path, timeout=10.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self.received = b""
        self.last_id = 0

    def send(self, data):
        self.socket.sendall(data)

    def read_line(self):
        """The next line as text; None at the end of the connection."""
        while b"\n" not in self.received:
            data = self.socket.recv(65536)
            if not data:
                return None
            self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return line.decode()

    def read(self):
        line = self.read_line()
        return None if line is None else json.loads(line)

    def call(self, method, params=None, request_id=None):
        """The result of one request; events that come in between are dropped."""
        self.last_id += 1
        wanted = self.last_id if request_id is None else request_id
        request = {"jsonrpc": "2.0", "id": wanted, "method": method, "params": params or {}}
        self.send(json.dumps(request).encode() + b"\n")
        while True:
            answer = self.read()
            if answer is None:
                raise ConnectionError("the supervisor closed the connection")
            if answer.get("id") != wanted:
                continue
            if "error" in answer:
                raise RpcError(answer["error"])
            return answer["result"]

    def close(self):
        self.socket.close()


class Supervisor:
    """A supervisor on a home of its own."""

    def __init__(self, binary, config="", home=None, env=None):
        self.binary = binary
        self.own_home = home is None
        self.home = home or tempfile.mkdtemp(prefix="s1mple-e2e-")
        self.config_path = os.path.join(self.home, "config.toml")
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(config)
        self.env = {k: v for k, v in os.environ.items() if k not in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY")}
        self.env.update(env or {})
        self.process = None
        self.seen = set()
        self.output = os.path.join(self.home, "output")

    # -- its life

    def spawn(self):
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [self.binary, "run", "--config", self.config_path, "--home", self.home],
                env=self.env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        return self

    def start(self, timeout=20.0):
        self.spawn()
        wait_until(lambda: self.exit_code() is not None or self.is_served(), timeout, "control.sock is served")
        if self.exit_code() is not None:
            raise AssertionError(f"the supervisor ended with {self.exit_code()}: {self.log()}")
        return self

    def exit_code(self):
        return None if self.process is None else self.process.poll()

    def wait_exit(self, timeout=30.0):
        return self.process.wait(timeout)

    def stop(self, timeout=60.0):
        """SIGTERM; the exit code."""
        if self.exit_code() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait_exit(timeout)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def cleanup(self):
        if self.process is not None and self.exit_code() is None:
            try:
                self.note_orchestrator()
            except Exception:  # whatever is wrong, the processes must end
                pass
            self.kill()
        for pid in self.seen:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.own_home:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cleanup()

    # -- talking to it

    @property
    def socket_path(self):
        return os.path.join(self.home, "control.sock")

    def connect(self, timeout=10.0):
        return Client(self.socket_path, timeout)

    def is_served(self):
        try:
            self.rpc("version")
            return True
        except (OSError, ConnectionError):
            return False

    def rpc(self, method, params=None, timeout=10.0, request_id=None):
        client = self.connect(timeout)
        try:
            return client.call(method, params, request_id)
        finally:
            client.close()

    def status(self):
        status = self.rpc("status")
        if status["orchestrator"]:
            self.seen.add(status["orchestrator"]["pid"])
        return status

    def note_orchestrator(self):
        return self.status()["orchestrator"]

    def state(self):
        return self.status()["supervisor"]["state"]

    def pid(self):
        """The orchestrator's, or None."""
        orchestrator = self.status()["orchestrator"]
        return orchestrator["pid"] if orchestrator else None

    def restarts(self):
        return self.status()["supervisor"]["restarts"]["total"]

    def wait_until(self, predicate, timeout=10.0, what="the condition"):
        try:
            return wait_until(predicate, timeout, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()[-4000:]}") from None

    def wait_state(self, state, timeout=20.0):
        return self.wait_until(lambda: self.state() == state, timeout, f"state {state}")

    def wait_new_pid(self, old, state="running", timeout=20.0):
        """The pid of another, ready orchestrator than `old`."""
        def other():
            status = self.status()
            orchestrator = status["orchestrator"]
            if status["supervisor"]["state"] != state or not orchestrator or orchestrator["pid"] == old:
                return None
            return orchestrator["pid"]
        return self.wait_until(other, timeout, f"another orchestrator than {old}, {state}")

    # -- what it left

    def log(self):
        text = ""
        for path in (self.output, os.path.join(self.home, "logs", "supervisor.log")):
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    text += file.read()
        return text

    def saved(self):
        path = os.path.join(self.home, "supervisor.json")
        self.wait_until(lambda: os.path.exists(path), what="supervisor.json is written")
        with open(path, encoding="utf-8") as file:
            return json.load(file)
