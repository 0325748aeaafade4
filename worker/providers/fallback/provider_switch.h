// One request's way down a chain: the provider at work, its stream, and how long it may show nothing.
//
// Runs on: the request's executor.
// Owns: the stream.
// Lifecycle: advance() -> hold() -> succeeded(), or failed() -> advance() ...; release() at any time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "worker/providers/fallback/fallback_chain.h"
#include "worker/providers/fallback/outage.h"
#include "worker/providers/fallback/replacement_log.h"
#include "worker/stages/provider_note.h"

namespace earshot::worker {

template <class Provider, class Stream>
class ProviderSwitch {
 public:
  using Chain = FallbackChain<Provider>;

  // `stand_in`: an embedded engine may take the place of a service in this request.
  ProviderSwitch(std::shared_ptr<Chain> chain, const Executor& executor, bool stand_in = true)
      : chain_(std::move(chain)), executor_(executor), timer_(executor), stand_in_(stand_in) {}

  // The first provider, or the next one that may be used. false: there is none.
  bool advance() {
    const auto pick = chain_->pick(next_, stand_in_);
    if (!pick) return false;
    pick_ = *pick;
    next_ = pick->index + 1;
    reported_ = false;
    ++attempt_;
    return true;
  }
  void hold(std::unique_ptr<Stream> stream) {
    record().add(ProviderEvent::kUsed);
    stream_ = std::move(stream);
  }

  void succeeded() {
    if (std::exchange(reported_, true)) return;
    record().succeeded();
  }
  // Drops the stream. What the request itself is to blame for is no failure of the provider's (outage.h).
  void failed(const Error& why) {
    release();
    if (std::exchange(reported_, true)) return;
    if (is_outage(why)) {
      record().failed(why.message, chain_->clock().now());
      record().breaker().on_failure(pick_.admission, chain_->clock().now());
    } else {
      record().add(ProviderEvent::kRefused);
      record().breaker().on_abandoned(pick_.admission, chain_->clock().now());
    }
  }
  // The request ends here, by whoever asked.
  // REQUIRES: advance() was true.
  void abandon(bool showed_something) {
    release();
    if (std::exchange(reported_, true)) return;
    if (showed_something) {
      record().succeeded();
    } else {
      record().breaker().on_abandoned(pick_.admission, chain_->clock().now());
    }
  }
  // One line a failure, after failed(): advance() found another one, or none.
  void log_replacement(std::string_view failed_name, const Error& why) {
    record().add(ProviderEvent::kTookOver);
    replacement_log::replaced(chain_->stage(), failed_name, record().name(), why);
    replaced_ = ProviderNote::Replaced{.name = std::string(failed_name), .why = why.code};
  }
  void log_failure(std::string_view failed_name, const Error& why) {
    replacement_log::gave_up(chain_->stage(), failed_name, why);
  }

  // Who is at work now, and whom it replaces.
  ProviderNote note() {
    return {.name = record().name(), .replaced = std::exchange(replaced_, std::nullopt)};
  }

  // Calls session->on_late(attempt) when nothing re-arms or releases it in time. The last provider has only
  // its own deadlines: nothing would replace it.
  template <class Session>
  void arm(const std::shared_ptr<Session>& session) {
    if (is_last()) return;
    timer_.expires_after(chain_->patience(pick_.index, stand_in_));
    timer_.async_wait([weak = std::weak_ptr<Session>(session), armed = ++armed_](error_code failure) {
      const auto self = weak.lock();
      if (!failure && self) self->on_late(armed);
    });
  }
  bool is_armed(std::uint64_t armed) const { return armed == armed_; }
  // The stream may be inside its own callback: it dies when that has returned.
  void release() {
    ++armed_;
    timer_.cancel();
    if (!stream_) return;
    stream_->cancel();
    asio::post(executor_, [stream = std::shared_ptr<Stream>(std::move(stream_))] {});
  }

  Stream* stream() { return stream_.get(); }
  Provider& provider() { return *chain_->at(pick_.index).provider; }
  ProviderRecord& record() { return chain_->at(pick_.index).record; }
  bool is_embedded() const { return chain_->at(pick_.index).embedded; }
  bool is_last() const { return chain_->is_last(pick_.index, stand_in_); }
  bool stands_in() const { return chain_->stands_in(pick_.index); }
  std::uint64_t attempt() const { return attempt_; }  // callbacks of another one are stale

 private:
  std::shared_ptr<Chain> chain_;
  Executor executor_;
  asio::steady_timer timer_;
  bool stand_in_;
  typename Chain::Pick pick_;
  std::size_t next_ = 0;
  std::uint64_t attempt_ = 0;
  std::uint64_t armed_ = 0;
  bool reported_ = true;                            // the breaker knows how the attempt ended
  std::optional<ProviderNote::Replaced> replaced_;  // until note()
  std::unique_ptr<Stream> stream_;
};

}  // namespace earshot::worker
