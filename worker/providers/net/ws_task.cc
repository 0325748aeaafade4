#include "worker/providers/net/ws_task.h"

#include <deque>
#include <list>
#include <optional>
#include <utility>

#include "worker/providers/net/http_client.h"

namespace earshot::worker {

namespace {

constexpr int kNormalClosure = 1000;  // RFC 6455 7.4.1
constexpr int kNoCloseCode = 1005;    // a close frame without a code

// A connection with a place for whoever uses it now.
// Runs on: the io_context.
struct Link {
  std::string url;
  std::unique_ptr<http::WebSocketClient> client;
  std::function<void()> on_open;
  std::function<void(bool, ByteView)> on_message;
  std::function<void(const http::WebSocketClosed&)> on_closed;

  // Handlers are copied before the call: they may give the link to another user.
  static std::shared_ptr<Link> connect(asio::io_context& io, http::WebSocketRequest request) {
    auto link = std::make_shared<Link>();
    link->url = request.url;
    const std::weak_ptr<Link> weak = link;
    const auto deliver = [weak](bool binary, ByteView bytes) {
      const auto self = weak.lock();
      const auto handler = self ? self->on_message : nullptr;
      if (handler) handler(binary, bytes);
    };
    link->client = http::connect_websocket(
        io, std::move(request),
        {.on_open =
             [weak] {
               const auto self = weak.lock();
               const auto handler = self ? self->on_open : nullptr;
               if (handler) handler();
             },
         .on_text = [deliver](std::string_view text) { deliver(false, as_bytes(text)); },
         .on_binary = [deliver](ByteView bytes) { deliver(true, bytes); },
         .on_closed =
             [weak](const http::WebSocketClosed& closed) {
               const auto self = weak.lock();
               const auto handler = self ? self->on_closed : nullptr;
               if (handler) handler(closed);
             }});
    return link;
  }

  void send(const WsMessage& message) {
    if (message.binary) {
      client->send_binary(as_bytes(message.bytes));
    } else {
      client->send_text(message.bytes);
    }
  }

  void leave() {
    on_open = nullptr;
    on_message = nullptr;
    on_closed = nullptr;
  }
};

}  // namespace

struct WsConnections::State : std::enable_shared_from_this<State> {
  struct Idle {
    explicit Idle(asio::io_context& io) : timer(io) {}
    std::shared_ptr<Link> link;
    asio::steady_timer timer;
  };

  explicit State(asio::io_context& context) : io(context) {}

  std::shared_ptr<Link> take(const std::string& url) {
    for (auto idle = free.begin(); idle != free.end(); ++idle) {
      if (idle->link->url != url) continue;
      auto link = std::move(idle->link);
      free.erase(idle);
      link->leave();
      return link;
    }
    return nullptr;
  }

  void keep(std::shared_ptr<Link> link, Milliseconds how_long) {
    link->leave();
    if (closed || !link->client->is_open()) return link->client->close();
    if (free.size() == kMaxIdle) drop(free.back().link.get());
    free.emplace_front(io);  // the latest first: the server's own idle limit is the farthest
    Idle& idle = free.front();
    idle.link = std::move(link);
    const auto end = [weak = weak_from_this(), which = idle.link.get()] {
      if (const auto self = weak.lock()) self->drop(which);
    };
    // A message without a task (a late result, say) means that it is not free after all.
    idle.link->on_message = [end](bool, ByteView) { end(); };
    idle.link->on_closed = [end](const http::WebSocketClosed&) { end(); };
    idle.timer.expires_after(how_long);
    idle.timer.async_wait([end](error_code failure) {
      if (!failure) end();
    });
  }

  void drop(const Link* which) {
    for (auto idle = free.begin(); idle != free.end(); ++idle) {
      if (idle->link.get() != which) continue;
      const auto link = std::move(idle->link);
      free.erase(idle);
      link->leave();
      link->client->close();
      return;
    }
  }

