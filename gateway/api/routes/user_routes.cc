#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"
#include "gateway/api/routes/account_routes.h"

namespace earshot::gateway::api {

namespace {

std::optional<store::Role> take_role(BodyReader& body, bool required) {
  const auto text = required ? std::optional(body.required_text("role", 16)) : body.text("role", 16);
  if (!text) return std::nullopt;
  const auto role = parse_role(*text);
  if (!role && !text->empty()) body.problem("role", "must be admin, operator or member");
  return role;
}

std::optional<Secret> take_optional_password(BodyReader& body) {
  auto text = body.text("password", kMaxPasswordBytes);
  if (!text) return std::nullopt;
  if (text->size() < kMinPasswordBytes)
    body.problem("password", "must have at least " + std::to_string(kMinPasswordBytes) + " characters");
  return Secret(std::move(*text));
}

void list_users(Auth& auth, const CallPtr& call) {
  json::array items;
  for (const auto& [name, user] : auth.accounts.users()) items.push_back(to_json(user));
  call->answer(json::object{{"items", std::move(items)}, {"next", ""}});
}

void create_user(Auth& auth, const CallPtr& call) {
  BodyReader body(call->body);
  const std::string name = body.required_text("name", 32);
  const auto role = take_role(body, true);
  auto given = take_optional_password(body);
  if (!name.empty() && !is_name(name)) body.problem("name", "must be of a-z, 0-9, '.', '_' and '-'");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (auth.accounts.users().size() >= Accounts::kMaxUsers) return call->fail(409, "there are too many users");
  if (auth.accounts.user(name) != nullptr) return call->fail(409, "there is a user of this name");
  const std::string made = given ? std::string() : random_password();
  const Secret password = given ? std::move(*given) : Secret(made);
  const auto hashed = [&auth, call, name, role = *role, made](std::string hash) {
    if (hash.empty()) return call->fail(503, "there is no memory to hash the password");
    if (auth.accounts.user(name) != nullptr) return call->fail(409, "there is a user of this name");
    const store::User user{.name = name,
                           .password_hash = std::move(hash),
                           .role = role,
                           .disabled = false,
                           .created = auth.now(),
                           .last_login = std::nullopt};
    call->target = user.name;
    call->detail = {{"role", api::name(user.role)}};
    auth.accounts.put(
        user,
        [&auth, call, user, made](const Status& written) {
          if (!written) return call->fail(written.error());
          auth.setup.withdraw();  // the first user may also be made by the local token
          json::object answer = to_json(user);
          if (!made.empty()) answer["password"] = made;
          call->answer(answer, 201);
        },
        call->take_audit_entry());
  };
  if (!auth.passwords.hash(password, hashed)) call->fail(429, "too many passwords wait; try again");
}

void store_changed(Auth& auth, const CallPtr& call, store::User user, bool ends_sessions) {
  // Judged here: while a password was hashed, another admin may have gone.
  if ((user.role != store::Role::kAdmin || user.disabled) && auth.accounts.is_last_admin(user.name))
    return call->fail(409, "this is the last admin; make another one first");
  auth.accounts.put(
      user,
      [&auth, call, user, ends_sessions](const Status& written) {
        if (!written) return call->fail(written.error());
        if (ends_sessions) auth.sessions.end_all_of(user.name, call->who.session);
        call->answer(to_json(user));
      },
      call->take_audit_entry());
}

void change_user(Auth& auth, const CallPtr& call) {
  const std::string name(call->request.param("name"));
  BodyReader body(call->body);
  const auto role = take_role(body, false);
  const auto disabled = body.boolean("disabled");
  auto password = take_optional_password(body);
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  const store::User* known = auth.accounts.user(name);
  if (known == nullptr) return call->fail(404, "no such user");
  call->detail = call->body;
  call->detail.erase("password");
  if (password) call->detail["password_changed"] = true;
  const auto apply = [role, disabled](store::User user) {
    user.role = role.value_or(user.role);
    user.disabled = disabled.value_or(user.disabled);
    return user;
  };
  if (!password) return store_changed(auth, call, apply(*known), role || disabled);
  const bool accepted =
      auth.passwords.hash(std::move(*password), [&auth, call, name, apply](std::string hash) {
        const store::User* now = auth.accounts.user(name);
        if (now == nullptr) return call->fail(404, "no such user");
        if (hash.empty()) return call->fail(503, "there is no memory to hash the password");
        store::User user = apply(*now);
        user.password_hash = std::move(hash);
        store_changed(auth, call, std::move(user), true);
      });
  if (!accepted) call->fail(429, "too many passwords wait; try again");
}

void disown_devices(DeviceDirectory& devices, const std::string& owner) {
  for (;;) {
    const DevicePage page = devices.search({.owner = owner, .limit = 200});
    std::vector<store::Device> records;
    for (const DeviceEntry* entry : page.items) records.push_back(entry->record);
    if (records.empty()) return;
    for (auto& record : records) {
      record.owner.clear();
      devices.put(std::move(record));
    }
  }
}

void remove_user(Auth& auth, DeviceDirectory& devices, const CallPtr& call) {
  const std::string name(call->request.param("name"));
  if (auth.accounts.user(name) == nullptr) return call->fail(404, "no such user");
  if (auth.accounts.is_last_admin(name))
    return call->fail(409, "this is the last admin; make another one first");
  auth.sessions.end_all_of(name);
  auth.accounts.remove_user(
      name,
      [call, name, &devices](const Status& written) {
        if (!written) return call->fail(written.error());
        disown_devices(devices, name);
        call->answer(json::object{});
      },
      call->take_audit_entry());
}

}  // namespace

void add_user_routes(ApiRouter& routes, Auth& auth, DeviceDirectory& devices) {
  const auto with = [&auth](void (*handler)(Auth&, const CallPtr&)) {
    return [&auth, handler](const CallPtr& call) { handler(auth, call); };
  };
  routes.read("/api/v1/users", Scope::kUsersWrite, with(list_users));
  routes.write("POST", "/api/v1/users", Scope::kUsersWrite, "user.create", with(create_user));
  routes.write("PATCH", "/api/v1/users/{name}", Scope::kUsersWrite, "user.change", with(change_user));
  routes.write("DELETE", "/api/v1/users/{name}", Scope::kUsersWrite, "user.remove",
               [&auth, &devices](const CallPtr& call) { remove_user(auth, devices, call); },
               {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
