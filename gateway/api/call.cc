#include "gateway/api/call.h"

#include <charconv>
#include <utility>

namespace earshot::gateway::api {

namespace {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kCancelled:
      return 503;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

}  // namespace

void Call::fail(const Error& error) {
  const int status = status_of(error.code);
  // What a library said of our own mistake is for the log, not for a stranger.
  if (status == 500) return fail(status, "internal error");
  // A write is answered when it is kept, so what is not was never done.
  const bool refused_write = status == 503 && !action.empty();
  fail(status, refused_write ? error.message + "; nothing was changed" : error.message);
}

std::optional<store::AuditEntry> Call::take_audit_entry() {
  AuditLog* const audit = std::exchange(audit_, nullptr);
  if (audit == nullptr) return std::nullopt;
  return audit->entry(who.by, action, target, detail, request.peer);
}

void Call::send(http::Response response) {
  if (audit_ != nullptr && response.status < 400) audit_->add(who.by, action, target, detail, request.peer);
  reply_(std::move(response));
}

std::optional<std::int64_t> query_integer(Call& call, std::string_view name, std::int64_t min,
                                          std::int64_t max, std::int64_t absent) {
  const auto text = call.request.query_value(name);
  if (!text) return absent;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (!text->empty() && failure == std::errc{} && end == text->data() + text->size() && value >= min &&
      value <= max) {
    return value;
  }
  call.fail(400, std::string(name) + " must be an integer from " + std::to_string(min) + " to " +
                     std::to_string(max));
  return std::nullopt;
}

std::optional<store::PageRequest> page_of(Call& call) {
  static constexpr std::size_t kMaxCursorBytes = 256;
  const auto limit = query_integer(call, "limit", 1, 200, 50);
  if (!limit) return std::nullopt;
  auto cursor = call.request.query_value("cursor").value_or("");
  if (cursor.size() > kMaxCursorBytes) {
    call.fail(400, "cursor is none that we gave");
    return std::nullopt;
  }
  return store::PageRequest{.limit = static_cast<std::size_t>(*limit), .before = std::move(cursor)};
}

}  // namespace earshot::gateway::api
