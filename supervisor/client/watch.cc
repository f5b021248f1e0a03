#include "supervisor/client/watch.h"

#include <signal.h>

#include <array>
#include <memory>
#include <optional>

#include "common/contract/exit_code.h"
#include "common/contract/rpc.h"
#include "common/os/clock.h"
#include "common/os/line_connection.h"
#include "common/os/loop.h"
#include "common/os/pipe_reader.h"
#include "common/os/signals.h"
#include "common/os/timer.h"
#include "supervisor/client/event_text.h"
#include "supervisor/client/painter.h"
#include "supervisor/client/session.h"
#include "supervisor/client/status_page.h"
#include "supervisor/client/terminal.h"
#include "supervisor/client/text.h"
#include "supervisor/client/watch_view.h"

namespace s1mple::client {

namespace {

constexpr Nanos kPace = 250ms;
constexpr Nanos kRetry = 500ms;
constexpr Nanos kSilentAfter = 2s;  // without an answer for so long the supervisor counts as silent
constexpr std::size_t kAnswerMax = 4 * 1024 * 1024;

constexpr char kControlC = 3, kControlD = 4, kControlL = 12, kControlZ = 26;

class ScreenWatch {
 public:
  ScreenWatch(Terminal& terminal, const std::vector<std::string>& paths, const Machine& machine, const Speaker& speaker)
      : terminal_(terminal), paths_(paths), speaker_(speaker), painter_(machine.look.colour),
        tick_(loop_, [this] { on_tick(); }),
        signals_(loop_, kSignals, [this](int signal) { on_signal(signal); }) {
    state_.speaker = speaker;
    state_.utf8 = machine.look.utf8;
  }

  int run() {
    auto keys = PipeReader::open(loop_, terminal_.take_keys(),
                                 {[this](std::string_view bytes) { on_keys(bytes); }, [this] { end(0); }});
    if (!keys) return to_int(ExitCode::unavailable);
    on_tick();
    tick_.start_every(kPace);
    loop_.run();
    return code_;
  }

  [[nodiscard]] const WatchState& state() const { return state_; }

 private:
  static constexpr std::array<int, 5> kSignals{SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGWINCH};

  void end(int code) {
    code_ = code;
    loop_.stop();
  }

  void on_signal(int signal) {
    if (signal != SIGWINCH) return end(128 + signal);
    painter_.forget();
    draw();
  }

  void on_keys(std::string_view keys) {
    for (const char key : keys) {
      if (key == 'q' || key == 'Q' || key == kControlC || key == kControlD) return end(0);
      if (key == kControlL) painter_.forget();
      if (key == kControlZ) {
        terminal_.leave();
        ::raise(SIGSTOP);
        terminal_.enter();
        painter_.forget();
      }
    }
    draw();
  }

  void on_tick() {
    const Instant now = clock_.now();
    if (!line_) {
      if (!tried_at_ || now - *tried_at_ >= kRetry) connect(now);
    } else if (asked_at_) {
      if (now - *asked_at_ > kSilentAfter) trouble("the supervisor does not answer");
    } else {
      ask(now);
    }
    draw();
  }

  void connect(Instant now) {
    tried_at_ = now;
    auto found = connect_first(paths_, speaker_);
    if (!found) return trouble(found.error().story);
    auto line = LineConnection::open(loop_, std::move(found->fd), {kAnswerMax, kAnswerMax},
                                     {[this](std::string_view text) { on_line(text); }, [](const Error&) {}, {},
                                      [this](const std::optional<Error>& fault) { on_closed(fault); }});
    if (!line) return trouble(line.error().story);
    line_ = *std::move(line);
    line_->send_line(encode_request("\"events\"", "subscribe", {}));
    ask(now);
  }

  void ask(Instant now) {
    asked_at_ = now;
    line_->send_line(encode_request("\"status\"", "status", {}));
  }

