#include <algorithm>

#include "supervisor/client/panels.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kTwoColumns = 72;     // screen width from which facts stand side by side
constexpr int kAllSideBySide = 110; // from here on the long facts as well
constexpr int kThreeColumns = 168;
constexpr int kLabel = 13;

struct Placed {
  int row;
  int slot;   // which column
  int slots;  // how many it spans
  const Vital* vital;
};

bool is_long(const Vital& vital) {
  return vital.label == "orchestrator" || vital.label == "restarts" || vital.label == "prices";
}

// Fixed places: a fact does not move because its neighbour's value grew.
std::vector<Placed> placed(const std::vector<Vital>& vitals, int width) {
  const int slots = width < kTwoColumns ? 1 : width < kThreeColumns ? 2 : 3;
  std::vector<Placed> out;
  std::vector<const Vital*> wide, narrow;
  for (const auto& vital : vitals)
    if (!vital.page_only) (is_long(vital) && slots == 2 && width < kAllSideBySide ? wide : narrow).push_back(&vital);
  int row = 0;
  std::size_t next = 0;
  const auto take_row = [&] {
    for (int slot = 0; slot < slots && next < narrow.size(); ++slot) out.push_back({row, slot, 1, narrow[next++]});
    ++row;
  };
  if (!narrow.empty()) take_row();
  for (const auto* vital : wide) out.push_back({row++, 0, slots, vital});
  while (next < narrow.size()) take_row();
  return out;
}

}  // namespace

Panel vitals_panel(const PanelInput& in, Rect whole) {
  const int width = whole.width;
  auto vitals = vitals_of(in.model, in.now);
  if (in.stale)
    for (auto& vital : vitals)
      for (auto& piece : vital.value) piece.tone = Tone::dim;
  const auto places = placed(vitals, width);
  const int rows = places.empty() ? 0 : places.back().row + 1;
  const int least = std::min(rows, std::max(2, whole.height / 3));
  return {{least, rows, false}, [vitals, width](Screen& screen, Rect area) {
            const int slots = width < kTwoColumns ? 1 : width < kThreeColumns ? 2 : 3;
            const int slot_width = area.width / slots;
            for (const auto& place : placed(vitals, width)) {
              if (place.row >= area.height) continue;
              const int column = area.column + place.slot * slot_width + 1;
              const int room = slot_width * place.slots - 2;
              screen.put(column, area.row + place.row, room, place.vital->label, Tone::dim);
              screen.put(column + kLabel, area.row + place.row, room - kLabel, place.vital->value);
            }
          }};
}

}  // namespace s1mple::client
