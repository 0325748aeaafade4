#include "gateway/doors/realtime/realtime_events.h"

#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::string_view kIdAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
constexpr int kIdCharacters = 20;

}  // namespace

std::string RealtimeEvents::make_id(std::string_view prefix) {
  std::string id(prefix);
  std::uint64_t bits = 0;
  for (int i = 0; i < kIdCharacters; ++i) {
    if (i % 12 == 0) bits = random_();  // 12 characters of 5 bits
    id += kIdAlphabet[bits & 31];
    bits >>= 5;
  }
  return id;
}

void RealtimeEvents::send(std::string_view type, json::object event) {
  event["type"] = event_type(dialect_, type);
  event["event_id"] = make_id("event_");
  send_(json::serialize(event));
}

void RealtimeEvents::send_error(const RealtimeError& error, std::string_view cause) {
  const auto or_null = [](std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  send("error", {{"error",
                  {{"type", error.type},
                   {"code", or_null(error.code)},
                   {"message", error.message},
                   {"param", or_null(error.param)},
                   {"event_id", or_null(cause)}}}});
}

// Ids of ours need no escapes; an item's id may be a client's, and is escaped.
void RealtimeEvents::send_audio(std::string_view response, std::string_view item, std::size_t output_index,
                                ByteView sound) {
  std::string event = R"({"type":")";
  event += event_type(dialect_, "response.output_audio.delta");
  event += R"(","event_id":")";
  event += make_id("event_");
  event += R"(","response_id":")";
  event += response;
  event += R"(","item_id":)";
  event += json::serialize(json::value(item));
  event += R"(,"output_index":)";
  event += std::to_string(output_index);
  event += R"(,"content_index":0,"delta":")";
  event += to_base64(sound);
  event += R"("})";
  send_(event);
}

}  // namespace earshot::gateway
