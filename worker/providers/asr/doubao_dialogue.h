// One utterance with Volcengine's streaming recognition ("sauc", Doubao); provider-protocol 3.4, 3.5. Pure.
#pragma once

#include <string>
#include <vector>

#include "worker/providers/asr/asr_dialogue.h"

namespace earshot::worker {

struct DoubaoTask {
  std::string model = "bigmodel";
  std::string language;  // understood by bigmodel_nostream only; empty: not sent
  std::string boosting_table;
};

class DoubaoDialogue final : public AsrDialogue {
 public:
  explicit DoubaoDialogue(DoubaoTask task) : task_(std::move(task)) {}

  std::vector<WsMessage> begin() override;
  WsMessage audio(std::span<const std::int16_t> pcm_16khz) override;
  Result<WsStep> receive(bool binary, ByteView bytes) override;
  std::vector<WsMessage> finish() override;
  std::string transcript() const override { return text_; }

 private:
  DoubaoTask task_;
  std::string text_;  // with result_type full each reply holds all of it
  bool started_ = false;
};

}  // namespace earshot::worker
