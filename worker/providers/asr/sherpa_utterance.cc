#include "worker/providers/asr/sherpa_utterance.h"

#include <algorithm>
#include <utility>

#include "worker/providers/asr/transcript_text.h"

namespace earshot::worker {

namespace {

std::vector<float> to_float(std::span<const std::int16_t> pcm) {
  std::vector<float> samples(pcm.size());
  std::ranges::transform(pcm, samples.begin(),
                         [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  return samples;
}

}  // namespace

SherpaUtterance::SherpaUtterance(Engine engine, Limits limits, Executor executor, AsrCallbacks callbacks)
    : engine_(std::move(engine)),
      limits_(limits),
      executor_(std::move(executor)),
      callbacks_(std::move(callbacks)) {}

void SherpaUtterance::write(std::span<const std::int16_t> pcm_16khz) {
  if (finished_ || cancelled_) return;
  const auto accepted = pcm_16khz.first(std::min(pcm_16khz.size(), limits_.max_samples - accepted_));
  accepted_ += accepted.size();
  pending_.insert(pending_.end(), accepted.begin(), accepted.end());
  if (engine_.streaming) feed();
}

void SherpaUtterance::pause() {
  if (!engine_.whole || finished_ || cancelled_ || paused_) return;
  paused_ = true;
  wanted_ = ++pauses_;
  begin_guess();
}

void SherpaUtterance::begin_guess() {
  // One at a time: what is read for an earlier pause ends first, and the next begins then.
  if (reading_ || accepted_ < limits_.min_samples || !budget_.allows(accepted_)) return;
  reading_ = engine_.threads->run_early([self = shared_from_this(), pcm = pending_, pause = pauses_] {
    if (self->cancelled_) return;
    auto text = self->wanted_ == pause ? self->read(pcm, true) : Result<std::string>(std::string());
    asio::post(self->executor_,
               [self, text = std::move(text), pause]() mutable { self->on_guess(std::move(text), pause); });
  });
  if (reading_) budget_.spend(accepted_);
}

void SherpaUtterance::resume() {
  paused_ = false;
  wanted_ = 0;
  guess_.reset();
  interim_.clear();  // the caller has forgotten it, too
}

void SherpaUtterance::finish() {
  if (finished_ || cancelled_) return;
  finished_ = true;
  if (accepted_ < limits_.min_samples) outcome_ = std::string();
  if (guess_) outcome_ = std::move(*guess_);
  if (outcome_) return deliver();
  feed();
}

void SherpaUtterance::cancel() {
  cancelled_ = true;
  callbacks_ = {};
  pending_ = {};
}

void SherpaUtterance::feed() {
  if (reading_ || cancelled_ || outcome_ || (pending_.empty() && !finished_)) return;
  reading_ = true;
  engine_.threads->run([self = shared_from_this(), pcm = std::exchange(pending_, {}), last = finished_] {
    if (self->cancelled_) return;
    auto text = self->read(pcm, last);
    asio::post(self->executor_,
               [self, text = std::move(text), last]() mutable { self->on_read(std::move(text), last); });
  });
}

Result<std::string> SherpaUtterance::read(std::span<const std::int16_t> pcm, bool last) {
  const std::vector<float> samples = to_float(pcm);
  if (engine_.whole) return engine_.whole->decode(samples);
  if (!decoder_) {
    auto opened = engine_.streaming->open();
    if (!opened) return opened.error();
    decoder_ = std::move(*opened);
  }
  auto text = decoder_->accept(samples);
  return text && last ? decoder_->finish() : text;
}

void SherpaUtterance::on_read(Result<std::string> text, bool last) {
  reading_ = false;
  if (cancelled_ || outcome_) return;
  if (last || !text) {
    outcome_ = std::move(text);
    if (finished_) deliver();
    return;
  }
  tell_interim(text);
  feed();
}

void SherpaUtterance::on_guess(Result<std::string> text, int pause) {
  reading_ = false;
  if (cancelled_ || outcome_) return;
  if (pause != wanted_) {
    if (finished_) return feed();
    return paused_ ? begin_guess() : void();
  }
  if (!text) return finished_ ? feed() : void();
  if (finished_) {
    outcome_ = std::move(text);
    return deliver();
  }
  guess_ = *text;
  tell_interim(text);
}

void SherpaUtterance::tell_interim(const Result<std::string>& text) {
  const std::string heard = clean_transcript(*text);
  if (heard == interim_) return;
  interim_ = heard;
  // A copy: the callback may cancel, which drops the original.
  const auto on_interim = callbacks_.on_interim;
  if (on_interim) on_interim(heard);
}

// Always through the queue: the outcome may be known when finish() is called.
void SherpaUtterance::deliver() {
  asio::post(executor_, [self = shared_from_this()] {
    const auto on_final = std::exchange(self->callbacks_, {}).on_final;
    if (!on_final) return;
    const Result<std::string>& text = *self->outcome_;
    if (!text) return on_final(text.error());
    on_final(Transcript{.text = clean_transcript(*text)});
  });
}

}  // namespace earshot::worker
