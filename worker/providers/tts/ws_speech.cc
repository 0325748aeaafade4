#include "worker/providers/tts/ws_speech.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "worker/providers/tts/speech_errors.h"
#include "worker/providers/tts/speech_retry.h"
#include "worker/providers/tts/speech_text.h"
#include "worker/providers/tts/synthesis_job.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxIdle = 16;
constexpr Milliseconds kDrainPatience{3000};  // for the service to end a cancelled sentence
constexpr int kTooManyRequests = 429;
constexpr std::size_t kMaxMessageBytes = 1024 * 1024;

class Connection;

// One sentence on its way.
// Runs on: io; audio and outcome leave through the job.
struct WsSentence {
  WsSentence(const AudioSinkConfig& audio, std::shared_ptr<SynthesisJob> given)
      : job(std::move(given)), sink(audio) {}

  void end(Status status) {
    if (std::exchange(over, true)) return;
    job->done(std::move(status));
  }

  std::shared_ptr<SynthesisJob> job;
  AudioSink sink;
  std::weak_ptr<Connection> connection;
  SteadyTime give_up{};
  int connections = 0;  // tried so far
  int refused = 0;      // for the moment, so far
  bool heard = false;
  bool over = false;
};

// The connections of a provider, and what they need.
// Runs on: io. Kept alive by the provider and by each connection.
// Borrows the idle ones, which their waiting keeps alive.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(WsSpeechConfig config, WsSpeechService service, const ProviderContext& context)
      : config_(std::move(config)), service_(std::move(service)), io_(context.io) {}

  void start(const std::shared_ptr<WsSentence>& sentence);
  void start_anew(const std::shared_ptr<WsSentence>& sentence);
  // Refused with `status`. False: it is not worth another try.
  bool start_later(const std::shared_ptr<WsSentence>& sentence, int status);
  // False: it is not kept.
  bool park(const std::shared_ptr<Connection>& connection);
  void forget(const Connection& connection);
  void close();

  const WsSpeechConfig& config() const { return config_; }
  const WsSpeechService& service() const { return service_; }
  asio::io_context& io() { return io_; }

 private:
  WsSpeechConfig config_;
  WsSpeechService service_;
  asio::io_context& io_;
  std::vector<std::weak_ptr<Connection>> idle_;  // the latest used last
  bool closed_ = false;
};

