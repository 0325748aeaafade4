#include "worker/providers/llm/http_reply.h"

#include <utility>

#include "common/log/log.h"
#include "worker/providers/llm/service_error.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxRefusalBytes = 64 * 1024;
// Figures follow the end of the answer within a moment or never; some servers just keep the connection open.
constexpr Milliseconds kTailPatience{300};
// After a tool's answer an empty reply is one, and so is its end: unless the mark of the end came early.
constexpr Milliseconds kSilentTailPatience{2000};
constexpr Milliseconds kAliveInterval{100};

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("llm");
  return instance;
}

bool is_success(int status) {
  return status >= 200 && status < 300;
}

// Kept alive by its HttpReplyStream and, for the length of a call, by itself:
// callbacks may destroy the stream.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const ProviderContext& context, HttpReplyPlan plan, LlmCallbacks callbacks)
      : http_(context.http),
        clock_(context.clock),
        timer_(context.io),
        plan_(std::move(plan)),
        callbacks_(std::move(callbacks)) {}

  void start() {
    if (plan_.prepare) {
      begin(plan_.prepare->call);
    } else {
      begin(plan_.call);
    }
  }

  void refuse(const Error& error) {
    asio::post(timer_.get_executor(), [self = shared_from_this(), error] { self->end(error); });
  }

  void cancel() {
    over_ = true;
    timer_.cancel();
    stream_.reset();
  }

 private:
  template <class Method>
  auto guarded(Method method) {
    return [weak = weak_from_this(), method](auto&& argument) {
      const auto self = weak.lock();
      if (self && !self->over_) (self.get()->*method)(std::forward<decltype(argument)>(argument));
    };
  }

  void begin(const HttpCall& call) {
    head_ = {};
    body_.clear();
    decoder_.reset();
    HttpCallbacks callbacks;
    callbacks.on_head = guarded(&Exchange::on_head);
    callbacks.on_data = guarded(&Exchange::on_data);
    callbacks.on_done = guarded(&Exchange::on_done);
    stream_ = http_.start(call, std::move(callbacks));
  }

  void on_head(const HttpHead& head) {
    head_ = head;
    if (!is_success(head.status) || plan_.prepare) return;
    plan_.context.may_begin_in_thought = plan_.habit && plan_.habit->expects_thought();
    decoder_.emplace(plan_.make_reader(), plan_.framing, plan_.context);
  }

  void on_data(std::string_view piece) {
    if (decoder_) return deliver(decoder_->feed(piece));
    body_ += piece.substr(0, kMaxRefusalBytes - body_.size());
  }

  void on_done(Result<HttpHead> result) {
    // Whatever breaks behind a complete answer: it is complete.
    if (decoder_ && (result.ok() || finishing_)) return deliver(decoder_->finish());
    if (!result) return end(transport_error(result.error()));
    const bool matters = !plan_.prepare || plan_.prepare->needed;
    if (matters && !is_success(result->status)) return on_refusal(*result);
    if (!plan_.prepare) return end(Error{ErrorCode::kUnavailable, "the answer is empty"});
    const Status completed = plan_.prepare->complete(body_, plan_.call);
    plan_.prepare.reset();
    if (!completed) return end(completed.error());
    begin(plan_.call);
  }

  void on_refusal(const HttpHead& head) {
    if (plan_.amend && !plan_.prepare && amendments_ < HttpReplyPlan::kMaxAmendments) {
      if (auto changed = plan_.amend(head.status, body_)) {
        ++amendments_;
        plan_.call = std::move(*changed);
        return begin(plan_.call);
      }
    }
    const auto wait = retry_wait(head.status, head.retry_after);
    if (!wait || std::exchange(retried_, true)) return end(refusal(head.status, body_));
    timer_.expires_after(*wait);
    timer_.async_wait([weak = weak_from_this()](error_code failure) {
      const auto self = weak.lock();
      if (!failure && self && !self->over_) self->start();
    });
  }

  void deliver(const ReplyEvents& events) {
    if (plan_.on_identified) plan_.on_identified(events);
    if (plan_.habit && events.unopened_thought) plan_.habit->learn(*events.unopened_thought);
    const bool shows = !events.text.empty() || !events.calls.empty();
    if (events.alive && !shows && !events.end) tell_alive();
    if (over_) return;
    if (!events.text.empty()) callbacks_.on_text(events.text);
    for (const ToolCall& call : events.calls) {
      if (!over_) callbacks_.on_tool_call(call);
    }
    if (over_) return;
    if (events.end) {
      if (events.usage && callbacks_.on_usage) callbacks_.on_usage(*events.usage);
      return end(*events.end);
    }
    finishing_ = finishing_ || events.finishing;
    spoke_ = spoke_ || shows;
    // Words behind the mark of the end: it came early, and they count anew.
    if (events.finishing || (finishing_ && shows)) wait_for_tail();
  }

  void tell_alive() {
    const SteadyTime now = clock_.now();
    if (!callbacks_.on_alive || (alive_at_ && now - *alive_at_ < kAliveInterval)) return;
    alive_at_ = now;
    callbacks_.on_alive();
  }

  void wait_for_tail() {
    timer_.expires_after(spoke_ || !plan_.context.may_be_empty ? kTailPatience : kSilentTailPatience);
    timer_.async_wait([weak = weak_from_this()](error_code failure) {
      const auto self = weak.lock();
      if (!failure && self && !self->over_ && self->decoder_) self->deliver(self->decoder_->finish());
    });
  }

  void end(const Status& status) {
    if (over_) return;
    cancel();
    if (decoder_ && decoder_->unread() > 0) {
      logger().info("parts of a reply could not be read and were left out service=\"{}\" parts={}",
                    plan_.label, decoder_->unread());
    }
    if (status.ok()) return callbacks_.on_done(kDone);
    callbacks_.on_done(Error{status.error().code, plan_.label + ": " + status.error().message});
  }

  HttpClient& http_;
  const Clock& clock_;
  asio::steady_timer timer_;
  HttpReplyPlan plan_;
  LlmCallbacks callbacks_;
  std::unique_ptr<HttpStream> stream_;
  std::optional<ReplyDecoder> decoder_;
  HttpHead head_;
  std::string body_;                    // of a refusal or a preparation
  std::optional<SteadyTime> alive_at_;  // when that was told last
  int amendments_ = 0;
  bool finishing_ = false;  // the model is through
  bool spoke_ = false;      // something was shown
  bool retried_ = false;
  bool over_ = false;
};

