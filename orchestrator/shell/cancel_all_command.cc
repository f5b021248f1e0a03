// orchestrator cancel-all: the last resort below safe mode. Cancels our working orders at the exchange with nothing but
// the exchange and INSTALLATION: the orchestrator's own books may be damaged and are neither read nor written.
//
// Stop orders count as protective and stay, unless --all. The exchange of paper lives in <home>/state/paper.

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "common/os/clock.h"
#include "common/os/entropy.h"
#include "common/os/loop.h"
#include "common/os/signals.h"
#include "orchestrator/shell/commands.h"
#include "orchestrator/shell/installation.h"
#include "orchestrator/shell/load_configuration.h"
#include "orchestrator/shell/parse_arguments.h"
#include "orchestrator/shell/store_files.h"
#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_exchange.h"
#include "orchestrator/venue/paper/paper_folding.h"

namespace s1mple {
namespace {

bool is_ours(const ClientId& id, const Installation& installation) {
  const auto carries = [&](const std::string& tag) { return !tag.empty() && id.text().starts_with("s" + tag); };
  return carries(installation.tag) || std::ranges::any_of(installation.earlier, carries);
}

class CancelAll {
 public:
  CancelAll(const Configuration& configuration, Installation installation, bool stops_too)
      : paper_(configuration.paper), installation_(std::move(installation)), stops_too_(stops_too) {
    paper_.instruments = configuration.instruments;
    options_ = configuration.store;
  }

  Result<void> run(StoreDirectory directory) {
    RecoverySettings settings;
    settings.options = options_;
    StoreFiles files(loop_, std::move(directory), folding_, clock_, settings);
    for (bool open = false; !open;) {
      auto recovered = files.recover();
      if (!recovered) {
        const std::string story = files.damage_story();
        return story.empty() ? std::move(recovered).error() : Error{Errc::damaged, story};
      }
      open = *recovered;
    }
    PaperExchange exchange(paper_, books_);
    Random random(entropy());
    submit(files.store(), exchange.open(random, books_.latest()));
    cancel(files.store(), exchange);
    Result<void> closed;
    files.store().close([&](Result<void> result) {
      closed = std::move(result);
      loop_.stop();
    });
    loop_.run();
    return closed;
  }

  [[nodiscard]] std::size_t left_alone() const { return left_alone_; }
  [[nodiscard]] const std::vector<std::string>& cancelled() const { return cancelled_; }

 private:
  void cancel(StateStore& store, PaperExchange& exchange) {
    const std::vector<std::uint64_t> open(books_.open_orders().begin(), books_.open_orders().end());
    for (const std::uint64_t number : open) {
      const VenueOrder order = books_.venue_order(books_.order(number));
      const bool protective = order.type == OrderType::stop_loss && !stops_too_;
      if (!is_ours(order.client_id, installation_) || protective) {
        ++left_alone_;
        continue;
      }
      submit(store, exchange.on_request(SendCancel{order.client_id, order.venue_id, order.symbol}, books_.epoch(), books_.latest()));
      cancelled_.push_back(order.client_id.text());
    }
    store.flush();
  }

  void submit(StateStore& store, const PaperStep& step) {
    if (step.facts.empty()) return;
    std::string bytes;
    encode(step.facts, bytes);
    store.submit(std::as_bytes(std::span(bytes)));
  }

  Loop loop_;
  SystemClock clock_;
  PaperConfig paper_;
  StoreOptions options_;
  Installation installation_;
  bool stops_too_;
  PaperBooks books_;
  PaperFolding folding_{books_};
  std::vector<std::string> cancelled_;
  std::size_t left_alone_ = 0;
};

int refuse(const Error& error) {
  fmt::print(stderr, "{}\n", error.story);
  if (error.code == Errc::busy) return to_int(ExitCode::lock_held);
  return to_int(error.code == Errc::damaged ? ExitCode::state_damaged : ExitCode::usage);
}

}  // namespace

int cancel_all_command(int argc, char** argv) {
  CLI::App app("Cancels our working orders at the exchange, without the orchestrator's books.", "orchestrator cancel-all");
  std::string config, home;
  bool stops_too = false;
  app.add_option("--config", config, "the configuration file")->required();
  app.add_option("--home", home, "where the durable books are")->required();
  app.add_flag("--all", stops_too, "stop orders too, which otherwise stay as protection");
  if (const int code = parse_arguments(app, argc, argv); code >= 0) return code;

  ignore_sigpipe();
  const auto configuration = load_configuration(config);
  if (!configuration) return to_int(ExitCode::usage);
  auto lock =
      StoreDirectory::open(home + "/state", StoreDirectory::Missing::refuse, StoreDirectory::Owner::anybody);
  if (!lock) return refuse(std::move(lock).error().during("no orchestrator may run meanwhile"));
  auto exchange = StoreDirectory::open(home + "/state/paper", StoreDirectory::Missing::refuse);
  if (!exchange) return refuse(exchange.error());
  auto installation = Installation::read(home);
  if (!installation) return refuse(installation.error());

  CancelAll all(*configuration, std::move(*installation), stops_too);
  if (auto done = all.run(std::move(*exchange)); !done) return refuse(done.error());
  for (const std::string& id : all.cancelled()) fmt::print("cancelled {}\n", id);
  fmt::print("{} cancelled, {} left alone{}\n", all.cancelled().size(), all.left_alone(),
             all.left_alone() > 0 && !stops_too ? " (stop orders stay; --all cancels them too)" : "");
  return to_int(ExitCode::done);
}

}  // namespace s1mple
