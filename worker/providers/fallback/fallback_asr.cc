#include "worker/providers/fallback/fallback_asr.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "worker/providers/fallback/provider_switch.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kSamplesPerMs = 16;
constexpr std::size_t kReplayedAtOnce = 100 * kSamplesPerMs;  // about what comes at once while one speaks

// One utterance. Stays alive while a callback runs, whatever that does to the stream.
class Utterance : public std::enable_shared_from_this<Utterance> {
 public:
  Utterance(std::shared_ptr<FallbackChain<AsrProvider>> chain, std::size_t max_kept_samples,
            AsrRequest request, Executor executor, AsrCallbacks callbacks)
      : switch_(std::move(chain), executor),
        max_kept_samples_(max_kept_samples),
        request_(std::move(request)),
        executor_(std::move(executor)),
        callbacks_(std::move(callbacks)) {}

  void start() {
    switch_.advance();
    listen();
  }
  void write(std::span<const std::int16_t> pcm) {
    if (over_ || finished_) return;
    if (!switch_.is_last()) keep(pcm);
    if (switch_.stream() != nullptr) switch_.stream()->write(pcm);
  }
  void pause() {
    if (!over_ && !finished_ && switch_.stream() != nullptr) switch_.stream()->pause();
  }
  void resume() {
    if (!over_ && !finished_ && switch_.stream() != nullptr) switch_.stream()->resume();
  }
  void finish() {
    if (over_ || std::exchange(finished_, true)) return;
    if (switch_.stream() != nullptr) {
      switch_.stream()->finish();
      return switch_.arm(shared_from_this());
    }
    // All have failed while the user spoke; that is told now.
    asio::post(executor_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && !self->over_) self->end(*self->failure_);
    });
  }
  void cancel() {
    if (std::exchange(over_, true)) return;
    switch_.abandon(showed_something_);
  }
  void on_late(std::uint64_t armed) {
    if (over_ || !switch_.is_armed(armed)) return;
    fail(Error{ErrorCode::kTimeout, "gave no transcript in time"});
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

  void listen() {
    showed_something_ = false;
    if (callbacks_.on_provider) callbacks_.on_provider(switch_.note());
    AsrCallbacks callbacks{.on_interim = guarded(&Utterance::on_interim),
                           .on_final = guarded(&Utterance::on_final)};
    switch_.hold(switch_.provider().open(request_, executor_, std::move(callbacks)));
    for (std::span<const std::int16_t> rest = kept_; !rest.empty();) {
      const std::size_t piece = std::min(rest.size(), kReplayedAtOnce);
      switch_.stream()->write(rest.first(piece));
      rest = rest.subspan(piece);
    }
    if (switch_.is_last()) kept_ = {};
    if (!finished_) return;
    switch_.stream()->finish();
    switch_.arm(shared_from_this());
  }
  void keep(std::span<const std::int16_t> pcm) {
    const std::size_t room = max_kept_samples_ - kept_.size();
    const auto front = pcm.first(std::min(room, pcm.size()));
    kept_.insert(kept_.end(), front.begin(), front.end());
  }

  void on_interim(const std::string& text) {
    showed_something_ = true;
    if (callbacks_.on_interim) callbacks_.on_interim(text);
  }
  void on_final(Result<Transcript> result) {
    if (!result) return fail(result.error());
    // A grammar of commands hears nothing in free speech: that the service is away is the truth then.
    if (switch_.stands_in() && !result->understood)
      return end(failure_.value_or(Error{ErrorCode::kUnavailable, "is left alone for a while"}));
    switch_.succeeded();
    end(std::move(result));
  }

  void fail(const Error& why) {
    switch_.failed(why);
    failure_ = why;
    const std::string failed = switch_.record().name();
    if (switch_.advance()) {
      switch_.log_replacement(failed, why);
      return listen();
    }
    switch_.log_failure(failed, why);
    if (finished_) end(why);
  }
  void end(Result<Transcript> result) {
    over_ = true;
    switch_.release();
    callbacks_.on_final(std::move(result));
  }

  ProviderSwitch<AsrProvider, AsrStream> switch_;
  std::size_t max_kept_samples_;
  AsrRequest request_;
  Executor executor_;
  AsrCallbacks callbacks_;
  std::vector<std::int16_t> kept_;  // empty for the last provider: nobody comes behind it
  std::optional<Error> failure_;    // of the last provider that failed
  bool showed_something_ = false;   // in this attempt
  bool finished_ = false;
  bool over_ = false;
};

class UtteranceStream final : public AsrStream {
 public:
  explicit UtteranceStream(std::shared_ptr<Utterance> utterance) : utterance_(std::move(utterance)) {}
  UtteranceStream(const UtteranceStream&) = delete;
  UtteranceStream& operator=(const UtteranceStream&) = delete;
  ~UtteranceStream() override { utterance_->cancel(); }
  void write(std::span<const std::int16_t> pcm_16khz) override { utterance_->write(pcm_16khz); }
  void pause() override { utterance_->pause(); }
  void resume() override { utterance_->resume(); }
  void finish() override { utterance_->finish(); }
  void cancel() override { utterance_->cancel(); }

 private:
  std::shared_ptr<Utterance> utterance_;
};

}  // namespace

FallbackAsr::FallbackAsr(ChainEntries<AsrProvider> providers, FallbackLimits limits, Milliseconds max_kept,
                         const Clock& clock)
    : chain_(std::make_shared<FallbackChain<AsrProvider>>("asr", std::move(providers), limits, clock)),
      max_kept_samples_(static_cast<std::size_t>(max_kept.count()) * kSamplesPerMs) {}

std::unique_ptr<AsrStream> FallbackAsr::open(const AsrRequest& request, Executor executor,
                                             AsrCallbacks callbacks) {
  auto utterance = std::make_shared<Utterance>(chain_, max_kept_samples_, request, std::move(executor),
                                               std::move(callbacks));
  utterance->start();
  return std::make_unique<UtteranceStream>(std::move(utterance));
}

}  // namespace earshot::worker
