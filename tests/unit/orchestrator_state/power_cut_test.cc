// Every legal state after a power cut at every operation of several small lives of a store (rules 1 to 5, 7 to 11,
// 14, 16, 20): what was acknowledged is there, in order, and nothing that was never submitted.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/world/store_rig.h"

namespace s1mple {
namespace {

// What the outside world was told by the processes of one life.
struct Told {
  std::uint64_t acknowledged = 0;
  std::uint64_t submitted = 0;
  std::uint64_t epoch = 0;  // the highest with which a process began to serve
  std::uint64_t served = 0;  // the highest record that a started process recovered
};

// One life: starts processes on the disk until it is over or the power is off.
using Life = std::function<void(SimDisk& disk, Told& told)>;

// Runs one process; `work` does what it does with an open store.
void live(SimDisk& disk, Told& told, RecoverySettings settings, const std::function<void(StoreProcess&)>& work) {
  if (disk.power_is_off()) return;
  StoreProcess process(disk, 7, std::move(settings));
  if (!process.start().ok()) return;
  told.epoch = std::max(told.epoch, process.store().epoch());
  told.served = std::max(told.served, process.report().seq);
  told.submitted = std::max(told.submitted, process.report().seq);
  work(process);
  told.acknowledged = std::max(told.acknowledged, process.acknowledged());
  told.submitted = std::max(told.submitted, process.store().last_seq());
}

void commit_and_wait(StoreProcess& process, std::uint64_t groups, std::uint64_t records) {
  for (std::uint64_t i = 0; i < groups; ++i) {
    process.commit(records);
    process.jobs().run_all();
  }
}

// Records are submitted while others are on their way, jobs end in any order.
void commit_overlapping(StoreProcess& process, std::uint64_t groups, std::uint64_t records) {
  for (std::uint64_t i = 0; i < groups; ++i) {
    process.commit(records);
    process.jobs().run_one();
    if (i % 3 == 0) process.jobs().run_one();
  }
  process.jobs().run_all();
}

void first_start(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 3, 1); });
}

void clean_stop_and_start(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) {
    commit_and_wait(process, 4, 2);
    process.close();
  });
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 2, 1); });
}

void segments_and_snapshots(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 25, 3); });
}

void overlapping_groups(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_overlapping(process, 40, 2); });
}

void asked_snapshots(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) {
    for (int i = 0; i < 3; ++i) {
      commit_overlapping(process, 3, 1);
      process.store().request_snapshot();
      process.commit(2);
      process.jobs().run_one();
      process.commit(1);
      process.jobs().run_all();
    }
    process.close();
  });
}

void killed_and_restarted(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) {
    commit_overlapping(process, 20, 2);
    process.commit(3);  // written perhaps, never acknowledged
    process.jobs().run_one();
  });
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 25, 2); });
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 1, 1); });
}

void many_starts(SimDisk& disk, Told& told) {
  for (int i = 0; i < 6; ++i)
    live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 9, 1); });
}

void starts_after_66(SimDisk& disk, Told& told) {
  live(disk, told, tiny_settings(), [](StoreProcess& process) { commit_and_wait(process, 3, 2); });
  RecoverySettings settings = tiny_settings();
  settings.after_store_failed = true;
  live(disk, told, settings, [](StoreProcess& process) { commit_and_wait(process, 3, 2); });
  live(disk, told, settings, [](StoreProcess& process) { process.close(); });
}

struct NamedLife {
  const char* name;
  Life life;
};

const std::vector<NamedLife>& lives() {
  static const std::vector<NamedLife> all = {
      {"first start", first_start},
      {"clean stop and start", clean_stop_and_start},
      {"segments and snapshots", segments_and_snapshots},
      {"overlapping groups", overlapping_groups},
      {"asked snapshots", asked_snapshots},
      {"killed and restarted", killed_and_restarted},
      {"many starts", many_starts},
      {"starts after 66", starts_after_66},
  };
  return all;
}

// Every record is known, here or there, and never in both.
std::string not_in_state_or_archive(StoreProcess& process) {
  const NumberedFolding& folding = process.folding();
  for (std::uint64_t number = 1; number <= folding.records(); ++number) {
    const auto row = process.store().archived("e" + std::to_string(number));
    if (!row.ok()) return "the archive cannot be read: " + row.error().story;
    const bool kept = number >= folding.kept_from();
    if (kept ? row->has_value() : *row != NumberedFolding::row_of(number))
      return "record " + std::to_string(number) + (kept ? " is in both" : " is in neither");
  }
  return {};
}

// Empty when the store on `disk` keeps every promise; otherwise what it broke.
std::string broken_promise(SimDisk& disk, const Told& told) {
  StoreProcess process(disk, 11, tiny_settings());
  if (const auto started = process.start(); !started.ok()) return "refused: " + started.error().story;
  const RecoveryReport& report = process.report();
  if (report.seq < told.acknowledged) return "acknowledged record lost: " + std::to_string(report.seq);
  if (report.seq < told.served) return "served record lost: " + std::to_string(report.seq);
  if (report.seq > told.submitted) return "record from nowhere: " + std::to_string(report.seq);
  if (process.folding().records() != report.seq) return "the state is not at the last record";
  if (process.store().epoch() <= told.epoch) return "epoch used twice: " + std::to_string(process.store().epoch());
  if (const std::string lost = not_in_state_or_archive(process); !lost.empty()) return lost;
  process.commit(2);
  process.jobs().run_all();
  if (process.acknowledged() != report.seq + 2) return "does not go on";
  if (process.close() != true) return "does not stop cleanly";
  return {};
}

