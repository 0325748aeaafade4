#include "worker/providers/llm/service_settings.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr IntRange kTimeoutRange{100, 600'000};

}  // namespace

void read_service(ConfigSection& section, ServiceSettings& settings) {
  section.read("base_url", settings.base_url);
  while (settings.base_url.ends_with('/')) settings.base_url.pop_back();
  section.in_force("base_url", settings.base_url);
  if (!settings.base_url.starts_with("http://") && !settings.base_url.starts_with("https://")) {
    section.problem("base_url", "must begin with http:// or https://");
  } else if (host_of(settings.base_url).empty()) {
    section.problem("base_url", "names no host");
  }
  section.read_secret("api_key", settings.api_key);
  section.read("connect_timeout_ms", settings.deadlines.connect, kTimeoutRange);
  section.read("first_byte_timeout_ms", settings.deadlines.first_byte, kTimeoutRange);
  section.read("stall_timeout_ms", settings.deadlines.stall, kTimeoutRange);
  section.read("total_timeout_ms", settings.deadlines.total, kTimeoutRange);
}

void read_needed(ConfigSection& section, std::string_view key, std::string& out) {
  section.read(key, out);
  if (out.empty()) section.problem(key, "is needed");
}

void read_optional(ConfigSection& section, std::string_view key, std::optional<double>& out, double min,
                   double max) {
  const auto given = section.children();
  if (std::ranges::find(given, key) == given.end()) return;
  double value = out.value_or(min);
  section.read(key, value, min, max);
  out = value;
}

void read_json(ConfigSection& section, std::string_view key, json::object& out) {
  std::string text;
  section.read(key, text);
  if (text.empty()) return;
  if (auto parsed = json::parse_object(text, 64 * 1024)) {
    out = std::move(*parsed);
  } else {
    section.problem(key, R"(must be a JSON object in quotes, as '{"name": "value"}')");
  }
}

HttpCall json_call(const ServiceSettings& settings, std::string_view path, std::string body,
                   std::string_view accept) {
  HttpCall call;
  call.url = settings.base_url + std::string(path);
  call.headers = {{"Content-Type", "application/json"}, {"Accept", std::string(accept)}};
  if (!settings.api_key.empty()) {
    call.headers.emplace_back("Authorization", "Bearer " + std::string(settings.api_key.reveal()));
  }
  call.body = std::move(body);
  call.deadlines = settings.deadlines;
  return call;
}

std::string service_label(std::string_view type, std::string_view base_url) {
  return std::string(type) + " " + host_of(base_url);
}

std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  const auto colon = url.starts_with('[') ? url.find(':', url.find(']')) : url.find(':');
  std::string host(url.substr(0, colon));
  std::ranges::transform(host, host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return host;
}

}  // namespace earshot::worker
