#include "gateway/api/auth/authenticator.h"

namespace earshot::gateway::api {

std::optional<Identity> Authenticator::identify(const http::Request& request) {
  if (const auto header = request.headers.find("Authorization"); !header.empty()) {
    const auto shown = parse_authorization(header);
    return shown ? by_token(*shown, request.from_this_host) : std::nullopt;
  }
  const auto cookie = find_cookie(request.headers.find("Cookie"), kSessionCookie);
  return cookie ? by_cookie(*cookie) : std::nullopt;
}

std::optional<Identity> Authenticator::by_token(const TokenText& shown, bool from_this_host) {
  const std::string hash = hash_of(shown.secret);
  if (shown.id == kLocalTokenId) {
    if (local_hash_.empty() || !from_this_host || !equal_in_constant_time(local_hash_, hash))
      return std::nullopt;
    return Identity{.by = std::string(kLocalTokenId),
                    .user = {},
                    .role = store::Role::kAdmin,
                    .scopes = ScopeSet::all(),
                    .session = {},
                    .csrf = {}};
  }
  const store::Token* token = accounts_.token(shown.id);
  if (token == nullptr || !equal_in_constant_time(token->hash, hash)) return std::nullopt;
  if (token->expires && *token->expires <= clock_.wall()) return std::nullopt;
  const store::User* user = accounts_.user(token->user);
  if (user == nullptr || user->disabled) return std::nullopt;
  Identity who{.by = "token:" + token->id,
               .user = user->name,
               .role = user->role,
               .scopes = ScopeSet::parse(token->scopes) & scopes_of(user->role),
               .session = {},
               .csrf = {},
               .token = token->id};
  accounts_.note_use(shown.id);
  return who;
}

std::optional<Identity> Authenticator::by_cookie(std::string_view cookie) {
  const Sessions::Session* session = sessions_.use(cookie, clock_.now());
  if (session == nullptr) return std::nullopt;
  const store::User* user = accounts_.user(session->user);
  if (user == nullptr || user->disabled) return std::nullopt;
  return Identity{.by = "user:" + user->name,
                  .user = user->name,
                  .role = user->role,
                  .scopes = scopes_of(user->role),
                  .session = Sessions::key_of(cookie),
                  .csrf = session->csrf};
}

}  // namespace earshot::gateway::api
