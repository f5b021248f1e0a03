// The supervisor is missed after time spent listening, never after time spent absent.
#include "orchestrator/engine/link_silence.h"

#include "tests/support/catch.h"

namespace s1mple {
namespace {

constexpr Nanos kGrace = 10s;

struct Listener {
  Instant now{};
  LinkSilence silence{now};

  Nanos look_after(Nanos span) {
    now += span;
    return silence.look(now);
  }
  // Looks in time, in vain.
  Nanos listen_for(Nanos span) {
    Nanos silent{};
    for (Nanos spent{}; spent < span; spent += LinkSilence::kLook) silent = look_after(LinkSilence::kLook);
    return silent;
  }
};

}  // namespace

TEST_CASE("silence grows with every look that hears nothing") {
  Listener listener;
  CHECK(listener.listen_for(LinkSilence::kQuiet) == LinkSilence::kQuiet);
  CHECK(listener.listen_for(kGrace - LinkSilence::kQuiet) == kGrace);
}

TEST_CASE("a ping that is heard ends the silence") {
  Listener listener;
  listener.listen_for(9s);
  listener.silence.heard(listener.now);
  CHECK(listener.listen_for(1s) == 1s);
}

TEST_CASE("an absence of its own is no silence of its supervisor") {
  const auto absent = GENERATE(values<Nanos>({2s, 10s, 60s, 8h}));
  Listener listener;
  listener.listen_for(1s);
  CHECK(listener.look_after(absent) == 1s + LinkSilence::kStep);

  SECTION("and the pings that waited end it") {
    listener.silence.heard(listener.now);
    CHECK(listener.listen_for(1s) == 1s);
  }
  SECTION("and a supervisor that is really gone is missed all the same") {
    CHECK(listener.listen_for(kGrace) >= kGrace);
  }
}

TEST_CASE("a loop that is late at every look still misses its supervisor") {
  Listener listener;
  Nanos silent{};
  for (int look = 0; look < 20; ++look) silent = listener.look_after(3s);
  CHECK(silent == kGrace);
}

}  // namespace s1mple
