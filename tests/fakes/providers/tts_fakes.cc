#include "tests/fakes/providers/tts_fakes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <numbers>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/sha256.h"
#include "common/json/json.h"

namespace earshot::fakes {

namespace {

constexpr Delay kForever{60000};  // ends when the client goes or the server stops
constexpr int kRateHz = 24000;

// One frame of 144 bytes (the rest is padding) of a steady 1 kHz tone without bit reservoir: a frame holds 24
// whole periods, so that any number of them in a row is the tone.
constexpr std::array<unsigned char, 67> kMp3ToneFrame{
    0xFF, 0xF3, 0x64, 0xC4, 0x00, 0x0B, 0x4C, 0x26, 0x18, 0x00, 0xB8, 0x05, 0x0C, 0xFF, 0xF7, 0xFF, 0xC2,
    0x3D, 0x3D, 0x03, 0x15, 0xB4, 0xF0, 0x88, 0x22, 0x40, 0xC0, 0x4B, 0x7E, 0x83, 0xFA, 0x7F, 0xFF, 0xFF,
    0xFF, 0xFF, 0xD5, 0xBF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x05, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC, 0x13,
    0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x83, 0x26, 0x20, 0xA6, 0xA2, 0x99, 0x97, 0x18, 0x98, 0x18};
constexpr std::size_t kMp3FrameBytes = 144;
constexpr Delay kMp3Frame{24};

std::string le32(std::uint32_t value) {
  std::string out;
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xFF));
  return out;
}

std::string be32(std::uint32_t value) {
  std::string out(4, '\0');
  store_be32(reinterpret_cast<std::uint8_t*>(out.data()), value);
  return out;
}

json::object parse(std::string_view text) {
  auto parsed = json::parse_object(text, 1024 * 1024);
  return parsed ? std::move(parsed).value() : json::object();
}

std::string string_of(const json::object& from, std::string_view key) {
  return std::string(json::find_string(from, key).value_or(""));
}

// Pieces of the sound with the plan's pauses and fault. False: the plan ends the answer here.
template <class Send, class Wait>
bool send_pieces(const SpeechPlan& plan, const std::string& sound, Send&& send, Wait&& wait) {
  if (plan.fault == SpeechFault::kEmpty) return true;
  if (plan.first_byte.count() > 0) wait(plan.first_byte);
  const bool half = plan.fault == SpeechFault::kStall || plan.fault == SpeechFault::kBreak;
  const std::string_view whole = std::string_view(sound).substr(0, half ? sound.size() / 2 : sound.size());
  for (std::size_t at = 0; at < whole.size(); at += plan.piece_bytes) {
    if (at > 0 && plan.between.count() > 0) wait(plan.between);
    send(whole.substr(at, plan.piece_bytes));
  }
  return !half;
}

}  // namespace

std::string pcm_tone(int sample_rate_hz, Delay length) {
  const auto count = static_cast<std::size_t>(sample_rate_hz * length.count() / 1000);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const double phase = 2 * std::numbers::pi * 1000.0 * static_cast<double>(i) / sample_rate_hz;
    const auto sample = static_cast<std::uint16_t>(std::lround(16384 * std::sin(phase)));
    out.push_back(static_cast<char>(sample & 0xFF));
    out.push_back(static_cast<char>(sample >> 8));
  }
  return out;
}

std::string wav_tone(int sample_rate_hz, Delay length, std::uint32_t claimed_bytes) {
  const auto rate = static_cast<std::uint32_t>(sample_rate_hz);
  return "RIFF" + le32(claimed_bytes) + "WAVEfmt " + le32(16) + le32(1 | (1 << 16)) + le32(rate) +
         le32(rate * 2) + le32(2 | (16 << 16)) + "data" + le32(claimed_bytes) +
         pcm_tone(sample_rate_hz, length);
}

std::string mp3_tone(Delay length) {
  std::string frame(reinterpret_cast<const char*>(kMp3ToneFrame.data()), kMp3ToneFrame.size());
  frame.resize(kMp3FrameBytes, '\0');
  std::string out;
  for (Delay made{0}; made < length; made += kMp3Frame) out += frame;
  return out;
}

void SpeechFake::plan(SpeechPlan plan) {
  const std::scoped_lock lock(mutex_);
  plan_ = plan;
}

SpeechPlan SpeechFake::plan() const {
  const std::scoped_lock lock(mutex_);
  return plan_;
}

std::vector<std::string> SpeechFake::texts() const {
  const std::scoped_lock lock(mutex_);
  return texts_;
}