struct Run {
  std::unique_ptr<SimDisk> disk = std::make_unique<SimDisk>();
  Told told;
};

Run run_until(const Life& life, std::uint64_t cut) {
  Run run;
  if (cut != 0) run.disk->cut_power_at(cut);
  life(*run.disk, run.told);
  return run;
}

}  // namespace

TEST_CASE("at every power cut, in every legal state, the store is a prefix with all that was acknowledged",
          "[rule_1][rule_4][rule_5]") {
  for (const auto& [name, life] : lives()) {
    const std::uint64_t operations = run_until(life, 0).disk->operations();
    for (std::uint64_t cut = 1; cut <= operations + 1; ++cut) {
      const Run run = run_until(life, cut);
      for (const PowerCut how : kPowerCuts) {
        const int seeds = how == PowerCut::keeps_some ? 3 : 1;
        for (int seed = 0; seed < seeds; ++seed) {
          Random random(cut * 16 + static_cast<std::uint64_t>(seed));
          const auto disk = run.disk->after_power_cut(how, random);
          INFO(name << ", cut at " << run.disk->trace().back() << ", state " << static_cast<int>(how) << "/" << seed);
          CHECK(broken_promise(*disk, run.told) == "");
        }
      }
    }
  }
}

TEST_CASE("a process killed at any operation leaves a store that its successor serves, and keeps, through a cut",
          "[rule_10]") {
  for (const auto& [name, life] : lives()) {
    const std::uint64_t operations = run_until(life, 0).disk->operations();
    for (std::uint64_t cut = 1; cut <= operations + 1; ++cut) {
      Run run = run_until(life, cut);
      INFO(name << ", killed at " << run.disk->trace().back());
      run.disk->restart_process();  // the page cache is still there
      {
        StoreProcess process(*run.disk, 3, tiny_settings());
        const auto started = process.start();
        if (!started.ok()) FAIL_CHECK(started.error().story);
        if (!started.ok()) continue;
        run.told.served = process.report().seq;
        run.told.epoch = process.store().epoch();
      }
      Random random(cut);
      const auto disk = run.disk->after_power_cut(PowerCut::loses_all, random);
      CHECK(broken_promise(*disk, run.told) == "");
    }
  }
}

TEST_CASE("a power cut inside recovery, at every operation of it, changes nothing about what is recovered",
          "[rule_11]") {
  for (const auto& [name, life] : lives()) {
    const std::uint64_t operations = run_until(life, 0).disk->operations();
    for (std::uint64_t cut = 1; cut <= operations + 1; cut += 3) {
      const Run run = run_until(life, cut);
      for (std::uint64_t inner = 1;; ++inner) {
        Random random(cut * 100 + inner);
        const auto disk = run.disk->after_power_cut(PowerCut::keeps_some, random);
        disk->cut_power_at(inner);
        Told told = run.told;
        live(*disk, told, tiny_settings(), [](StoreProcess&) {});
        const bool recovered = disk->operations() < inner;
        const auto after = disk->after_power_cut(PowerCut::keeps_some, random);
        INFO(name << ", cut at " << run.disk->trace().back() << ", again at "
                  << (disk->trace().empty() ? "" : disk->trace().back()));
        CHECK(broken_promise(*after, told) == "");
        if (recovered) break;
      }
    }
  }
}

// The test above must be able to fail: a store that leaves out any kind of sync is found out.
TEST_CASE("a store that leaves out one kind of sync breaks a promise at some power cut",
          "[rule_1][rule_2][rule_4][rule_5]") {
  struct Row {
    const char* what;
    std::function<bool(const std::string&)> skipped;
  };
  const auto file_is = [](std::string start) {
    return [start](const std::string& what) { return what.rfind("file " + start, 0) == 0; };
  };
  const std::vector<Row> rows = {
      {"the log", file_is("events-")},
      {"the journal", file_is("state.json.journal")},
      {"the archive", file_is("history-")},
      {"the segment being laid out", file_is("spare.wal")},
      {"the directory", [](const std::string& what) { return what == "directory"; }},
  };
  for (const Row& row : rows) {
    std::set<std::string> broken;
    for (const auto& [name, life] : lives()) {
      for (std::uint64_t cut = 1; broken.empty(); ++cut) {
        Run run;
        run.disk->cut_power_at(cut);
        run.disk->skip_syncs(row.skipped);
        life(*run.disk, run.told);
        if (!run.disk->power_is_off()) break;
        for (const PowerCut how : kPowerCuts) {
          Random random(cut);
          const auto disk = run.disk->after_power_cut(how, random);
          const std::string promise = broken_promise(*disk, run.told);
          if (!promise.empty()) broken.insert(promise);
        }
      }
    }
    INFO("without syncs of " << row.what);
    CHECK_FALSE(broken.empty());
  }
}

}  // namespace s1mple
