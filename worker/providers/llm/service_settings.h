// What the settings of all remote brains have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "common/json/json.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {

struct ServiceSettings {
  std::string base_url;
  Secret api_key;  // empty: none is sent (servers at home)
  HttpDeadlines deadlines;
};

// `base_url`, `api_key_env` / `api_key_file`, `connect_timeout_ms`, `first_byte_timeout_ms`,
// `stall_timeout_ms`, `total_timeout_ms`. A URL that is not http(s) is a problem.
void read_service(ConfigSection& section, ServiceSettings& settings);
// A text without which the service cannot work.
void read_needed(ConfigSection& section, std::string_view key, std::string& out);
// A number that is sent only when the user gave one.
void read_optional(ConfigSection& section, std::string_view key, std::optional<double>& out, double min,
                   double max);
// A JSON object as text: '{"enable_thinking": false}'. Anything else is a problem.
void read_json(ConfigSection& section, std::string_view key, json::object& out);

// POST of a JSON body to base_url + path, with the key as a bearer token.
HttpCall json_call(const ServiceSettings& settings, std::string_view path, std::string body,
                   std::string_view accept = "text/event-stream");
// "openai api.deepseek.com": for errors. Never user information of a URL.
std::string service_label(std::string_view type, std::string_view base_url);
// "api.deepseek.com" of "https://key@api.deepseek.com:443/v1", lower case.
std::string host_of(std::string_view url);

}  // namespace earshot::worker
