// PaperWorld: the paper environment put together: market source, exchange, engine and runtime over two stores.
//
// The order of its life: make the books (empty), let their stores recover into them, then PaperWorld on top,
// open() it, catch_up() until true, start(). The shell gives it files, clock and a place for what goes out; tests
// give it their own.
// Owner: the shell or a test; borrows everything in Parts. Thread: loop. Errors: of open() and catch_up().
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "orchestrator/data/text_source.h"
#include "orchestrator/environment/archived_books.h"
#include "orchestrator/environment/configuration.h"
#include "orchestrator/environment/paper_environment.h"
#include "orchestrator/environment/runtime.h"

namespace s1mple {

// A file of market data for reading.
using OpenText = std::function<Result<std::unique_ptr<TextSource>>(const std::string& path)>;

class PaperWorld {
 public:
  struct Parts {
    const Configuration& configuration;
    Books& books;
    PaperBooks& exchange_books;
    Storage& books_store;
    Storage& exchange_store;
    const Clock& clock;  // its wall() never runs backwards
    RuntimeOutlet& outlet;
    OpenText open_text;
    std::function<void(Error)> abandon_store;
    std::uint64_t epoch = 0;
    std::uint64_t seed = 0;
    std::function<void(const MarketTrade&)> on_row = nullptr;  // told before each row that is played
    std::function<void(const Error&)> archive_unreadable =
        nullptr;                                     // told from inside a step: end the process later
    std::unique_ptr<MarketSource> source = nullptr;  // in place of the one that the configuration names
    MakeLayer make_layer = nullptr;  // between the runtime and the environment; none in the product
  };

  [[nodiscard]] static Result<std::unique_ptr<PaperWorld>> make(Parts parts);
  PaperWorld() = default;  // empty: make() is the way

  Result<void> open(Random& random) { return environment_->open(random); }
  Result<bool> catch_up() { return environment_->catch_up(); }
  void start(const StartInfo& info);

  [[nodiscard]] Runtime& runtime() { return *runtime_; }
  [[nodiscard]] PaperEnvironment& environment() { return *environment_; }
  [[nodiscard]] StrategyOrchestrator& engine() { return *engine_; }

 private:
  std::unique_ptr<MarketSource> source_;
  PaperConfig paper_;
  std::unique_ptr<PaperExchange> exchange_;
  std::unique_ptr<PaperEnvironment> environment_;
  std::unique_ptr<EnvironmentLayer> layer_;
  std::unique_ptr<ArchivedBooks> old_books_;
  std::unique_ptr<StrategyOrchestrator> engine_;
  std::unique_ptr<Runtime> runtime_;
};

}  // namespace s1mple
