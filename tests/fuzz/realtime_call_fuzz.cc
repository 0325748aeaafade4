// Whatever a Realtime client says, each event is answered with whole JSON, and what is kept stays bounded. A worker is
// there: what it is told stays small enough for its link.
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/json/json.h"
#include "gateway/doors/realtime/realtime_call.h"

namespace {

using namespace earshot;
using namespace earshot::gateway;

constexpr std::size_t kMaxRecordBytes = 256 * 1024;  // common/ipc/framing.h

class FuzzedHouse final : public CallPort, public CallHost {
 public:
  std::optional<Ssrc> begin_call(Call&, const ipc::SessionOpen& open, SteadyTime) override {
    if (open.ByteSizeLong() > kMaxRecordBytes) std::abort();
    asked = true;
    return Ssrc{0x8001};
  }
  bool asked = false;
  void call_says(Ssrc, ipc::Envelope& envelope) override {
    if (envelope.ByteSizeLong() > kMaxRecordBytes) std::abort();
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

}  // namespace

// A line an event; an empty one is a worker that takes the call, or a second that passes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedHouse house;
  SteadyTime now{};
  RealtimeCall call(house, house, RealtimeTerms{.caller = "fuzz", .model = "default", .seed = 1}, now);
  call.begin();
  bool placed = false;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
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
