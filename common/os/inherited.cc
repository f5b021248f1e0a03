#include "common/os/inherited.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "common/os/own_limits.h"

extern char** environ;

namespace s1mple {
namespace {

constexpr const char* kOwnVariable = "S1MPLE_DESCRIPTORS";
constexpr int kFirstListen = 3;

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text(value == nullptr ? "" : value);
  ::unsetenv(name);
  return text;
}

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// The text up to the next ':', which is taken off.
std::string_view next_entry(std::string_view& list) {
  const std::size_t end = list.find(':');
  const std::string_view entry = list.substr(0, end);
  list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  return entry;
}

// What is not open is not taken: nothing that is opened later may be mistaken for it.
void take_one(Inherited& inherited, int number, std::string_view name) {
  if (number < kFirstListen || ::fcntl(number, F_SETFD, FD_CLOEXEC) < 0) return;
  for (const auto& taken : inherited.descriptors)
    if (taken.fd.get() == number) return;
  if (inherited.descriptors.size() < Inherited::kMax)
    inherited.descriptors.push_back({std::string(name), UniqueFd(number)});
}

void take_from_systemd(Inherited& inherited) {
  const auto pid = number_of(take_variable("LISTEN_PID"));
  const auto count = number_of(take_variable("LISTEN_FDS"));
  const std::string names = take_variable("LISTEN_FDNAMES");
  if (!pid || *pid != ::getpid() || !count) return;
  std::string_view rest = names;
  for (int n = 0; n < std::min(*count, Inherited::kMax); ++n) take_one(inherited, kFirstListen + n, next_entry(rest));
}

void take_from_ourselves(Inherited& inherited) {
  const std::string list = take_variable(kOwnVariable);
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::string_view entry = next_entry(rest);
    const std::size_t split = entry.find('=');
    if (split == std::string_view::npos) continue;
    const auto number = number_of(entry.substr(0, split));
    if (number) take_one(inherited, *number, entry.substr(split + 1));
    inherited.in_place = true;
  }
}

void close_on_exec(const std::vector<BorrowedDescriptor>& descriptors, bool closes) {
  for (const auto& descriptor : descriptors) (void)::fcntl(descriptor.fd, F_SETFD, closes ? FD_CLOEXEC : 0);
}

}  // namespace

Inherited take_inherited() {
  Inherited inherited;
  take_from_systemd(inherited);
  take_from_ourselves(inherited);
  return inherited;
}

Error replace_program(const std::string& program, const std::vector<std::string>& arguments,
                      const std::vector<BorrowedDescriptor>& descriptors) {
  std::vector<char*> pointers{const_cast<char*>(program.c_str())};  // exec does not write through them
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  std::string list;
  for (const auto& descriptor : descriptors)
    list += (list.empty() ? "" : ":") + std::to_string(descriptor.fd) + "=" + descriptor.name;
  ::setenv(kOwnVariable, list.c_str(), 1);
  close_on_exec(descriptors, false);
  give_back_limits();
  ::execve(program.c_str(), pointers.data(), environ);
  const int os_errno = errno;
  take_own_limits();
  close_on_exec(descriptors, true);
  ::unsetenv(kOwnVariable);
  return os_error("become '" + program + "'", os_errno);
}

}  // namespace s1mple