class HttpReplyStream final : public LlmStream {
 public:
  explicit HttpReplyStream(std::shared_ptr<Exchange> reply) : reply_(std::move(reply)) {}
  HttpReplyStream(const HttpReplyStream&) = delete;
  HttpReplyStream& operator=(const HttpReplyStream&) = delete;
  ~HttpReplyStream() override { reply_->cancel(); }
  void cancel() override { reply_->cancel(); }

 private:
  std::shared_ptr<Exchange> reply_;
};

}  // namespace

std::unique_ptr<LlmStream> start_http_reply(const ProviderContext& context, HttpReplyPlan plan,
                                            LlmCallbacks callbacks) {
  auto reply = std::make_shared<Exchange>(context, std::move(plan), std::move(callbacks));
  reply->start();
  return std::make_unique<HttpReplyStream>(std::move(reply));
}

std::unique_ptr<LlmStream> refuse_reply(const ProviderContext& context, std::string label, const Error& error,
                                        LlmCallbacks callbacks) {
  HttpReplyPlan plan;
  plan.label = std::move(label);
  auto reply = std::make_shared<Exchange>(context, std::move(plan), std::move(callbacks));
  reply->refuse(error);
  return std::make_unique<HttpReplyStream>(std::move(reply));
}

}  // namespace earshot::worker
