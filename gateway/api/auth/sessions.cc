#include "gateway/api/auth/sessions.h"

#include <utility>

#include "gateway/api/auth/credentials.h"

namespace earshot::gateway::api {

Sessions::Started Sessions::start(const std::string& user, SteadyTime now) {
  make_room(user, now);
  Started started{.cookie = Secret(random_hex(32)), .key = {}, .csrf = random_hex(32)};
  started.key = hash_of(started.cookie);
  sessions_.emplace(started.key, Session{.user = user, .csrf = started.csrf, .created = now, .used = now});
  return started;
}

const Sessions::Session* Sessions::use(std::string_view cookie, SteadyTime now) {
  const auto found = sessions_.find(key_of(cookie));
  if (found == sessions_.end()) return nullptr;
  if (is_over(found->second, now)) {
    sessions_.erase(found);
    return nullptr;
  }
  found->second.used = now;
  return &found->second;
}

std::string Sessions::key_of(std::string_view cookie) {
  return hash_of(Secret(std::string(cookie)));
}

void Sessions::end(std::string_view key) {
  sessions_.erase(std::string(key));
}

void Sessions::end_all_of(std::string_view user, std::string_view but) {
  std::erase_if(sessions_,
                [&](const auto& entry) { return entry.second.user == user && entry.first != but; });
}

bool Sessions::is_over(const Session& session, SteadyTime now) const {
  return now - session.used > times_.idle || now - session.created > times_.absolute;
}

void Sessions::make_room(const std::string& user, SteadyTime now) {
  std::erase_if(sessions_, [&](const auto& entry) { return is_over(entry.second, now); });
  std::size_t of_user = 0;
  auto oldest = sessions_.end();
  auto oldest_of_user = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    if (oldest == sessions_.end() || at->second.used < oldest->second.used) oldest = at;
    if (at->second.user != user) continue;
    ++of_user;
    if (oldest_of_user == sessions_.end() || at->second.used < oldest_of_user->second.used)
      oldest_of_user = at;
  }
  if (of_user >= kMaxPerUser) {
    sessions_.erase(oldest_of_user);
  } else if (sessions_.size() >= kMaxSessions) {
    sessions_.erase(oldest);
  }
}

}  // namespace earshot::gateway::api
