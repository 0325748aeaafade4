#include "common/base/ids.h"

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/random.h"

namespace earshot {

std::optional<DeviceId> DeviceId::parse(std::string_view text) {
  constexpr std::size_t kLength = 6 * 2 + 5;  // six octets, five separators
  if (text.size() != kLength) return std::nullopt;
  const char separator = text[2];
  if (separator != ':' && separator != '_') return std::nullopt;
  DeviceId id;
  id.text_.reserve(kLength);
  for (std::size_t i = 0; i < kLength; ++i) {
    const char c = text[i];
    if (i % 3 == 2) {
      if (c != separator) return std::nullopt;
      id.text_.push_back(':');
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
      id.text_.push_back(c);
    } else if (c >= 'A' && c <= 'F') {
      id.text_.push_back(static_cast<char>(c - 'A' + 'a'));
    } else {
      return std::nullopt;
    }
  }
  return id;
}

std::string DeviceId::underscored() const {
  std::string text = text_;
  std::replace(text.begin(), text.end(), ':', '_');
  return text;
}

SessionId SessionId::random() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  return {to_hex(bytes)};
}

}  // namespace earshot
