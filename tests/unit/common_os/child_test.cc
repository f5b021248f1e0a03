#include "common/os/child.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstddef>
#include <csignal>
#include <fstream>

#include "common/os/files.h"
#include "common/os/pipe_reader.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

ChildSpec shell(const std::string& script) {
  ChildSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  return spec;
}

struct Ended {
  ChildExit exit;
  std::string output;
};

// Runs to the end with descriptor 1 going to us.
Ended run(ChildSpec spec) {
  Loop loop;
  Ended ended;
  auto pipe = make_pipe().value();
  spec.descriptors.push_back({pipe.writing.get(), 1});
  bool exited = false, drained = false;
  const auto child =
      Child::spawn(loop, spec, [&](const ChildExit& exit) { exited = true, ended.exit = exit; }).value();
  pipe.writing.reset();
  const auto reader =
      PipeReader::open(loop, std::move(pipe.reading),
                       {[&](std::string_view bytes) { ended.output += bytes; }, [&] { drained = true; }})
          .value();
  run_until(loop, [&] { return exited && drained; });
  return ended;
}

}  // namespace

TEST_CASE("child: its end is reported with the code or the signal") {
  struct Row {
    const char* script;
    const char* description;
  };
  const auto row = GENERATE(values<Row>({{"exit 0", "exit 0"},
                                         {"exit 65", "exit 65"},
                                         {"exit 127", "exit 127"},
                                         {"kill -KILL $$", "SIGKILL"},
                                         {"kill -TERM $$", "SIGTERM"}}));
  CHECK(describe(run(shell(row.script)).exit) == row.description);
}

TEST_CASE("child: what cannot be started is reported with the step that failed") {
  const TemporaryDirectory home;
  std::ofstream(home.file("no_program")) << "x";
  ChildSpec missing{.program = home.file("none")}, no_program{.program = home.file("no_program")},
      nowhere = shell("exit 0");
  nowhere.directory = home.file("none");
  struct Row {
    ChildSpec spec;
    std::string story;
  };
  for (const auto& row : {Row{missing, "exec '" + home.file("none") + "': No such file or directory"},
                          Row{no_program, "exec '" + home.file("no_program") + "': Permission denied"},
                          Row{nowhere, "enter '" + home.file("none") + "': No such file or directory"}}) {
    const auto ended = run(row.spec);
    CHECK(ended.exit.cause == ChildExit::Cause::never_started);
    CHECK(describe(ended.exit) == row.story);
  }
}

TEST_CASE("child: sees the arguments, environment and directory given, and nothing else of ours") {
  const TemporaryDirectory home;
  ChildSpec spec = shell("echo \"$0|$1|$A|$HOME|$(pwd)\"");
  spec.arguments.insert(spec.arguments.end(), {"zero", "two words"});
  spec.environment.push_back("A=a=b");
  spec.directory = home.path();
  CHECK(run(spec).output == "zero|two words|a=b||" + std::filesystem::canonical(home.path()).string() + "\n");
}

TEST_CASE("child: has exactly the descriptors of the spec, whatever we have open") {
  const UniqueFd stray(::open("/dev/zero", O_RDONLY));  // inherited on purpose: no O_CLOEXEC
  ChildSpec spec = shell("exec ls /proc/self/fd");
  const UniqueFd three(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const UniqueFd seven(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  spec.descriptors = {{three.get(), 4}, {seven.get(), 7}};
  // 3 is the directory that ls itself reads.
  CHECK(run(spec).output == "0\n1\n2\n3\n4\n7\n");
}

TEST_CASE("child: descriptors whose numbers are each other's are exchanged, not lost") {
  auto first = make_pipe().value();
  auto second = make_pipe().value();
  ChildSpec spec = shell("echo one >&" + std::to_string(second.writing.get()) + "; echo two >&" +
                         std::to_string(first.writing.get()));
  spec.descriptors = {{first.writing.get(), second.writing.get()},
                      {second.writing.get(), first.writing.get()}};
  CHECK(run(spec).exit.code == 0);
  char text[8] = {};
  REQUIRE(::read(first.reading.get(), text, sizeof text) == 4);
  CHECK(std::string(text, 4) == "one\n");
  REQUIRE(::read(second.reading.get(), text, sizeof text) == 4);
  CHECK(std::string(text, 4) == "two\n");
}

TEST_CASE("child: what is not named of 0, 1 and 2 is /dev/null") {
  CHECK(run(shell("readlink /proc/self/fd/0 /proc/self/fd/2")).output == "/dev/null\n/dev/null\n");
}

TEST_CASE("child: starts with default handlers, nothing blocked, and in a session of its own") {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGUSR1, [](int) {});
  const auto ended = run(shell("cat /proc/self/status; ps -o sid=,pid= -p $$ | awk '{print $1 == $2}'"));
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGUSR1, SIG_DFL);
  const std::string none = "\t0000000000000000\n";
  for (const std::string set : {"SigBlk:", "SigIgn:", "SigCgt:"})
    CHECK_THAT(ended.output, contains(set + none));
  CHECK(ended.output.ends_with("\n1\n"));
  sigset_t blocked;
  REQUIRE(::pthread_sigmask(SIG_SETMASK, nullptr, &blocked) == 0);
  CHECK(::sigisemptyset(&blocked) == 1);  // ours are as before
}

