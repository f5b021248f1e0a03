#include <bit>
#include <span>

#include "common/base/crc32c.h"
#include "common/contract/config_document.h"

namespace s1mple {

namespace {

// Every piece ends with a zero byte, so that no two files of other pieces run together into the same bytes.
std::uint32_t add(std::uint32_t crc, std::string_view text) {
  crc = crc32c(std::as_bytes(std::span(text)), crc);
  constexpr std::byte kEnd{0};
  return crc32c(std::span(&kEnd, 1), crc);
}

std::uint32_t add_node(std::uint32_t crc, const toml::node& node);

// toml++ keeps a table's keys in their order.
std::uint32_t add_table(std::uint32_t crc, const toml::table& table) {
  for (const auto& [key, node] : table) crc = add_node(add(crc, key.str()), node);
  return add(crc, "}");
}

std::uint32_t add_list(std::uint32_t crc, const toml::array& list) {
  for (const auto& node : list) crc = add_node(crc, node);
  return add(crc, "]");
}

// Dates are refused wherever they stand, and need no bytes of their own.
std::uint32_t add_node(std::uint32_t crc, const toml::node& node) {
  crc = add(crc, kind_text(node));
  if (const auto* table = node.as_table()) return add_table(crc, *table);
  if (const auto* list = node.as_array()) return add_list(crc, *list);
  if (const auto* text = node.as_string()) return add(crc, text->get());
  if (const auto* whole = node.as_integer()) return add(crc, std::to_string(whole->get()));
  if (const auto* flag = node.as_boolean()) return add(crc, flag->get() ? "true" : "false");
  if (const auto* real = node.as_floating_point()) return add(crc, std::to_string(std::bit_cast<std::uint64_t>(real->get())));
  return crc;
}

template <class Names>
void add_digests(std::vector<ConfigFile::Digest>& digests, const toml::table& root, const Names& names) {
  for (const std::string_view name : names)
    if (const toml::node* node = root.get(name)) digests.push_back({std::string(name), add_node(0, *node)});
}

}  // namespace

std::vector<ConfigFile::Digest> ConfigFile::digests(ConfigOwner owner) const {
  std::vector<Digest> digests;
  if (owner == ConfigOwner::supervisor) add_digests(digests, document_->root, kSupervisorTables);
  else add_digests(digests, document_->root, kOrchestratorTables);
  return digests;
}

}  // namespace s1mple
