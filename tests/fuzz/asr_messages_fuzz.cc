// Messages of a recognition service, one a line, the stop between them: every dialogue takes them.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/check.h"
#include "worker/providers/asr/dashscope_dialogue.h"
#include "worker/providers/asr/deepgram_dialogue.h"
#include "worker/providers/asr/doubao_dialogue.h"
#include "worker/providers/asr/funasr_dialogue.h"
#include "worker/providers/asr/openai_asr.h"

using namespace earshot;
using namespace earshot::worker;

namespace {

void play(AsrDialogue& dialogue, std::string_view lines) {
  static_cast<void>(dialogue.begin());
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (line.empty()) static_cast<void>(dialogue.finish());
    const bool binary = !line.empty() && line.front() == '\x11';
    if (!dialogue.receive(binary, as_bytes(line)).ok()) return;
    EARSHOT_CHECK(dialogue.transcript().size() <= kMaxTranscriptBytes, "the limit is kept");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text({data, size});
  for (const auto dialect : {FunasrDialect::kCpp2pass, FunasrDialect::kCppOffline, FunasrDialect::kPyWss}) {
    FunasrTask task;
    task.dialect = dialect;
    FunasrDialogue funasr(task);
    play(funasr, text);
  }
  DashscopeDialogue dashscope({});
  play(dashscope, text);
  DoubaoDialogue doubao({});
  play(doubao, text);
  DeepgramDialogue deepgram;
  play(deepgram, text);
  static_cast<void>(parse_transcription(text));
  return 0;
}
