#include "worker/providers/tts/speech_errors.h"

#include <algorithm>
#include <initializer_list>

#include "common/json/json.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kMaxBodyBytes = 64 * 1024;

// Codes are single words of ASCII. A key could be, too, but no service puts it into a code.
bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWordBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

std::string word_of(const json::object& from) {
  for (const std::string_view key : {"code", "error_code", "status_code", "type", "status"}) {
    if (const auto text = json::find_string(from, key); text && is_word(*text)) return std::string(*text);
    if (const auto number = json::find_int(from, key)) return std::to_string(*number);
  }
  return {};
}

bool has_any(std::string_view code, std::initializer_list<std::string_view> words) {
  std::string lower(code);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::any_of(words,
                             [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// Codes of content filters and of texts that a voice cannot take: DashScope's DataInspectionFailed and
// InvalidParameter, Volcengine's 45000001 and 40402003, the words of the rest.
bool is_refusal_of_the_text(std::string_view code) {
  return code == "45000001" || code == "40402003" ||
         has_any(code, {"inspection", "sensitive", "content_filter", "moderation", "invalidparameter",
                        "text_too_long"});
}

const char* advice(int status) {
  switch (status) {
    case 401:
    case 403:
      return ": check the key";
    case 402:
      return ": check the account's balance";
    case 404:
      return ": check the URL, model and voice";
    case 400:
    case 422:
      return ": check model, voice and format";
    case 429:
      return ": the service limits this key's use";
    default:
      return "";
  }
}

}  // namespace

std::string error_word(std::string_view body) {
  const auto parsed = json::parse_object(body, kMaxBodyBytes);
  if (!parsed) return {};
  for (const std::string_view key : {"error", "detail", "header"}) {
    if (const auto* inner = json::find_object(*parsed, key)) {
      if (auto word = word_of(*inner); !word.empty()) return word;
    }
  }
  return word_of(*parsed);
}

Error refused(std::string_view service, int status, std::string_view body) {
  const std::string word = error_word(body);
  return Error{code_of_status(status), std::string(service) + ": " + describe_status(status) +
                                           (word.empty() ? "" : " (" + word + ")") + advice(status)};
}

Error text_for_audio(std::string_view service, std::string_view body) {
  const std::string word = error_word(body);
  return Error{is_refusal_of_the_text(word) ? ErrorCode::kInvalid : ErrorCode::kUnavailable,
               std::string(service) + ": text in place of sound" +
                   (word.empty() ? "; check the URL" : " (" + word + ")")};
}

bool is_throttled(std::string_view code) {
  return has_any(code, {"throttl", "rate_limit", "ratelimit", "too_many", "concurren", "busy", "overload"});
}

Error failed(std::string_view service, std::string_view code) {
  return Error{is_refusal_of_the_text(code) ? ErrorCode::kInvalid : ErrorCode::kUnavailable,
               std::string(service) + ": failed" + (is_word(code) ? " with " + std::string(code) : "")};
}

}  // namespace earshot::worker
