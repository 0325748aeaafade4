// One sentence on its way through a local voice: carries audio from the pool's thread to the caller's
// executor and cancellation the other way.
//
// Runs on: audio(), done() and wanted() on the pool; the rest on the caller's executor.
// Lifecycle: made -> audio()* -> done(); after cancel() nothing reaches the callbacks any more.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "worker/stages/tts.h"

namespace earshot::worker {

class SynthesisJob : public std::enable_shared_from_this<SynthesisJob> {
 public:
  SynthesisJob(TtsRequest request, Executor executor, TtsCallbacks callbacks)
      : request_(std::move(request)), executor_(std::move(executor)), callbacks_(std::move(callbacks)) {}

  const TtsRequest& request() const { return request_; }
  bool wanted() const { return wanted_.load(std::memory_order_relaxed); }
  void audio(Pcm piece) {
    asio::post(executor_, [self = shared_from_this(), piece = std::move(piece)]() mutable {
      // A copy: the callback may cancel, which drops the original.
      const auto on_audio = self->callbacks_.on_audio;
      if (on_audio) on_audio(std::move(piece));
    });
  }
  void done(Status status) {
    asio::post(executor_, [self = shared_from_this(), status = std::move(status)]() mutable {
      const auto on_done = std::exchange(self->callbacks_, {}).on_done;
      if (on_done) on_done(std::move(status));
    });
  }

  void cancel() {
    wanted_.store(false, std::memory_order_relaxed);
    callbacks_ = {};
  }

 private:
  TtsRequest request_;
  Executor executor_;
  TtsCallbacks callbacks_;
  std::atomic<bool> wanted_{true};
};

// What the caller holds. Destroying it cancels.
class SynthesisHandle final : public TtsStream {
 public:
  explicit SynthesisHandle(std::shared_ptr<SynthesisJob> job) : job_(std::move(job)) {}
  ~SynthesisHandle() override { job_->cancel(); }
  void cancel() override { job_->cancel(); }

 private:
  std::shared_ptr<SynthesisJob> job_;
};

}  // namespace earshot::worker
