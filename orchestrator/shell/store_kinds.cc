#include "orchestrator/shell/store_kinds.h"

#include <string>

#include "orchestrator/environment/books_folding.h"
#include "orchestrator/shell/drill_folding.h"
#include "orchestrator/state/recovery.h"
#include "orchestrator/venue/paper/paper_folding.h"

namespace s1mple {
namespace {

// A folding together with the books that it folds into.
template <class State>
struct Holder {
  State state;
};
template <class State, class Base>
class Owning final : private Holder<State>, public Base {
 public:
  Owning() : Base(Holder<State>::state) {}
};

struct StoreKind {
  std::string_view kind;
  std::unique_ptr<Folding> (*make)();
};

constexpr StoreKind kStoreKinds[] = {
    {"orchestrator", []() -> std::unique_ptr<Folding> { return std::make_unique<Owning<Books, BooksFolding>>(); }},
    {"paper", []() -> std::unique_ptr<Folding> { return std::make_unique<Owning<PaperBooks, PaperFolding>>(); }},
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
