// The kinds of stores that this program can read: one line each in store_kinds.cc.
//
// Thread: any. Errors: refused for a kind that nobody registered.
#pragma once

#include <memory>
#include <string_view>

#include "orchestrator/state/disk.h"
#include "orchestrator/state/folding.h"

namespace s1mple {

[[nodiscard]] Result<std::unique_ptr<Folding>> make_folding(std::string_view kind);
// The folding that a directory's files ask for. Where no file names a kind any will do: there is nothing to fold.
[[nodiscard]] Result<std::unique_ptr<Folding>> folding_for(Disk& disk);

}  // namespace s1mple
