// Which connections of operators read events. Pure; used by the plugin.
#pragma once

#include <set>

namespace earshot::broker {

// Most installations have nobody who reads events, and they are three of the seven messages that a command
// costs the broker. So the gateway is told whether anybody does. A connection counts from its first
// subscription to events to its end. Bounded by the broker's max_connections.
class EventReaders {
 public:
  using Connection = const void*;  // compared, never followed

  // RETURNS: whether it is the first.
  bool came(Connection connection) { return readers_.insert(connection).second && readers_.size() == 1; }
  // An end of any connection.
  // RETURNS: whether it was the last.
  bool left(Connection connection) { return readers_.erase(connection) > 0 && readers_.empty(); }
  bool any() const { return !readers_.empty(); }

 private:
  std::set<Connection> readers_;
};

}  // namespace earshot::broker