// Runs on: io. Kept alive by the wait of its timer.
// Lifecycle: connecting -> (speaking | draining | idle)* -> closed.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(std::shared_ptr<Pool> pool)
      : pool_(std::move(pool)), timer_(pool_->io()), protocol_(pool_->service().protocol()) {}

  void connect(std::shared_ptr<WsSentence> sentence) {
    adopt(std::move(sentence));
    http::WebSocketRequest request = pool_->service().request();
    request.connect_timeout = config().deadlines.connect;
    request.max_message_bytes = kMaxMessageBytes;
    // WebSocketClient gives up by itself; this wait only keeps the connection alive until then.
    arm(config().deadlines.connect + Milliseconds(1000));
    const auto weak = weak_from_this();
    socket_ = http::connect_websocket(pool_->io(), std::move(request),
                                      {.on_open = on(weak, [](Connection& self) { self.opened(); }),
                                       .on_text =
                                           [weak](std::string_view message) {
                                             if (const auto self = weak.lock())
                                               self->received(self->protocol_->text(message));
                                           },
                                       .on_binary =
                                           [weak](ByteView message) {
                                             if (const auto self = weak.lock())
                                               self->received(self->protocol_->binary(message));
                                           },
                                       .on_closed =
                                           [weak](const http::WebSocketClosed& closed) {
                                             if (const auto self = weak.lock()) self->lost(closed);
                                           }});
  }

  // REQUIRES: idle.
  void reuse(std::shared_ptr<WsSentence> sentence) {
    reused_ = true;
    adopt(std::move(sentence));
    settle();
  }

  // The caller does not want it any more.
  void drop(const WsSentence& sentence) {
    if (sentence_.get() != &sentence || closed_) return;
    sentence_.reset();
    if (!begun_) {
      if (config().keep_idle.count() == 0) close();
      return;  // goes on connecting, for the next sentence
    }
    begun_ = false;
    apply(protocol_->cancel());
    arm(kDrainPatience);
    settle();
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    ++wait_;
    timer_.cancel();
    pool_->forget(*this);
    if (socket_) socket_->close();
  }

 private:
  template <class Then>
  static std::function<void()> on(std::weak_ptr<Connection> weak, Then then) {
    return [weak = std::move(weak), then] {
      if (const auto self = weak.lock()) then(*self);
    };
  }

  const WsSpeechConfig& config() const { return pool_->config(); }

  void adopt(std::shared_ptr<WsSentence> sentence) {
    sentence_ = std::move(sentence);
    sentence_->connection = weak_from_this();
    ++sentence_->connections;
    begun_ = false;
    answered_ = false;
  }

  void opened() {
    arm(config().deadlines.first_audio);
    apply(protocol_->opened());
    settle();
  }

  void received(SpeechStep step) {
    if (closed_) return;
    answered_ = true;
    apply(std::move(step));
    settle();
  }

  void apply(SpeechStep step) {
    for (SpeechFrame& frame : step.send) {
      if (frame.binary) {
        socket_->send_binary(as_bytes(frame.data));
      } else {
        socket_->send_text(std::move(frame.data));
      }
    }
    if (!sentence_ || !begun_) return;
    if (!step.audio.empty()) {
      arm(config().deadlines.stall);
      deliver(sentence_->sink.feed(as_bytes(step.audio)));
    }
    if (!step.ended || !sentence_) return;
    if (step.throttled && !sentence_->heard && pool_->start_later(sentence_, kTooManyRequests)) {
      begun_ = false;
      sentence_.reset();
      return;
    }
    if (*step.ended) deliver(sentence_->sink.finish());
    if (!sentence_) return;
    if (*step.ended && !sentence_->heard)
      return end(Error{ErrorCode::kInvalid, config().service + ": no sound for a sentence"});
    end(std::move(*step.ended));
  }

  void deliver(Result<Pcm> decoded) {
    if (!decoded) {
      end(Error{ErrorCode::kUnavailable, config().service + ": " + decoded.error().message});
      return close();  // what else comes is of the same kind
    }
    if (decoded->samples.empty()) return;
    sentence_->heard = true;
    sentence_->job->audio(std::move(decoded).value());
  }

  // What the state of the line asks for.
  void settle() {
    if (closed_) return;
    switch (protocol_->line()) {
      case SpeechLine::kOpening:
      case SpeechLine::kBusy:
        return;
      case SpeechLine::kIdle:
        if (sentence_) return begin();
        if (!pool_->park(shared_from_this())) return close();
        return arm(config().keep_idle);
      case SpeechLine::kDead:
        end(Error{ErrorCode::kUnavailable, config().service + ": ended the conversation"});
        return close();
    }
  }

  void begin() {
    begun_ = true;
    arm(config().deadlines.first_audio);
    apply(protocol_->speak(sentence_->job->request()));
    if (protocol_->line() == SpeechLine::kDead) settle();
  }

  void end(Status status) {
    if (!sentence_) return;
    begun_ = false;
    std::exchange(sentence_, nullptr)->end(std::move(status));
  }

  void lost(const http::WebSocketClosed& closed) {
    if (closed_) return;
    close();
    if (!sentence_) return;
    const auto sentence = sentence_;
    const auto& try_again = pool_->service().try_again;
    const bool stale = reused_ && !answered_;
    const bool refusal = closed.http_status != 0;
    if (sentence->connections < 2 && (stale || (refusal && try_again && try_again(closed)))) {
      sentence_.reset();
      return pool_->start_anew(sentence);
    }
    if (refusal && pool_->start_later(sentence, closed.http_status)) return sentence_.reset();
    if (refusal) return end(refused(config().service, closed.http_status, closed.body));
    Error error = closed.error;
    error.message = config().service + ": " + error.message;
    // RFC 6455 7.4.1: 1008 is a broken policy; services use it for keys and quotas.
    if (closed.close_code == 1008) error.message += " (policy: check the key and its quota)";
    end(std::move(error));
  }

  // Waits for the next thing to happen, at most so long and at most until the sentence is given up.
  void arm(Milliseconds patience) {
    SteadyTime until = std::chrono::steady_clock::now() + patience;
    if (sentence_) until = std::min(until, sentence_->give_up);
    timer_.expires_at(until);
    timer_.async_wait([self = shared_from_this(), wait = ++wait_](error_code failure) {
      if (!failure && wait == self->wait_) self->late();
    });
  }

  void late() {
    if (sentence_) {
      const char* what = sentence_->heard ? ": the sound stalled" : ": no sound in time";
      end(Error{ErrorCode::kTimeout, config().service + what});
    }
    close();
  }

  std::shared_ptr<Pool> pool_;
  asio::steady_timer timer_;
  std::unique_ptr<SpeechProtocol> protocol_;
  std::unique_ptr<http::WebSocketClient> socket_;
  std::shared_ptr<WsSentence> sentence_;
  std::uint64_t wait_ = 0;  // the latest one
  bool begun_ = false;      // the sentence is with the service
  bool reused_ = false;
  bool answered_ = false;  // the service sent anything since the sentence was given to it
  bool closed_ = false;
};

