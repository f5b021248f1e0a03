"""What tidy must complain about, and what it must not: one row each. Run by `tidy.py --self-test`."""

import rooms

CONTRACT = "// What it promises.\n// Thread: any.\n#pragma once\n"
LONG = "x\n" * 401

# (name, tree, complaint expected or None). Each tree is small and complete of its kind.
ROWS = [
    ("base includes nothing of ours", {"common/base/a.h": CONTRACT + '#include "common/os/loop.h"\n'},
     'common/base must not include "common/os/loop.h"'),
    ("a pure room must not include os", {"orchestrator/engine/a.h": CONTRACT + '#include "common/os/loop.h"\n'},
     'orchestrator/engine must not include "common/os/loop.h"'),
    ("the supervisor never sees the orchestrator",
     {"supervisor/shell/a.h": CONTRACT + '#include "orchestrator/domain/order.h"\n'},
     'supervisor/shell must not include "orchestrator/domain/order.h"'),
    ("the orchestrator never sees the supervisor",
     {"orchestrator/shell/a.h": CONTRACT + '#include "supervisor/core/liveness.h"\n'},
     'orchestrator/shell must not include "supervisor/core/liveness.h"'),
    ("data does not know the execution", {"orchestrator/data/a.h": CONTRACT + '#include "orchestrator/execution/b.h"\n'},
     'orchestrator/data must not include "orchestrator/execution/b.h"'),
    ("a strategy sees the port alone", {"orchestrator/strategy/a.h": CONTRACT + '#include "orchestrator/engine/gate.h"\n'},
     'orchestrator/strategy must not include "orchestrator/engine/gate.h"'),
    ("a strategy may see the port",
     {"orchestrator/strategy/a.h": CONTRACT + '#include "orchestrator/engine/strategy_port.h"\n'}, None),
    ("a room sees itself and what lies below it",
     {"orchestrator/engine/a.h": CONTRACT + '#include "orchestrator/engine/b.h"\n#include "orchestrator/domain/c.h"\n'}, None),
    ("the shell sees everything of its program",
     {"orchestrator/shell/a.h": CONTRACT + '#include "orchestrator/venue/paper/b.h"\n#include "common/os/loop.h"\n'}, None),
    ("a pure room has no libuv", {"orchestrator/state/a.h": CONTRACT + "#include <uv.h>\n"},
     "orchestrator/state is pure and must not include <uv.h>"),
    ("a pure room has no system headers", {"supervisor/core/a.h": CONTRACT + "#include <sys/stat.h>\n"},
     "supervisor/core is pure and must not include <sys/stat.h>"),
    ("includes start at the root", {"common/os/a.h": CONTRACT + '#include "loop.h"\n'}, 'from the root'),
    ("a header opens with its contract", {"common/os/a.h": "#pragma once\n"}, "does not open with its contract"),
    ("one line is no contract", {"common/os/a.h": "// A thing.\n#pragma once\n"}, "does not open with its contract"),
    ("a header has its guard", {"common/os/a.h": "// What.\n// Thread: any.\n"}, "#pragma once is missing"),
    ("no clock outside the shells", {"common/contract/a.h": CONTRACT + "auto t = std::chrono::system_clock::now();\n"},
     "the clock belongs to"),
    ("no clock in a unit test", {"tests/unit/a/a.h": CONTRACT + "auto t = steady_clock::now();\n"}, "the clock belongs to"),
    ("no rand", {"orchestrator/data/a.h": CONTRACT + "int x = rand();\n"}, "chance belongs to"),
    ("no random_device", {"orchestrator/data/a.h": CONTRACT + "std::random_device d;\n"}, "chance belongs to"),
    ("no getenv", {"orchestrator/environment/a.h": CONTRACT + 'auto e = std::getenv("X");\n'}, "the environment belongs"),
    ("no sleep", {"tests/support/a.h": CONTRACT + "std::this_thread::sleep_for(1s);\n"}, "sleeping belongs to"),
    ("no naked new", {"orchestrator/engine/a.h": CONTRACT + "auto* p = new Thing;\n"}, "naked new belongs to"),
    ("a comment and a text may name anything",
     {"orchestrator/engine/a.h": CONTRACT + '// a new gate, rand()\nauto t = "sleep(1) new Thing";  // getenv(x)\n'}, None),
    ("words that only look alike are fine",
     {"orchestrator/engine/a.h": CONTRACT + "operand(1); runtime(0); a.time(0); renew x; asleep(1);\n"}, None),
    ("a shell may ask the machine", {"common/os/a.h": CONTRACT + "clock_gettime(id, &t);\n"}, None),
    ("400 lines are enough", {"deploy/a.sh": LONG}, "401 lines; the limit is 400"),
    ("400 lines are allowed", {"deploy/a.sh": LONG[2:]}, None),
    ("a source that nothing builds", {"common/os/a.cc": "", "common/os/CMakeLists.txt": "SOURCES ba.cc\n"},
     "no CMakeLists.txt builds it"),
    ("a source built by its folder", {"common/os/a.cc": "", "common/os/CMakeLists.txt": "room(x SOURCES b.cc a.cc)\n"}, None),
    ("a source built from above", {"common/os/a.cc": "", "common/CMakeLists.txt": "os/a.cc\n"}, None),
    ("a source built from elsewhere",
     {"tests/support/a.cc": "", "tests/unit/x/CMakeLists.txt": "SOURCES ${PROJECT_SOURCE_DIR}/tests/support/a.cc\n"}, None),
    ("a source built from beside", {"tests/support/a.cc": "", "tests/x/CMakeLists.txt": "SOURCES ../support/a.cc)\n"}, None),
    ("a source named in a comment only", {"common/os/a.cc": "", "common/os/CMakeLists.txt": "# a.cc\n"},
     "no CMakeLists.txt builds it"),
    ("no double near money", {"orchestrator/domain/a.h": CONTRACT + "double price;\n"}, "double or float near money"),
    ("no float near money", {"orchestrator/venue/kraken/a.h": CONTRACT + "float fee = 0;\n"}, "double or float near money"),
    ("a double with its reason", {"orchestrator/domain/a.h": CONTRACT + "double share;  // shown only\n"}, None),
    ("a double far from money", {"supervisor/client/a.h": CONTRACT + "double share;\n"}, None),
    ("each rule of the store is named in code", {"orchestrator/state/a.cc": "// Rules 1, 2 and 3.\n"},
     "no code says where it keeps rule 4"),
    ("another rule's number is none of the store's", {"orchestrator/state/a.cc": "// SEC rule 15c3-5\n"},
     "no code says where it keeps rule 15"),
    ("each rule of the store has its test", {"orchestrator/state/a.cc": "", "tests/unit/a.cc": "[rule_1]\n"},
     "no test is tagged [rule_2]"),
    ("rules of the store that are named and tested",
     {"orchestrator/state/a.h": CONTRACT + "// Rules " + ", ".join(map(str, range(1, 20))) + " and 20.\n",
      "tests/unit/a.h": CONTRACT + "".join(f"// [rule_{n}]\n" for n in range(1, 21))}, None),
    ("unfinished work", {"deploy/a.sh": "# TODO: later\n"}, "unfinished work"),
]


def run(checks):
    """Prints each row that fails; exit 1 if there is one."""
    waivers, rooms.WAIVERS = rooms.WAIVERS, []
    failed = 0
    for name, tree, expected in ROWS:
        complaints = [complaint for check in checks for _, _, complaint in check(tree)]
        good = any(expected in complaint for complaint in complaints) if expected else not complaints
        if not good:
            failed += 1
            print(f"{name}: expected {expected!r}, got {complaints}")
    rooms.WAIVERS = [("common/base/gone.cc", "<unistd.h>", "nothing needs it")]
    if not any("is needed by nothing" in complaint for check in checks for _, _, complaint in check({})):
        failed += 1
        print("a waiver that nothing needs: no complaint")
    rooms.WAIVERS = waivers
    print(f"tidy self-test: {len(ROWS) + 1} rows, {failed} failed")
    return 1 if failed else 0
