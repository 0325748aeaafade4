#include "worker/providers/fallback/fallback_llm.h"

#include <optional>
#include <string>
#include <utility>

#include "worker/providers/fallback/continuation.h"
#include "worker/providers/fallback/provider_switch.h"

namespace earshot::worker {

namespace {

bool embedded_can_answer(FallbackChain<LlmProvider>& chain, const LlmRequest& request) {
  bool can = true;
  chain.visit_entries([&](const ChainEntry<LlmProvider>& entry) {
    if (entry.embedded) can = can && entry.provider->can_stand_in(request);
  });
  return can;
}

// One reply. Stays alive while a callback runs, whatever that does to the stream.
class Reply : public std::enable_shared_from_this<Reply> {
 public:
  Reply(std::shared_ptr<FallbackChain<LlmProvider>> chain, LlmRequest request, Executor executor,
        LlmCallbacks callbacks)
      : switch_(chain, executor, embedded_can_answer(*chain, request)),
        request_(std::move(request)),
        executor_(std::move(executor)),
        callbacks_(std::move(callbacks)) {}

  void start() {
    switch_.advance();
    ask();
  }
  void cancel() {
    if (std::exchange(over_, true)) return;
    switch_.abandon(showed_something_);
  }
  void on_late(std::uint64_t armed) {
    if (over_ || !switch_.is_armed(armed)) return;
    fail(Error{ErrorCode::kTimeout, "showed nothing in time"});
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

  void ask() {
    showed_something_ = false;
    if (!text_.empty()) filter_.emplace(text_);
    if (callbacks_.on_provider) callbacks_.on_provider(switch_.note());
    LlmCallbacks callbacks{.on_text = guarded(&Reply::on_text),
                           .on_emotion = guarded(&Reply::on_emotion),
                           .on_tool_call = guarded(&Reply::on_tool_call),
                           .on_done = guarded(&Reply::on_done),
                           .on_usage = guarded(&Reply::on_usage),
                           .on_alive = guarded(&Reply::on_alive)};
    switch_.hold(switch_.provider().chat(text_.empty() ? request_ : continued(request_, text_), executor_,
                                         std::move(callbacks)));
    switch_.arm(shared_from_this());
  }
  void show() {
    showed_something_ = true;
    switch_.arm(shared_from_this());
  }

  void on_alive() {
    show();
    if (callbacks_.on_alive) callbacks_.on_alive();
  }
  void on_text(const std::string& delta) {
    show();
    pass_on(filter_ ? filter_->add(delta) : delta);
  }
  void on_emotion(const std::string& emotion) {
    show();
    // The face of what was said already stays.
    has_face_ = true;
    if (filter_ || !callbacks_.on_emotion) return;
    callbacks_.on_emotion(emotion);
  }
  void on_tool_call(ToolCall call) {
    show();
    called_ = true;
    callbacks_.on_tool_call(std::move(call));
  }
  void on_usage(LlmUsage usage) {
    if (std::exchange(usage_told_, true) || !callbacks_.on_usage) return;
    callbacks_.on_usage(usage);
  }
  void on_done(Status status) {
    if (!status) return fail(status.error());
    if (filter_) pass_on(filter_->finish());
    if (over_) return;
    if (is_empty() && !may_be_empty()) return fail(Error{ErrorCode::kInvalid, "gave an empty answer"});
    switch_.succeeded();
    finish(kDone);
  }

  void pass_on(std::string text) {
    if (text.empty()) return;
    text_ += text;
    callbacks_.on_text(text);
  }
  void fail(const Error& why) {
    switch_.failed(why);
    const std::string failed = switch_.record().name();
    if (called_) {
      switch_.log_failure(failed, why);
      return finish(kDone);
    }
    if (!advance()) {
      switch_.log_failure(failed, why);
      return finish(why);
    }
    switch_.log_replacement(failed, why);
    ask();
  }
  bool is_empty() const { return text_.empty() && !called_ && !has_face_; }
  // Behind a tool's answer all may have been said: models often speak in the round of the call.
  bool may_be_empty() const {
    return !request_.dialogue.empty() && request_.dialogue.back().role == Message::Role::kTool;
  }
  // To a brain that can take over at this point.
  bool advance() {
    while (switch_.advance()) {
      const bool can_continue = !switch_.is_embedded() && !switch_.provider().remembers();
      if (text_.empty() || can_continue) return true;
      switch_.abandon(false);
    }
    return false;
  }
  void finish(Status status) {
    over_ = true;
    switch_.release();
    callbacks_.on_done(std::move(status));
  }

  ProviderSwitch<LlmProvider, LlmStream> switch_;
  LlmRequest request_;
  Executor executor_;
  LlmCallbacks callbacks_;
  std::string text_;  // given out, by all attempts
  std::optional<RepetitionFilter> filter_;
  bool showed_something_ = false;  // in this attempt
  bool has_face_ = false;
  bool called_ = false;
  bool usage_told_ = false;
  bool over_ = false;
};

class ReplyStream final : public LlmStream {
 public:
  explicit ReplyStream(std::shared_ptr<Reply> reply) : reply_(std::move(reply)) {}
  ReplyStream(const ReplyStream&) = delete;
  ReplyStream& operator=(const ReplyStream&) = delete;
  ~ReplyStream() override { reply_->cancel(); }
  void cancel() override { reply_->cancel(); }

 private:
  std::shared_ptr<Reply> reply_;
};

}  // namespace

FallbackLlm::FallbackLlm(ChainEntries<LlmProvider> providers, FallbackLimits limits, const Clock& clock) {
  for (const auto& entry : providers) remembers_ = remembers_ || entry->provider->remembers();
  chain_ = std::make_shared<FallbackChain<LlmProvider>>("llm", std::move(providers), limits, clock);
}

std::unique_ptr<LlmStream> FallbackLlm::chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) {
  auto reply = std::make_shared<Reply>(chain_, std::move(request), std::move(executor), std::move(callbacks));
  reply->start();
  return std::make_unique<ReplyStream>(std::move(reply));
}

}  // namespace earshot::worker
