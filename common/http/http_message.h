// HTTP requests and responses as plain values: what handlers and callers see instead of Beast.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"

namespace earshot::http {

class EventFeed;

// Names match in any case (RFC 9110 5.1). A repeated name: the first one is found.
class Headers {
 public:
  void add(std::string name, std::string value) { all_.emplace_back(std::move(name), std::move(value)); }
  // Empty when absent.
  std::string_view find(std::string_view name) const {
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    for (const auto& [key, value] : all_) {
      if (std::equal(key.begin(), key.end(), name.begin(), name.end(), same)) return value;
    }
    return {};
  }
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
  std::vector<std::pair<std::string, std::string>> all_;
};

struct Request {
  std::string method;  // upper case
  std::string path;    // without the query, undecoded
  std::string query;   // behind '?', undecoded
  Headers headers;
  std::string body;
  std::string peer;  // IP address of the other side, for logs and limits; the client's behind a trusted proxy
  // By loopback or by an address of this host; a proxy's client counts, not the proxy.
  bool from_this_host = false;
  bool secure = false;  // by TLS, or a trusted proxy says that the client spoke https
  std::vector<std::pair<std::string, std::string>> params = {};  // of the route's {names}, decoded

  // Empty when the route has no such {name}.
  std::string_view param(std::string_view name) const;
  // Decoded; the first of that name. Undecodable queries never get as far as a handler.
  std::optional<std::string> query_value(std::string_view name) const;
};

// Bytes of a file, streamed in pieces and never whole in memory. The server answers Range requests itself.
struct FileBody {
  std::filesystem::path path;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length = std::nullopt;  // to the end of the file
};

// One of body, file and events. With an `ETag` header the server answers If-None-Match and If-Range itself.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
  std::optional<FileBody> file = std::nullopt;
  std::shared_ptr<EventFeed> events = nullptr;
  // With a body. A client that plays it as it comes takes so long beyond what the server's limits allow.
  Milliseconds takes{0};
  // Told once, on the server's executor: whether the network took all of the answer, or the connection broke.
  std::function<void(bool whole)> on_sent = {};
};

}  // namespace earshot::http
