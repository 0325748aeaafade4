#include "worker/providers/asr/openai_asr.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "common/audio/wav.h"
#include "common/json/json.h"
#include "worker/providers/asr/transcript_text.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxAnswerBytes = 1024 * 1024;
constexpr int kUploadSamplesPerMs = 16;

std::size_t upload_samples_in(Milliseconds time) {
  return static_cast<std::size_t>(time.count()) * kUploadSamplesPerMs;
}

struct OpenaiUtterance : std::enable_shared_from_this<OpenaiUtterance> {
  OpenaiUtterance(const OpenaiAsrSettings& how, std::string spoken, HttpClient& client, Executor where,
                  AsrCallbacks calls)
      : settings(how),
        language(std::move(spoken)),
        http(client),
        executor(std::move(where)),
        callbacks(std::move(calls)) {}

  void write(std::span<const std::int16_t> pcm) {
    if (finished || over) return;
    const std::size_t room = upload_samples_in(settings.max_utterance) - audio.samples.size();
    pcm = pcm.first(std::min(pcm.size(), room));
    audio.samples.insert(audio.samples.end(), pcm.begin(), pcm.end());
  }

  // The silence that ends a turn is as long as many services need: their answer is there when it ends.
  void pause() {
    if (finished || over || early || early_left == 0 || too_short()) return;
    --early_left;
    early = true;
    ask();
  }

  void resume() {
    if (finished || !early) return;
    early = false;
    early_text.reset();
    stream.reset();
  }

  void finish() {
    if (finished || over) return;
    finished = true;
    if (too_short()) return deliver(Transcript{});
    if (early_text) return deliver(understood(std::move(*early_text)));
    if (!early) ask();
  }

  bool too_short() const { return audio.samples.size() < upload_samples_in(settings.min_utterance); }

  static Transcript understood(std::string text) {
    return {.text = std::move(text), .understood = true, .confidence = 0};
  }

  void ask() {
    // The stream before may be inside its own callback: it dies when that has returned.
    if (stream) asio::post(executor, [old = std::move(stream)] {});
    body.clear();
    HttpCall call;
    call.url = settings.url;
    if (!settings.api_key.empty()) {
      call.headers = {{"Authorization", "Bearer " + std::string(settings.api_key.reveal())}};
    }
    const auto field = [&](std::string name, const std::string& content) {
      if (content.empty()) return;
      call.parts.push_back(
          {.name = std::move(name), .content = content, .file_name = {}, .content_type = {}});
    };
    field("model", settings.model);
    field("language", language);
    field("prompt", settings.prompt);
    field("response_format", "json");
    const Bytes wav = format_wav(audio);
    call.parts.push_back({.name = "file",
                          .content = std::string(as_text(wav)),
                          .file_name = "utterance.wav",
                          .content_type = "audio/wav"});
    call.deadlines = settings.deadlines;
    call.max_bytes = kMaxAnswerBytes;
    const std::weak_ptr<OpenaiUtterance> weak = weak_from_this();
    stream = http.start(std::move(call), {.on_head = nullptr,
                                          .on_data =
                                              [weak](std::string_view piece) {
                                                if (const auto self = weak.lock()) self->body += piece;
                                              },
                                          .on_done =
                                              [weak](Result<HttpHead> head) {
                                                if (const auto self = weak.lock()) self->answered(head);
                                              }});
  }

  Result<std::string> text_of(const Result<HttpHead>& head) const {
    if (!head) return head.error();
    if (head->status < 200 || head->status > 299) {
      return Error{code_of_status(head->status), describe_status(head->status)};
    }
    return parse_transcription(body);
  }

  void answered(const Result<HttpHead>& head) {
    auto text = text_of(head);
    if (!text && finished && std::exchange(early, false)) return ask();  // the pause's; all is said now
    if (finished) {
      if (!text) return deliver(text.error());
      return deliver(understood(std::move(*text)));
    }
    if (!text) {  // finish() asks again, and tells what is wrong
      early = false;
      early_left = 0;
      return;
    }
    early_text = *text;
    if (!callbacks.on_interim) return;
    asio::post(executor, [self = shared_from_this(), text = std::move(*text)] {
      if (!self->over && self->callbacks.on_interim) self->callbacks.on_interim(text);
    });
  }

