// Users and their tokens, all in memory (they are few), so that every request is judged without a question to
// the store. A change counts at once; what the store then refuses is taken back. Where gateways share a database,
// refresh() is told of the others' changes.
//
// Runs on: the gateway's main executor.
// Owns: the records.
// Borrows: store and clock.
// Lifecycle: made -> load() -> used.
// Bounded: kMaxUsers, kMaxTokensPerUser (checked by who adds).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

class Accounts {
 public:
  static constexpr std::size_t kMaxUsers = 10'000;
  static constexpr std::size_t kMaxTokensPerUser = 100;
  using Finished = std::function<void(Status)>;  // on disk, or taken back

  Accounts(store::StoreProxy& store, Executor executor, const Clock& clock)
      : store_(store), executor_(std::move(executor)), clock_(clock) {}

  void load(std::vector<store::User> users, std::vector<store::Token> tokens);
  bool loaded() const { return loaded_; }
  // Another gateway has changed them: all are read anew. Calls while one is under way are one more.
  void refresh();

  const store::User* user(std::string_view name) const;
  const std::map<std::string, store::User, std::less<>>& users() const { return users_; }
  const store::Token* token(std::string_view id) const;
  const std::map<std::string, store::Token, std::less<>>& tokens() const { return tokens_; }
  std::size_t tokens_of(std::string_view user) const;
  // Without it nobody could make users any more.
  bool is_last_admin(std::string_view name) const;

  // `audit` is written with it, or not at all.
  using Audit = std::optional<store::AuditEntry>;
  void put(store::User user, Finished done, Audit audit = std::nullopt);
  // With the user's tokens, and what these have made.
  void remove_user(std::string_view name, Finished done, Audit audit = std::nullopt);
  void put(store::Token token, Finished done, Audit audit = std::nullopt);
  // With the tokens that it has made, and theirs.
  void remove_token(std::string_view id, Finished done, Audit audit = std::nullopt);

  // Written behind, a token's at most once a minute.
  void note_login(std::string_view user);
  void note_use(std::string_view token);

 private:
  using Tokens = std::map<std::string, store::Token, std::less<>>;
  // A change of ours: what was read meanwhile may be older.
  void begin_write();
  // Takes them out, with all that they have made.
  Tokens take_tokens(std::vector<std::string> ids);
  store::WallTime now() const { return std::chrono::time_point_cast<Milliseconds>(clock_.wall()); }

  store::StoreProxy& store_;
  Executor executor_;
  const Clock& clock_;
  std::map<std::string, store::User, std::less<>> users_;
  std::map<std::string, store::Token, std::less<>> tokens_;
  bool loaded_ = false;
  std::size_t writing_ = 0;  // changes that the store has not answered
  std::uint64_t writes_begun_ = 0;
  bool reading_ = false;
  bool again_ = false;
};

}  // namespace earshot::gateway::api