void Pool::start(const std::shared_ptr<WsSentence>& sentence) {
  sentence->give_up = std::chrono::steady_clock::now() + config_.deadlines.connect + config_.deadlines.total;
  while (!idle_.empty()) {
    const auto latest = idle_.back().lock();
    idle_.pop_back();
    if (latest) return latest->reuse(sentence);
  }
  start_anew(sentence);
}

void Pool::start_anew(const std::shared_ptr<WsSentence>& sentence) {
  std::make_shared<Connection>(shared_from_this())->connect(sentence);
}

bool Pool::start_later(const std::shared_ptr<WsSentence>& sentence, int status) {
  const auto left =
      std::chrono::duration_cast<Milliseconds>(sentence->give_up - std::chrono::steady_clock::now());
  const auto wait =
      speech_retry_wait(++sentence->refused, status, {}, std::min(left, config_.deadlines.first_audio));
  if (!wait) return false;
  sentence->connections = 0;
  const auto timer = std::make_shared<asio::steady_timer>(io_, *wait);
  timer->async_wait([self = shared_from_this(), sentence, timer](error_code failure) {
    if (!failure && !sentence->over && sentence->job->wanted()) self->start_anew(sentence);
  });
  return true;
}

bool Pool::park(const std::shared_ptr<Connection>& connection) {
  if (closed_ || config_.keep_idle.count() == 0) return false;
  forget(*connection);
  if (idle_.size() >= kMaxIdle) return false;
  idle_.push_back(connection);
  return true;
}

void Pool::forget(const Connection& connection) {
  std::erase_if(idle_, [&](const auto& idle) {
    const auto held = idle.lock();
    return held == nullptr || held.get() == &connection;
  });
}

void Pool::close() {
  closed_ = true;
  for (const auto& idle : std::exchange(idle_, {})) {
    if (const auto connection = idle.lock()) connection->close();
  }
}

class WsHandle final : public TtsStream {
 public:
  WsHandle(std::shared_ptr<SynthesisJob> job, std::shared_ptr<WsSentence> sentence, asio::io_context& io)
      : job_(std::move(job)), sentence_(std::move(sentence)), io_(io) {}
  ~WsHandle() override { cancel(); }
  void cancel() override {
    job_->cancel();
    if (!sentence_) return;
    asio::dispatch(io_, [sentence = std::exchange(sentence_, nullptr)] {
      if (std::exchange(sentence->over, true)) return;
      if (const auto connection = sentence->connection.lock()) connection->drop(*sentence);
    });
  }

 private:
  std::shared_ptr<SynthesisJob> job_;
  std::shared_ptr<WsSentence> sentence_;
  asio::io_context& io_;
};

class WsSpeech final : public TtsProvider {
 public:
  WsSpeech(WsSpeechConfig config, WsSpeechService service, const ProviderContext& context)
      : io_(context.io), pool_(std::make_shared<Pool>(std::move(config), std::move(service), context)) {}
  ~WsSpeech() override {
    asio::dispatch(io_, [pool = pool_] { pool->close(); });
  }

  std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor executor,
                                        TtsCallbacks callbacks) override {
    TtsRequest bounded{.text = json::clean_text(request.text, pool_->config().max_text_bytes),
                       .language = request.language,
                       .voice = request.voice,
                       .speed = request.speed};
    auto job = std::make_shared<SynthesisJob>(std::move(bounded), std::move(executor), std::move(callbacks));
    if (!speakable(job->request().text)) {
      job->done(kDone);
      return std::make_unique<WsHandle>(std::move(job), nullptr, io_);
    }
    auto sentence = std::make_shared<WsSentence>(pool_->config().audio, job);
    asio::dispatch(io_, [pool = pool_, sentence] {
      if (!sentence->over && sentence->job->wanted()) pool->start(sentence);
    });
    return std::make_unique<WsHandle>(std::move(job), std::move(sentence), io_);
  }

 private:
  asio::io_context& io_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace

std::unique_ptr<TtsProvider> make_ws_speech(WsSpeechConfig config, WsSpeechService service,
                                            const ProviderContext& context) {
  return std::make_unique<WsSpeech>(std::move(config), std::move(service), context);
}

}  // namespace earshot::worker
