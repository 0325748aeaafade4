// HTTP requests and responses as plain values: what handlers and callers see instead of Beast.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace earshot::http {

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
  std::string path;    // without the query
  std::string query;   // behind '?', undecoded
  Headers headers;
  std::string body;
  std::string peer;  // IP address of the other side, for logs and limits
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
};

}  // namespace earshot::http
