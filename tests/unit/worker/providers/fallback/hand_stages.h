// Stages whose every callback is called by hand: the test says who answers what, and when.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "worker/providers/fallback/fallback_chain.h"
#include "worker/stages/asr.h"
#include "worker/stages/llm.h"
#include "worker/stages/tts.h"

namespace earshot::worker::testing_stages {

// Whether the latest stream of a provider lives.
// Shared: a stream that dies in a posted handler may outlive the provider.
class Alive {
 public:
  void set(bool alive) const { *alive_ = alive; }
  operator bool() const { return *alive_; }  // NOLINT(google-explicit-constructor): read like the bool it is

 private:
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(false);
};

class HandStream final : public LlmStream, public TtsStream {
 public:
  explicit HandStream(Alive alive) : alive_(std::move(alive)) { alive_.set(true); }
  HandStream(const HandStream&) = delete;
  HandStream& operator=(const HandStream&) = delete;
  ~HandStream() override { alive_.set(false); }
  void cancel() override { alive_.set(false); }

 private:
  Alive alive_;
};

struct HandLlm final : LlmProvider {
  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor /*executor*/,
                                  LlmCallbacks callbacks) override {
    requests.push_back(std::move(request));
    heard = std::move(callbacks);
    return std::make_unique<HandStream>(alive);
  }
  bool remembers() const override { return keeps_dialogue; }
  bool can_stand_in(const LlmRequest& /*request*/) const override { return understands; }

  std::vector<LlmRequest> requests;
  LlmCallbacks heard;  // of the latest request
  Alive alive;         // its stream is
  bool keeps_dialogue = false;
  bool understands = true;
};

struct HandTts final : TtsProvider {
  std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor /*executor*/,
                                        TtsCallbacks callbacks) override {
    texts.push_back(request.text);
    heard = std::move(callbacks);
    return std::make_unique<HandStream>(alive);
  }

  std::vector<std::string> texts;
  TtsCallbacks heard;
  Alive alive;
};

struct HandAsr final : AsrProvider {
  class Stream final : public AsrStream {
   public:
    explicit Stream(HandAsr& owner) : owner_(owner), alive_(owner.alive) { alive_.set(true); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() override { alive_.set(false); }
    void write(std::span<const std::int16_t> pcm) override {
      owner_.pcm.insert(owner_.pcm.end(), pcm.begin(), pcm.end());
    }
    void pause() override { owner_.paused = true; }
    void resume() override { owner_.paused = false; }
    void finish() override { owner_.finished = true; }
    void cancel() override { alive_.set(false); }

   private:
    HandAsr& owner_;  // while it is spoken to
    Alive alive_;
  };

  std::unique_ptr<AsrStream> open(const AsrRequest& /*request*/, Executor /*executor*/,
                                  AsrCallbacks callbacks) override {
    ++opened;
    finished = false;
    pcm.clear();
    heard = std::move(callbacks);
    return std::make_unique<Stream>(*this);
  }

  int opened = 0;
  std::vector<std::int16_t> pcm;  // of the latest utterance
  bool paused = false;
  bool finished = false;
  Alive alive;
  AsrCallbacks heard;
};

// Runs what is posted, and timers, until `condition` holds; at most 5 s.
template <class Condition>
bool run_until(asio::io_context& io, Condition&& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    if (io.stopped()) io.restart();
    io.run_one_for(std::chrono::milliseconds(50));
  }
  return condition();
}

template <class Provider, class Hand>
std::shared_ptr<ChainEntry<Provider>> named(const std::string& name, Hand*& out, bool embedded = false,
                                            BreakerLimits limits = {}) {
  auto made = std::make_unique<Hand>();
  out = made.get();
  return std::make_shared<ChainEntry<Provider>>(
      NamedProvider<Provider>{.name = name, .provider = std::move(made), .embedded = embedded}, limits);
}

}  // namespace earshot::worker::testing_stages
