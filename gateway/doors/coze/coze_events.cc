#include "gateway/doors/coze/coze_events.h"

#include <algorithm>
#include <array>
#include <utility>

namespace earshot::gateway {

namespace {

std::string hex_of(std::uint64_t bits, std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(digits, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, bits >>= 4) *at = kDigits[bits & 15];
  return text;
}

}  // namespace

CozeEvents::CozeEvents(std::function<void(std::string_view)> send, std::uint64_t seed,
                       std::chrono::system_clock::time_point opened, SteadyTime now)
    : send_(std::move(send)), random_(seed), opened_(opened), began_(now), now_(now) {
  log_id_ = hex_of(random_(), 16);
}

std::string CozeEvents::make_id() {
  constexpr std::uint64_t kFirst = 7'000'000'000'000'000'000;  // clients read them into 64 bits with a sign
  constexpr std::uint64_t kCount = 1'000'000'000'000'000'000;
  return std::to_string(kFirst + random_() % kCount);
}

void CozeEvents::send(std::string_view type) {
  if (is_wanted(type)) send_(envelope(type) + "}");
}

void CozeEvents::send(std::string_view type, const json::object& data) {
  if (is_wanted(type)) send_(envelope(type) + R"(,"data":)" + json::serialize(data) + "}");
}

void CozeEvents::send_error(const CozeError& error) {
  send("error", {{"code", error.code}, {"msg", error.message}});
}

void CozeEvents::send_audio(std::string_view type, std::string_view head, ByteView sound) {
  if (!is_wanted(type)) return;
  std::string event = envelope(type);
  event += R"(,"data":{)";
  event += head;
  event += '"';
  event += to_base64(sound);
  event += R"("}})";
  send_(event);
}

std::int64_t CozeEvents::unix_ms() const {
  const auto then = std::chrono::duration_cast<Milliseconds>(opened_.time_since_epoch());
  return (then + std::chrono::duration_cast<Milliseconds>(now_ - began_)).count();
}

bool CozeEvents::is_wanted(std::string_view type) const {
  return subscribed_.empty() || type == "error" || std::ranges::find(subscribed_, type) != subscribed_.end();
}

// Types and ids need no escapes. The id has a UUID's shape.
std::string CozeEvents::envelope(std::string_view type) {
  const std::uint64_t high = random_();
  const std::uint64_t low = random_();
  std::string text = R"({"event_type":")";
  text += type;
  text += R"(","id":")";
  text += hex_of(high >> 32, 8) + "-" + hex_of(high >> 16, 4) + "-4" + hex_of(high, 3) + "-a" +
          hex_of(low >> 48, 3) + "-" + hex_of(low, 12);
  text += R"(","detail":{"logid":")";
  text += log_id_;
  text += R"(","respond_at":")";
  text += std::to_string(unix_ms());
  text += R"("})";
  return text;
}

}  // namespace earshot::gateway
