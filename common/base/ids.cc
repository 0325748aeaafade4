#include "common/base/ids.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/random.h"

namespace earshot {

namespace {

constexpr std::size_t kOctets = 6;
constexpr std::size_t kDigits = 2 * kOctets;
constexpr std::size_t kAddressLength = kDigits + kOctets - 1;  // with a colon between octets
constexpr std::string_view kSeparators = ":-_.";

// The digit in small letters; 0 if it is none.
char small_hex_digit(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) return c;
  return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : '\0';
}

// Groups of octets (`02bb.0a00.0c0d`) are all of one size; only the last may be cut short.
bool is_grouped(std::string_view text, char separator) {
  const std::size_t group = text.find(separator);
  if (group == std::string_view::npos) return text.size() == kDigits;
  if (group != 2 && group != 4) return false;
  for (std::size_t at = group; at < text.size(); at += group + 1) {
    if (text[at] != separator) return false;
  }
  return true;
}

}  // namespace

std::string address_part(std::string_view text) {
  if (text.size() > kAddressLength) return {};
  const std::size_t found = text.find_first_of(kSeparators);
  const char separator = found == std::string_view::npos ? '\0' : text[found];
  if (!is_grouped(text, separator)) return {};
  std::string address;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == separator && separator != '\0') continue;
    const char digit = small_hex_digit(c);
    if (digit == '\0' || digits == kDigits) return {};
    if (digits > 0 && digits % 2 == 0) address.push_back(':');
    address.push_back(digit);
    ++digits;
  }
  // `aa:` means what begins with that octet, and `aa:bb:cc:dd:ee:ff:` nothing.
  if (separator != '\0' && text.back() == separator) return digits < kDigits ? address + ':' : std::string();
  return address;
}

std::optional<DeviceId> DeviceId::parse(std::string_view text) {
  std::string address = address_part(text);
  if (address.size() != kAddressLength) return std::nullopt;
  DeviceId id;
  id.text_ = std::move(address);
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
