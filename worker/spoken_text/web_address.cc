#include "worker/spoken_text/web_address.h"

#include <algorithm>
#include <array>

namespace earshot::worker {

namespace {

constexpr auto kFronts = std::to_array<std::string_view>({"https://", "http://", "www."});

bool same_letter(char a, char b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return small(a) == small(b);
}

// RETURNS: the bytes of the front; 0: none.
std::size_t front_bytes(std::string_view text) {
  for (const std::string_view front : kFronts) {
    if (text.size() >= front.size() && std::equal(front.begin(), front.end(), text.begin(), same_letter))
      return front.size();
  }
  return 0;
}

bool is_in_address(char c) {
  return c > ' ' && c < 0x7f && std::string_view("<>\"|\\^`{}*[]").find(c) == std::string_view::npos;
}

}  // namespace

bool may_become_web_address(std::string_view text) {
  return std::ranges::any_of(kFronts, [text](std::string_view front) {
    return text.size() < front.size() && std::equal(text.begin(), text.end(), front.begin(), same_letter);
  });
}

std::size_t web_address_extent(std::string_view text) {
  const std::size_t front = front_bytes(text);
  if (front == 0) return 0;
  std::size_t end = front;
  int open = 0;
  for (; end < text.size() && is_in_address(text[end]); ++end) {
    if (text[end] == '(') ++open;
    if (text[end] == ')' && --open < 0) break;
  }
  return end;
}

std::size_t web_address_bytes(std::string_view text) {
  const std::size_t front = front_bytes(text);
  std::size_t end = web_address_extent(text);
  while (end > front && std::string_view(".,;:!?'_~").find(text[end - 1]) != std::string_view::npos) --end;
  return end > front ? end : 0;
}

std::optional<std::string> web_host(std::string_view address) {
  const std::size_t front = front_bytes(address);
  if (front == 0) return std::nullopt;
  if (!same_letter(address[0], 'w')) address.remove_prefix(front);
  address = address.substr(0, address.find_first_of("/?#"));
  if (const std::size_t user = address.rfind('@'); user != std::string_view::npos)
    address.remove_prefix(user + 1);
  address = address.substr(0, address.find(':'));
  if (front_bytes(address) > 0) address.remove_prefix(4);
  if (address.empty()) return std::nullopt;
  return std::string(address);
}

}  // namespace earshot::worker
