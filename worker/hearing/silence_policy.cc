#include "worker/hearing/silence_policy.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr Milliseconds kMaxRise{100};
constexpr Milliseconds kFall{10};

}  // namespace

SilencePolicy::SilencePolicy(const SilencePolicyConfig& config)
    : min_(std::min(config.min, config.nominal)),
      max_(std::max(config.max, config.nominal)),
      speaker_(config.nominal) {}

void SilencePolicy::on_pause(Milliseconds length) {
  const Milliseconds needed = std::clamp(length, Milliseconds{0}, max_) + kMargin;
  const Milliseconds change = needed > speaker_ ? std::min(needed - speaker_, kMaxRise) : -kFall;
  speaker_ = std::clamp(speaker_ + change, min_, max_);
}

void SilencePolicy::go_on(Milliseconds speaker) {
  speaker_ = std::clamp(speaker, min_, max_);
}

Milliseconds SilencePolicy::silence(Completeness words) const {
  switch (words) {
    case Completeness::kUnknown:
      return speaker_;
    case Completeness::kFinished:
      return (min_ + speaker_) / 2;
    case Completeness::kUnfinished:
      return max_;
  }
  return speaker_;
}

}  // namespace earshot::worker
