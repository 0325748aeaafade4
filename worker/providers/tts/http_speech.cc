#include "worker/providers/tts/http_speech.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "common/json/json.h"
#include "worker/providers/tts/speech_errors.h"
#include "worker/providers/tts/speech_retry.h"
#include "worker/providers/tts/speech_text.h"
#include "worker/providers/tts/synthesis_job.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWaiting = 64;
constexpr std::size_t kMaxRefusalBytes = 4096;

class HttpSentence;

// Who may speak now.
// Runs on: io.
class Line {
 public:
  explicit Line(std::size_t max_parallel) : max_parallel_(max_parallel) {}

  // False: the line is full.
  bool join(const std::shared_ptr<HttpSentence>& sentence);
  void leave(const HttpSentence& sentence);

 private:
  std::size_t max_parallel_;  // 0: no limit
  std::size_t speaking_ = 0;
  std::deque<std::shared_ptr<HttpSentence>> waiting_;
};

// One sentence on its way.
// Runs on: io; audio and outcome leave through the job. Kept alive by the caller's handle, the line it waits
// in, and the callbacks of its own request until it ends.
// Lifecycle: made -> waiting -> speaking -> over.
class HttpSentence : public std::enable_shared_from_this<HttpSentence> {
 public:
  HttpSentence(const HttpSpeechConfig& config, HttpCall call, const ProviderContext& context,
               std::shared_ptr<Line> line, std::shared_ptr<SynthesisJob> job)
      : service_(config.service),
        deadlines_(config.deadlines),
        sink_(config.audio),
        call_(std::move(call)),
        http_(context.http),
        timer_(context.io),
        line_(std::move(line)),
        job_(std::move(job)) {}

  void start() {
    if (!job_->wanted()) return;
    started_ = std::chrono::steady_clock::now();
    joined_ = line_->join(shared_from_this());
    if (!joined_) return end(Error{ErrorCode::kUnavailable, service_ + ": too many sentences wait for it"});
    if (stream_) return;
    timer_.expires_after(deadlines_.first_audio);
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && !self->stream_)
        self->end(Error{ErrorCode::kTimeout, self->service_ + ": busy with other sentences for too long"});
    });
  }

  // Its turn has come.
  void speak() {
    timer_.cancel();
    refusal_ = false;
    refusal_body_.clear();
    call_.deadlines = {.connect = deadlines_.connect,
                       .first_byte = std::max(deadlines_.first_audio - waited(), Milliseconds(1)),
                       .stall = deadlines_.stall,
                       .total = std::max(deadlines_.total - waited(), Milliseconds(1))};
    const auto self = shared_from_this();
    stream_ = http_.start(call_, {.on_head = [self](const HttpHead& head) { self->head(head); },
                                  .on_data = [self](std::string_view piece) { self->data(piece); },
                                  .on_done = [self](Result<HttpHead> done) { self->done(done); }});
  }

  // The caller does not want it any more.
  void abandon() {
    if (over_) return;
    over_ = true;
    release();
  }

 private:
  void head(const HttpHead& head) {
    // A page or a JSON object in place of sound: an error, whatever its status.
    const bool text = head.content_type.starts_with("text/") || head.content_type == "application/json";
    refusal_ = head.status < 200 || head.status > 299 || text;
  }

  void data(std::string_view piece) {
    if (over_) return;
    if (refusal_) {
      refusal_body_ += piece.substr(0, kMaxRefusalBytes - std::min(refusal_body_.size(), kMaxRefusalBytes));
      return;
    }
    deliver(sink_.feed(as_bytes(piece)));
  }

  void done(const Result<HttpHead>& done) {
    if (over_) return;
    if (!done) return end(Error{done.error().code, service_ + ": " + done.error().message});
    if (refusal_) {
      const bool good = done->status >= 200 && done->status <= 299;
      if (!good && try_again(*done)) return;
      return end(good ? text_for_audio(service_, refusal_body_)
                      : refused(service_, done->status, refusal_body_));
    }
    deliver(sink_.finish());
    if (over_) return;
    if (!heard_) return end(Error{ErrorCode::kInvalid, service_ + ": no sound for a sentence"});
    end(kDone);
  }

  // Keeps its place in the line meanwhile: fewer at a time is what a service that throttles wants.
  bool try_again(const HttpHead& head) {
    const Milliseconds left = deadlines_.first_audio - waited();
    const auto wait = speech_retry_wait(++refused_, head.status, head.retry_after, left);
    if (!wait) return false;
    timer_.expires_after(*wait);
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && !self->over_) self->speak();
    });
    return true;
  }

  Milliseconds waited() const {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started_);
  }

  void deliver(Result<Pcm> decoded) {
    // What came is no sound, whatever the text was.
    if (!decoded) return end(Error{ErrorCode::kUnavailable, service_ + ": " + decoded.error().message});
    if (decoded->samples.empty()) return;
    heard_ = true;
    job_->audio(std::move(decoded).value());
  }

  void end(Status status) {
    if (over_) return;
    over_ = true;
    job_->done(std::move(status));
    release();
  }

  void release() {
    timer_.cancel();
    // Destroying it here could destroy the callback that is running.
    if (stream_) stream_->cancel();
    if (std::exchange(joined_, false)) line_->leave(*this);
  }

  std::string service_;
  SpeechDeadlines deadlines_;
  AudioSink sink_;
  HttpCall call_;
  HttpClient& http_;
  asio::steady_timer timer_;
  std::shared_ptr<Line> line_;
  std::shared_ptr<SynthesisJob> job_;
  std::unique_ptr<HttpStream> stream_;
  SteadyTime started_{};
  std::string refusal_body_;
  int refused_ = 0;
  bool joined_ = false;
  bool refusal_ = false;
  bool heard_ = false;
  bool over_ = false;
};