std::vector<std::string> SpeechFake::problems() const {
  const std::scoped_lock lock(mutex_);
  return problems_;
}

void SpeechFake::heard(std::string text) {
  const std::scoped_lock lock(mutex_);
  texts_.push_back(std::move(text));
}

bool SpeechFake::is_refused() {
  const std::scoped_lock lock(mutex_);
  if (plan_.refusals == 0) return false;
  --plan_.refusals;
  return true;
}

void SpeechFake::problem(std::string what) {
  const std::scoped_lock lock(mutex_);
  problems_.push_back(std::move(what));
}

HttpSpeechFake::HttpSpeechFake(std::string path) : path_(std::move(path)) {
  server_.on("POST", path_,
             [this](const FakeRequest& request, FakeAnswer& answer) { serve(request, answer); });
}

void HttpSpeechFake::plan(SpeechPlan plan) {
  SpeechFake::plan(plan);
  FakeFault fault;
  if (plan.fault == SpeechFault::kBreak) fault.reset_after = 4000;
  server_.set_fault(fault);
}

void HttpSpeechFake::answer_with(std::string content_type, std::string body) {
  const std::scoped_lock lock(body_mutex_);
  content_type_ = std::move(content_type);
  body_ = std::move(body);
}

void HttpSpeechFake::serve(const FakeRequest& request, FakeAnswer& answer) {
  const int now = ++now_;
  most_ = std::max<int>(most_, now);
  const json::object body = parse(request.body);
  heard(string_of(body, body.contains("input") ? "input" : "text"));
  const SpeechPlan plan = this->plan();
  std::string content_type;
  std::string sound;
  {
    const std::scoped_lock lock(body_mutex_);
    content_type = content_type_;
    sound = body_;
  }
  const auto error = [&](int status) {
    answer.head(status, "application/json");
    answer.send(R"({"error":{"message":"Incorrect key sk-secret","code":"invalid_api_key"}})");
  };
  const auto wait = [&](Delay delay) { answer.wait(delay); };
  const auto send = [&](std::string_view piece) { answer.send(piece); };
  if (is_refused()) {
    error(429);
    --now_;
    return;
  }
  switch (plan.fault) {
    case SpeechFault::kUnauthorized:
      error(401);
      break;
    case SpeechFault::kServerError:
      error(500);
      break;
    case SpeechFault::kErrorBody:
      error(200);
      break;
    case SpeechFault::kSilent:
      wait(kForever);
      break;
    default:
      answer.head(200, content_type);
      if (plan.fault == SpeechFault::kGarbage) sound = "OggS\x01\x02 not what was asked for";
      if (!send_pieces(plan, sound, send, wait)) wait(kForever);
  }
  --now_;
}

WsSpeechFake::WsSpeechFake(std::string path, FakeWsServer::Script talk) : path_(std::move(path)) {
  server_.on_connection(std::move(talk));
  server_.check_upgrade([this](const FakeRequest& request) -> std::optional<FakeWsServer::Refusal> {
    if (is_refused()) return FakeWsServer::Refusal{.status = 429, .body = "", .date = {}};
    switch (plan().fault) {
      case SpeechFault::kUnauthorized:
        return FakeWsServer::Refusal{.status = 401, .body = R"({"code":"InvalidApiKey"})", .date = {}};
      case SpeechFault::kServerError:
        return FakeWsServer::Refusal{.status = 500, .body = "<html>", .date = {}};
      default:
        return admit(request);
    }
  });
}

template <class Send>
void WsSpeechFake::send_sound(FakeSocket& socket, const std::string& sound, Send&& send) {
  const SpeechPlan plan = this->plan();
  if (plan.fault == SpeechFault::kSilent) socket.wait(kForever);
  if (plan.fault == SpeechFault::kGarbage) {
    socket.send_text("{\"header\": garbage");
    socket.send_binary(std::string_view("\xFF\x00 garbage", 10));
    socket.close(1002, "protocol");
  }
  const auto wait = [&](Delay delay) { socket.wait(delay); };
  if (send_pieces(plan, sound, send, wait)) return;
  if (plan.fault == SpeechFault::kBreak) socket.reset();
  socket.wait(kForever);
}

EdgeFake::EdgeFake(std::int64_t clock_ahead)
    : WsSpeechFake("/edge/v1", [this](FakeSocket& socket) { talk(socket); }), clock_ahead_(clock_ahead) {}