  void deliver(Result<Transcript> result) {
    asio::post(executor, [self = shared_from_this(), result = std::move(result)]() mutable {
      if (self->over) return;
      self->over = true;
      const auto on_final = std::move(self->callbacks.on_final);
      self->callbacks = {};
      if (on_final) on_final(std::move(result));
    });
  }

  void cancel() {
    over = true;
    callbacks = {};
    stream.reset();
  }

  const OpenaiAsrSettings settings;
  const std::string language;
  HttpClient& http;
  Executor executor;
  AsrCallbacks callbacks;
  Pcm audio{.samples = {}, .sample_rate_hz = 16000};
  std::string body;
  std::unique_ptr<HttpStream> stream;
  int early_left = settings.early_requests;
  bool early = false;                     // a request of a pause was made, and the user has not gone on
  std::optional<std::string> early_text;  // its answer
  bool finished = false;
  bool over = false;
};

class OpenaiStream final : public AsrStream {
 public:
  explicit OpenaiStream(std::shared_ptr<OpenaiUtterance> utterance) : utterance_(std::move(utterance)) {}
  ~OpenaiStream() override { utterance_->cancel(); }
  void write(std::span<const std::int16_t> pcm_16khz) override { utterance_->write(pcm_16khz); }
  void pause() override { utterance_->pause(); }
  void resume() override { utterance_->resume(); }
  void finish() override { utterance_->finish(); }
  void cancel() override { utterance_->cancel(); }

 private:
  std::shared_ptr<OpenaiUtterance> utterance_;
};

class OpenaiAsr final : public AsrProvider {
 public:
  OpenaiAsr(OpenaiAsrSettings settings, HttpClient& http) : settings_(std::move(settings)), http_(http) {}

  std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                  AsrCallbacks callbacks) override {
    http_.warm(settings_.url);  // while the user speaks
    return std::make_unique<OpenaiStream>(
        std::make_shared<OpenaiUtterance>(settings_, language_to_ask(settings_.language, request.language),
                                          http_, std::move(executor), std::move(callbacks)));
  }

 private:
  OpenaiAsrSettings settings_;
  HttpClient& http_;
};

}  // namespace

OpenaiAsrSettings read_openai_asr(ConfigSection& section) {
  OpenaiAsrSettings settings;
  section.read("url", settings.url);
  if (!settings.url.starts_with("http://") && !settings.url.starts_with("https://")) {
    section.problem("url", "must begin with http:// or https://");
  }
  section.read_secret("api_key", settings.api_key);
  section.read("model", settings.model);
  section.read("language", settings.language);
  section.read("prompt", settings.prompt);
  section.read("min_utterance_ms", settings.min_utterance, {0, 5000});
  section.read("max_utterance_ms", settings.max_utterance, {1000, 600'000});
  section.read("early_requests", settings.early_requests, {0, 10});
  section.read("connect_timeout_ms", settings.deadlines.connect, {100, 120'000});
  section.read("first_byte_timeout_ms", settings.deadlines.first_byte, {100, 120'000});
  section.read("total_timeout_ms", settings.deadlines.total, {100, 300'000});
  return settings;
}

Result<std::unique_ptr<AsrProvider>> make_openai_asr(const OpenaiAsrSettings& settings,
                                                     const ProviderContext& context) {
  return std::unique_ptr<AsrProvider>(std::make_unique<OpenaiAsr>(settings, context.http));
}

Result<std::string> parse_transcription(std::string_view body) {
  const auto answer = json::parse_object(json::clean_text(body, kMaxAnswerBytes), kMaxAnswerBytes);
  if (!answer) {
    const auto first = body.find_first_not_of(" \t\r\n");
    const bool page = first != std::string_view::npos && body[first] == '<';
    return Error{ErrorCode::kUnavailable, page ? "the service answers with a web page: check the URL"
                                               : "the answer is no JSON: check the URL"};
  }
  if (const auto text = json::find_string(*answer, "text")) return clean_transcript(*text);
  if (answer->contains("error")) return Error{ErrorCode::kUnavailable, "the service reports an error"};
  return Error{ErrorCode::kUnavailable, "the answer has no text: check the URL"};
}

}  // namespace earshot::worker
