#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"
#include "gateway/api/routes/account_routes.h"

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxNameBytes = 32;

json::object me(const Auth& auth, const Identity& who) {
  return {{"user", who.user.empty() ? who.by : who.user},
          {"role", name(who.role)},
          {"scopes", texts(who.scopes.names())},
          {"csrf", who.csrf},
          {"version", auth.settings.version},
          {"admission", auth.settings.admission},
          {"setup_needed", auth.accounts.users().empty()}};
}

std::string cookie(const Auth& auth, const Call& call, std::string_view value, std::chrono::seconds age) {
  const bool secure = call.request.secure || auth.settings.console_url.starts_with("https://");
  return std::string(kSessionCookie) + "=" + std::string(value) + "; Path=/; HttpOnly; SameSite=Strict; " +
         "Max-Age=" + std::to_string(age.count()) + (secure ? "; Secure" : "");
}

void refuse_for_now(Call& call, Milliseconds wait) {
  http::Response refusal = http::json_error(429, "too many attempts; wait a moment");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  refusal.headers.add("Retry-After", std::to_string(std::max<std::int64_t>(1, seconds.count())));
  call.send(std::move(refusal));
}

// RETURNS: false when it was refused.
bool may_try(Auth& auth, Call& call, std::string_view user) {
  const auto now = auth.clock.now();
  if (const auto wait = auth.throttle.wait(call.request.peer, user, now); wait.count() > 0) {
    refuse_for_now(call, wait);
    return false;
  }
  auth.throttle.begin(call.request.peer, user, now);
  return true;
}

void start_session(Auth& auth, Call& call, const store::User& user) {
  const auto started = auth.sessions.start(user.name, auth.clock.now());
  call.who = {.by = "user:" + user.name,
              .user = user.name,
              .role = user.role,
              .scopes = scopes_of(user.role),
              .session = started.key,
              .csrf = started.csrf};
  call.target = user.name;
  http::Response answer = http::json_answer(me(auth, call.who));
  answer.headers.add(
      "Set-Cookie",
      cookie(auth, call, started.cookie.reveal(),
             std::chrono::duration_cast<std::chrono::seconds>(auth.settings.sessions.absolute)));
  auth.accounts.note_login(user.name);
  call.send(std::move(answer));
}

Secret take_password(BodyReader& body, std::string_view key) {
  Secret password(body.required_text(key, kMaxPasswordBytes));
  if (password.reveal().size() < kMinPasswordBytes)
    body.problem(key, "must have at least " + std::to_string(kMinPasswordBytes) + " characters");
  return password;
}

void log_in(Auth& auth, const CallPtr& call) {
  BodyReader body(call->body);
  const std::string user = body.required_text("user", kMaxNameBytes);
  Secret password(body.required_text("password", kMaxPasswordBytes));
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (!may_try(auth, *call, user)) return;
  const store::User* known = auth.accounts.user(user);
  const auto hash = known != nullptr && !known->disabled ? std::optional(known->password_hash) : std::nullopt;
  const bool accepted =
      auth.passwords.verify(std::move(password), hash, [&auth, call, user, hash](bool right) {
        const store::User* now = auth.accounts.user(user);
        // It may have been disabled or changed while the password was looked at.
        if (right && now != nullptr && !now->disabled && now->password_hash == *hash)
          return start_session(auth, *call, *now);
        auth.audit.add({}, "login.failed", user, {}, call->request.peer);
        call->fail(401, "the name or the password is wrong");
      });
  if (!accepted) refuse_for_now(*call, std::chrono::seconds(1));
}

void log_out(Auth& auth, const CallPtr& call) {
  if (!call->who.session.empty()) auth.sessions.end(call->who.session);
  http::Response answer = http::json_answer(json::object{});
  answer.headers.add("Set-Cookie", cookie(auth, *call, "", std::chrono::seconds(0)));
  call->send(std::move(answer));
}

