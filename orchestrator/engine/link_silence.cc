#include "orchestrator/engine/link_silence.h"

#include <algorithm>

namespace s1mple {

void LinkSilence::heard(Instant now) {
  looked_ = now;
  silent_ = {};
}

Nanos LinkSilence::look(Instant now) {
  silent_ += std::min(now - looked_, kStep);
  looked_ = now;
  return silent_;
}

}  // namespace s1mple
