#include "common/base/secret.h"

#include <sodium.h>

#include <utility>

namespace earshot {

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  wipe();
  value_ = other.value_;
  return *this;
}

Secret::Secret(Secret&& other) noexcept : value_(other.value_) {
  other.wipe();  // A short string is moved by copying its bytes: wipe the source, do not trust the move.
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  value_ = other.value_;
  other.wipe();
  return *this;
}

Secret::~Secret() {
  wipe();
}

void Secret::wipe() noexcept {
  sodium_memzero(value_.data(), value_.size());
  value_.clear();
}

bool equal_in_constant_time(std::string_view expected, std::string_view given) {
  // A wrong length is compared against `given` itself, so that both cases do the same work.
  const bool same_length = expected.size() == given.size();
  const std::string_view against = same_length ? expected : given;
  return (sodium_memcmp(against.data(), given.data(), given.size()) == 0) && same_length;
}

}  // namespace earshot