bool Line::join(const std::shared_ptr<HttpSentence>& sentence) {
  if (max_parallel_ != 0 && speaking_ >= max_parallel_) {
    if (waiting_.size() >= kMaxWaiting) return false;
    waiting_.push_back(sentence);
    return true;
  }
  ++speaking_;
  sentence->speak();
  return true;
}

void Line::leave(const HttpSentence& sentence) {
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(),
                                    [&](const auto& other) { return other.get() == &sentence; });
  if (waiting != waiting_.end()) {
    waiting_.erase(waiting);
    return;
  }
  if (speaking_ == 0) return;
  --speaking_;
  if (waiting_.empty()) return;
  const auto next = waiting_.front();
  waiting_.pop_front();
  ++speaking_;
  next->speak();
}

class HttpHandle final : public TtsStream {
 public:
  HttpHandle(std::shared_ptr<SynthesisJob> job, std::shared_ptr<HttpSentence> sentence, asio::io_context& io)
      : job_(std::move(job)), sentence_(std::move(sentence)), io_(io) {}
  ~HttpHandle() override { cancel(); }
  void cancel() override {
    job_->cancel();
    if (sentence_)
      asio::dispatch(io_, [sentence = std::exchange(sentence_, nullptr)] { sentence->abandon(); });
  }

 private:
  std::shared_ptr<SynthesisJob> job_;
  std::shared_ptr<HttpSentence> sentence_;
  asio::io_context& io_;
};

class HttpSpeech final : public TtsProvider {
 public:
  HttpSpeech(HttpSpeechConfig config, SpeechCall call, const ProviderContext& context)
      : config_(std::move(config)),
        call_(std::move(call)),
        context_(context),
        line_(std::make_shared<Line>(config_.max_parallel)) {}

  std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor executor,
                                        TtsCallbacks callbacks) override {
    TtsRequest bounded{.text = json::clean_text(request.text, config_.max_text_bytes),
                       .language = request.language,
                       .voice = request.voice,
                       .speed = request.speed};
    auto job = std::make_shared<SynthesisJob>(std::move(bounded), std::move(executor), std::move(callbacks));
    if (!speakable(job->request().text)) {
      job->done(kDone);
      return std::make_unique<HttpHandle>(std::move(job), nullptr, context_.io);
    }
    auto sentence = std::make_shared<HttpSentence>(config_, call_(job->request()), context_, line_, job);
    asio::dispatch(context_.io, [sentence] { sentence->start(); });
    return std::make_unique<HttpHandle>(std::move(job), std::move(sentence), context_.io);
  }

 private:
  HttpSpeechConfig config_;
  SpeechCall call_;
  ProviderContext context_;
  std::shared_ptr<Line> line_;
};

}  // namespace

std::unique_ptr<TtsProvider> make_http_speech(HttpSpeechConfig config, SpeechCall call,
                                              const ProviderContext& context) {
  return std::make_unique<HttpSpeech>(std::move(config), std::move(call), context);
}

}  // namespace earshot::worker