TEST_CASE("child: can be signalled while it runs and not after its end") {
  Loop loop;
  const bool whole_group = GENERATE(true, false);
  std::optional<ChildExit> exit;
  const auto child =
      Child::spawn(loop, shell("while :; do read x || exec sleep 1000; done"), [&](const ChildExit& how) {
        exit = how;
      }).value();
  CHECK(child->running());
  CHECK(child->pidfd() >= 0);
  REQUIRE((whole_group ? child->signal_group(SIGKILL) : child->signal(SIGKILL)));
  run_until(loop, [&] { return exit.has_value(); });
  CHECK(exit->signal == SIGKILL);
  CHECK_FALSE(child->running());
  CHECK(child->pidfd() == -1);
  CHECK(child->signal(SIGKILL).error().code == Errc::not_found);
  CHECK(child->signal_group(SIGKILL).error().code == Errc::not_found);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // nothing left to reap
}

TEST_CASE("child: takes the rest of its group along if told so") {
  auto alive = make_pipe().value();
  ChildSpec spec = shell("sleep 1000 & exit 3");
  spec.descriptors = {{alive.writing.get(), 5}};
  spec.takes_group_along = true;
  Loop loop;
  std::optional<ChildExit> exit;
  const auto child = Child::spawn(loop, spec, [&](const ChildExit& how) { exit = how; }).value();
  alive.writing.reset();
  run_until(loop, [&] { return exit.has_value(); });
  CHECK(exit->code == 3);
  char byte = 0;
  CHECK(::read(alive.reading.get(), &byte, 1) == 0);  // the grandchild held the last writing end
}

TEST_CASE("child: dies with its parent, also when the parent is killed") {
  auto alive = make_pipe().value();
  const pid_t parent = ::fork();
  if (parent == 0) {
    Loop loop;
    ChildSpec spec = shell("echo ready >&5; exec sleep 1000");
    spec.descriptors = {{alive.writing.get(), 5}};
    const auto child = Child::spawn(loop, spec, [](const ChildExit&) {});
    alive.writing.reset();
    ::pause();
  }
  alive.writing.reset();
  char text[8] = {};
  REQUIRE(::read(alive.reading.get(), text, sizeof text) == 6);
  ::kill(parent, SIGKILL);
  REQUIRE(::waitpid(parent, nullptr, 0) == parent);
  CHECK(::read(alive.reading.get(), text, sizeof text) == 0);
}

TEST_CASE("child: may be destroyed by its own report") {
  Loop loop;
  std::unique_ptr<Child> child;
  bool reported = false;
  child = Child::spawn(loop, shell("exit 0"), [&](const ChildExit&) {
            child.reset();
            reported = true;
          }).value();
  run_until(loop, [&] { return reported; });
}

TEST_CASE("child: a hundred starts leave no descriptor and no zombie behind") {
  const auto before = open_descriptors();
  {
    Loop loop;
    for (int i = 0; i < 100; ++i) {
      bool reported = false;
      const auto child =
          Child::spawn(loop, {.program = "/bin/true"}, [&](const ChildExit&) { reported = true; }).value();
      run_until(loop, [&] { return reported; });
    }
  }
  CHECK(open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

namespace {

// In this process and its children the kernel does not know clone3, as under systemd's RestrictNamespaces=.
bool forbid_clone3() {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(steps)), steps};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

TEST_CASE("child: where clone3 is forbidden a program is started all the same") {
  const pid_t tester = ::fork();
  if (tester == 0) {
    if (!forbid_clone3()) ::_exit(1);
    Loop loop;
    int code = 2;
    const auto child = Child::spawn(loop, shell("exit 65"), [&](const ChildExit& exit) {
      code = exit.code;
      loop.stop();
    });
    if (!child) ::_exit(3);
    loop.run();
    ::_exit(code);
  }
  int status = 0;
  REQUIRE(::waitpid(tester, &status, 0) == tester);
  CHECK(WEXITSTATUS(status) == 65);
}
