// orchestrator replay: paper on a file, as fast as possible, in memory: nothing is written, nothing is kept.

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "common/contract/exit_code.h"
#include "common/os/clock.h"
#include "orchestrator/environment/paper_world.h"
#include "orchestrator/environment/performance.h"
#include "orchestrator/shell/commands.h"
#include "orchestrator/shell/load_configuration.h"
#include "orchestrator/shell/parse_arguments.h"
#include "orchestrator/shell/text_file.h"
#include "orchestrator/state/memory_storage.h"

namespace s1mple {
namespace {

constexpr int kTurnsAfterTheEnd = 10'000;

// Replies and notifications have nobody to go to; warnings are said, alerts are taken.
class ReplayOutlet final : public RuntimeOutlet {
 public:
  void set_runtime(Runtime& runtime) { runtime_ = &runtime; }
  void perform(const Action& action) override {
    if (const auto* line = std::get_if<WriteLog>(&action)) {
      if (line->line.level() <= LogLevel::warning) fmt::print(stderr, "{}\n", line->line.text());
    } else if (const auto* alert = std::get_if<SendAlert>(&action)) {
      fmt::print(stderr, "alert {}: {}\n", alert->code, alert->text);
      taken_.push_back(alert->id);
    } else if (const auto* stop = std::get_if<Stop>(&action)) {
      stopped_ = stop->code;
    }
  }
  void take_alerts() {
    for (const std::string& id : std::exchange(taken_, {})) runtime_->post(AlertDelivered{id});
  }
  [[nodiscard]] std::optional<ExitCode> stopped() const { return stopped_; }

