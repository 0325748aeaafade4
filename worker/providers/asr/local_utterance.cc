#include "worker/providers/asr/local_utterance.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"
#include "worker/providers/asr/local_choice.h"
#include "worker/providers/asr/utterance_noise.h"

namespace earshot::worker {

namespace {

// How long the free text waits for what the grammar says of the same words: usually it is the earlier one.
constexpr Milliseconds kCommandPatience{300};

// The model ends whatever it reads with a full stop, so one at a pause does not say that the user has finished.
std::string open_ended(std::string text) {
  if (text.ends_with('.') && !text.ends_with("..")) text.pop_back();
  return text;
}

}  // namespace

LocalUtterance::LocalUtterance(LocalRecognisers recognisers, std::size_t max_samples, AsrRequest request,
                               Executor executor, AsrCallbacks callbacks)
    : recognisers_(std::move(recognisers)),
      max_samples_(max_samples),
      request_(std::move(request)),
      executor_(std::move(executor)),
      callbacks_(std::move(callbacks)) {}

void LocalUtterance::start() {
  open_commands();
  open_speech();
}

void LocalUtterance::write(std::span<const std::int16_t> pcm_16khz) {
  if (finished_ || over_) return;
  const auto accepted = pcm_16khz.first(std::min(pcm_16khz.size(), max_samples_ - heard_.size()));
  heard_.insert(heard_.end(), accepted.begin(), accepted.end());
  if (!asked_) commands_->write(accepted);
  speech_->write(accepted);
}

void LocalUtterance::pause() {
  if (finished_ || over_ || paused_) return;
  paused_ = true;
  if (budget_.allows(heard_.size())) {
    budget_.spend(heard_.size());
    ask_commands();
  }
  speech_->pause();
}

void LocalUtterance::resume() {
  if (finished_ || over_ || !paused_) return;
  paused_ = false;
  guess_.reset();
  told_.clear();
  speech_->resume();
  if (!asked_) return;
  open_commands();
  commands_->write(heard_);
}

void LocalUtterance::finish() {
  if (finished_ || over_) return;
  finished_ = true;
  ask_commands();
  speech_->finish();
  settle();
}

void LocalUtterance::cancel() {
  over_ = true;
  callbacks_ = {};
  patience_.reset();
  commands_.reset();
  speech_.reset();
  heard_ = {};
}

void LocalUtterance::open_commands() {
  asked_ = false;
  command_.reset();
  AsrCallbacks callbacks;
  callbacks.on_final = [weak = weak_from_this(), reading = ++reading_](Result<Transcript> read) {
    if (const auto self = weak.lock()) self->on_command(std::move(read), reading);
  };
  commands_ = recognisers_.commands->open(request_, executor_, std::move(callbacks));
}

void LocalUtterance::open_speech() {
  AsrCallbacks callbacks;
  callbacks.on_interim = [weak = weak_from_this()](const std::string& text) {
    if (const auto self = weak.lock()) self->on_guess(text);
  };
  callbacks.on_final = [weak = weak_from_this()](Result<Transcript> read) {
    if (const auto self = weak.lock()) self->on_speech(std::move(read));
  };
  speech_ = recognisers_.speech->open(request_, executor_, std::move(callbacks));
}

void LocalUtterance::ask_commands() {
  if (!std::exchange(asked_, true)) commands_->finish();
}

void LocalUtterance::on_command(Result<Transcript> read, int reading) {
  if (over_ || reading != reading_) return;
  command_ = std::move(read);
  settle();
}

void LocalUtterance::on_guess(const std::string& text) {
  if (over_ || finished_ || !paused_) return;
  guess_ = text;
  settle();
}

void LocalUtterance::on_speech(Result<Transcript> read) {
  if (over_) return;
  free_ = std::move(read);
  settle();
}

void LocalUtterance::settle() {
  if (over_ || !asked_) return;
  if (!command_) {
    if (finished_ && free_ && *free_) await_command();
    return;
  }
  const bool sure = *command_ && is_sure(**command_);
  if (!finished_) {
    if (!paused_) return;
    if (sure) return tell_interim((*command_)->text);
    if (guess_) {
      tell_interim(
          open_ended(*command_ ? choose(**command_, *guess_, speech_over_noise_db(heard_)).text : *guess_));
    }
    return;
  }
  if (sure) return deliver(std::move(*command_));
  if (!free_) return;
  // One of the two suffices.
  if (!*free_) return deliver(std::move(*command_));
  if (!*command_) return deliver(std::move(*free_));
  deliver(choose(**command_, (*free_)->text, speech_over_noise_db(heard_)));
}

// The grammar's decoders may all be with others, who still speak.
void LocalUtterance::await_command() {
  if (patience_) return;
  patience_.emplace(executor_, kCommandPatience);
  patience_->async_wait([weak = weak_from_this()](error_code cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->over_ || self->command_) return;
    self->command_ = Error{ErrorCode::kTimeout, "no decoder was free for the commands"};
    self->settle();
  });
}

void LocalUtterance::tell_interim(const std::string& text) {
  if (text.empty() || text == told_) return;
  told_ = text;
  // A copy: the callback may cancel, which drops the original.
  const auto on_interim = callbacks_.on_interim;
  if (on_interim) on_interim(text);
}

// Always through the queue: finish() may have found all it needs. The streams, one of which may be calling, end there.
void LocalUtterance::deliver(Result<Transcript> final) {
  over_ = true;
  asio::post(executor_, [self = shared_from_this(), final = std::move(final)]() mutable {
    const auto on_final = std::exchange(self->callbacks_, {}).on_final;
    self->cancel();
    if (on_final) on_final(std::move(final));
  });
}

}  // namespace earshot::worker