  asio::io_context& io;
  std::list<Idle> free;
  bool closed = false;
};

WsConnections::WsConnections(asio::io_context& io) : state_(std::make_shared<State>(io)) {}

WsConnections::~WsConnections() {
  state_->closed = true;
  while (!state_->free.empty()) state_->drop(state_->free.front().link.get());
}

// Lifecycle: connecting -> starting -> streaming -> finishing -> over.
struct WsTask::State : std::enable_shared_from_this<State> {
  enum class Phase { kConnecting, kStarting, kStreaming, kFinishing, kOver };

  State(WsConnections::State& connections, http::WebSocketRequest wanted, const WsTaskSettings& how,
        WsDialogue& talk, WsTaskCallbacks calls)
      : pool(connections.shared_from_this()),
        request(std::move(wanted)),
        settings(how),
        dialogue(talk),
        callbacks(std::move(calls)),
        start_timer(pool->io),
        end_timer(pool->io),
        settle_timer(pool->io),
        keep_alive_timer(pool->io) {}

  void connect() {
    if (settings.keep_idle.count() > 0) link = pool->take(request.url);
    if (link) {
      doubtful = true;
      attach();
      return opened();
    }
    connect_anew();
  }

  void connect_anew() {
    doubtful = false;
    phase = Phase::kConnecting;
    link = Link::connect(pool->io, request);
    attach();
  }

  void attach() {
    const std::weak_ptr<State> weak = weak_from_this();
    link->on_open = [weak] {
      if (const auto self = weak.lock()) self->opened();
    };
    link->on_message = [weak](bool binary, ByteView bytes) {
      if (const auto self = weak.lock()) self->received(binary, bytes);
    };
    link->on_closed = [weak](const http::WebSocketClosed& closed) {
      if (const auto self = weak.lock()) self->closed(closed);
    };
  }

  void opened() {
    phase = Phase::kStarting;
    for (const WsMessage& message : dialogue.begin()) link->send(message);
    if (!settings.waits_for_start) return started();
    after(start_timer, settings.start_timeout, [](State& self) {
      if (self.phase != Phase::kStarting) return;
      self.done(Error{ErrorCode::kTimeout, "the service did not start the task in time"});
    });
  }

  void started() {
    phase = Phase::kStreaming;
    start_timer.cancel();
    for (const WsMessage& message : held) link->send(message);
    if (!doubtful) forget_held();
    arm_keep_alive();
    if (finish_wanted) send_finish();
  }

  void send(WsMessage message) {
    if (phase == Phase::kOver || finish_wanted) return;
    const bool open = phase == Phase::kStreaming;
    if (open) {
      link->send(message);
      arm_keep_alive();
    }
    if (open && !doubtful) return;
    held_bytes += message.bytes.size();
    if (held_bytes > request.max_queued_bytes) {
      if (open) {  // enough has been said without an answer: it cannot be said again
        doubtful = false;
        return forget_held();
      }
      held_bytes -= message.bytes.size();
      return fail_later({ErrorCode::kTooLarge, "too much audio before the service was ready"});
    }
    held.push_back(std::move(message));
  }

  void finish() {
    if (phase == Phase::kOver || finish_wanted) return;
    finish_wanted = true;
    after(end_timer, settings.end_timeout, [](State& self) {
      if (self.phase == Phase::kFinishing && self.dialogue.whole(false)) return self.done(kDone);
      self.done(Error{ErrorCode::kTimeout, self.phase == Phase::kConnecting
                                               ? "no connection to the service in time"
                                               : "the service did not end the task in time"});
    });
    if (phase == Phase::kStreaming) send_finish();
  }

  void send_finish() {
    phase = Phase::kFinishing;
    keep_alive_timer.cancel();
    for (const WsMessage& message : dialogue.finish()) link->send(message);
  }

  void received(bool binary, ByteView bytes) {
    if (phase == Phase::kOver) return;
    if (doubtful) {
      doubtful = false;
      if (phase != Phase::kStarting) forget_held();
    }
    const auto step = dialogue.receive(binary, bytes);
    if (!step) return done(step.error());
    switch (*step) {
      case WsStep::kContinue:
        break;
      case WsStep::kStarted:
        if (phase == Phase::kStarting) started();
        break;
      case WsStep::kSettling:
        if (phase == Phase::kFinishing) {
          after(settle_timer, settings.settle, [](State& self) { self.done(kDone); });
        }
        break;
      case WsStep::kEnded:
        if (phase == Phase::kFinishing) return done(kDone, true);
        return done(Error{ErrorCode::kUnavailable, "the service ended the task too early"});
    }
    const auto progress = callbacks.on_progress;
    if (progress) progress();
  }

