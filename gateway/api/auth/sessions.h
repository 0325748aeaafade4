// Who is logged in with a browser. Kept in memory: a restart of the gateway asks everybody to log in again.
//
// Only hashes of the cookies are kept. A session ends when it was idle for too long, at its absolute age, at
// the log-out, and when its user's password or rights change.
// Bounded: kMaxPerUser of one user (a new one ends the one idle longest), kMaxSessions in all
// (the same). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/clock.h"
#include "common/base/secret.h"

namespace earshot::gateway::api {

struct SessionTimes {
  Milliseconds idle = std::chrono::hours(12);
  Milliseconds absolute = std::chrono::hours(24 * 7);
};

class Sessions {
 public:
  static constexpr std::size_t kMaxPerUser = 10;
  static constexpr std::size_t kMaxSessions = 10'000;

  struct Session {
    std::string user;
    std::string csrf;
    SteadyTime created{};
    SteadyTime used{};
  };
  struct Started {
    Secret cookie;
    std::string key;  // what the session is known by here
    std::string csrf;
  };

  explicit Sessions(const SessionTimes& times) : times_(times) {}

  Started start(const std::string& user, SteadyTime now);
  // By the cookie's value; counts as use. nullptr: unknown, or over.
  const Session* use(std::string_view cookie, SteadyTime now);
  static std::string key_of(std::string_view cookie);
  void end(std::string_view key);
  // All of a user, but for the one named.
  void end_all_of(std::string_view user, std::string_view but = {});
  std::size_t size() const { return sessions_.size(); }

 private:
  bool is_over(const Session& session, SteadyTime now) const;
  void make_room(const std::string& user, SteadyTime now);

  SessionTimes times_;
  std::unordered_map<std::string, Session> sessions_;  // by the hash of the cookie
};

}  // namespace earshot::gateway::api
