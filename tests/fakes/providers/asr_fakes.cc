#include "tests/fakes/providers/asr_fakes.h"

#include <boost/json.hpp>

#include <utility>

#include "worker/providers/net/volc_frames.h"

namespace earshot::fakes {

namespace {

namespace json = boost::json;

std::string field(const json::value& from, std::string_view key) {
  const auto* object = from.if_object();
  const auto* found = object != nullptr ? object->if_contains(key) : nullptr;
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

// Waits for ever: the fault of a server that hangs.
[[noreturn]] void hang(FakeSocket& socket) {
  while (true) socket.wait(Delay(1000));
}

class FunasrFake final : public AsrFake {
 public:
  FunasrFake() { listen(); }
  ~FunasrFake() override { stop(); }

 private:
  void serve(FakeSocket& socket) override {
    while (true) utterance(socket);
  }

  void utterance(FakeSocket& socket) {
    const FakeFrame start = socket.receive();
    const AsrPlay now = play();
    record_.start(start.data);
    if (now.fault == AsrFault::kNeverStarts) hang(socket);
    const bool offline = now.dialect == "cpp-offline";
    const bool python = now.dialect == "py-wss";
    std::size_t said = 0;
    for (int piece = 0;; ++piece) {
      const FakeFrame frame = socket.receive();
      if (!frame.binary) break;  // {"is_speaking":false}
      record_.audio(frame.data.size());
      if (piece != 0) continue;
      if (now.fault == AsrFault::kResets) socket.reset();
      if (now.fault == AsrFault::kGarbage) socket.send_text("<html>no</html>");
      if (now.fault == AsrFault::kTaskFails) {
        reply(socket, "2pass-offline", "ERROR. Real-time transcription service ONLY SUPPORT PCM stream.",
              true);
      }
      if (offline || now.segments.empty()) continue;
      reply(socket, "2pass-online", now.segments[0].substr(0, 3), python);
      reply(socket, "2pass-online", now.segments[0].substr(3), python);
      for (; said + 1 < now.segments.size(); ++said) {
        reply(socket, "2pass-offline", now.segments[said], python);
      }
    }
    next_line();
    if (now.fault == AsrFault::kStallsAtEnd) hang(socket);
    socket.wait(now.final_delay);
    if (now.fault == AsrFault::kClosesAtEnd) socket.close(1000);
    if (offline) {
      std::string all;
      for (const auto& segment : now.segments) all += (all.empty() ? "" : " ") + segment;
      return reply(socket, "offline", all, false);
    }
    if (said < now.segments.size()) {
      reply(socket, "2pass-offline", now.segments[said], false);
    }
    if (!python) socket.send_text(R"({"text":"","is_final":true})");
  }

  static void reply(FakeSocket& socket, const char* mode, const std::string& text, bool is_final) {
    socket.send_text(json::serialize(
        json::object{{"mode", mode}, {"text", text}, {"wav_name", "utterance"}, {"is_final", is_final}}));
  }
};

class DashscopeFake final : public AsrFake {
 public:
  DashscopeFake() { listen(); }
  ~DashscopeFake() override { stop(); }

 private:
  void serve(FakeSocket& socket) override {
    while (true) task(socket);
  }

  void task(FakeSocket& socket) {
    const FakeFrame start = socket.receive();
    const AsrPlay now = play();
    record_.start(start.data);
    const std::string id = field(json::parse(start.data).at("header"), "task_id");
    if (now.fault == AsrFault::kNeverStarts) hang(socket);
    if (socket.receive_within(Delay(5))) record_.early();  // audio before task-started
    event(socket, id, "task-started", nullptr);
    for (int piece = 0;; ++piece) {
      const FakeFrame frame = socket.receive();
      if (!frame.binary) break;  // finish-task
      record_.audio(frame.data.size());
      if (piece != 0) continue;
      if (now.fault == AsrFault::kResets) socket.reset();
      if (now.fault == AsrFault::kGarbage) socket.send_text("{{{");
      if (now.fault == AsrFault::kTaskFails) {
        socket.send_text(
            json::serialize(json::object{{"header", json::object{{"task_id", id},
                                                                 {"event", "task-failed"},
                                                                 {"error_code", "Throttling.RateQuota"},
                                                                 {"error_message", "secret"}}},
                                         {"payload", json::object{}}}));
        socket.close(1007);
      }
      if (now.fault == AsrFault::kStaleFrames) {
        sentence(socket, "0123456789abcdef0123456789abcdef", "stale", 1, true);
        event(socket, "0123456789abcdef0123456789abcdef", "task-finished", nullptr);
      }
      if (!now.segments.empty()) sentence(socket, id, now.segments[0].substr(0, 3), 0, false);
    }
    if (now.fault == AsrFault::kStallsAtEnd) hang(socket);
    socket.wait(now.final_delay);
    if (now.fault == AsrFault::kClosesAtEnd) socket.close(1000);
    int begin = 0;
    for (const auto& segment : now.segments) {
      sentence(socket, id, segment, begin, true);
      if (now.fault == AsrFault::kRepeatsSegment) sentence(socket, id, segment, begin, true);
      begin += 1000;
    }
    event(socket, id, "task-finished", nullptr);
  }

  static void sentence(FakeSocket& socket, const std::string& id, const std::string& text, int begin,
                       bool ended) {
    json::object sentence{
        {"begin_time", begin}, {"end_time", nullptr}, {"text", text}, {"sentence_end", ended}};
    if (ended) sentence["end_time"] = begin + 900;
    event(socket, id, "result-generated", json::object{{"sentence", sentence}});
  }

  static void event(FakeSocket& socket, const std::string& id, const char* name, json::value output) {
    json::object payload;
    if (!output.is_null()) payload["output"] = std::move(output);
    socket.send_text(json::serialize(json::object{
        {"header", json::object{{"task_id", id}, {"event", name}, {"attributes", json::object{}}}},
        {"payload", payload}}));
  }
};

class DoubaoFake final : public AsrFake {
 public:
  DoubaoFake() { listen(); }
  ~DoubaoFake() override { stop(); }

 private:
  static worker::VolcFrame read(FakeSocket& socket) {
    const FakeFrame frame = socket.receive();
    return worker::decode_volc(as_bytes(frame.data), 1 << 20).value();
  }

  void serve(FakeSocket& socket) override {
    const auto start = read(socket);
    const AsrPlay now = play();
    record_.start(start.payload);
    if (now.fault == AsrFault::kNeverStarts) hang(socket);
    if (socket.receive_within(Delay(5))) record_.early();
    int sequence = 1;
    reply(socket, "", sequence, now.gzip_replies);
    std::string text;
    for (int piece = 0;; ++piece) {
      const auto frame = read(socket);
      record_.audio(frame.payload.size());
      if (frame.last) break;
      if (piece != 0) continue;
      if (now.fault == AsrFault::kResets) socket.reset();
      if (now.fault == AsrFault::kGarbage) socket.send_binary("\x11\x91\x10garbage");
      if (now.fault == AsrFault::kTaskFails) error(socket, 45000001);
      if (now.segments.empty()) continue;
      text = now.segments[0];
      reply(socket, text, ++sequence, now.gzip_replies);
    }
    if (now.fault == AsrFault::kStallsAtEnd) hang(socket);
    socket.wait(now.final_delay);
    if (now.fault == AsrFault::kClosesAtEnd) socket.close(1000);
    if (now.segments.empty()) error(socket, 45000002);  // empty audio
    for (std::size_t i = 1; i < now.segments.size(); ++i) text += " " + now.segments[i];
    reply(socket, text, -(sequence + 1), now.gzip_replies);
  }

  static void reply(FakeSocket& socket, const std::string& text, int sequence, bool compress) {
    worker::VolcFrame frame;
    frame.type = worker::VolcType::kFullServer;
    frame.sequence = sequence;
    frame.last = sequence < 0;
    frame.payload = json::serialize(json::object{{"audio_info", json::object{{"duration", 100}}},
                                                 {"result", json::object{{"text", text}}}});
    const Bytes bytes = worker::encode_volc(frame, compress);
    socket.send_binary(as_text(bytes));
  }

  [[noreturn]] static void error(FakeSocket& socket, std::uint32_t code) {
    worker::VolcFrame frame;
    frame.type = worker::VolcType::kError;
    frame.error_code = code;
    frame.payload = R"({"error":"secret"})";
    const Bytes bytes = worker::encode_volc(frame, false);
    socket.send_binary(as_text(bytes));
    hang(socket);
  }
};

class DeepgramFake final : public AsrFake {
 public:
  DeepgramFake() { listen(); }
  ~DeepgramFake() override { stop(); }

 private:
  void serve(FakeSocket& socket) override {
    const AsrPlay now = play();
    record_.start(socket.upgrade().query);
    if (now.fault == AsrFault::kNeverStarts) hang(socket);
    for (int piece = 0;; ++piece) {
      const FakeFrame frame = socket.receive();
      if (!frame.binary) {
        if (field(json::parse(frame.data), "type") == "CloseStream") break;
        continue;  // KeepAlive
      }
      record_.audio(frame.data.size());
      if (piece != 0) continue;
      if (now.fault == AsrFault::kResets) socket.reset();
      if (now.fault == AsrFault::kGarbage) socket.send_text("nothing");
      if (now.fault == AsrFault::kTaskFails) socket.close(1011, "NET-0001");
      socket.send_text(R"({"type":"SpeechStarted","timestamp":0.1})");
      if (!now.segments.empty()) results(socket, now.segments[0].substr(0, 3), 0, false);
    }
    if (now.fault == AsrFault::kStallsAtEnd) hang(socket);
    socket.wait(now.final_delay);
    double start = 0;
    for (const auto& segment : now.segments) {
      results(socket, segment, start, true);
      if (now.fault == AsrFault::kRepeatsSegment) results(socket, segment, start, true);
      start += 1.5;
    }
    if (now.fault != AsrFault::kClosesAtEnd) socket.send_text(R"({"type":"Metadata","duration":2.5})");
    socket.close(1000);
  }

  static void results(FakeSocket& socket, const std::string& text, double start, bool is_final) {
    const json::object best{{"transcript", text}, {"confidence", 0.9}, {"words", json::array{}}};
    const json::object channel{{"alternatives", json::array{best}}};
    socket.send_text(json::serialize(json::object{{"type", "Results"},
                                                  {"start", start},
                                                  {"is_final", is_final},
                                                  {"speech_final", is_final},
                                                  {"channel", channel}}));
  }
};

}  // namespace

void AsrRecord::start(std::string message) {
  const std::scoped_lock lock(mutex_);
  starts_.push_back(std::move(message));
}

void AsrRecord::audio(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  audio_bytes_ += bytes;
}

std::vector<std::string> AsrRecord::starts() const {
  const std::scoped_lock lock(mutex_);
  return starts_;
}

std::size_t AsrRecord::audio_bytes() const {
  const std::scoped_lock lock(mutex_);
  return audio_bytes_;
}

int AsrRecord::early_audio() const {
  const std::scoped_lock lock(mutex_);
  return early_;
}

void AsrRecord::early() {
  const std::scoped_lock lock(mutex_);
  ++early_;
}

void AsrFake::set_play(AsrPlay play) {
  const bool refuses = play.fault == AsrFault::kRefuses401;
  server_.refuse_with(refuses ? 401 : 0, R"({"code":"InvalidApiKey","message":"secret"})");
  const std::scoped_lock lock(mutex_);
  play_ = std::move(play);
}

AsrPlay AsrFake::play() const {
  const std::scoped_lock lock(mutex_);
  AsrPlay now = play_;
  if (!lines_.empty()) now.segments = {lines_[line_]};
  return now;
}

void AsrFake::set_lines(std::vector<std::string> lines) {
  const std::scoped_lock lock(mutex_);
  lines_ = std::move(lines);
  line_ = 0;
}

void AsrFake::next_line() {
  const std::scoped_lock lock(mutex_);
  if (line_ + 1 < lines_.size()) ++line_;
}

void AsrFake::listen() {
  server_.on_connection([this](FakeSocket& socket) { serve(socket); });
}

std::unique_ptr<AsrFake> make_funasr_fake() {
  return std::make_unique<FunasrFake>();
}

std::unique_ptr<AsrFake> make_dashscope_asr_fake() {
  return std::make_unique<DashscopeFake>();
}

std::unique_ptr<AsrFake> make_doubao_asr_fake() {
  return std::make_unique<DoubaoFake>();
}

std::unique_ptr<AsrFake> make_deepgram_fake() {
  return std::make_unique<DeepgramFake>();
}

void add_openai_transcription(FakeHttpServer& server, std::string text, Delay final_delay) {
  server.on("POST", "/v1/audio/transcriptions",
            [text = std::move(text), final_delay](const FakeRequest& request, FakeAnswer& answer) {
              const auto has = [&](std::string_view part) {
                return request.body.find(part) != std::string::npos;
              };
              const auto key = request.headers.find("authorization");
              if (key == request.headers.end() || !key->second.starts_with("Bearer ")) {
                answer.head(401, "application/json");
                return answer.send(R"({"error":{"message":"no key","code":"invalid_api_key"}})");
              }
              if (!has("name=\"model\"") || !has("filename=\"utterance.wav\"") || !has("RIFF")) {
                answer.head(400, "application/json");
                return answer.send(R"({"error":{"message":"bad form"}})");
              }
              answer.wait(final_delay);
              answer.head(200, "application/json");
              answer.send(json::serialize(json::object{{"text", text}}));
            });
}

}  // namespace earshot::fakes
