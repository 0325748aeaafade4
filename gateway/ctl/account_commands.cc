// tokens, users, operators, audit.
#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

// A secret that the API shows once: alone on stdout, so that a script can take it; the advice is for people.
void print_secret(Context& context, const json::value& answer, const char* key, const char* what) {
  if (context.terminal.json()) return print_json(context, answer);
  context.terminal.line(member(object_of(answer), key));
  context.terminal.error(std::string(what) + " is shown this once");
}

void tokens(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/tokens", {}, kMostListed),
      {{.title = "ID"},
       {.title = "LABEL", .least = 8},
       {.title = "USER", .least = 6},
       {.title = "SCOPES", .least = 16},
       {.title = "EXPIRES"},
       {.title = "LAST USED"}},
      [&](const json::object& token) -> std::vector<Cell> {
        const auto expires = number(token, "expires");
        return {member(token, "id"),
                member(token, "label"),
                member(token, "user"),
                member(token, "scopes"),
                expires == 0 ? "never" : relative_text(expires, context.now_ms),
                relative_text(number(token, "last_used"), context.now_ms)};
      },
      "no tokens");
}

void create_token(Context& context, const Arguments& arguments) {
  json::array scopes;
  for (const auto& scope : arguments.list("--scopes")) scopes.emplace_back(scope);
  json::object body{{"label", arguments.text("LABEL")}, {"scopes", scopes}};
  if (arguments.has("--user")) body["user"] = arguments.text("--user");
  if (arguments.has("--expires")) body["expires_in_ms"] = arguments.duration_ms("--expires", 0);
  print_secret(context, context.api.send("POST", "/api/v1/tokens", body).body, "token", "the token");
}

void users(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/users", {}, kMostListed),
      {{.title = "NAME"},
       {.title = "ROLE"},
       {.title = "STATE"},
       {.title = "CREATED"},
       {.title = "LAST LOGIN"}},
      [&](const json::object& user) -> std::vector<Cell> {
        const bool disabled = truth(user, "disabled");
        return {member(user, "name"),
                member(user, "role"),
                {disabled ? "disabled" : "active", disabled ? Colour::kRed : Colour::kNone},
                relative_text(number(user, "created"), context.now_ms),
                relative_text(number(user, "last_login"), context.now_ms)};
      },
      "no users: open the set-up link, or earshotctl users create NAME --role admin");
}

void create_user(Context& context, const Arguments& arguments) {
  const json::object body{{"name", arguments.text("NAME")}, {"role", arguments.text("--role", "member")}};
  print_secret(context, context.api.send("POST", "/api/v1/users", body).body, "password", "the password");
}

void change_user(Context& context, const Arguments& arguments) {
  json::object body;
  if (arguments.has("--role")) body["role"] = arguments.text("--role");
  if (arguments.has("--disabled")) body["disabled"] = arguments.on_off("--disabled");
  if (body.empty()) throw Failure(Exit::kUsage, "nothing to set: see earshotctl users set --help");
  const std::string name = arguments.text("NAME");
  print_done(context, "changed " + name,
             context.api.send("PATCH", "/api/v1/users/" + encoded(name), body).body);
}

void operators(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/operators", {}, kMostListed),
      {{.title = "NAME"}, {.title = "USER TOOLS"}, {.title = "TEXTS"}, {.title = "CREATED"}},
      [&](const json::object& one) -> std::vector<Cell> {
        return {member(one, "name"), truth(one, "user_tools") ? "allowed" : "no",
                truth(one, "texts") ? "heard" : "no", relative_text(number(one, "created"), context.now_ms)};
      },
      "no MQTT operators: earshotctl operators create NAME");
}

void create_operator(Context& context, const Arguments& arguments) {
  const json::object body{{"name", arguments.text("NAME")},
                          {"user_tools", arguments.has("--user-tools")},
                          {"texts", arguments.has("--texts")}};
  print_secret(context, context.api.send("POST", "/api/v1/operators", body).body, "password", "the password");
}

void audit(Context& context, const Arguments& arguments) {
  print_list(
      context,
      context.api.list("/api/v1/audit", {}, static_cast<std::size_t>(arguments.number("--limit", 50))),
      {{.title = "WHEN"},
       {.title = "WHO", .least = 8},
       {.title = "ACTION"},
       {.title = "TARGET", .least = 12},
       {.title = "DETAIL", .least = 12},
       {.title = "FROM"}},
      [&](const json::object& entry) -> std::vector<Cell> {
        return {date_text(number(entry, "at"), context.utc_offset_s),
                member(entry, "who"),
                member(entry, "action"),
                member(entry, "target"),
                member(entry, "detail"),
                member(entry, "peer")};
      },
      "nothing yet");
}

Command removal(const char* path, const char* help, const char* where, Parameter what, const char* done) {
  const std::string name = what.name;
  return {path, help, {std::move(what)}, [where, name, done](Context& context, const Arguments& arguments) {
            const std::string target = arguments.text(name);
            print_done(context, std::string(done) + " " + target,
                       context.api.send("DELETE", where + encoded(target), {}).body);
          }};
}

}  // namespace

void add_account_commands(std::vector<Command>& all) {
  const std::vector<std::string> roles{"admin", "operator", "member"};
  all.push_back({"tokens list", "API tokens", {}, tokens});
  all.push_back({"tokens create",
                 "Makes an API token and prints it, once",
                 {place("LABEL", "What it is for"),
                  {.name = "--scopes",
                   .value = "LIST",
                   .help = "With commas, e.g. devices:read,commands",
                   .required = true,
                   .choices = {}},
                  option("--user", "NAME",
                         "Whose rights it has at most [yours; on the gateway's machine: the first admin's]",
                         Hint::kUser),
                  option("--expires", "TIME", "It ends after so long, e.g. 90d [never]")},
                 create_token});
  all.push_back(removal("tokens revoke", "Ends an API token", "/api/v1/tokens/",
                        place("ID", "As tokens list shows it", Hint::kToken), "revoked"));
  all.push_back({"users list", "Who may log in", {}, users});
  all.push_back({"users create",
                 "Makes a user and prints a password, once",
                 {place("NAME", "The log-in name"),
                  choice("--role", "ROLE", "admin, operator or member [member]", roles)},
                 create_user});
  all.push_back({"users set",
                 "Changes a user",
                 {place("NAME", "The log-in name", Hint::kUser),
                  choice("--role", "ROLE", "admin, operator or member", roles),
                  choice("--disabled", "ON", "on: no more log-ins", {"on", "off"})},
                 change_user});
  all.push_back(removal("users remove", "Removes a user", "/api/v1/users/",
                        place("NAME", "The log-in name", Hint::kUser), "removed"));
  all.push_back({"operators list", "Who may send commands over MQTT", {}, operators});
  all.push_back({"operators create",
                 "Makes an MQTT log-in for commands and events and prints its password, once",
                 {place("NAME", "The MQTT user"),
                  flag("--user-tools", "It may call tools that are for the device's user only"),
                  flag("--texts", "It hears what people and agents say, in events")},
                 create_operator});
  all.push_back(removal("operators remove", "Removes an MQTT operator", "/api/v1/operators/",
                        place("NAME", "The MQTT user"), "removed"));
  all.push_back({"audit",
                 "Who changed what",
                 {option("--limit", "N", "At most so many, the latest first [50]")},
                 audit});
}

}  // namespace earshot::ctl
