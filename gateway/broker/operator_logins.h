// The people and programs that command devices over MQTT: who may log in, and who is there. Pure; used by the
// broker's plugin. The gateway tells the table (auth::kOperatorsTopic) when it connects and on each change.
//
// Passwords are made by us of 32 random bytes, so a plain SHA-256 keeps them: there is nothing to guess, and
// a slow hash in the broker's only thread would let strangers stop it.
// Bounded: kMaxOperators; one entry a connected operator.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::broker {

class OperatorLogins {
 public:
  static constexpr std::size_t kMaxOperators = 512;
  using Connection = const void*;  // compared, never followed

  // The whole table, one `name sha256-hex` a line.
  // RETURNS: the client ids to be thrown out, because their operator is gone or has another password. A table
  // that breaks the form changes nothing and throws nobody out: `accepted` tells.
  struct Replaced {
    bool accepted = false;
    std::vector<std::string> thrown_out;
  };
  Replaced replace(std::string_view table);

  // Constant-time; `username` with or without `operator:` before the name.
  bool check(std::string_view username, std::string_view password) const;
  // `operator:ann` -> `ann`.
  static std::string_view name_of(std::string_view username);

  void came(std::string_view client_id, Connection connection, std::string_view username);
  void left(std::string_view client_id, Connection connection);

 private:
  struct Present {
    Connection connection;
    std::string name;
  };
  std::map<std::string, std::string, std::less<>> hashes_;  // by name
  std::map<std::string, Present, std::less<>> present_;     // by client id
};

}  // namespace earshot::broker
