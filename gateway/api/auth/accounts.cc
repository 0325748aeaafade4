#include "gateway/api/auth/accounts.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway::api {

namespace {

constexpr Milliseconds kUseNotedEach{60'000};

template <class Map>
auto copy_of(const Map& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? std::optional<typename Map::mapped_type>() : std::optional(found->second);
}

bool is_same(const store::User& a, const store::User& b) {
  return a.password_hash == b.password_hash && a.role == b.role && a.disabled == b.disabled;
}

template <class Map, class Record>
void restore(Map& map, const std::string& key, std::optional<Record> before) {
  if (before) {
    map.insert_or_assign(key, std::move(*before));
  } else {
    map.erase(key);
  }
}

}  // namespace

void Accounts::load(std::vector<store::User> users, std::vector<store::Token> tokens) {
  for (auto& user : users) users_.insert_or_assign(user.name, std::move(user));
  for (auto& token : tokens) tokens_.insert_or_assign(token.id, std::move(token));
  loaded_ = true;
}

const store::User* Accounts::user(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : &found->second;
}

const store::Token* Accounts::token(std::string_view id) const {
  const auto found = tokens_.find(id);
  return found == tokens_.end() ? nullptr : &found->second;
}

std::size_t Accounts::tokens_of(std::string_view user) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(tokens_, [user](const auto& entry) { return entry.second.user == user; }));
}

bool Accounts::is_last_admin(std::string_view name) const {
  const auto is_admin = [](const store::User& user) {
    return user.role == store::Role::kAdmin && !user.disabled;
  };
  const auto* asked = user(name);
  if (asked == nullptr || !is_admin(*asked)) return false;
  return std::ranges::count_if(users_, [&](const auto& entry) { return is_admin(entry.second); }) == 1;
}

void Accounts::put(store::User user, Finished done) {
  auto before = copy_of(users_, user.name);
  users_.insert_or_assign(user.name, user);
  store_.write(
      executor_, [user](store::Store& store) { store.users().put(user); },
      [this, user, before = std::move(before), done = std::move(done)](const Status& written) {
        // A later change stays: it may have been written.
        const auto* now = this->user(user.name);
        if (!written && now != nullptr && is_same(*now, user)) restore(users_, user.name, before);
        done(written);
      });
}

void Accounts::remove_user(std::string_view name, Finished done) {
  const std::string key(name);
  auto user = copy_of(users_, key);
  std::map<std::string, store::Token, std::less<>> tokens;
  for (const auto& [id, token] : tokens_) {
    if (token.user == key) tokens.emplace(id, token);
  }
  users_.erase(key);
  for (const auto& [id, token] : tokens) tokens_.erase(id);
  store_.write(
      executor_, [key](store::Store& store) { store.users().remove(key); },
      [this, key, user = std::move(user), tokens = std::move(tokens),
       done = std::move(done)](const Status& written) {
        if (!written) {
          restore(users_, key, user);
          tokens_.insert(tokens.begin(), tokens.end());
        }
        done(written);
      });
}

void Accounts::put(store::Token token, Finished done) {
  auto before = copy_of(tokens_, token.id);
  tokens_.insert_or_assign(token.id, token);
  store_.write(
      executor_, [token](store::Store& store) { store.tokens().put(token); },
      [this, id = token.id, before = std::move(before), done = std::move(done)](const Status& written) {
        if (!written) restore(tokens_, id, before);
        done(written);
      });
}

void Accounts::remove_token(std::string_view id, Finished done) {
  const std::string key(id);
  auto before = copy_of(tokens_, key);
  tokens_.erase(key);
  store_.write(
      executor_, [key](store::Store& store) { store.tokens().remove(key); },
      [this, key, before = std::move(before), done = std::move(done)](const Status& written) {
        if (!written) restore(tokens_, key, before);
        done(written);
      });
}

void Accounts::note_login(std::string_view user) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  found->second.last_login = now();
  store_.write([record = found->second](store::Store& store) { store.users().put(record); });
}

void Accounts::note_use(std::string_view token) {
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return;
  auto& used = found->second.last_used;
  if (used && now() - *used < kUseNotedEach) return;
  used = now();
  store_.write([record = found->second](store::Store& store) { store.tokens().put(record); });
}

}  // namespace earshot::gateway::api
