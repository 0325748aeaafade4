#include "bench/simulator/realtime/realtime_caller.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"

namespace earshot::simulator {

namespace {

constexpr std::size_t kFrameSamples =
    static_cast<std::size_t>(RealtimeCaller::kUpHz) * 40 / 1000;  // of kFrame

json::object pcm_format(int hz) {
  return {{"type", "audio/pcm"}, {"rate", hz}};
}

std::string base64_of(std::span<const std::int16_t> samples) {
  Bytes bytes;
  bytes.reserve(samples.size() * 2);
  for (const std::int16_t sample : samples) {
    const auto bits = static_cast<std::uint16_t>(sample);
    bytes.push_back(static_cast<std::uint8_t>(bits & 0xff));
    bytes.push_back(static_cast<std::uint8_t>(bits >> 8));
  }
  return to_base64(bytes);
}

std::vector<std::int16_t> samples_of(std::string_view text) {
  const auto bytes = from_base64(text);
  std::vector<std::int16_t> samples;
  if (!bytes) return samples;
  samples.reserve(bytes->size() / 2);
  for (std::size_t at = 0; at + 1 < bytes->size(); at += 2)
    samples.push_back(static_cast<std::int16_t>((*bytes)[at] | (*bytes)[at + 1] << 8));
  return samples;
}

Milliseconds length_of(std::size_t samples) {
  return Milliseconds(static_cast<std::int64_t>(samples) * 1000 / RealtimeCaller::kDownHz);
}

std::string text_at(const json::object& event, std::string_view key) {
  return std::string(json::find_string(event, key).value_or(""));
}

}  // namespace

RealtimeCaller::RealtimeCaller(std::vector<CallerTurn> turns, CallerManners manners, Tell tell)
    : turns_(std::move(turns)), manners_(std::move(manners)), tell_(std::move(tell)) {}

std::vector<std::string> RealtimeCaller::hear(const json::object& event, SteadyTime now) {
  const std::string type = text_at(event, "type");
  if (type == "session.created") {
    json::object output{{"format", pcm_format(kDownHz)}};
    if (!manners_.voice.empty()) output["voice"] = manners_.voice;
    json::object session{{"type", "realtime"},
                         {"output_modalities", json::array{manners_.silent ? "text" : "audio"}},
                         {"audio",
                          {{"input",
                            {{"format", pcm_format(kUpHz)},
                             {"transcription", json::object{}},
                             {"turn_detection", {{"type", "server_vad"}}}}},
                           {"output", std::move(output)}}}};
    if (!manners_.instructions.empty()) session["instructions"] = manners_.instructions;
    send("session.update", {{"session", std::move(session)}});
  }
  if (type == "session.updated" && stage_ == Stage::kOpening) {
    if (turns_.empty()) over_ = true;
    if (!turns_.empty()) begin_turn(now);
  }
  if (type == "input_audio_buffer.speech_started" && now < played_until_) interrupt(now);
  if (type == "conversation.item.input_audio_transcription.completed") {
    transcripts_.emplace_back(text_at(event, "transcript"));
    tell_("heard", text_at(event, "transcript"));
  }
  if (type == "response.output_audio_transcript.delta" || type == "response.output_text.delta")
    reply_ += text_at(event, "delta");
  if (type == "response.output_audio.delta") play(text_at(event, "item_id"), text_at(event, "delta"), now);
  if (type == "response.done") {
    if (const json::object* response = json::find_object(event, "response")) on_done(*response, now);
  }
  if (type == "error") {
    const json::object* error = json::find_object(event, "error");
    const std::string what = error == nullptr ? "" : text_at(*error, "message");
    tell_("error", what);
    if (error != nullptr && text_at(*error, "event_id") != "truncate") failure_ = what;
  }
  return take();
}

std::vector<std::string> RealtimeCaller::tick(SteadyTime now) {
  if (over()) return {};
  if (stage_ == Stage::kListening && answered_ && now >= played_until_ + kPause) {
    if (++turn_ == turns_.size()) {
      over_ = true;
      return {};
    }
    begin_turn(now);
  }
  const bool interrupts = manners_.barge_in_after && turn_ == 0 && turns_.size() > 1 && first_sound_ &&
                          now >= *first_sound_ + *manners_.barge_in_after;
  if (interrupts) {
    ++turn_;
    const bool typed = !turns_[turn_].typed.empty();
    if (typed) interrupt(now);  // who speaks interrupts when he is heard
    begin_turn(now);
  }
  while (microphone_ && next_frame_ <= now) {
    std::vector<std::int16_t> frame(kFrameSamples, 0);
    if (stage_ == Stage::kSpeaking) {
      const auto& speech = turns_[turn_].speech.samples;
      const std::size_t count = std::min(frame.size(), speech.size() - said_samples_);
      std::copy_n(speech.begin() + static_cast<std::ptrdiff_t>(said_samples_), count, frame.begin());
      said_samples_ += count;
      if (said_samples_ == speech.size()) {
        stage_ = Stage::kAwaiting;
        last_word_ = next_frame_;
      }
    }
    send("input_audio_buffer.append", {{"audio", base64_of(frame)}});
    next_frame_ += kFrame;
  }
  return take();
}

void RealtimeCaller::begin_turn(SteadyTime now) {
  const CallerTurn& turn = turns_[turn_];
  answered_ = false;
  reply_.clear();
  first_sound_.reset();
  said_samples_ = 0;
  if (turn.typed.empty()) {
    stage_ = Stage::kSpeaking;
    last_word_.reset();
    if (!microphone_) next_frame_ = now;
    microphone_ = true;
    return;
  }
  stage_ = Stage::kAwaiting;
  last_word_ = now;
  json::array content{json::object{{"type", "input_text"}, {"text", turn.typed}}};
  send("conversation.item.create",
       {{"item", {{"type", "message"}, {"role", "user"}, {"content", std::move(content)}}}});
  send("response.create", {});
}

// Stops the loudspeaker, and says how much was heard.
void RealtimeCaller::interrupt(SteadyTime now) {
  if (playing_.empty() || now >= played_until_) return;
  const auto heard = std::chrono::duration_cast<Milliseconds>(now - playing_since_);
  const std::int64_t unheard =
      std::chrono::duration_cast<Milliseconds>(played_until_ - now).count() * kDownHz / 1000;
  const auto left = std::max<std::int64_t>(0, static_cast<std::int64_t>(played_.samples.size()) - unheard);
  played_.samples.resize(static_cast<std::size_t>(left));
  played_until_ = now;
  silenced_ = playing_;
  ++interruptions_;
  tell_("interrupts", std::to_string(heard.count()) + " ms into the answer");
  send("conversation.item.truncate", {{"event_id", "truncate"},
                                      {"item_id", playing_},
                                      {"content_index", 0},
                                      {"audio_end_ms", heard.count()}});
}

void RealtimeCaller::play(const std::string& item, std::string_view delta, SteadyTime now) {
  if (item == silenced_) return;
  const auto samples = samples_of(delta);
  if (samples.empty()) return;
  if (item != playing_ || now > played_until_) {
    // A pause within an answer moves its beginning, so that what was heard is not counted too long.
    const auto before = item == playing_ ? played_until_ - playing_since_ : SteadyTime::duration{0};
    playing_ = item;
    played_until_ = std::max(now, played_until_);
    playing_since_ = played_until_ - before;
  }
  if (!first_sound_) {
    first_sound_ = played_until_;
    if (last_word_) {
      const auto delay = std::chrono::duration_cast<Milliseconds>(played_until_ - *last_word_).count();
      delays_ms_.emplace_back(delay);
      tell_("sound", "the first " + std::to_string(delay) + " ms after the last word");
    }
  }
  played_.samples.insert(played_.samples.end(), samples.begin(), samples.end());
  played_until_ += length_of(samples.size());
}

void RealtimeCaller::on_done(const json::object& response, SteadyTime) {
  const std::string status = text_at(response, "status");
  if (!reply_.empty()) {
    tell_("answer", status == "completed" ? reply_ : reply_ + " [" + status + "]");
    replies_.emplace_back(reply_);
    reply_.clear();
  }
  if (status == "failed") failure_ = "the agent did not answer";
  // One that was interrupted gives way to the answer of what was said over it.
  if (status != "completed" || stage_ == Stage::kSpeaking) return;
  stage_ = Stage::kListening;
  answered_ = true;
}

void RealtimeCaller::send(std::string_view type, json::object members) {
  members["type"] = type;
  out_.push_back(json::serialize(members));
}

json::object RealtimeCaller::summary() const {
  return {{"kind", "summary"},
          {"ok", !failure_},
          {"turns", turn_},
          {"transcripts", transcripts_},
          {"replies", replies_},
          {"first_sound_ms", delays_ms_},
          {"interruptions", interruptions_},
          {"sound_ms", length_of(played_.samples.size()).count()}};
}

}  // namespace earshot::simulator