  void on_line(std::string_view text) {
    const auto message = JsonValue::parse(text);
    if (!message) return;
    if (message->find("method")) {
      EventView event = event_of(message->find("params").value_or(JsonValue()));
      if (!is_routine(event)) history_.add(std::move(event), clock_.wall());
      return;
    }
    const auto reply = read_reply(*message);
    if (!reply || reply->id_json != "\"status\"" || reply->failed) {
      if (reply && reply->failed && reply->id_json == "null") trouble(neutral(reply->message));
      return;
    }
    auto model = decode_status(reply->result);
    if (!model) return;
    asked_at_.reset();
    state_.trouble.clear();
    state_.trouble_since.reset();
    if (!environment_of(*model).empty()) state_.environment = environment_of(*model);
    history_.observe(*model, clock_.wall());
    const bool first = !state_.model;
    state_.model = *std::move(model);
    if (first) draw();
  }

  void on_closed(const std::optional<Error>& fault) {
    line_.reset();
    asked_at_.reset();
    trouble(fault ? fault->story : "it has ended the connection");
  }

  void trouble(std::string why) {
    if (!state_.trouble_since) state_.trouble_since = clock_.wall();
    state_.trouble = neutral(why);
  }

  void draw() {
    state_.now = clock_.wall();
    if (!terminal_.write(painter_.paint(render(state_, history_, terminal_.size())))) end(0);
  }

  Terminal& terminal_;
  const std::vector<std::string>& paths_;
  const Speaker& speaker_;
  Loop loop_;
  SystemClock clock_;
  Painter painter_;
  WatchState state_;
  History history_;
  std::unique_ptr<LineConnection> line_;
  std::optional<Instant> asked_at_, tried_at_;
  int code_ = 0;
  Timer tick_;
  SignalWatcher signals_;
};

// What goes on after the screen is gone.
Page farewell(const WatchState& state, const Speaker& speaker) {
  if (!state.model || !state.trouble.empty())
    return {{{"No supervisor answers: " + (state.trouble.empty() ? "no answer yet" : state.trouble), Tone::caution}}};
  const auto& supervisor = state.model->supervisor;
  Line line{badge_of(state.environment), {" The supervisor keeps running"}};
  if (supervisor.pid) line.push_back({" (pid " + std::to_string(*supervisor.pid) + ", " + supervisor.state + ")"});
  line.push_back({"."});
  return {line,
          {{"Look again:   "}, {speaker.command("status --watch"), Tone::strong}},
          {{"Stop it with: "}, {speaker.command("shutdown"), Tone::strong}}};
}

Result<std::string> next_line(std::optional<Session>& session, const std::vector<std::string>& paths,
                              const Speaker& speaker) {
  if (!session) {
    auto opened = Session::open(paths, speaker);
    if (!opened) return std::move(opened).error();
    session.emplace(*std::move(opened));
  }
  const auto reply = session->ask("status", {}, kSilentAfter);
  if (!reply) return reply.error();
  if (reply->failed) return Error{Errc::refused, reply->message};
  const auto model = decode_status(reply->result);
  if (!model) return model.error();
  return summary_line(*model, SystemClock().wall());
}

}  // namespace

int watch_screen(const std::vector<std::string>& paths, const Machine& machine, const Speaker& speaker) {
  Page last_words;
  int code = 0;
  {
    auto terminal = Terminal::open();
    if (!terminal) {
      write_error("no live screen here: " + terminal.error().story);
      return watch_lines(paths, speaker);
    }
    ScreenWatch watch(*terminal, paths, machine, speaker);
    code = watch.run();
    last_words = farewell(watch.state(), speaker);
  }
  static_cast<void>(write_out(printed(last_words, machine.look)));
  return code;
}

int watch_lines(const std::vector<std::string>& paths, const Speaker& speaker) {
  Loop loop;
  std::optional<Session> session;
  const auto print = [&] {
    const auto line = next_line(session, paths, speaker);
    if (!line) session.reset();
    if (!write_out((line ? *line : neutral(line.error().story)) + "\n")) loop.stop();
  };
  Timer tick(loop, print);
  tick.start_every(1s);
  print();
  loop.run();
  return to_int(ExitCode::done);
}

}  // namespace s1mple::client
