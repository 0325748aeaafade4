#include "worker/providers/fallback/fallback_tts.h"

#include <optional>
#include <string>
#include <utility>

#include "common/audio/resampler.h"
#include "worker/providers/fallback/provider_switch.h"
#include "worker/providers/fallback/unspoken_rest.h"

namespace earshot::worker {

namespace {

// One sentence. Stays alive while a callback runs, whatever that does to the stream.
class Sentence : public std::enable_shared_from_this<Sentence> {
 public:
  Sentence(std::shared_ptr<FallbackChain<TtsProvider>> chain, TtsRequest request, Executor executor,
           TtsCallbacks callbacks)
      : switch_(std::move(chain), executor),
        request_(std::move(request)),
        executor_(std::move(executor)),
        callbacks_(std::move(callbacks)) {}

  void start() {
    switch_.advance();
    speak();
  }
  void cancel() {
    if (std::exchange(over_, true)) return;
    switch_.abandon(voiced_.count() > 0);
  }
  void on_late(std::uint64_t armed) {
    if (over_ || !switch_.is_armed(armed)) return;
    fail(Error{ErrorCode::kTimeout, "gave no audio in time"});
  }

 private:
  // A callback of the attempt that is made now; a later attempt does not hear it.
  template <class Method>
  auto guarded(Method method) {
    return [weak = weak_from_this(), attempt = switch_.attempt(), method](auto&&... arguments) {
      const auto self = weak.lock();
      if (!self || self->over_ || self->switch_.attempt() != attempt) return;
      (self.get()->*method)(std::forward<decltype(arguments)>(arguments)...);
    };
  }

  void speak() {
    voiced_ = Microseconds(0);
    resampler_.reset();
    if (callbacks_.on_provider) callbacks_.on_provider(switch_.note());
    TtsCallbacks callbacks{.on_audio = guarded(&Sentence::on_audio), .on_done = guarded(&Sentence::on_done)};
    switch_.hold(switch_.provider().synthesize(request_, executor_, std::move(callbacks)));
    switch_.arm(shared_from_this());
  }

  void on_audio(Pcm pcm) {
    if (pcm.samples.empty()) return;
    if (pcm.sample_rate_hz <= 0) return fail(Error{ErrorCode::kInvalid, "gave audio without a rate"});
    voiced_ += Microseconds(static_cast<std::int64_t>(pcm.samples.size()) * 1'000'000 / pcm.sample_rate_hz);
    switch_.arm(shared_from_this());
    if (rate_hz_ == 0) rate_hz_ = pcm.sample_rate_hz;
    if (pcm.sample_rate_hz == rate_hz_) return callbacks_.on_audio(std::move(pcm));
    if (!resampler_ || resampler_->from_hz() != pcm.sample_rate_hz) {
      auto made = Resampler::create(pcm.sample_rate_hz, rate_hz_);
      if (!made) return fail(made.error());
      resampler_ = std::move(*made);
    }
    pass_on(resampler_->process(pcm.samples));
  }
  void on_done(Status status) {
    if (!status) return fail(status.error());
    if (resampler_) pass_on(resampler_->flush());
    if (over_) return;
    if (voiced_.count() == 0 && !switch_.is_last() && has_words(request_.text))
      return fail(Error{ErrorCode::kInvalid, "has no sound for it"});
    switch_.succeeded();
    finish(kDone);
  }
  void pass_on(std::vector<std::int16_t> samples) {
    if (!samples.empty()) callbacks_.on_audio({.samples = std::move(samples), .sample_rate_hz = rate_hz_});
  }

  void fail(const Error& why) {
    switch_.failed(why);
    const std::string failed = switch_.record().name();
    request_.text = unspoken_rest(request_.text, std::chrono::duration_cast<Milliseconds>(voiced_));
    if (request_.text.empty()) {
      switch_.log_failure(failed, why);
      return finish(kDone);
    }
    if (!switch_.advance()) {
      switch_.log_failure(failed, why);
      return finish(why);
    }
    switch_.log_replacement(failed, why);
    speak();
  }
  void finish(Status status) {
    over_ = true;
    switch_.release();
    callbacks_.on_done(std::move(status));
  }

  ProviderSwitch<TtsProvider, TtsStream> switch_;
  TtsRequest request_;  // its text: what the attempt has to say
  Executor executor_;
  TtsCallbacks callbacks_;
  Microseconds voiced_{0};  // by the attempt
  int rate_hz_ = 0;         // of all that is given out
  std::optional<Resampler> resampler_;
  bool over_ = false;
};

class SentenceStream final : public TtsStream {
 public:
  explicit SentenceStream(std::shared_ptr<Sentence> sentence) : sentence_(std::move(sentence)) {}
  SentenceStream(const SentenceStream&) = delete;
  SentenceStream& operator=(const SentenceStream&) = delete;
  ~SentenceStream() override { sentence_->cancel(); }
  void cancel() override { sentence_->cancel(); }

 private:
  std::shared_ptr<Sentence> sentence_;
};

}  // namespace

FallbackTts::FallbackTts(ChainEntries<TtsProvider> providers, FallbackLimits limits, const Clock& clock)
    : chain_(std::make_shared<FallbackChain<TtsProvider>>("tts", std::move(providers), limits, clock)) {}

std::unique_ptr<TtsStream> FallbackTts::synthesize(const TtsRequest& request, Executor executor,
                                                   TtsCallbacks callbacks) {
  auto sentence = std::make_shared<Sentence>(chain_, request, std::move(executor), std::move(callbacks));
  sentence->start();
  return std::make_unique<SentenceStream>(std::move(sentence));
}

}  // namespace earshot::worker
