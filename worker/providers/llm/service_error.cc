#include "worker/providers/llm/service_error.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "worker/providers/net/http_client.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxBodyBytes = 64 * 1024;
constexpr Milliseconds kRetryWait{200};
constexpr Milliseconds kMaxRetryWait{1000};  // a person waits; a fallback is faster than a longer pause

// Letters, digits and underscores only: a key has dashes or is longer.
bool looks_like_code(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string code_of(const json::object& error) {
  for (const char* key : {"code", "type"}) {
    if (const auto text = json::find_string(error, key); text && looks_like_code(*text)) {
      return std::string(*text);
    }
    if (const auto number = json::find_int(error, key)) return std::to_string(*number);
  }
  return {};
}

bool has_part(std::string_view code, std::string_view word) {
  return std::ranges::search(code, word, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         }).begin() != code.end();
}

// Codes are the services' own; what they have in common are words (OpenAI, Ark, Zhipu, Coze 4100..4101).
std::string_view advice(std::string_view code) {
  if (has_part(code, "api_key") || has_part(code, "apikey") || has_part(code, "auth") || code == "4100" ||
      code == "4101") {
    return ": check the key and its rights";
  }
  if (has_part(code, "quota") || has_part(code, "balance") || has_part(code, "arrear"))
    return ": check the account's balance";
  if (has_part(code, "model")) return ": check the model's name";
  return "";
}

// What was said, or how it was asked, does not suit the service; others may be answered well. (DashScope, Ark,
// OpenAI, Azure, Zhipu 1301, Coze 4000 and 5000's words.)
bool blames_request(std::string_view code) {
  constexpr std::array<std::string_view, 10> kWords = {
      "inspection", "sensitive",       "content_filter", "contentfilter", "content_policy",
      "moderation", "invalid_request", "invalid_param",  "invalidparam",  "context_length"};
  return code == "1301" || code == "400" || code == "422" || code == "4000" ||
         std::ranges::any_of(kWords, [&](std::string_view word) { return has_part(code, word); });
}

ErrorCode class_of(int status, std::string_view code) {
  if (status == 408 || status == 504) return ErrorCode::kTimeout;
  if (status == 413) return ErrorCode::kTooLarge;
  if (status == 401 || status == 402 || status == 429) return ErrorCode::kUnavailable;
  // Some services say 400 to a wrong key or an unknown model.
  if (!advice(code).empty()) return ErrorCode::kUnavailable;
  if (status == 400 || status == 422 || status == 451 || blames_request(code)) return ErrorCode::kInvalid;
  return ErrorCode::kUnavailable;
}

}  // namespace

Error refusal(int status, std::string_view body) {
  std::string message = describe_status(status);
  if (status >= 300 && status < 400) message += " (a redirect): check the URL";
  std::string code;
  if (const auto parsed = json::parse_object(body, kMaxBodyBytes)) code = code_of(error_object(*parsed));
  if (!code.empty()) message += " (" + code + ")";
  return {class_of(status, code), message};
}

Error stream_error(const json::object& error) {
  const std::string code = code_of(error);
  if (code.empty()) return {ErrorCode::kUnavailable, "the service reports an error"};
  return {class_of(200, code), "the service reports error " + code + std::string(advice(code))};
}

Error transport_error(const Error& error) {
  if (error.code != ErrorCode::kInvalid) return error;
  return {ErrorCode::kUnavailable, error.message};  // a URL that cannot be called: so for every request
}

const json::object& error_object(const json::object& body) {
  const json::object* inner = json::find_object(body, "error");
  return inner != nullptr ? *inner : body;
}

std::optional<Milliseconds> retry_wait(int status, std::string_view retry_after) {
  if (status != 429 && status != 502 && status != 503) return std::nullopt;
  if (retry_after.empty()) return kRetryWait;
  std::uint32_t seconds = 0;
  const auto [end, failure] =
      std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  // A date instead of seconds is never meant for the next moment.
  if (failure != std::errc{} || end != retry_after.data() + retry_after.size()) return std::nullopt;
  if (seconds > kMaxRetryWait.count() / 1000) return std::nullopt;
  return std::max(kRetryWait, Milliseconds(seconds * 1000));
}

}  // namespace earshot::worker
