// One utterance, heard by a grammar of commands and by a model of free speech at once.
//
// A pause: both read what there is; what choose() makes of it is told as an interim text, and is the final one
// unless the user goes on. The grammar's stream ends with its reading, so that it begins again with the whole
// utterance then, as often as the ReadingBudget allows.
//
// Runs on: the executor given; the streams of both parts call back there, too.
// Owns: both streams, and the utterance so far, at most `max_samples`: what is said later is not heard.
// Borrows: the recognisers, by shared pointers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "worker/providers/asr/reading_budget.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

struct LocalRecognisers {
  std::shared_ptr<AsrProvider> commands;
  std::shared_ptr<AsrProvider> speech;
};

class LocalUtterance : public std::enable_shared_from_this<LocalUtterance> {
 public:
  LocalUtterance(LocalRecognisers recognisers, std::size_t max_samples, AsrRequest request, Executor executor,
                 AsrCallbacks callbacks);

  void start();
  void write(std::span<const std::int16_t> pcm_16khz);
  void pause();
  void resume();
  void finish();
  void cancel();

 private:
  void open_commands();
  void open_speech();
  void ask_commands();
  void on_command(Result<Transcript> read, int reading);
  void on_guess(const std::string& text);
  void on_speech(Result<Transcript> read);
  void settle();
  void await_command();
  void tell_interim(const std::string& text);
  void deliver(Result<Transcript> final);

  const LocalRecognisers recognisers_;
  const std::size_t max_samples_;
  const AsrRequest request_;
  const Executor executor_;
  AsrCallbacks callbacks_;
  std::unique_ptr<AsrStream> commands_;
  std::unique_ptr<AsrStream> speech_;
  std::vector<std::int16_t> heard_;
  ReadingBudget budget_;
  int reading_ = 0;     // of the grammar; callbacks of an earlier one are not heard
  bool asked_ = false;  // the grammar's reading has ended, or ends without more audio
  std::optional<Result<Transcript>> command_;
  std::optional<std::string> guess_;        // of the model, in this pause
  std::optional<Result<Transcript>> free_;  // of the model, at the end
  std::string told_;                        // in this pause
  bool paused_ = false;
  bool finished_ = false;
  bool over_ = false;
  std::optional<asio::steady_timer> patience_;
};

}  // namespace earshot::worker
