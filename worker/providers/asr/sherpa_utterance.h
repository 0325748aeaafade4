// One utterance on its way through a model of sherpa-onnx.
//
// Runs on: the caller's executor, where the callbacks are called too;
// read() on the engine's threads, one at a time.
// Owns: the audio that no engine has taken yet, at most `max_samples` of the whole utterance, and while a
// streaming model reads it, its decoder.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "worker/providers/asr/reading_budget.h"
#include "worker/providers/sherpa/engine_threads.h"
#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

class SherpaUtterance : public std::enable_shared_from_this<SherpaUtterance> {
 public:
  // One of the two models.
  struct Engine {
    std::shared_ptr<sherpa::UtteranceModel> whole;
    std::shared_ptr<sherpa::StreamModel> streaming;
    std::shared_ptr<sherpa::EngineThreads> threads;
  };
  struct Limits {
    std::size_t min_samples = 0;
    std::size_t max_samples = 0;
  };

  SherpaUtterance(Engine engine, Limits limits, Executor executor, AsrCallbacks callbacks);

  void write(std::span<const std::int16_t> pcm_16khz);
  // A model of whole utterances reads what there is, as often as the ReadingBudget allows and while its threads
  // have room (EngineThreads::run_early): the silence that ends a turn is as long as it needs.
  void pause();
  void resume();
  void finish();
  void cancel();

 private:
  void begin_guess();
  void feed();
  Result<std::string> read(std::span<const std::int16_t> pcm, bool last);
  void on_read(Result<std::string> text, bool last);
  void on_guess(Result<std::string> text, int pause);
  void tell_interim(const Result<std::string>& text);
  void deliver();

  const Engine engine_;
  const Limits limits_;
  const Executor executor_;
  std::atomic<bool> cancelled_{false};

  // On the executor.
  AsrCallbacks callbacks_;
  std::vector<std::int16_t> pending_;
  std::size_t accepted_ = 0;
  std::string interim_;
  bool finished_ = false;
  bool reading_ = false;  // an engine's thread has, or will have, a piece
  ReadingBudget budget_;
  bool paused_ = false;
  int pauses_ = 0;
  std::atomic<int> wanted_{0};  // the pause that a guess is for; 0: the user goes on
  std::optional<std::string> guess_;
  std::optional<Result<std::string>> outcome_;

  std::unique_ptr<sherpa::StreamDecoder> decoder_;  // on the engine's threads
};

}  // namespace earshot::worker
