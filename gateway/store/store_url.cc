#include "gateway/store/store_url.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace earshot::store {

namespace {

constexpr std::size_t kMaxUrl = 1024;
constexpr std::size_t kMaxGatewayName = 32;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

Status check_store_url(std::string_view url) {
  const auto refuse = [](const char* why) { return Error{ErrorCode::kInvalid, why}; };
  std::string_view rest = url;
  if (rest.starts_with("postgresql://")) {
    rest.remove_prefix(std::string_view("postgresql://").size());
  } else if (rest.starts_with("postgres://")) {
    rest.remove_prefix(std::string_view("postgres://").size());
  } else {
    return refuse("must begin with postgresql://");
  }
  if (url.size() > kMaxUrl) return refuse("is longer than 1024 characters");
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c == '"' || c == '\x7f'; })) {
    return refuse("must not hold spaces or quotes");
  }
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  const std::size_t at = authority.rfind('@');
  const bool in_user =
      at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
  const std::size_t question = rest.find('?');
  const std::string_view parameters =
      question == std::string_view::npos ? std::string_view() : rest.substr(question);
  // Percent signs may spell any name.
  const bool in_parameters = parameters.find("password=") != std::string_view::npos ||
                             parameters.substr(0, parameters.rfind('=')).find('%') != std::string_view::npos;
  if (in_user || in_parameters) {
    return refuse(
        "must not hold the password: addresses are shown; give it in store.password_file or "
        "store.password_env");
  }
  return kDone;
}

bool is_gateway_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxGatewayName && std::ranges::all_of(name, is_name_character);
}

std::string default_gateway_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return "gateway";
  std::string name(host.data());
  if (name.size() > kMaxGatewayName) name.resize(kMaxGatewayName);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_name_character(c)) c = '-';
  }
  return name.empty() ? "gateway" : name;
}

}  // namespace earshot::store
