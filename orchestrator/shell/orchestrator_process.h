// OrchestratorProcess: one run of the orchestrator, from the locks to the last words.
//
// Order: (link: hello, attach, go) -> locks -> recovery of both stores, in slices -> INSTALLATION -> the world opens and
// catches up -> ready -> events until Stop -> both stores closed with a clean mark -> bye. Pings are answered between
// any two slices. Without a link it runs alone and says so.
// Both stores are read at the same time, the exchange's on its own thread; repairs follow one store after the
// other, so that nothing is written where the first one is damaged.
// Exit codes: common/contract/exit_code.h. Threads: the loop's, and the workers of the two stores.
// Owner: run_command. Errors: each ends the run with its code and a story, logged once.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/os/clock.h"
#include "common/os/loop.h"
#include "common/os/signals.h"
#include "common/os/timer.h"
#include "orchestrator/environment/books_folding.h"
#include "orchestrator/environment/paper_world.h"
#include "orchestrator/shell/installation.h"
#include "orchestrator/shell/link_session.h"
#include "orchestrator/shell/log_sink.h"
#include "orchestrator/shell/store_files.h"
#include "orchestrator/venue/paper/paper_folding.h"

namespace s1mple {

struct RunOptions {
  std::string home;
  StartMode mode = StartMode::normal;
  std::optional<int> link;  // descriptor
};

class OrchestratorProcess final : public RuntimeOutlet, public LinkSession::Listener {
 public:
  static constexpr Nanos kSlice = 20ms;  // of start-up work, between two looks at the link
  static constexpr Nanos kSpaceCheck = 5s;
  static constexpr Nanos kDrainAlone = 10s;  // grace of a stop that no supervisor asked for

  OrchestratorProcess(Configuration configuration, RunOptions options, MakeLayer make_layer = nullptr);
  ~OrchestratorProcess() override;
  [[nodiscard]] ExitCode run();

  void perform(const Action& action) override;

  void on_attach(const link::Attach& attach) override;
  void on_go() override;
  LinkSession::Beat on_ping() override;
  void on_command(Command command) override;
  void on_alert_ok(const std::string& id) override;
  void on_shutdown(Nanos grace, const std::string& reason) override;
  void on_supervisor_lost(const std::string& reason) override;
  void on_supervisor_back() override;
  void on_link_ended(const std::string& reason) override;
  void on_log(const LogLine& line) override { log_.write(line); }

 private:
  static constexpr Nanos kLastEvents =
      1s;  // at most, for what the exchange has done to become durable and known
  static constexpr Nanos kLookForQuiet = 2ms;

  enum class Step : std::uint8_t {
    waiting,
    locking,
    books,
    exchange,
    opening,
    catching_up,
    running,
    closing,
    ended
  };

  void next_slice();
  void slice();
  [[nodiscard]] Result<Step> one_slice();  // the step to go on with
  [[nodiscard]] Result<Step> lock();
  [[nodiscard]] Result<Step> recover(StoreFiles& files, Step then);
  void tell_progress(const RecoveryProgress& progress);
  [[nodiscard]] Result<Step> open_world();
  void start_world();
  [[nodiscard]] StartInfo start_info() const;
  void after_pass();
  [[nodiscard]] Result<void> keep_installation();
  void on_signal(int signal);
  void begin_close(ExitCode code, const std::string& reason);
  void close_when_quiet();
  void end(ExitCode code, const std::string& reason);
  void fail(const Error& error);
  void tell_latch();
  void greet_again(const link::Attach& attach);
  void take_latch(const link::Attach& attach);
  void check_space();

  Configuration configuration_;
  RunOptions options_;
  MakeLayer make_layer_;
  SystemClock machine_;
  SteadyWallClock clock_{machine_};
  LogSink log_;
  Loop loop_;
  Random random_;
  Timer wake_{loop_, [this] {
                if (world_) world_->runtime().poll();
              }};
  Timer quiet_{loop_, [this] { close_when_quiet(); }};
  Instant close_by_{};
  Timer space_{loop_, [this] { check_space(); }};
  std::unique_ptr<SignalWatcher> signals_;
  std::unique_ptr<LinkSession> link_;
  std::optional<link::Attach> attach_;
  Installation installation_;
  Books books_;
  PaperBooks exchange_books_;
  BooksFolding books_folding_{books_, configuration_.fill_horizon};
  PaperFolding exchange_folding_{exchange_books_, configuration_.fill_horizon};
  std::unique_ptr<StoreFiles> books_store_, exchange_store_;
  std::unique_ptr<PaperWorld> world_;
  Step step_ = Step::waiting;
  ExitCode code_ = ExitCode::done;
  std::string reason_;
  bool halt_told_ = false;
  bool latch_sent_ = false;
  bool link_gone_ = false;
  std::string new_tag_;
  bool draw_new_tag_ = false;
  bool unavailable_ = false;  // the supervisor is gone: a clean end is exit 69
};

}  // namespace s1mple
