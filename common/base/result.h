// Result<T>: a value, or an Error that tells a story. For the world's failures (disk, venue, JSON, child).
//
// Each layer adds what it was doing with `during`; only the shell logs. A bug of ours is ENSURE, never an Error.
// Access: value() on a failed result and error() on a good one abort.
// Thread: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/base/ensure.h"

namespace s1mple {

enum class Errc : std::uint8_t {
  invalid = 1,   // input that is not what it must be
  not_found,     // the thing does not exist (proven, never "could not ask")
  exists,        // the thing exists already
  damaged,       // stored bytes that do not check out
  io,            // the operating system refused; os_errno says why
  no_space,      // the disk is full
  busy,          // somebody else holds it
  refused,       // the other side said no
  timeout,       // no answer in time: the outcome is unknown
  closed,        // the other side is gone
  unsupported,   // a newer format or version
  overflow,      // a number out of range
};

struct [[nodiscard]] Error {
  Errc code = Errc::invalid;
  std::string story;
  int os_errno = 0;

  // "recover state: replay log 7: frame at 81920: crc mismatch"
  [[nodiscard]] Error during(std::string_view step) && {
    return {code, std::string(step) + ": " + story, os_errno};
  }
};

// An Error from errno: "<what>: No such file or directory". ENOSPC and EDQUOT become no_space, ENOENT not_found,
// EEXIST exists, EAGAIN and EBUSY busy, ECONNREFUSED refused, EPIPE and ECONNRESET closed, ETIMEDOUT timeout,
// ENOSYS and EOPNOTSUPP unsupported, every other one io.
[[nodiscard]] Error os_error(std::string_view what, int os_errno);

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}       // NOLINT: implicit by design
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}   // NOLINT: implicit by design

  [[nodiscard]] bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & { check(); return std::get<0>(held_); }
  [[nodiscard]] const T& value() const& { check(); return std::get<0>(held_); }
  [[nodiscard]] T&& value() && { check(); return std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& {
    ENSURE(!ok(), "error() of a good result");
    return std::get<1>(held_);
  }
  [[nodiscard]] Error&& error() && {
    ENSURE(!ok(), "error() of a good result");
    return std::get<1>(std::move(held_));
  }

 private:
  void check() const {
    if (!ok()) ensure_failed(__FILE__, __LINE__, "value() of a failed result", std::get<1>(held_).story);
  }
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const& { ENSURE(error_, "error() of a good result"); return *error_; }
  [[nodiscard]] Error&& error() && { ENSURE(error_, "error() of a good result"); return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace s1mple
