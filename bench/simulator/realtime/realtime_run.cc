#include "bench/simulator/realtime/realtime_run.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

#include "bench/simulator/event_log.h"
#include "bench/simulator/realtime/realtime_caller.h"
#include "bench/simulator/speech_source.h"
#include "common/asio/asio.h"
#include "common/audio/wav.h"
#include "common/http/websocket_client.h"

namespace earshot::simulator {

namespace {

constexpr std::size_t kMaxReplyEvent = 4 * 1024 * 1024;

int complain(const std::string& why, int code) {
  std::fprintf(stderr, "earshot-sim: %s\n", why.c_str());
  return code;
}

Result<CallerTurn> caller_turn(const Utterance& utterance, const std::string& voice) {
  if (utterance.kind == Utterance::Kind::kType) return CallerTurn{.typed = utterance.what};
  auto speech =
      utterance.kind == Utterance::Kind::kSay ? speak(utterance.what, voice) : read_speech(utterance.what);
  if (!speech) return speech.error();
  return CallerTurn{.typed = {}, .speech = std::move(*speech)};
}

Secret key_of(const RealtimeOptions& options) {
  if (!options.key.empty()) return options.key;
  std::ifstream file(options.key_file);
  std::string line;
  std::getline(file, line);
  return Secret(std::move(line));
}

class RealtimeRun {
 public:
  RealtimeRun(const RealtimeOptions& options, std::vector<CallerTurn> turns, EventLog& log)
      : options_(options),
        log_(log),
        caller_(std::move(turns),
                {.instructions = options.instructions,
                 .voice = options.reply_voice,
                 .silent = options.silent,
                 .barge_in_after = options.barge_in_after},
                [this](std::string_view heading, const std::string& text) {
                  log_.story(heading, text);
                  log_.event(now(), heading, {{"text", text}});
                }) {}

  int run(const Secret& key) {
    http::WebSocketRequest request{.url = options_.url + "?protocol=ga&model=" + options_.agent,
                                   .headers = {},
                                   .max_message_bytes = kMaxReplyEvent};
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + std::string(key.reveal()));
    socket_ = http::connect_websocket(
        io_, std::move(request),
        {.on_open = [] {},
         .on_text = [this](std::string_view text) { on_text(text); },
         .on_binary = [](ByteView) {},
         .on_closed = [this](const http::WebSocketClosed& closed) { on_closed(closed); }});
    deadline_.expires_after(options_.timeout);
    deadline_.async_wait([this](error_code stopped) {
      if (!stopped) fail("out of time");
    });
    tick();
    io_.run();
    return conclude();
  }

 private:
  static SteadyTime now() { return std::chrono::steady_clock::now(); }

  void on_text(std::string_view text) {
    const auto event = json::parse_object(text, kMaxReplyEvent);
    if (!event) return fail("the gateway sent what is no event");
    send(caller_.hear(*event, now()));
  }
  void on_closed(const http::WebSocketClosed& closed) {
    const std::string status =
        closed.http_status == 0 ? "" : " (HTTP " + std::to_string(closed.http_status) + ")";
    fail("the connection ended: " + closed.error.message + status +
         (closed.http_status == 401 ? "; name a key with --key or --key-file" : ""));
  }
  void tick() {
    send(caller_.tick(now()));
    if (caller_.over()) return stop();
    timer_.expires_after(RealtimeCaller::kFrame / 2);
    timer_.async_wait([this](error_code stopped) {
      if (!stopped) tick();
    });
  }
  void send(const std::vector<std::string>& events) {
    for (const std::string& event : events) socket_->send_text(event);
  }
  void fail(const std::string& why) {
    if (failure_.empty()) failure_ = why;
    stop();
  }
  void stop() {
    deadline_.cancel();
    timer_.cancel();
    if (socket_) socket_->close();
    io_.stop();
  }
  int conclude() {
    if (failure_.empty() && caller_.failure()) failure_ = *caller_.failure();
    if (!options_.out_path.empty()) {
      const Status written = write_wav_file(options_.out_path, caller_.played());
      if (!written && failure_.empty()) failure_ = written.error().message;
      if (written) log_.story("reply", options_.out_path);
    }
    json::object summary = caller_.summary();
    summary["ok"] = failure_.empty();
    log_.summary(std::move(summary));
    if (const Status written = log_.written(); !written && failure_.empty())
      failure_ = written.error().message;
    return failure_.empty() ? kExitOk : complain(failure_, kExitFailed);
  }

  const RealtimeOptions& options_;
  EventLog& log_;
  RealtimeCaller caller_;
  std::string failure_;
  asio::io_context io_;
  asio::steady_timer timer_{io_};
  asio::steady_timer deadline_{io_};
  std::unique_ptr<http::WebSocketClient> socket_;
};

}  // namespace

int run_realtime(const RealtimeOptions& options) {
  std::vector<CallerTurn> turns;
  for (const Utterance& utterance : options.utterances) {
    auto turn = caller_turn(utterance, options.voice);
    if (!turn) return complain(turn.error().message, kExitUsage);
    turns.push_back(std::move(*turn));
  }
  TalkOptions told;  // what the log reads of it
  told.json_path = options.json_path;
  told.quiet = options.quiet;
  auto log = EventLog::open(told, std::chrono::steady_clock::now());
  if (!log) return complain(log.error().message, kExitUsage);
  return RealtimeRun(options, std::move(turns), **log).run(key_of(options));
}

}  // namespace earshot::simulator