  void closed(const http::WebSocketClosed& why) {
    if (phase == Phase::kOver) return;
    if (doubtful) return connect_anew();  // the kept connection was dead
    const bool in_order = why.close_code == kNormalClosure || why.close_code == kNoCloseCode;
    if (phase == Phase::kFinishing && in_order && dialogue.whole(true)) return done(kDone);
    done(describe_closed(why));
  }

  void fail_later(Error error) {
    asio::post(pool->io, [weak = weak_from_this(), failed = std::move(error)] {
      if (const auto self = weak.lock()) self->done(failed);
    });
  }

  void done(Status status, bool free = false) {
    if (phase == Phase::kOver) return;
    const bool good = status.ok();
    const auto on_done = std::move(callbacks.on_done);
    end();
    if (link && free && settings.keep_idle.count() > 0) {
      pool->keep(std::move(link), settings.keep_idle);
    } else if (link) {
      link->leave();
      if (good) link->client->close();  // in order; a failed one is dropped
    }
    link.reset();
    if (on_done) on_done(std::move(status));
  }

  void end() {
    phase = Phase::kOver;
    callbacks = {};
    forget_held();
    for (auto* timer : {&start_timer, &end_timer, &settle_timer, &keep_alive_timer}) timer->cancel();
  }

  void cancel() {
    end();
    if (link) link->leave();
    link.reset();
  }

  void forget_held() {
    held.clear();
    held_bytes = 0;
  }

  void arm_keep_alive() {
    if (settings.keep_alive_period.count() == 0) return;
    after(keep_alive_timer, settings.keep_alive_period, [](State& self) {
      if (self.phase != Phase::kStreaming) return;
      self.link->send(self.settings.keep_alive);
      self.arm_keep_alive();
    });
  }

  template <class Action>
  void after(asio::steady_timer& timer, Milliseconds time, Action action) {
    timer.expires_after(time);
    timer.async_wait([weak = weak_from_this(), &timer, action](error_code failure) {
      const auto self = failure ? nullptr : weak.lock();
      if (!self || self->phase == Phase::kOver) return;
      // Set again after this handler was queued: the later one decides.
      if (timer.expiry() > asio::steady_timer::clock_type::now()) return;
      action(*self);
    });
  }

  const std::shared_ptr<WsConnections::State> pool;
  const http::WebSocketRequest request;
  const WsTaskSettings settings;
  WsDialogue& dialogue;
  WsTaskCallbacks callbacks;
  asio::steady_timer start_timer;
  asio::steady_timer end_timer;
  asio::steady_timer settle_timer;
  asio::steady_timer keep_alive_timer;
  std::shared_ptr<Link> link;
  Phase phase = Phase::kConnecting;
  bool doubtful = false;  // a kept connection that has not answered yet: `held` can be said again elsewhere
  bool finish_wanted = false;
  std::deque<WsMessage> held;  // before the leave; and behind it while doubtful
  std::size_t held_bytes = 0;
};

WsTask::WsTask(WsConnections& connections, http::WebSocketRequest request, const WsTaskSettings& settings,
               WsDialogue& dialogue, WsTaskCallbacks callbacks)
    : state_(std::make_shared<State>(*connections.state_, std::move(request), settings, dialogue,
                                     std::move(callbacks))) {
  state_->connect();
}

WsTask::~WsTask() {
  state_->cancel();
}

void WsTask::send(WsMessage message) {
  state_->send(std::move(message));
}

void WsTask::finish() {
  state_->finish();
}

Error describe_closed(const http::WebSocketClosed& closed) {
  if (closed.http_status != 0) {
    return {code_of_status(closed.http_status), "WebSocket refused: " + describe_status(closed.http_status)};
  }
  if (closed.close_code != 0) {
    return {ErrorCode::kUnavailable,
            "the service closed the WebSocket with code " + std::to_string(closed.close_code)};
  }
  return closed.error;
}

}  // namespace earshot::worker
