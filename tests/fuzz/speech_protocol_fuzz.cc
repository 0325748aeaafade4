#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "worker/providers/tts/dashscope_speech.h"
#include "worker/providers/tts/edge_speech.h"
#include "worker/providers/tts/elevenlabs_speech.h"
#include "worker/providers/tts/volcengine_speech.h"

using namespace earshot;
using namespace earshot::worker;

// Messages of a hostile service: a byte that says text, binary or cancel; a length; so many bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto ids = [] { return std::string("id"); };
  std::array<std::unique_ptr<SpeechProtocol>, 4> protocols;
  protocols[0] = std::make_unique<DashScopeSpeech>(DashScopeVoice{}, ids);
  protocols[1] = std::make_unique<EdgeSpeech>([](const std::string&) { return EdgeVoice{}; },
                                              [] { return WallTime{}; }, ids);
  protocols[2] = std::make_unique<ElevenLabsSpeech>(ElevenLabsVoice{}, ids);
  protocols[3] = std::make_unique<VolcengineSpeech>(VolcengineVoice{}, ids);
  if (size == 0) return 0;
  SpeechProtocol& protocol = *protocols[data[0] % protocols.size()];
  ByteView rest(data + 1, size - 1);
  (void)protocol.opened();
  while (rest.size() >= 2 && protocol.line() != SpeechLine::kDead) {
    if (protocol.line() == SpeechLine::kIdle) (void)protocol.speak({.text = "hello", .language = "en"});
    const std::uint8_t kind = rest[0] % 4;
    const std::size_t length = rest[1] < rest.size() - 2 ? rest[1] : rest.size() - 2;
    const ByteView message = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    if (kind == 0) (void)protocol.text(as_text(message));
    if (kind == 1 || kind == 2) (void)protocol.binary(message);
    if (kind == 3) (void)protocol.cancel();
  }
  return 0;
}
