// Whatever a Coze client says, each event is answered with whole JSON, and what is kept stays bounded. A worker is there:
// what it is told stays small enough for its link.
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/json/json.h"
#include "gateway/doors/coze/coze_call.h"

namespace {

using namespace earshot;
using namespace earshot::gateway;

constexpr std::size_t kMaxRecordBytes = 256 * 1024;  // common/ipc/framing.h

class FuzzedCozeHouse final : public CallPort, public CallHost {
 public:
  std::optional<Ssrc> begin_call(Call&, const ipc::SessionOpen& open, SteadyTime) override {
    if (open.ByteSizeLong() > kMaxRecordBytes) std::abort();
    asked = true;
    return Ssrc{0x8001};
  }
  bool asked = false;
  std::uint32_t tag = 0;
  void call_says(Ssrc, ipc::Envelope& envelope) override {
    if (envelope.ByteSizeLong() > kMaxRecordBytes) std::abort();
    if (envelope.has_respond()) tag = envelope.respond().tag();
  }
  void call_sends_audio(Ssrc, ipc::Envelope&) override {}
  void call_touched(Ssrc) override {}
  void end_call(Ssrc, std::string_view) override {}
  bool caller_came(std::shared_ptr<Caller>) override { return true; }
  void caller_left(const Caller&) override {}

 private:
  void send_text(std::string_view text) override {
    if (!json::parse_object(text, 64 * 1024 * 1024).ok()) std::abort();
  }
};

// What a worker might tell, by one letter.
ipc::Envelope told_by_worker(char what, std::uint32_t turn, std::uint32_t tag) {
  ipc::Envelope envelope;
  switch (what) {
    case 's':
      envelope.mutable_user_speech()->set_event(ipc::UserSpeech::kStarted);
      break;
    case 'w':
      envelope.mutable_user_speech()->set_event(ipc::UserSpeech::kWords);
      envelope.mutable_user_speech()->set_text("words");
      break;
    case 'b':
      envelope.mutable_turn_began()->set_turn(turn);
      envelope.mutable_turn_began()->set_tag(tag);
      break;
    case 't':
      envelope.mutable_sentence_start()->set_turn(turn);
      envelope.mutable_sentence_start()->set_text("A sentence.");
      break;
    case 'a':
      envelope.mutable_audio_down()->set_turn(turn);
      envelope.mutable_audio_down()->set_opus(std::string(640, 'x'));
      break;
    case 'o':
      envelope.mutable_turn_over()->set_turn(turn);
      break;
    default:
      envelope.mutable_mcp_down()->set_payload(
          R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f"}})");
      break;
  }
  return envelope;
}

}  // namespace

// The first byte is the service. Then a line an event; one of `.` and a letter is the worker's; an empty one is a worker that takes the call, or a second
// that passes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  FuzzedCozeHouse house;
  SteadyTime now{};
  const CozeTerms terms{.service = static_cast<CozeService>(data[0] % 3),
                        .caller = "fuzz",
                        .agent = "default",
                        .opened = {},
                        .seed = 1};
  CozeCall call(house, house, terms, now);
  call.begin();
  bool placed = false;
  std::uint32_t turn = 1;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.size() == 2 && line.front() == '.') {
      if (line.back() == 'b') ++turn;
      if (placed) call.envelope(told_by_worker(line.back(), turn, house.tag), now);
      continue;
    }
    call.client_says(line, now);
    if (!line.empty()) continue;
    now += Milliseconds(1000);
    if (!placed && house.asked) {
      placed = true;
      call.placed(now);
    }
    call.tick(now);
  }
  return 0;
}
