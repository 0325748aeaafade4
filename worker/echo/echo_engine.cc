#include "worker/echo/echo_engine.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "common/base/bytes.h"

namespace earshot::worker {

namespace {

constexpr char kToc = 11 << 3;  // one mono frame of 60 ms (RFC 6716 3.1)

struct Order {
  std::uint32_t frames = 0;
  std::uint32_t bytes = 0;
};

// Takes a number in [min, max] off the front.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t min, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || value < min || value > max) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<Order> parse_order(std::string_view text) {
  constexpr std::string_view kSay = "say ";
  if (!text.starts_with(kSay)) return std::nullopt;
  text.remove_prefix(kSay.size());
  const auto frames = take_number(text, 1, EchoEngine::kMaxFrames);
  if (!frames || !text.starts_with(' ')) return std::nullopt;
  text.remove_prefix(1);
  const auto bytes = take_number(text, EchoEngine::kMinFrameBytes, EchoEngine::kMaxFrameBytes);
  if (!bytes || !text.empty()) return std::nullopt;
  return Order{*frames, *bytes};
}

}  // namespace

void EchoEngine::on_envelope(const ipc::Envelope& envelope) {
  const std::uint32_t session = envelope.session();
  switch (envelope.body_case()) {
    case ipc::Envelope::kAudioUp:
      return echo(session, envelope.audio_up());
    case ipc::Envelope::kSessionOpen: {
      sessions_[session] = {};
      ipc::Envelope opened;
      opened.set_session(session);
      opened.mutable_session_opened();
      return sink_.control(opened);
    }
    case ipc::Envelope::kListen:
      return on_listen(session, envelope.listen());
    case ipc::Envelope::kSessionClose:
      sessions_.erase(session);
      return;
    default:  // what a conversation would want to know
      return;
  }
}

void EchoEngine::echo(std::uint32_t session, const ipc::AudioUp& up) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || !found->second.realtime) return;
  audio_.set_session(session);
  ipc::AudioDown& down = *audio_.mutable_audio_down();
  down.clear_turn();
  down.set_live(true);
  down.set_opus(up.opus());
  sink_.audio(audio_);
}

void EchoEngine::on_listen(std::uint32_t session, const ipc::Listen& listen) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  if (listen.state() == ipc::Listen::kStart) found->second.realtime = listen.mode() == ipc::Listen::kRealtime;
  if (listen.state() == ipc::Listen::kDetect) say(session, found->second, listen.text());
}

void EchoEngine::say(std::uint32_t session, State& state, std::string_view order_text) {
  const auto order = parse_order(order_text);
  if (!order) return;
  const std::uint32_t turn = ++state.turn;
  ipc::Envelope mark;
  mark.set_session(session);
  mark.mutable_speech_start()->set_turn(turn);
  sink_.control(mark);

  audio_.set_session(session);
  ipc::AudioDown& down = *audio_.mutable_audio_down();
  down.set_turn(turn);
  down.clear_live();
  std::string& opus = *down.mutable_opus();
  for (std::uint32_t i = 0; i < order->frames; ++i) {
    opus.assign(order->bytes, '\0');
    opus[0] = kToc;
    std::array<std::uint8_t, 4> number{};
    store_be32(number.data(), i);
    opus.replace(1, number.size(), as_text(number));
    sink_.audio(audio_);
  }

  mark.mutable_speech_end()->set_turn(turn);
  sink_.control(mark);
}

}  // namespace earshot::worker
