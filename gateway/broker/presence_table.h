// Which devices are connected to the broker. Pure; used by the plugin.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace earshot::broker {

// A device that reconnects takes its old connection over, and the broker reports the old one's end *after*
// the new one's login. So an end counts only when it is the end of the connection that came last. Bounded by
// the broker's max_connections: one entry a connected client.
class PresenceTable {
 public:
  using Connection = const void*;  // compared, never followed

  // A login that succeeded.
  void came(std::string_view client_id, Connection connection) {
    const auto found = current_.find(client_id);
    if (found != current_.end()) {
      found->second = connection;
    } else {
      current_.emplace(client_id, connection);
    }
  }

  // An end of any connection, also of one that never logged in or was taken over.
  // RETURNS: whether the client is offline now.
  bool left(std::string_view client_id, Connection connection) {
    const auto found = current_.find(client_id);
    if (found == current_.end() || found->second != connection) return false;
    current_.erase(found);
    return true;
  }

  bool is_online(std::string_view client_id) const { return current_.find(client_id) != current_.end(); }
  template <class Visitor>  // visitor(const std::string& client_id)
  void visit(Visitor&& visitor) const {
    for (const auto& [client_id, connection] : current_) visitor(client_id);
  }

 private:
  std::map<std::string, Connection, std::less<>> current_;
};

}  // namespace earshot::broker
