// Who may do what through the API: scopes, the scopes of each role, and the identity of a request. Pure.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/records.h"

namespace earshot::gateway::api {

enum class Scope {
  kDevicesRead,
  kDevicesWrite,
  kCommands,
  kCommandsUserTools,
  kAgentsRead,
  kAgentsWrite,
  kFirmwareRead,
  kFirmwareWrite,
  kConversationsRead,
  kSystemRead,
  kSystemWrite,
  kUsersWrite,
  kTokensWrite,
  kAuditRead,
  kCount
};
inline constexpr std::size_t kScopes = static_cast<std::size_t>(Scope::kCount);

std::string_view name(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

class ScopeSet {
 public:
  ScopeSet() = default;
  ScopeSet(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) add(scope);
  }
  static ScopeSet all();
  static ScopeSet parse(const std::vector<std::string>& names);  // unknown ones are left out

  void add(Scope scope) { bits_.set(static_cast<std::size_t>(scope)); }
  bool has(Scope scope) const { return bits_.test(static_cast<std::size_t>(scope)); }
  bool is_within(const ScopeSet& other) const { return (bits_ & ~other.bits_).none(); }
  ScopeSet operator&(const ScopeSet& other) const;
  std::vector<std::string> names() const;

 private:
  std::bitset<kScopes> bits_;
};

std::string_view name(store::Role role);
std::optional<store::Role> parse_role(std::string_view text);
// A member's scopes reach its own devices only; Identity::sees() holds it to that.
const ScopeSet& scopes_of(store::Role role);

// Who sent a request, and what they may do at most.
struct Identity {
  std::string by;    // user:NAME, token:ID, local: for the audit log and commands
  std::string user;  // whose rights these are; empty for the local token
  store::Role role = store::Role::kMember;
  ScopeSet scopes;
  std::string session;  // key of the session; empty for a token
  std::string csrf;     // of the session
  std::string token{};  // its id; empty for a session and for the local token

  bool may(Scope scope) const { return scopes.has(scope); }
  // Its own devices for a member, all devices for others. What it does not see does not exist for it (404).
  bool sees(const store::Device& device) const {
    return role != store::Role::kMember || (!user.empty() && device.owner == user);
  }
  bool is_member() const { return role == store::Role::kMember; }
};

}  // namespace earshot::gateway::api
