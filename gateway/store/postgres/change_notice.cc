#include "gateway/store/postgres/change_notice.h"

#include <array>
#include <string>
#include <utility>

namespace earshot::store::postgres {

namespace {

using What = StoreChange::What;

constexpr std::array<std::pair<std::string_view, What>, 9> kTables{{{"devices", What::kDevice},
                                                                    {"users", What::kAccounts},
                                                                    {"tokens", What::kAccounts},
                                                                    {"operators", What::kOperators},
                                                                    {"agents", What::kAgents},
                                                                    {"providers", What::kAgents},
                                                                    {"firmware", What::kFirmware},
                                                                    {"settings", What::kSetting},
                                                                    {"notebooks", What::kNotebook}}};

std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

}  // namespace

std::optional<StoreChange> change_of(std::string_view payload, std::string_view own) {
  const std::string_view gateway = take_word(payload);
  const std::string_view table = take_word(payload);
  if (gateway == own) return std::nullopt;
  for (const auto& [name, what] : kTables) {
    if (name == table) return StoreChange{.what = what, .key = std::string(payload)};
  }
  return std::nullopt;
}

}  // namespace earshot::store::postgres
