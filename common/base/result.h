// Result<T>: the voice of operations that may fail (CONVENTIONS 11).
// Packets use verdict enums, startup throws.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "common/base/check.h"

namespace earshot {

enum class ErrorCode {
  kInvalid,  // the input breaks a rule, or was refused for what it is; trying again does not help, and says
             // nothing about the health of whoever refused it
  kNotFound,
  kUnavailable,  // the other side is not there (refused, closed, busy)
  kTimeout,
  kTooLarge,
  kCancelled,
  kInternal,  // a library failed in a way that should not happen
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // for an operator; never holds a secret or user speech
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;`
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return error;`

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    EARSHOT_CHECK(ok(), "value() of a failed Result");
    return *std::get_if<T>(&state_);
  }
  const T& value() const& {
    EARSHOT_CHECK(ok(), "value() of a failed Result");
    return *std::get_if<T>(&state_);
  }
  T&& value() && {
    EARSHOT_CHECK(ok(), "value() of a failed Result");
    return std::move(*std::get_if<T>(&state_));
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const Error& error() const {
    EARSHOT_CHECK(!ok(), "error() of a good Result");
    return *std::get_if<Error>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

// For operations that only succeed or fail: `return kDone;`
struct Done {};
inline constexpr Done kDone{};
using Status = Result<Done>;

}  // namespace earshot
