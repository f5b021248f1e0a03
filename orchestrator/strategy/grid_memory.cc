#include "orchestrator/strategy/grid.h"

namespace s1mple {

void Grid::save(JsonWriter& out) const {
  out.begin_object().text("mode", to_text(mode_)).boolean("started", started_);
  out.text("reference", reference_.text()).text("step", step_.text());
  if (lay_after_) out.number("lay_after", to_unix_nanos(*lay_after_));
  out.key("close_out");
  close_out_.save(out);
  out.key("slots").begin_array();
  for (const auto& slot : slots_) save_slot(slot, out);
  out.end_array().end_object();
}

void Grid::save_slot(const Slot& slot, JsonWriter& out) const {
  out.begin_object();
  if (!slot.held.is_zero()) out.text("held", slot.held.text());
  if (slot.order) out.text("order", slot.order->text());
  slot.retry.save(out);
  out.end_object();
}

Result<Grid::Slot> Grid::restore_slot(const JsonValue& json) {
  Slot slot;
  if (json.find("held")) {
    const auto held = json.decimal_at("held");
    if (!held) return held.error();
    slot.held = Quantity(*held);
  }
  if (json.find("order")) {
    const auto order = json.text_at("order");
    if (!order) return order.error();
    slot.order = ClientId(*order);
  }
  const auto retry = Retry::restore(json);
  if (!retry) return retry.error();
  slot.retry = *retry;
  return slot;
}

// With another number of levels than the memory has, the old grid is cleared first.
Result<void> Grid::restore_slots(const JsonValue& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto slot = restore_slot(list.item(i));
    if (!slot) return std::move(slot).error().during("slot " + std::to_string(i + 1));
    slots_.push_back(std::move(slot).value());
  }
  const auto expected = static_cast<std::size_t>(2 * config_.levels);
  if (mode_ != GridMode::running || slots_.size() == expected) return {};
  mode_ = GridMode::clearing;
  slots_.assign(expected, Slot{});
  close_out_.begin();
  return {};
}

Result<void> Grid::restore(const JsonValue& saved) {
  Grid restored(symbol_, config_);
  const auto mode_text = saved.text_at("mode");
  if (!mode_text) return mode_text.error();
  const auto mode = parse_enum<GridMode>(*mode_text);
  if (!mode) return Error{Errc::invalid, "mode '" + *mode_text + "' is none of " + allowed_texts<GridMode>()};
  const auto started = saved.bool_at("started");
  if (!started) return started.error();
  const auto reference = saved.decimal_at("reference");
  if (!reference) return reference.error();
  const auto step = saved.decimal_at("step");
  if (!step) return step.error();
  if (saved.find("lay_after")) {
    const auto lay_after = saved.int_at("lay_after");
    if (!lay_after) return lay_after.error();
    restored.lay_after_ = from_unix_nanos(*lay_after);
  }
  const auto close_out_json = saved.at("close_out");
  if (!close_out_json) return close_out_json.error();
  const auto close_out = CloseOut::restore(*close_out_json);
  if (!close_out) return Error(close_out.error()).during("close_out");
  const auto slots = saved.at("slots");
  if (!slots) return slots.error();
  restored.mode_ = *mode;
  restored.started_ = *started;
  restored.reference_ = *reference;
  restored.step_ = *step;
  restored.close_out_ = *close_out;
  if (auto read = restored.restore_slots(*slots); !read) return read;
  *this = std::move(restored);
  return {};
}

}  // namespace s1mple
