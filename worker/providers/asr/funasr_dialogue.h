// One utterance with a FunASR runtime server; provider-protocol 3.2. Pure.
#pragma once

#include <string>
#include <vector>

#include "worker/providers/asr/asr_dialogue.h"
#include "worker/providers/asr/transcript_text.h"

namespace earshot::worker {

// The servers differ in what they mean by is_final.
enum class FunasrDialect {
  kCpp2pass,    // true in the one message that ends the utterance
  kCppOffline,  // never true; one answer to the end of the speech
  kPyWss,       // whether the user still speaks; nothing at all when nothing was heard
};

struct FunasrTask {
  FunasrDialect dialect = FunasrDialect::kCpp2pass;
  std::string language;               // for SenseVoice models; empty: the model decides
  bool itn = true;                    // "12" instead of "twelve"
  std::vector<std::string> hotwords;  // all of the same weight
};

class FunasrDialogue final : public AsrDialogue {
 public:
  explicit FunasrDialogue(FunasrTask task) : task_(std::move(task)) {}

  std::vector<WsMessage> begin() override;
  Result<WsStep> receive(bool binary, ByteView bytes) override;
  std::vector<WsMessage> finish() override;
  bool whole(bool closed) const override;
  std::string transcript() const override { return joiner_.text(); }

 private:
  FunasrTask task_;
  SegmentJoiner joiner_;
  bool stopped_ = false;
};

}  // namespace earshot::worker
