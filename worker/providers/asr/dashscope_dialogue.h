// One recognition task of Alibaba's DashScope (Bailian): Paraformer, Fun-ASR, Gummy; provider-protocol 3.9.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "worker/providers/asr/asr_dialogue.h"
#include "worker/providers/asr/transcript_text.h"

namespace earshot::worker {

struct DashscopeTask {
  std::string model = "paraformer-realtime-v2";
  std::string language;  // empty: the model decides
  std::string vocabulary_id;
};

class DashscopeDialogue final : public AsrDialogue {
 public:
  explicit DashscopeDialogue(DashscopeTask task) : task_(std::move(task)) {}

  std::vector<WsMessage> begin() override;
  Result<WsStep> receive(bool binary, ByteView bytes) override;
  std::vector<WsMessage> finish() override;
  std::string transcript() const override { return joiner_.text(); }

 private:
  DashscopeTask task_;
  std::string id_;
  SegmentJoiner joiner_;
  std::optional<std::int64_t> decided_;  // where the latest decided sentence begins
};

}  // namespace earshot::worker
