#include "orchestrator/shell/store_command.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "common/os/clock.h"
#include "orchestrator/shell/drill_folding.h"
#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/shell/store_books.h"
#include "orchestrator/shell/store_directory.h"
#include "orchestrator/shell/store_drill.h"
#include "orchestrator/shell/store_kinds.h"
#include "orchestrator/shell/store_report.h"
#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

struct StoreArguments {
  std::string directory, to;
  bool all = false;
  DrillOrder drill;
};

Result<ArchivedRows> read_archives(PosixDisk& disk, const std::vector<ArchiveRef>& archives) {
  ArchivedRows rows;
  for (const ArchiveRef& archive : archives) {
    auto file = disk.open(archive.file, OpenFor::reading);
    if (!file.ok()) return std::move(file).error();
    auto read = each_archive_entry(
        **file, parse_archive_file(archive.file).value_or(0), archive.bytes,
        [&rows](const ArchiveEntry& entry) {
          std::string& list = entry.is_order() ? rows.orders : rows.fills;
          if (!list.empty()) list += ',';
          list += entry.row;
          return Result<void>();
        },
        [&archive](std::uint64_t offset, std::uint64_t) {
          return Result<void>(
              Error{Errc::damaged, archive.file + " at " + std::to_string(offset) + " changed"});
        });
    if (!read.ok()) return std::move(read).error();
  }
  return rows;
}

ExitCode recover(const StoreArguments& arguments, RecoveryMode mode) {
  PosixDisk disk(arguments.directory);
  const auto folding = folding_for(disk);
  if (!folding.ok()) return print_failure(folding.error());
  SystemClock clock;
  RecoverySettings settings;
  settings.mode = mode;
  settings.directory = arguments.directory;
  StoreRecovery recovery(disk, **folding, clock, settings);
  if (const auto done = recovery.run(); !done.ok()) return print_failure(done.error(), recovery.damage());
  std::optional<InspectExtras> extras;
  if (mode == RecoveryMode::inspect) {
    const auto holder = store_locked_by(arguments.directory);
    extras = InspectExtras{recovery.report().pending, holder.ok() ? *holder : std::nullopt, std::nullopt};
    if (arguments.all) {
      auto rows = read_archives(disk, recovery.report().archives);
      if (!rows.ok()) return print_failure(rows.error());
      extras->archived = std::move(rows).value();
    }
  }
  print_line(report_json(recovery.report(), **folding, extras));
  return ExitCode::done;
}

ExitCode run_inspect(const StoreArguments& arguments) {
  if (const auto there = check_store_directory(arguments.directory); !there.ok())
    return print_failure(there.error());
  return recover(arguments, RecoveryMode::inspect);
}

ExitCode run_recover(const StoreArguments& arguments) {
  const auto owned = StoreDirectory::open(arguments.directory, StoreDirectory::Missing::refuse);
  if (!owned.ok()) return print_failure(owned.error());
  return recover(arguments, RecoveryMode::repair);
}

ExitCode run_drill(const StoreArguments& arguments) {
  DrillOrder order = arguments.drill;
  order.directory = arguments.directory;
  return run_store_drill(order);
}

ExitCode run_verify(const StoreArguments& arguments) { return run_store_verify(arguments.directory); }
ExitCode run_log(const StoreArguments& arguments) { return run_store_log(arguments.directory); }
ExitCode run_salvage(const StoreArguments& arguments) {
  return run_store_salvage(arguments.directory, arguments.to);
}
ExitCode run_archive(const StoreArguments& arguments) { return run_store_archive(arguments.directory); }

constexpr std::uint64_t kMostDrillCommits =
    1'000'000'000;  // and a negative number, read as a huge one, is refused

using Run = ExitCode (*)(const StoreArguments&);

void add_command(CLI::App& app, StoreArguments& arguments, Run& chosen, const char* name, const char* help,
                 Run run) {
  CLI::App* command = app.add_subcommand(name, help);
  command->add_option("--dir", arguments.directory, "the store's directory")->required();
  command->callback([&chosen, run] { chosen = run; });
}

void add_drill_options(CLI::App& drill, DrillOrder& order) {
  drill.add_option("--commits", order.commits, "how many groups to commit")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, kMostDrillCommits));
  drill.add_option("--group", order.group, "records in a group")->check(CLI::Range(1, 65536));
  drill.add_option("--bytes", order.bytes, "bytes of a record")
      ->check(CLI::Range(std::uint64_t{kDrillBytesMin}, std::uint64_t{kMaxRecordBytes}));
}

// Whether such a command exists; if not, says what there is to choose from.
bool is_command(const CLI::App& app, std::string_view named) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == named) return true;
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  const std::string asked =
      named.empty() ? "which command?" : "there is no command '" + std::string(named) + "':";
  std::fprintf(stderr, "orchestrator store: %s one of %s\n", asked.c_str(), names.c_str());
  return false;
}

}  // namespace

int run_store(int argc, char** argv) {
  // A file over RLIMIT_FSIZE is a full disk (rule 16), not a reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("One store directory: <home>/state, <home>/state/paper, or one that drill made",
               "orchestrator store");
  app.require_subcommand(1);
  StoreArguments arguments;
  Run chosen = nullptr;
  add_command(app, arguments, chosen, "inspect", "what recovery would give; writes nothing", run_inspect);
  app.get_subcommand("inspect")->add_flag("--all", arguments.all, "with the orders and fills of the archive");
  add_command(app, arguments, chosen, "recover", "the real recovery, then the same report", run_recover);
  add_command(app, arguments, chosen, "verify", "every checksum of every file", run_verify);
  add_command(app, arguments, chosen, "log", "the log's records, one JSON line each", run_log);
  add_command(app, arguments, chosen, "salvage", "what is provably good, into another directory",
              run_salvage);
  app.get_subcommand("salvage")->add_option("--to", arguments.to, "an empty or new directory")->required();
  add_command(app, arguments, chosen, "archive", "move the books aside, for an empty start", run_archive);
  add_command(app, arguments, chosen, "drill", "real commits: how fast and how honest the disk is",
              run_drill);
  add_drill_options(*app.get_subcommand("drill"), arguments.drill);
  const std::string_view named = argc > 1 ? argv[1] : "";
  if (!named.starts_with('-') && !is_command(app, named)) return to_int(ExitCode::usage);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : to_int(ExitCode::usage);
  }
  return to_int(chosen(arguments));
}

}  // namespace s1mple
