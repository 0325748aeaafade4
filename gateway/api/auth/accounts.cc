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

void Accounts::refresh() {
  if (std::exchange(reading_, true)) {
    again_ = true;
    return;
  }
  using Kept = std::pair<std::vector<store::User>, std::vector<store::Token>>;
  store_.read(
      executor_,
      [](store::Store& store) {
        return Kept{store.users().all(), store.tokens().all()};
      },
      [this, begun = writes_begun_](Result<Kept> kept) {
        reading_ = false;
        const bool ours = writing_ > 0 || writes_begun_ != begun;
        if (kept && ours) again_ = true;
        if (kept && !ours) {
          users_.clear();
          tokens_.clear();
          load(std::move(kept->first), std::move(kept->second));
        }
        if (std::exchange(again_, false)) refresh();
      });
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

void Accounts::put(store::User user, Finished done, Audit audit) {
  auto before = copy_of(users_, user.name);
  users_.insert_or_assign(user.name, user);
  begin_write();
  store_.write(
      executor_,
      [user, audit = std::move(audit)](store::Store& store) {
        store.users().put(user);
        if (audit) store.audit().add(*audit);
      },
      [this, user, before = std::move(before), done = std::move(done)](const Status& written) {
        --writing_;
        // A later change stays: it may have been written.
        const auto* now = this->user(user.name);
        if (!written && now != nullptr && is_same(*now, user)) restore(users_, user.name, before);
        done(written);
      });
}

void Accounts::remove_user(std::string_view name, Finished done, Audit audit) {
  const std::string key(name);
  auto user = copy_of(users_, key);
  std::vector<std::string> ids;
  for (const auto& [id, token] : tokens_) {
    if (token.user == key) ids.push_back(id);
  }
  users_.erase(key);
  auto tokens = take_tokens(std::move(ids));
  begin_write();
  store_.write(
      executor_,
      [key, tokens, audit = std::move(audit)](store::Store& store) {
        for (const auto& [id, token] : tokens) store.tokens().remove(id);
        store.devices().disown(key);  // else they would be the next one's of this name
        store.users().remove(key);
        if (audit) store.audit().add(*audit);
      },
      [this, key, user = std::move(user), tokens, done = std::move(done)](const Status& written) {
        --writing_;
        if (!written) {
          restore(users_, key, user);
          tokens_.insert(tokens.begin(), tokens.end());
        }
        done(written);
      });
}

void Accounts::put(store::Token token, Finished done, Audit audit) {
  auto before = copy_of(tokens_, token.id);
  tokens_.insert_or_assign(token.id, token);
  begin_write();
  store_.write(
      executor_,
      [token, audit = std::move(audit)](store::Store& store) {
        store.tokens().put(token);
        if (audit) store.audit().add(*audit);
      },
      [this, id = token.id, before = std::move(before), done = std::move(done)](const Status& written) {
        --writing_;
        if (!written) restore(tokens_, id, before);
        done(written);
      });
}

void Accounts::remove_token(std::string_view id, Finished done, Audit audit) {
  auto tokens = take_tokens({std::string(id)});
  begin_write();
  store_.write(
      executor_,
      [tokens, audit = std::move(audit)](store::Store& store) {
        for (const auto& [gone, token] : tokens) store.tokens().remove(gone);
        if (audit) store.audit().add(*audit);
      },
      [this, tokens, done = std::move(done)](const Status& written) {
        --writing_;
        if (!written) tokens_.insert(tokens.begin(), tokens.end());
        done(written);
      });
}

void Accounts::begin_write() {
  ++writing_;
  ++writes_begun_;
}

// Each is looked at once: a token has one parent, which was there before it.
Accounts::Tokens Accounts::take_tokens(std::vector<std::string> ids) {
  Tokens taken;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = tokens_.find(ids[i]);
    if (found == tokens_.end()) continue;
    for (const auto& [id, token] : tokens_) {
      if (token.parent == found->first) ids.push_back(id);
    }
    taken.insert(tokens_.extract(found));
  }
  return taken;
}

void Accounts::note_login(std::string_view user) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  found->second.last_login = now();
  // Only that: another gateway may have changed the rest, or removed it.
  store_.write([name = found->first, at = found->second.last_login](store::Store& store) {
    auto kept = store.users().find(name);
    if (!kept) return;
    kept->last_login = at;
    store.users().put(*kept);
  });
}

void Accounts::note_use(std::string_view token) {
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return;
  auto& used = found->second.last_used;
  if (used && now() - *used < kUseNotedEach) return;
  used = now();
  store_.write([id = found->first, at = used](store::Store& store) {
    auto kept = store.tokens().find(id);
    if (!kept) return;
    kept->last_used = at;
    store.tokens().put(*kept);
  });
}

}  // namespace earshot::gateway::api