void make_first_user(Auth& auth, const CallPtr& call, const std::string& user, std::string hash) {
  if (hash.empty()) return call->fail(503, "there is no memory to hash the password");
  if (!auth.accounts.users().empty()) return call->fail(409, "there is a user already: log in");
  store::User first{.name = user,
                    .password_hash = std::move(hash),
                    .role = store::Role::kAdmin,
                    .disabled = false,
                    .created = auth.now(),
                    .last_login = std::nullopt};
  call->who.by = "user:" + first.name;
  call->target = first.name;
  auth.accounts.put(
      first,
      [&auth, call, first](const Status& written) {
        if (!written) return call->fail(written.error());
        auth.setup.withdraw();
        start_session(auth, *call, first);
      },
      call->take_audit_entry());
}

void set_up(Auth& auth, const CallPtr& call) {
  BodyReader body(call->body);
  const std::string token = body.required_text("token", 128);
  const std::string user = body.required_text("user", kMaxNameBytes);
  Secret password = take_password(body, "password");
  if (!user.empty() && !is_name(user)) body.problem("user", "must be of a-z, 0-9, '.', '_' and '-'");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (!may_try(auth, *call, {})) return;
  if (!auth.setup.is_offered() || !auth.accounts.users().empty())
    return call->fail(409, "there is a user already: log in");
  if (!auth.setup.opens(token)) {
    auth.audit.add({}, "setup.failed", {}, {}, call->request.peer);
    return call->fail(403,
                      "the link is not good any more; the file secrets/setup-link holds the one that is");
  }
  const bool accepted = auth.passwords.hash(std::move(password), [&auth, call, user](std::string hash) {
    make_first_user(auth, call, user, std::move(hash));
  });
  if (!accepted) refuse_for_now(*call, std::chrono::seconds(1));
}

void store_new_password(Auth& auth, const CallPtr& call, std::string hash) {
  const store::User* known = auth.accounts.user(call->who.user);
  if (known == nullptr) return call->fail(401, "this user is gone");
  if (hash.empty()) return call->fail(503, "there is no memory to hash the password");
  store::User changed = *known;
  changed.password_hash = std::move(hash);
  call->target = call->who.user;
  auth.accounts.put(
      std::move(changed),
      [&auth, call](const Status& written) {
        if (!written) return call->fail(written.error());
        auth.sessions.end_all_of(call->who.user, call->who.session);
        call->answer(json::object{});
      },
      call->take_audit_entry());
}

void change_password(Auth& auth, const CallPtr& call) {
  BodyReader body(call->body);
  Secret old(body.required_text("old", kMaxPasswordBytes));
  Secret fresh = take_password(body, "new");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (!may_try(auth, *call, call->who.user)) return;
  const store::User* known = auth.accounts.user(call->who.user);
  const auto hash = known != nullptr ? std::optional(known->password_hash) : std::nullopt;
  const auto checked = [&auth, call, fresh](bool right) {
    if (!right) {
      auth.audit.add(call->who.by, "password.failed", call->who.user, {}, call->request.peer);
      return call->fail(403, "the old password is wrong");
    }
    const bool accepted = auth.passwords.hash(
        fresh, [&auth, call](std::string made) { store_new_password(auth, call, std::move(made)); });
    if (!accepted) refuse_for_now(*call, std::chrono::seconds(1));
  };
  if (!auth.passwords.verify(std::move(old), hash, checked)) refuse_for_now(*call, std::chrono::seconds(1));
}

}  // namespace

void add_login_routes(ApiRouter& routes, Auth& auth) {
  const auto with = [&auth](void (*handler)(Auth&, const CallPtr&)) {
    return [&auth, handler](const CallPtr& call) { handler(auth, call); };
  };
  routes.add("POST", "/api/v1/setup", Access::kPublic, "setup", with(set_up));
  routes.add("POST", "/api/v1/login", Access::kPublic, "login", with(log_in));
  routes.add("POST", "/api/v1/logout", Access::kLogin, "logout", with(log_out), {.body = BodyKind::kNone});
  routes.add("GET", "/api/v1/me", Access::kLogin, {},
             [&auth](const CallPtr& call) { call->answer(me(auth, call->who)); }, {.body = BodyKind::kNone});
  routes.add("POST", "/api/v1/me/password", Access::kSession, "password.change", with(change_password));
}

}  // namespace earshot::gateway::api