std::optional<FakeWsServer::Refusal> EdgeFake::admit(const FakeRequest& request) {
  const std::time_t now = std::time(nullptr) + clock_ahead_;
  bool known = false;
  for (const int window : {-1, 0, 1}) {
    const std::int64_t seconds = now + 11'644'473'600 + 300 * window;
    const std::string ticks = std::to_string((seconds - seconds % 300) * 10'000'000);
    std::string token = to_hex(sha256(as_bytes(ticks + "6A5AA1D4EAFF4E9FB37E23D68491D6F4")));
    for (char& c : token) c = static_cast<char>(std::toupper(c));
    known = known || request.query.find("Sec-MS-GEC=" + token) != std::string::npos;
  }
  const auto cookie = request.headers.find("cookie");
  if (cookie == request.headers.end() || !cookie->second.starts_with("muid=")) problem("no muid cookie");
  if (request.query.find("Sec-MS-GEC-Version=1-") == std::string::npos) problem("no version");
  if (known) return std::nullopt;
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 64> date{};
  std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return FakeWsServer::Refusal{.status = 403, .body = {}, .date = date.data()};
}

void EdgeFake::talk(FakeSocket& socket) {
  if (socket.receive().data.find("Path:speech.config\r\n\r\n") == std::string::npos) problem("no config");
  const std::string ssml = socket.receive().data;
  const auto begin = ssml.find("'>", ssml.find("<prosody"));
  const auto end = ssml.find("</prosody>");
  if (begin == std::string::npos || end == std::string::npos) {
    problem("no SSML");
    socket.close(1007);
  }
  heard(ssml.substr(begin + 2, end - begin - 2));
  const auto text = [&](const std::string& path) {
    socket.send_text("X-RequestId:1\r\nContent-Type:application/json\r\nPath:" + path + "\r\n\r\n{}");
  };
  const auto binary = [&](const std::string& headers, std::string_view audio) {
    std::string frame(2, '\0');
    store_be16(reinterpret_cast<std::uint8_t*>(frame.data()), static_cast<std::uint16_t>(headers.size()));
    socket.send_binary(frame + headers + std::string(audio));
  };
  text("turn.start");
  if (plan().fault == SpeechFault::kErrorBody) socket.close(1007, "bad SSML");
  text("response");
  send_sound(socket, mp3_tone(plan().length), [&](std::string_view piece) {
    binary("X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n", piece);
  });
  text("audio.metadata");
  binary("X-RequestId:1\r\nPath:audio\r\n", "");
  text("turn.end");
}

DashScopeSpeechFake::DashScopeSpeechFake()
    : WsSpeechFake("/api-ws/v1/inference/", [this](FakeSocket& socket) { talk(socket); }) {}

void DashScopeSpeechFake::talk(FakeSocket& socket) {
  while (true) {
    const auto receive = [&](std::string_view action, const std::string& task) {
      const json::object message = parse(socket.receive().data);
      const auto* header = json::find_object(message, "header");
      if (header == nullptr || string_of(*header, "action") != action)
        problem("expected " + std::string(action));
      if (header != nullptr && !task.empty() && string_of(*header, "task_id") != task)
        problem("another task");
      return message;
    };
    const auto event = [&](const char* name, const std::string& task) {
      socket.send_text(json::serialize(
          json::object{{"header", {{"event", name}, {"task_id", task}, {"error_code", "InvalidParameter"}}},
                       {"payload", json::object()}}));
    };
    const json::object run = receive("run-task", "");
    const auto* header = json::find_object(run, "header");
    const std::string task = header == nullptr ? "" : string_of(*header, "task_id");
    event("task-started", task);
    const json::object go_on = receive("continue-task", task);
    if (const auto* payload = json::find_object(go_on, "payload")) {
      if (const auto* input = json::find_object(*payload, "input")) heard(string_of(*input, "text"));
    }
    receive("finish-task", task);
    if (plan().fault == SpeechFault::kErrorBody) {
      event("task-failed", task);
      socket.close(1000);
    }
    event("result-generated", "of-another-task");
    send_sound(socket, pcm_tone(kRateHz, plan().length), [&](std::string_view piece) {
      event("result-generated", task);
      socket.send_binary(piece);
    });
    event("task-finished", task);
  }
}

VolcengineSpeechFake::VolcengineSpeechFake()
    : WsSpeechFake("/api/v3/tts/bidirection", [this](FakeSocket& socket) { talk(socket); }) {}

