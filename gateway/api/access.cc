#include "gateway/api/access.h"

namespace earshot::gateway::api {

namespace {

constexpr std::array<std::string_view, kScopes> kScopeNames{
    "devices:read", "devices:write", "commands",       "commands:user-tools", "agents:read",
    "agents:write", "firmware:read", "firmware:write", "conversations:read",  "system:read",
    "system:write", "users:write",   "tokens:write",   "audit:read"};
constexpr std::array<std::string_view, 3> kRoleNames{"admin", "operator", "member"};

}  // namespace

std::string_view name(Scope scope) {
  return kScopeNames[static_cast<std::size_t>(scope)];
}

std::optional<Scope> parse_scope(std::string_view text) {
  for (std::size_t i = 0; i < kScopes; ++i) {
    if (kScopeNames[i] == text) return static_cast<Scope>(i);
  }
  return std::nullopt;
}

ScopeSet ScopeSet::all() {
  ScopeSet all;
  all.bits_.set();
  return all;
}

ScopeSet ScopeSet::parse(const std::vector<std::string>& names) {
  ScopeSet set;
  for (const auto& text : names) {
    if (const auto scope = parse_scope(text)) set.add(*scope);
  }
  return set;
}

ScopeSet ScopeSet::operator&(const ScopeSet& other) const {
  ScopeSet both;
  both.bits_ = bits_ & other.bits_;
  return both;
}

std::vector<std::string> ScopeSet::names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kScopes; ++i) {
    if (bits_.test(i)) names.emplace_back(kScopeNames[i]);
  }
  return names;
}

std::string_view name(store::Role role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}

std::optional<store::Role> parse_role(std::string_view text) {
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == text) return static_cast<store::Role>(i);
  }
  return std::nullopt;
}

const ScopeSet& scopes_of(store::Role role) {
  using enum Scope;
  static const ScopeSet kAdmin = ScopeSet::all();
  static const ScopeSet kOperator{kDevicesRead, kDevicesWrite, kCommands,      kCommandsUserTools,
                                  kAgentsRead,  kFirmwareRead, kFirmwareWrite, kConversationsRead,
                                  kSystemRead,  kSystemWrite,  kTokensWrite};
  static const ScopeSet kMember{kDevicesRead, kDevicesWrite,      kCommands,   kCommandsUserTools,
                                kAgentsRead,  kConversationsRead, kTokensWrite};
  switch (role) {
    case store::Role::kAdmin:
      return kAdmin;
    case store::Role::kOperator:
      return kOperator;
    case store::Role::kMember:
      return kMember;
  }
  return kMember;
}

}  // namespace earshot::gateway::api
