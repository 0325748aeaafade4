// Reads the members of a request's JSON body with their types and limits, and collects what is wrong with all
// of them: one answer tells the client every mistake. A member that nobody read is a mistake too. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/json_answer.h"
#include "common/json/json.h"

namespace earshot::gateway::api {

class BodyReader {
 public:
  explicit BodyReader(const json::object& body) : body_(body) {}

  // nullopt: absent, or wrong (then a problem).
  // Texts hold no control characters, long_text() line breaks and tabs.
  std::optional<std::string> text(std::string_view key, std::size_t max_bytes);
  std::optional<std::string> long_text(std::string_view key, std::size_t max_bytes);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<std::vector<std::string>> texts(std::string_view key, std::size_t max_items,
                                                std::size_t max_bytes);
  std::optional<json::object> object(std::string_view key);

  // The same, with absence as a problem; empty when wrong.
  std::string required_text(std::string_view key, std::size_t max_bytes);
  json::object required_object(std::string_view key);

  bool has(std::string_view key) const { return body_.contains(key); }
  void problem(std::string_view key, std::string_view what);
  // After all has been read: 400 with every problem; nullopt when there is none.
  std::optional<http::Response> refusal();

 private:
  const json::value* find(std::string_view key);
  std::optional<std::string> any_text(std::string_view key, std::size_t max_bytes, bool with_lines);

  const json::object& body_;
  std::set<std::string, std::less<>> read_;
  std::vector<std::string> problems_;
};

// [a-z0-9._-]{1,32}, or with other `extra` characters.
bool is_name(std::string_view text, std::string_view extra = "._-", std::size_t max_bytes = 32);

}  // namespace earshot::gateway::api
