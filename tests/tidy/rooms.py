"""The rooms and their arrows: who may include whom, and what each room must not touch.

A room is named by its directory; the longest name that fits a file decides. An entry that ends in ".h" allows that one
header (a port), a directory allows every header in it. A room always includes itself. ARCHITECTURE.md explains why.
"""

PURE = ["common/base", "common/contract"]
MACHINE = PURE + ["common/os"]
DOMAIN = PURE + ["orchestrator/domain"]
ORCHESTRATOR = MACHINE + ["orchestrator"]

ARROWS = {
    "common/base": [],
    "common/contract": ["common/base"],
    "common/os": ["common/base"],
    "supervisor/core": PURE,
    "supervisor/shell": MACHINE + ["supervisor/core"],
    "supervisor/client": MACHINE,
    "supervisor": MACHINE + ["supervisor"],
    "orchestrator/domain": PURE,
    "orchestrator/execution": DOMAIN,
    "orchestrator/data": DOMAIN,
    "orchestrator/state": DOMAIN,
    "orchestrator/engine": DOMAIN + ["orchestrator/execution", "orchestrator/data"],
    "orchestrator/strategy": DOMAIN + ["orchestrator/engine/strategy_port.h"],
    "orchestrator/venue/paper": DOMAIN + ["orchestrator/state", "orchestrator/data/market_source.h",
                                          "orchestrator/execution/venue_reads.h"],
    "orchestrator/venue/kraken": DOMAIN + ["orchestrator/data/market_source.h",
                                           "orchestrator/execution/venue_reads.h"],
    "orchestrator/environment": ORCHESTRATOR,
    "orchestrator/shell": ORCHESTRATOR,
    "orchestrator": ORCHESTRATOR,
}

# Rooms that decide: no operating system, event loop, clock, thread or stream inside.
PURE_ROOMS = [
    "common/base", "common/contract", "supervisor/core", "orchestrator/domain", "orchestrator/engine",
    "orchestrator/execution", "orchestrator/data", "orchestrator/state", "orchestrator/venue/paper",
    "orchestrator/venue/kraken", "orchestrator/strategy",
]
IMPURE_HEADERS = [
    "uv.h", "unistd.h", "fcntl.h", "signal.h", "csignal", "ctime", "time.h", "thread", "mutex", "future", "atomic",
    "condition_variable", "iostream", "fstream", "filesystem", "random", "pthread.h", "poll.h", "syslog.h",
]
IMPURE_FOLDERS = ["sys/", "linux/", "netinet/", "arpa/", "openssl/", "curl/"]

# Rooms that may ask the machine for time, chance, its environment, and wait.
SHELLS = ["common/os", "supervisor/shell", "supervisor/client", "orchestrator/shell", "supervisor/main.cc",
          "orchestrator/main.cc"]

# Rooms where a binary fraction could become money.
MONEY_ROOMS = ["orchestrator/domain", "orchestrator/execution", "orchestrator/engine", "orchestrator/venue"]

# (file, what is waived there, why). A waiver that nothing needs is a complaint itself.
WAIVERS = [
    ("common/base/ensure.cc", "<unistd.h>", "the last words of a process that aborts go straight to write(2)"),
    ("tests/unit/common_os/inherited_test.cc", "the environment", "it is what is tested"),
    ("tests/support/faults/faulty_main.cc", "the environment", "a supervisor starts it, so its faults come no other way"),
]


def is_in(path, place):
    """Whether a path lies in a place, which is a directory or a file."""
    return path == place or path.startswith(place + "/")


def room_of(path):
    """The longest room name that fits, or None."""
    fitting = [room for room in ARROWS if is_in(path, room)]
    return max(fitting, key=len) if fitting else None
