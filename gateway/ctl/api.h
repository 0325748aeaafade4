// The gateway's HTTP API (docs/api.md) as calls that return JSON or throw Failure
// with the exit code that fits.
// Runs on: the caller's thread, which waits; a progress line shows that it does.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/http/event_stream.h"
#include "common/http/http_message.h"
#include "common/http/url_coding.h"
#include "common/json/json.h"
#include "gateway/ctl/settings.h"
#include "gateway/ctl/terminal.h"

namespace earshot::ctl {

// A path's part or a query's value.
inline std::string encoded(std::string_view text) {
  return http::percent_encode(text);
}
// "?a=1&b=x%20y", or nothing; members with empty values are left out.
std::string query(const std::vector<std::pair<std::string, std::string>>& members);

inline constexpr std::size_t kMostListed = 1000;  // of lists that nobody would page through

struct ApiAnswer {
  int status = 0;
  json::value body;
};

class Api {
 public:
  Api(Settings settings, const Terminal& terminal) : settings_(std::move(settings)), terminal_(terminal) {}

  void set_timeout(Milliseconds timeout) { timeout_ = timeout; }
  const std::string& url() const { return settings_.url; }

  // `path` begins with /api/v1/.
  // Throws Failure for every status from 400 on, with the gateway's message.
  json::value get(const std::string& path);
  ApiAnswer send(const std::string& method, const std::string& path, const json::object& body);
  json::value put_bytes(const std::string& path, std::string bytes);
  // The items of all pages, at most `most`.
  json::array list(const std::string& path, const std::vector<std::pair<std::string, std::string>>& members,
                   std::size_t most);
  // Server-sent events until `on_event` returns false (true is returned) or the connection ends (false).
  // Throws for a refusal. `last_id` makes the gateway begin behind that event.
  bool events(const std::string& path, const std::string& last_id, Milliseconds idle,
              const std::function<bool(const http::StreamEvent&)>& on_event);

 private:
  http::Headers headers() const;
  ApiAnswer exchange(const std::string& method, const std::string& path, const std::string& content_type,
                     std::string body);

  Settings settings_;
  const Terminal& terminal_;
  Milliseconds timeout_{15'000};
};

// Members of the API's objects as text: numbers and booleans too; empty when absent or null.
std::string member(const json::object& from, std::string_view key);
std::int64_t number(const json::object& from, std::string_view key);  // 0 when absent
bool truth(const json::object& from, std::string_view key);           // false when absent

// What one command works with.
struct Context {
  Api& api;
  const Terminal& terminal;
  std::int64_t now_ms;        // when the program was started
  std::int64_t utc_offset_s;  // of this machine
};

}  // namespace earshot::ctl