void VolcengineSpeechFake::talk(FakeSocket& socket) {
  // Family E by hand, apart from the code under test: 4 header bytes, event, [length, id], length, payload.
  struct Received {
    std::uint32_t event = 0;
    std::string id;
    std::string payload;
  };
  const auto decode = [&](const std::string& bytes) {
    Received frame;
    std::size_t at = 4;
    const auto word = [&] {
      if (bytes.size() < at + 4) return std::uint32_t{0};
      const std::uint32_t value = load_be32(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
      at += 4;
      return value;
    };
    const auto text = [&] {
      const std::uint32_t size = word();
      const std::string found = bytes.substr(std::min(at, bytes.size()), size);
      at += size;
      return found;
    };
    if (!bytes.starts_with("\x11\x14\x10")) problem("not a frame with an event");
    frame.event = word();
    if (frame.event >= 100) frame.id = text();
    frame.payload = text();
    return frame;
  };
  const auto send = [&](std::uint32_t event, const std::string& id, std::string_view payload) {
    const bool audio = event == 352;
    socket.send_binary(std::string(audio ? "\x11\xB4\x00" : "\x11\x94\x10", 3) + std::string(1, '\0') +
                       be32(event) + be32(static_cast<std::uint32_t>(id.size())) + id +
                       be32(static_cast<std::uint32_t>(payload.size())) + std::string(payload));
  };
  std::string before;  // the session before
  while (true) {
    Received frame = decode(socket.receive().data);
    if (frame.event == 1) {
      send(50, "connection", "{}");
      continue;
    }
    if (frame.event == 101) {  // a cancel that crossed the end of its session
      send(151, frame.id, "{}");
      continue;
    }
    if (frame.event != 100) {
      problem("expected StartSession");
      return;
    }
    const std::string session = frame.id;
    send(150, session, "{}");
    frame = decode(socket.receive().data);
    if (frame.event == 200) {
      const json::object payload = parse(frame.payload);
      if (const auto* params = json::find_object(payload, "req_params")) heard(string_of(*params, "text"));
      frame = decode(socket.receive().data);
      if (frame.event != 102) problem("expected FinishSession");
    }
    if (frame.event == 101) {
      send(151, session, "{}");
      before = session;
      continue;
    }
    if (plan().fault == SpeechFault::kErrorBody) {
      send(153, session, R"({"status_code":45000000,"message":"no"})");
      continue;
    }
    if (!before.empty()) send(352, before, pcm_tone(kRateHz, Delay(100)));  // late, to be dropped
    bool cancelled = false;
    send(350, session, "{}");
    send_sound(socket, pcm_tone(kRateHz, plan().length), [&](std::string_view piece) {
      if (cancelled) return;
      send(352, session, piece);
      if (const auto said = socket.receive_within(Delay(0))) cancelled = decode(said->data).event == 101;
    });
    send(351, session, "{}");
    send(cancelled ? 151 : 152, session, R"({"status_code":20000000,"message":"ok"})");
    before = session;
  }
}

ElevenLabsFake::ElevenLabsFake()
    : WsSpeechFake("/v1/text-to-speech", [this](FakeSocket& socket) { talk(socket); }) {}

void ElevenLabsFake::talk(FakeSocket& socket) {
  if (socket.upgrade().path.find("/multi-stream-input") == std::string::npos) problem("another path");
  std::string before;
  while (true) {
    const json::object begin = parse(socket.receive().data);
    const std::string context = string_of(begin, "context_id");
    if (begin.contains("close_context")) continue;  // a cancel that crossed the end of its context
    if (string_of(begin, "text") != " ") problem("a context begins with a space");
    const json::object said = parse(socket.receive().data);
    std::string text = string_of(said, "text");
    if (!text.ends_with(' ')) problem("a text ends with a space");
    text.resize(text.size() - std::min<std::size_t>(text.size(), 1));
    heard(text);
    if (!parse(socket.receive().data).contains("close_context")) problem("expected close_context");
    if (plan().fault == SpeechFault::kErrorBody) {
      socket.send_text(R"({"error":"quota_exceeded","message":"no credits","code":1008})");
      socket.close(1008, "quota_exceeded");
    }
    const auto audio = [&](const std::string& of, std::string_view piece) {
      socket.send_text(json::serialize(
          json::object{{"audio", to_base64(as_bytes(piece))}, {"contextId", of}, {"alignment", nullptr}}));
    };
    if (!before.empty()) audio(before, pcm_tone(kRateHz, Delay(100)));  // late, to be dropped
    send_sound(socket, pcm_tone(kRateHz, plan().length),
               [&](std::string_view piece) { audio(context, piece); });
    socket.send_text(json::serialize(json::object{{"isFinal", true}, {"contextId", context}}));
    before = context;
  }
}

}  // namespace earshot::fakes
