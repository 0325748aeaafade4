// The four stages of a worker, played by hand:
// what they answer, when, and how they fail is the test's choice.
//
// Runs on: one io_context, all of it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/manual_clock.h"
#include "worker/stages/asr.h"
#include "worker/stages/llm.h"
#include "worker/stages/tts.h"
#include "worker/stages/vad.h"

namespace earshot::fakes {

// Loud is speech.
class LoudnessVadProvider final : public worker::VadProvider {
 public:
  std::unique_ptr<worker::Vad> create() override;
};

class ScriptedAsr final : public worker::AsrProvider {
 public:
  std::unique_ptr<worker::AsrStream> open(const worker::AsrRequest& request, Executor executor,
                                          worker::AsrCallbacks callbacks) override;

  // The next utterances; without any, "hello" is heard.
  void hears(const std::string& text) { results_.push_back(worker::Transcript{.text = text}); }
  void reads(worker::Transcript transcript) { results_.push_back(std::move(transcript)); }
  void rejects() { results_.push_back(worker::Transcript{.text = "", .understood = false}); }
  void fails() { results_.push_back(Error{ErrorCode::kInternal, "scripted"}); }
  void hold_results() { holding_ = true; }  // until release_results()
  void release_results();
  void shows(const std::string& words);  // the latest stream's interim text

  int opened() const { return opened_; }
  int pauses() const { return pauses_; }
  int resumptions() const { return resumptions_; }
  std::size_t samples() const { return samples_; }  // of the latest stream
  const std::vector<std::string>& languages() const { return languages_; }

 private:
  class Stream;
  std::deque<Result<worker::Transcript>> results_;
  std::vector<std::function<void()>> held_;
  std::function<void(const std::string&)> show_;
  bool holding_ = false;
  int opened_ = 0;
  int pauses_ = 0;
  int resumptions_ = 0;
  std::size_t samples_ = 0;
  std::vector<std::string> languages_;
};

class ScriptedBrain final : public worker::LlmProvider {
 public:
  struct Answer {
    std::string emotion;
    std::vector<std::string> deltas;
    std::vector<worker::ToolCall> calls;
    Status status = kDone;
    bool hangs = false;  // says nothing, ever
  };
  using Script = std::function<Answer(const worker::LlmRequest&)>;

  explicit ScriptedBrain(Script script) : script_(std::move(script)) {}
  void set_script(Script script) { script_ = std::move(script); }
  void remember() { remembers_ = true; }
  bool remembers() const override { return remembers_; }
  std::unique_ptr<worker::LlmStream> chat(worker::LlmRequest request, Executor executor,
                                          worker::LlmCallbacks callbacks) override;

  // Of the latest request, whatever its script: more text, or a life sign. It hangs, or this comes too late.
  void write(const std::string& delta);
  void live();

  const std::vector<worker::LlmRequest>& requests() const { return requests_; }

 private:
  Script script_;
  std::function<void(std::function<void(const worker::LlmCallbacks&)>)> tell_;
  bool remembers_ = false;
  std::vector<worker::LlmRequest> requests_;
};

class ScriptedTts final : public worker::TtsProvider {
 public:
  enum class Behaviour { kSpeaks, kFails, kHangs };

  std::unique_ptr<worker::TtsStream> synthesize(const worker::TtsRequest& request, Executor executor,
                                                worker::TtsCallbacks callbacks) override;

  void behave(Behaviour behaviour) { behaviour_ = behaviour; }
  void fail_after(std::size_t sentences) { fails_after_ = sentences; }
  void speak_for(Milliseconds length) { length_ = length; }
  void speak_at(std::int16_t amplitude) { amplitude_ = amplitude; }
  const std::vector<worker::TtsRequest>& requests() const { return requests_; }

 private:
  Behaviour behaviour_ = Behaviour::kSpeaks;
  std::size_t fails_after_ = SIZE_MAX;
  Milliseconds length_{100};  // of each sentence
  std::int16_t amplitude_ = 1000;
  std::vector<worker::TtsRequest> requests_;
};

}  // namespace earshot::fakes