 private:
  Runtime* runtime_ = nullptr;
  std::vector<std::string> taken_;
  std::optional<ExitCode> stopped_;
};

// Kraken's file names are the pair's old name without a slash: XBTEUR.csv is BTC/EUR.
std::string kraken_name(const Symbol& symbol) {
  std::string name = symbol.text();
  name.erase(std::remove(name.begin(), name.end(), '/'), name.end());
  for (const auto& [ours, theirs] : {std::pair<std::string_view, std::string_view>{"BTC", "XBT"}, {"DOGE", "XDG"}})
    if (const auto at = name.find(ours); at != std::string::npos) name.replace(at, ours.size(), theirs);
  return name;
}

// Which pair a file is: as `--csv BTC/EUR=path` says, else by its name, else the only instrument there is.
std::optional<ReplayFile> replay_file(const Configuration& configuration, const std::string& argument) {
  for (const Instrument& instrument : configuration.instruments)
    if (argument.starts_with(instrument.symbol.text() + "=")) 
      return ReplayFile{instrument.symbol, argument.substr(instrument.symbol.text().size() + 1), 0};
  const std::string stem = std::filesystem::path(argument).stem().string();
  for (const Instrument& instrument : configuration.instruments) {
    std::string plain = instrument.symbol.text();
    plain.erase(std::remove(plain.begin(), plain.end(), '/'), plain.end());
    if (stem.ends_with(plain) || stem.ends_with(kraken_name(instrument.symbol)) || stem.find(plain) != std::string::npos)
      return ReplayFile{instrument.symbol, argument, 0};
  }
  if (configuration.instruments.size() == 1) return ReplayFile{configuration.instruments.front().symbol, argument, 0};
  return std::nullopt;
}

void print_result(const Books& books, const Performance& performance, const Instrument& instrument, bool json) {
  const int digits = instrument.cost_digits > 2 ? 2 : instrument.cost_digits;
  const auto money = [&](Money amount) {
    return Money(amount.value.rounded_to(step_of_digits(digits), Rounding::half_even)).text(digits);
  };
  Money fees;
  for (const Fill& fill : books.fills()) fees += fill.fee;
  const Money profit = performance.equity() - performance.first_equity();
  if (json) {
    JsonWriter out;
    out.begin_object();
    out.number("rows", performance.rows()).number("fills", std::uint64_t{books.fills().size()});
    out.text("quote", instrument.quote.text()).text("equity_first", performance.first_equity().text());
    out.text("equity_last", performance.equity().text()).text("profit", profit.text()).text("fees", fees.text());
    out.text("drawdown", performance.deepest_fall().text());
    out.key("strategies").begin_array();
    for (const StrategyResult& one : performance.by_strategy()) {
      out.begin_object().text("strategy", one.strategy.text()).text("symbol", one.symbol.text());
      out.number("fills", std::uint64_t{one.fills}).text("bought", one.bought.text()).text("sold", one.sold.text());
      out.text("held", one.held.text()).text("fees", one.fees.text()).text("realised", one.realised.text());
      out.text("unrealised", one.unrealised.text()).end_object();
    }
    out.end_array().end_object();
    fmt::print("{}\n", out.str());
    return;
  }
  fmt::print("{:<16} {:<10} {:>6} {:>14} {:>14} {:>14} {:>10} {:>12} {:>12}\n", "strategy", "symbol", "trades", "bought", "sold",
             "held", "fees", "realised", "unrealised");
  for (const StrategyResult& one : performance.by_strategy())
    fmt::print("{:<16} {:<10} {:>6} {:>14} {:>14} {:>14} {:>10} {:>12} {:>12}\n", one.strategy.text(), one.symbol.text(), one.fills,
               one.bought.text(), one.sold.text(), one.held.text(), money(one.fees), money(one.realised), money(one.unrealised));
  fmt::print("\nrows {}   trades {}   fees {} {q}   profit {} {q}   drawdown {} {q}   equity {} -> {} {q}\n", performance.rows(),
             books.fills().size(), money(fees), money(profit), money(performance.deepest_fall()),
             money(performance.first_equity()), money(performance.equity()), fmt::arg("q", instrument.quote.text()));
}

int replay(const Configuration& configuration, bool json) {
  SystemClock machine;
  SteadyWallClock clock(machine);
  Books books;
  PaperBooks exchange_books;
  MemoryStorage books_store, exchange_store;
  ReplayOutlet outlet;
  const Instrument& first = *std::ranges::find(configuration.instruments, configuration.replay.files.front().symbol, &Instrument::symbol);
  Performance performance(books, first.quote);

  PaperWorld::Parts parts{configuration, books, exchange_books, books_store, exchange_store, clock, outlet, open_text_file,
                          nullptr, 1, 1, [&](const MarketTrade& trade) { performance.on_row(trade); }};
  auto world = PaperWorld::make(std::move(parts));
  if (!world) {
    fmt::print(stderr, "{}\n", world.error().story);
    return to_int(ExitCode::usage);
  }
  Runtime& runtime = (*world)->runtime();
  PaperEnvironment& environment = (*world)->environment();
  books_store.set_listener(&runtime);
  exchange_store.set_listener(&environment);
  outlet.set_runtime(runtime);
  Random random(1);
  if (auto opened = (*world)->open(random); !opened) {
    fmt::print(stderr, "{}\n", opened.error().story);
    return to_int(ExitCode::usage);
  }
  StartInfo info;
  info.epoch = 1;
  info.cause = "replay";
  info.new_tag = "test";
  info.environment = info.venue = info.account = "paper";
  (*world)->start(info);
  int after_the_end = 0;
  while (!outlet.stopped() && after_the_end < kTurnsAfterTheEnd) {
    if (environment.has_ended() && (runtime.is_settled() || ++after_the_end == kTurnsAfterTheEnd)) break;
    outlet.take_alerts();
    runtime.poll();
  }
  if (outlet.stopped()) return to_int(*outlet.stopped());
  print_result(books, performance, first, json);
  return to_int(ExitCode::done);
}

}  // namespace

int replay_command(int argc, char** argv) {
  CLI::App app("Runs the strategies over recorded trades, as fast as possible, and says what became of them.", "orchestrator replay");
  std::string config;
  std::vector<std::string> files;
  bool json = false;
  app.add_option("--config", config, "the configuration file")->required();
  app.add_option("--csv", files, "time and sales: unix_seconds,price,volume; PAIR=file where the name does not tell the pair")->required();
  app.add_flag("--json", json, "print one JSON object");
  if (const int code = parse_arguments(app, argc, argv); code >= 0) return code;

  auto configuration = load_configuration(config, MarketFrom::command);
  if (!configuration) return to_int(ExitCode::usage);
  configuration->data = DataKind::replay;
  configuration->replay.speed.reset();
  configuration->replay.files.clear();
  for (const std::string& file : files) {
    const auto found = replay_file(*configuration, file);
    if (!found) {
      fmt::print(stderr, "{}: which pair is this? Say --csv BTC/EUR={}\n", file, file);
      return to_int(ExitCode::usage);
    }
    if (auto readable = can_read(found->path); !readable) {
      fmt::print(stderr, "{}\n", readable.error().story);
      return to_int(ExitCode::usage);
    }
    configuration->replay.files.push_back(*found);
  }
  return replay(*configuration, json);
}

}  // namespace s1mple
