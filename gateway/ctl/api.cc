#include "gateway/ctl/api.h"

#include <future>

#include "common/http/http_client.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/receipt.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kMaxAnswerBytes = 1024 * 1024;
constexpr std::size_t kPageItems = 200;  // the API's largest page

Exit exit_of_refusal(int status, std::string_view code) {
  for (const std::string_view device_said_no : kDeviceRefusals) {
    if (code == device_said_no) return Exit::kRefused;
  }
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return Exit::kUsage;
    case 401:
    case 403:
      return Exit::kUnauthorised;
    case 404:
      return Exit::kNotFound;
    case 502:
    case 503:
      return Exit::kUnreachable;
    default:
      return Exit::kFailed;
  }
}

[[noreturn]] void refuse(int status, const std::string& body, const std::string& url) {
  std::string message;
  std::string code;
  if (const auto parsed = json::parse_object(body, kMaxAnswerBytes); parsed.ok()) {
    if (const json::object* error = json::find_object(*parsed, "error")) {
      message = printable(json::find_string(*error, "message").value_or(""));
      code = json::find_string(*error, "code").value_or("");
    }
  }
  if (message.empty()) message = url + " answered with status " + std::to_string(status);
  if (status == 401)
    message += " (--token, EARSHOT_TOKEN, or --data with the data folder of a gateway on this machine)";
  throw Failure(exit_of_refusal(status, code), message);
}

[[noreturn]] void unreachable_gateway(const Error& error, const std::string& url) {
  if (error.code == ErrorCode::kInvalid && error.message.starts_with("the URL"))
    throw Failure(Exit::kUsage, url + ": " + error.message);
  throw Failure(Exit::kUnreachable, error.message + " (is the gateway running? --url names another)");
}

}  // namespace

std::string query(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text;
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    text += (text.empty() ? "?" : "&") + name + "=" + encoded(value);
  }
  return text;
}

json::value Api::get(const std::string& path) {
  return exchange("GET", path, "", "").body;
}

ApiAnswer Api::send(const std::string& method, const std::string& path, const json::object& body) {
  return exchange(method, path, "application/json", json::serialize(body));
}

json::value Api::put_bytes(const std::string& path, std::string bytes) {
  return exchange("PUT", path, "application/octet-stream", std::move(bytes)).body;
}

json::array Api::list(const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& members, std::size_t most) {
  json::array all;
  std::string cursor;
  do {
    auto page_members = members;
    page_members.emplace_back("limit", std::to_string(std::min(most - all.size(), kPageItems)));
    page_members.emplace_back("cursor", cursor);
    const json::value page = get(path + query(page_members));
    const json::array* items = page.is_array() ? &page.get_array() : nullptr;  // short lists have no pages
    cursor.clear();
    if (page.is_object()) {
      items = json::find_array(page.get_object(), "items");
      cursor = json::find_string(page.get_object(), "next").value_or("");
    }
    if (items == nullptr) throw Failure(Exit::kFailed, settings_.url + path + " did not answer with a list");
    for (const auto& item : *items) {
      if (all.size() < most) all.push_back(item);
    }
  } while (!cursor.empty() && all.size() < most);
  return all;
}

bool Api::events(const std::string& path, const std::string& last_id, Milliseconds idle,
                 const std::function<bool(const http::StreamEvent&)>& on_event) {
  http::Headers asked = headers();
  asked.add("Accept", "text/event-stream");
  if (!last_id.empty()) asked.add("Last-Event-ID", last_id);
  int status = 0;
  std::string refusal;
  bool enough = false;
  http::EventStreamReader reader;
  const http::StreamHandlers handlers{
      .on_head =
          [&](const http::Response& head) {
            status = head.status;
            return true;
          },
      .on_bytes =
          [&](std::string_view bytes) {
            if (status != 200) {
              refusal += bytes;
              return refusal.size() < kMaxAnswerBytes;
            }
            reader.feed(bytes, [&](const http::StreamEvent& event) { enough = enough || !on_event(event); });
            return !enough;
          }};
  const Status ended = http::stream(settings_.url + path, asked, handlers, idle);
  if (status != 0 && status != 200) refuse(status, refusal, settings_.url);
  if (!ended && status == 0) unreachable_gateway(ended.error(), settings_.url);
  return enough;
}

http::Headers Api::headers() const {
  http::Headers all;
  if (!settings_.token.empty()) all.add("Authorization", "Bearer " + std::string(settings_.token.reveal()));
  return all;
}

ApiAnswer Api::exchange(const std::string& method, const std::string& path, const std::string& content_type,
                        std::string body) {
  http::Headers all = headers();
  if (!content_type.empty()) all.add("Content-Type", content_type);
  auto pending = std::async(std::launch::async, [&] {
    return http::request(method, settings_.url + path, all, std::move(body), timeout_);
  });
  Progress progress(terminal_);
  while (pending.wait_for(Milliseconds(200)) != std::future_status::ready)
    progress.show("waiting for " + settings_.url);
  const auto answer = pending.get();
  if (!answer) unreachable_gateway(answer.error(), settings_.url);
  if (answer->status >= 400) refuse(answer->status, answer->body, settings_.url);
  if (answer->body.empty()) return {.status = answer->status, .body = json::object()};
  auto parsed = json::parse_value(answer->body, kMaxAnswerBytes);
  if (!parsed)
    throw Failure(Exit::kUnreachable, settings_.url + " did not answer with JSON: is it an Earshot gateway?");
  return {.status = answer->status, .body = std::move(parsed).value()};
}

std::string member(const json::object& from, std::string_view key) {
  const json::value* value = from.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_array()) {
    std::string list;
    for (const auto& item : value->get_array()) {
      if (!list.empty()) list += ", ";
      list += item.is_string() ? std::string(item.get_string()) : json::serialize(item);
    }
    return list;
  }
  return json::serialize(*value);
}

std::int64_t number(const json::object& from, std::string_view key) {
  return json::find_int(from, key).value_or(0);
}

bool truth(const json::object& from, std::string_view key) {
  return json::find_bool(from, key).value_or(false);
}

}  // namespace earshot::ctl
