// One utterance with Deepgram's live recognition; provider-protocol 3.14. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "worker/providers/asr/asr_dialogue.h"
#include "worker/providers/asr/transcript_text.h"

namespace earshot::worker {

class DeepgramDialogue final : public AsrDialogue {
 public:
  std::vector<WsMessage> begin() override;
  Result<WsStep> receive(bool binary, ByteView bytes) override;
  std::vector<WsMessage> finish() override;
  bool whole(bool closed) const override { return closed && closing_; }
  std::string transcript() const override { return joiner_.text(); }
  double confidence() const override { return confidence_; }

 private:
  SegmentJoiner joiner_;
  std::optional<double> decided_;  // where the latest decided segment begins, in seconds
  double confidence_ = 0;          // of the latest decided segment
  bool closing_ = false;
};

}  // namespace earshot::worker
