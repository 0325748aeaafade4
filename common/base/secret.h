// A key, password or token: wiped when it dies, masked when it is shown, compared in constant time.
#pragma once

#include <string>
#include <string_view>

namespace earshot {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  // The only way to the bytes; the name is searched for in review.
  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  std::string masked() const { return value_.empty() ? "(none)" : "***"; }

 private:
  void wipe() noexcept;
  std::string value_;
};

// Time depends only on the length of `given`, not on where the texts differ:
// an attacker learns nothing by timing.
bool equal_in_constant_time(std::string_view expected, std::string_view given);

}  // namespace earshot
