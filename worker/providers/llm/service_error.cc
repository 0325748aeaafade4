#include "worker/providers/llm/service_error.h"

#include <algorithm>
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

ErrorCode class_of_status(int status) {
  if (status == 408 || status == 504) return ErrorCode::kTimeout;
  if (status == 413) return ErrorCode::kTooLarge;
  if (status == 429 || status >= 500) return ErrorCode::kUnavailable;
  return ErrorCode::kInvalid;
}

// Codes are the services' own; what they have in common are words (OpenAI, Ark, Zhipu, Coze 4100..4101).
std::string_view advice(std::string_view code) {
  const auto has = [&](std::string_view word) {
    return std::ranges::search(code, word, [](char a, char b) {
             return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           }).begin() != code.end();
  };
  if (has("api_key") || has("apikey") || has("auth") || code == "4100" || code == "4101") {
    return ": check the key and its rights";
  }
  if (has("quota") || has("balance") || has("arrear")) return ": check the account's balance";
  if (has("model")) return ": check the model's name";
  return "";
}

}  // namespace

Error refusal(int status, std::string_view body) {
  std::string message = describe_status(status);
  if (status >= 300 && status < 400) message += " (a redirect): check the URL";
  if (const auto parsed = json::parse_object(body, kMaxBodyBytes)) {
    if (const std::string code = code_of(error_object(*parsed)); !code.empty()) message += " (" + code + ")";
  }
  return {class_of_status(status), message};
}

Error stream_error(const json::object& error) {
  const std::string code = code_of(error);
  if (code.empty()) return {ErrorCode::kUnavailable, "the service reports an error"};
  const std::string_view what = advice(code);
  return {what.empty() ? ErrorCode::kUnavailable : ErrorCode::kInvalid,
          "the service reports error " + code + std::string(what)};
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
