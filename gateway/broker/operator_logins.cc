#include "gateway/broker/operator_logins.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/secret.h"
#include "common/base/sha256.h"

namespace earshot::broker {

namespace {

constexpr std::string_view kPrefix = "operator:";
constexpr std::size_t kHashChars = 64;
constexpr std::size_t kMaxNameChars = 32;

// It becomes a topic level.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameChars && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

bool is_hash(std::string_view text) {
  return text.size() == kHashChars && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

OperatorLogins::Replaced OperatorLogins::replace(std::string_view table) {
  std::map<std::string, std::string, std::less<>> hashes;
  while (!table.empty()) {
    const std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(table.size(), line.size() + 1));
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !is_name(line.substr(0, space)) ||
        !is_hash(line.substr(space + 1)) || hashes.size() >= kMaxOperators) {
      return {};
    }
    hashes.emplace(line.substr(0, space), line.substr(space + 1));
  }
  Replaced replaced{.accepted = true, .thrown_out = {}};
  for (const auto& [client_id, who] : present_) {
    const auto before = hashes_.find(who.name);
    const auto after = hashes.find(who.name);
    const bool same = before != hashes_.end() && after != hashes.end() && before->second == after->second;
    if (!same) replaced.thrown_out.push_back(client_id);
  }
  hashes_ = std::move(hashes);
  return replaced;
}

bool OperatorLogins::check(std::string_view username, std::string_view password) const {
  const auto found = hashes_.find(name_of(username));
  // Attack: names are found by the time an answer takes. So a stranger's password is hashed and compared too.
  const std::string nobody(kHashChars, '-');
  const std::string given = to_hex(sha256(as_bytes(password)));
  const bool good = equal_in_constant_time(found == hashes_.end() ? nobody : found->second, given);
  return good && found != hashes_.end();
}

std::string_view OperatorLogins::name_of(std::string_view username) {
  if (username.starts_with(kPrefix)) username.remove_prefix(kPrefix.size());
  return username;
}

void OperatorLogins::came(std::string_view client_id, Connection connection, std::string_view username) {
  present_.insert_or_assign(std::string(client_id),
                            Present{.connection = connection, .name = std::string(name_of(username))});
}

// As in presence_table.h: the end of a connection that was taken over comes after its successor's login.
void OperatorLogins::left(std::string_view client_id, Connection connection) {
  const auto found = present_.find(client_id);
  if (found != present_.end() && found->second.connection == connection) present_.erase(found);
}

}  // namespace earshot::broker
