#include "gateway/doors/compat/compat_door.h"

#include <utility>
#include <vector>

#include "common/auth/device_credentials.h"
#include "common/json/json.h"
#include "gateway/control/commands/command_json.h"
#include "gateway/doors/compat/day_token.h"

namespace earshot::compat {

namespace {

constexpr std::size_t kMaxBodyBytes = 64 * 1024;
constexpr std::string_view kBearer = "Bearer ";

void fail(const http::Reply& reply, int status, std::string_view message) {
  reply(http::json_answer(json::object{{"success", false}, {"error", message}}, status));
}

// `board@@@mac_@@@uuid`, or a bare MAC address.
std::optional<DeviceId> device_of(std::string_view client_id) {
  if (const auto client = auth::parse_client_id(client_id)) return client->device;
  return DeviceId::parse(client_id);
}

// The tools as the device itself lists them, in one page: from `cursor` on, which names a tool.
json::object device_list(const json::object& result, std::string_view cursor, bool with_user_tools) {
  json::array page;
  bool begun = cursor.empty();
  const auto* tools = json::find_array(result, "tools");
  for (std::size_t i = 0; tools != nullptr && i < tools->size(); ++i) {
    const json::object& tool = tools->at(i).as_object();
    begun = begun || tool.at("name") == json::value(cursor);
    const bool user_only = tool.at("user_only").as_bool();
    if (!begun || (user_only && !with_user_tools)) continue;
    json::object shown{{"name", tool.at("name")},
                       {"description", tool.at("description")},
                       {"inputSchema", tool.at("input_schema")}};
    if (user_only) shown["annotations"] = json::object{{"audience", json::array{"user"}}};
    page.push_back(std::move(shown));
  }
  return {{"tools", std::move(page)}};
}

struct Question {
  json::value id;
  commands::CommandRequest request;
  std::string cursor;
  bool with_user_tools = false;
  bool list = false;
};

// nullopt: not a request that a device takes.
std::optional<Question> read_question(const json::object& body) {
  const auto* payload = json::find_object(body, "payload");
  if (json::find_string(body, "type") != "mcp" || payload == nullptr) return std::nullopt;
  const auto method = json::find_string(*payload, "method");
  const auto* params = json::find_object(*payload, "params");
  Question question;
  if (const json::value* id = payload->if_contains("id")) question.id = *id;
  question.request.ttl = Milliseconds(0);  // now or never: nobody asks again later
  question.request.timeout = CompatDoor::kPatience;
  question.request.user_tools = true;  // the console draws no line there
  if (method == "tools/list") {
    question.list = true;
    question.request.kind = commands::CommandKind::kTools;
    question.request.user_tools = false;
    if (params == nullptr) return question;
    question.cursor = json::find_string(*params, "cursor").value_or("");
    question.with_user_tools = json::find_bool(*params, "withUserTools").value_or(false);
    return question;
  }
  if (method != "tools/call" || params == nullptr) return std::nullopt;
  const auto name = json::find_string(*params, "name");
  const auto* arguments = json::find_object(*params, "arguments");
  if (!name || name->empty()) return std::nullopt;
  question.request.kind = commands::CommandKind::kTool;
  question.request.arguments["tool"] = *name;
  question.request.arguments["arguments"] = arguments == nullptr ? json::object{} : *arguments;
  return question;
}

// What the device's JSON-RPC result was; the established gateway hands on just that.
json::object data_of(const Question& question, const store::Command& command) {
  const auto result = json::parse_object(command.result, 2 * commands::kMaxRequestBytes);
  const json::object kept = result ? *result : json::object{};
  if (question.list) return device_list(kept, question.cursor, question.with_user_tools);
  return {{"content", json::array{json::object{{"type", "text"},
                                               {"text", json::find_string(kept, "text").value_or("")}}}},
          {"isError", false}};
}

void answer(const Question& question, const store::Command& command, const http::Reply& reply) {
  if (command.state != store::CommandState::kAnswered) return fail(reply, 500, command.error_message);
  json::object body{{"success", true}, {"data", data_of(question, command)}};
  if (!question.id.is_null()) body["id"] = question.id;
  reply(http::json_answer(body));
}

}  // namespace

CompatDoor::CompatDoor(Secret key, commands::CommandService& commands,
                       const gateway::DeviceDirectory& devices, const Clock& clock)
    : key_(std::move(key)), commands_(commands), devices_(devices), clock_(clock) {}

void CompatDoor::mount(http::Router& router) {
  const http::RouteOptions options{
      .body_bytes = kMaxBodyBytes, .media_type = "application/json", .admit = {}};
  router.add(
      "POST", "/api/commands/{client}",
      [this](const http::Request& request, const http::Reply& reply) {
        if (admit(request, reply)) command(request, reply);
      },
      options);
  router.add(
      "POST", "/api/devices/status",
      [this](const http::Request& request, const http::Reply& reply) {
        if (admit(request, reply)) status(request, reply);
      },
      options);
}

bool CompatDoor::admit(const http::Request& request, const http::Reply& reply) {
  if (!rate_.take(request.peer, clock_.now())) return fail(reply, 429, "too many requests"), false;
  const std::string_view given = request.headers.find("Authorization");
  if (given.starts_with(kBearer) && is_day_token(given.substr(kBearer.size()), key_, clock_.wall()))
    return true;
  return fail(reply, 401, "the day's token is wrong"), false;
}

void CompatDoor::command(const http::Request& request, const http::Reply& reply) {
  const auto device = device_of(request.param("client"));
  if (!device) return fail(reply, 400, "no client id");
  const auto body = json::parse_object(request.body, kMaxBodyBytes);
  auto question = body ? read_question(*body) : std::nullopt;
  if (!question)
    return fail(reply, 400, "needs {type:\"mcp\",payload:{method,params}}: tools/list or tools/call");
  commands::CommandRequest order = std::move(question->request);
  order.devices = {*device};
  commands_.give(std::move(order), {.by = "compat", .user_tools = true, .peer = request.peer},
                 [this, question = std::move(*question), reply](const std::vector<commands::Given>& given) {
                   const commands::Given& one = given.front();
                   if (one.refused == "not_found") return fail(reply, 404, one.message);
                   if (!one.refused.empty()) return fail(reply, 500, one.message);
                   commands_.watch(one.command.by, one.command.id,
                                   [question, reply](const store::Command& changed) {
                                     if (commands::is_finished(changed.state))
                                       answer(question, changed, reply);
                                   });
                 });
}

void CompatDoor::status(const http::Request& request, const http::Reply& reply) {
  const auto body = json::parse_object(request.body, kMaxBodyBytes);
  // The established gateway's documentation and its code name it differently.
  const auto* clients = body ? json::find_array(*body, "clientIds") : nullptr;
  if (body && clients == nullptr) clients = json::find_array(*body, "deviceIds");
  if (clients == nullptr || clients->size() > kMaxClients)
    return fail(reply, 400, "needs clientIds: an array");
  json::object all;
  for (const json::value& client : *clients) {
    if (!client.is_string()) continue;
    const std::string_view text(client.get_string());
    const auto device = device_of(text);
    const auto* entry = device ? devices_.find(*device) : nullptr;
    const bool online = entry != nullptr && entry->presence.online;
    const bool talks = online && !entry->presence.session.empty();
    // The established gateway has no bridge for a device that is online and does not talk, and tells null; the
    // console shows false as offline.
    all[text] = json::object{{"isAlive", online && !talks ? json::value(nullptr) : json::value(talks)},
                             {"exists", online}};
  }
  reply(http::json_answer(all));
}

}  // namespace earshot::compat
