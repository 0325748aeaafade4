#include <algorithm>
#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"
#include "gateway/api/routes/account_routes.h"

namespace earshot::gateway::api {

namespace {

constexpr std::int64_t kShortestMs = 60'000;
constexpr std::int64_t kLongestMs = 10LL * 366 * 24 * 3600 * 1000;

// Whoever may change users sees everybody's tokens; others see their own.
bool reaches(const Identity& who, const store::Token& token) {
  return who.may(Scope::kUsersWrite) || (!who.user.empty() && token.user == who.user);
}

void list_tokens(Auth& auth, const CallPtr& call) {
  json::array items;
  for (const auto& [id, token] : auth.accounts.tokens()) {
    if (reaches(call->who, token)) items.push_back(to_json(token));
  }
  call->answer(json::object{{"items", std::move(items)}, {"next", ""}});
}

// Whose rights the new token has: one's own; with users:write anybody's. The local token is nobody's, so it
// makes tokens of the first admin unless it names somebody. nullptr: it was answered.
const store::User* owner_of_new(Auth& auth, Call& call, const std::optional<std::string>& named) {
  if (named && *named != call.who.user && !call.who.may(Scope::kUsersWrite)) {
    call.fail(403, "a token for somebody else needs the scope users:write");
    return nullptr;
  }
  const store::User* user = auth.accounts.user(named.value_or(call.who.user));
  if (!named && call.who.user.empty()) {
    for (const auto& [name, each] : auth.accounts.users()) {
      if (user == nullptr && each.role == store::Role::kAdmin && !each.disabled) user = &each;
    }
  }
  if (user == nullptr) call.fail(409, named ? "user: there is no such user" : "make a user first");
  return user;
}

void create_token(Auth& auth, const CallPtr& call) {
  BodyReader body(call->body);
  const std::string label = body.required_text("label", 64);
  const auto scopes = body.texts("scopes", kScopes, 32);
  const auto expires_in = body.integer("expires_in_ms", kShortestMs, kLongestMs);
  const auto user = body.text("user", 32);
  if (!scopes) body.problem("scopes", "is missing");
  for (const auto& text : scopes.value_or(std::vector<std::string>{})) {
    if (!parse_scope(text)) body.problem("scopes", "holds an unknown one: " + text);
  }
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  const store::User* owner = owner_of_new(auth, *call, user);
  if (owner == nullptr) return;
  const ScopeSet wanted = ScopeSet::parse(*scopes);
  if (!wanted.is_within(call->who.scopes) || !wanted.is_within(scopes_of(owner->role)))
    return call->fail(403, "a token cannot have more scopes than its user, or than who makes it");
  if (auth.accounts.tokens_of(owner->name) >= Accounts::kMaxTokensPerUser)
    return call->fail(409, "this user has too many tokens; remove some");
  // What a token makes ends with it at the latest: else it could give itself the time that it was not given.
  const store::Token* maker = auth.accounts.token(call->who.token);
  auto expires = expires_in ? std::optional(auth.now() + Milliseconds(*expires_in)) : std::nullopt;
  if (maker != nullptr && maker->expires)
    expires = std::min(expires.value_or(*maker->expires), *maker->expires);
  const TokenText shown = TokenText::random();
  const store::Token token{.id = shown.id,
                           .hash = hash_of(shown.secret),
                           .label = label,
                           .user = owner->name,
                           .scopes = wanted.names(),
                           .created = auth.now(),
                           .expires = expires,
                           .last_used = std::nullopt,
                           .parent = call->who.token};
  call->target = token.id;
  call->detail = {{"label", token.label}, {"user", token.user}, {"scopes", texts(token.scopes)}};
  auth.accounts.put(
      token,
      [call, token, text = shown.text()](const Status& written) {
        if (!written) return call->fail(written.error());
        json::object answer = to_json(token);
        answer["token"] = text;
        call->answer(answer, 201);
      },
      call->take_audit_entry());
}

void remove_token(Auth& auth, const CallPtr& call) {
  const store::Token* token = auth.accounts.token(call->request.param("id"));
  if (token == nullptr || !reaches(call->who, *token)) return call->fail(404, "no such token");
  auth.accounts.remove_token(
      token->id,
      [call](const Status& written) {
        if (!written) return call->fail(written.error());
        call->answer(json::object{});
      },
      call->take_audit_entry());
}

}  // namespace

void add_token_routes(ApiRouter& routes, Auth& auth) {
  const auto with = [&auth](void (*handler)(Auth&, const CallPtr&)) {
    return [&auth, handler](const CallPtr& call) { handler(auth, call); };
  };
  routes.read("/api/v1/tokens", Scope::kTokensWrite, with(list_tokens));
  routes.write("POST", "/api/v1/tokens", Scope::kTokensWrite, "token.create", with(create_token));
  routes.write("DELETE", "/api/v1/tokens/{id}", Scope::kTokensWrite, "token.remove", with(remove_token),
               {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
