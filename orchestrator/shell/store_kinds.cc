#include "orchestrator/shell/store_kinds.h"

#include <string>

#include "orchestrator/shell/drill_folding.h"
#include "orchestrator/state/recovery.h"

namespace s1mple {
namespace {

struct StoreKind {
  std::string_view kind;
  std::unique_ptr<Folding> (*make)();
};

constexpr StoreKind kStoreKinds[] = {
    {kDrillKind, []() -> std::unique_ptr<Folding> { return std::make_unique<DrillFolding>(); }},
};

}  // namespace

Result<std::unique_ptr<Folding>> make_folding(std::string_view kind) {
  for (const StoreKind& known : kStoreKinds)
    if (known.kind == kind) return known.make();
  return Error{Errc::refused, "this program does not know stores of the kind '" + std::string(kind) + "'"};
}

Result<std::unique_ptr<Folding>> folding_for(Disk& disk) {
  const auto kind = stored_kind(disk);
  if (!kind.ok()) return kind.error();
  return make_folding(kind->value_or(std::string(kDrillKind)));
}

}  // namespace s1mple
