#include "gateway/live/session/recitals.h"

#include <algorithm>
#include <utility>

#include "common/audio/opus_packet.h"
#include "common/base/bytes.h"
#include "common/base/wire_limits.h"
#include "common/json/json.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

constexpr std::string_view kSayId = "recital";  // only ours are asked for under their ssrc
// A worker makes some ten seconds of speech ahead of what is heard (docs/protocol_ipc.md).
constexpr std::uint32_t kFramesBetweenReports = 20;

ipc::Envelope envelope_for(Ssrc ssrc) {
  ipc::Envelope envelope;
  envelope.set_session(number(ssrc));
  return envelope;
}

}  // namespace

void Recitals::begin(const Wanted& wanted, SteadyTime now, Done done) {
  if (recitals_.size() >= kMaxRecitals)
    return done(Error{ErrorCode::kTooLarge, "too many texts are being spoken"});
  do {
    last_ = last_ % kLastRecitalSsrc + 1;
  } while (recitals_.contains(Ssrc{last_}));
  const Ssrc ssrc{last_};
  Recital& recital = recitals_[ssrc];
  recital.text = wanted.text;
  recital.done = std::move(done);
  recital.deadline = now + kPatience;
  recital.speech.sample_rate_hz = kSampleRateHz;

  ipc::SessionOpen open;
  const auto frame_ms = static_cast<std::uint32_t>(kFrameDuration.count());
  open.set_session_id(SessionId::random().text);
  open.set_device_id(wanted.device.text());
  open.mutable_uplink()->set_sample_rate_hz(16'000);
  open.mutable_uplink()->set_frame_duration_ms(frame_ms);
  open.mutable_downlink()->set_sample_rate_hz(kSampleRateHz);
  open.mutable_downlink()->set_frame_duration_ms(frame_ms);
  open.set_language(wanted.language);
  open.set_agent(wanted.agent);
  doors_.open(ssrc, open, now);
}

void Recitals::stop() {
  while (!recitals_.empty()) fail(recitals_.begin()->first, {ErrorCode::kCancelled, "the gateway stops"});
}

void Recitals::placed(Ssrc ssrc) {
  auto envelope = envelope_for(ssrc);
  envelope.mutable_say()->set_id(std::string(kSayId));
  envelope.mutable_say()->set_text(recitals_.at(ssrc).text);
  doors_.send(envelope);
}

void Recitals::audio(const ipc::AudioDownView& audio) {
  const Ssrc ssrc{audio.session};
  Recital& recital = recitals_.at(ssrc);
  if (audio.live || audio.turn != recital.turn || recital.turn == 0) return;
  const auto info = audio.opus.size() <= kMaxOpusBytes ? inspect_opus_packet(audio.opus) : std::nullopt;
  if (audio.opus.empty() || !info || info->stereo || info->duration > kFrameDuration)
    return fail(ssrc, {ErrorCode::kUnavailable, "the voice worker sent what no device plays"});
  std::string& packets = recital.speech.packets;
  if (packets.size() + 2 + audio.opus.size() > kMaxBytes)
    return fail(ssrc, {ErrorCode::kTooLarge, "the text is too long to be spoken"});
  packets += static_cast<char>(audio.opus.size() >> 8);
  packets += static_cast<char>(audio.opus.size() & 0xFF);
  packets += as_text(audio.opus);
  recital.speech.duration += std::chrono::duration_cast<Milliseconds>(info->duration);
  ++recital.frames;
  if (recital.frames - recital.told_frames >= kFramesBetweenReports) report_played(ssrc, recital);
}

void Recitals::envelope(const ipc::Envelope& envelope) {
  const Ssrc ssrc{envelope.session()};
  Recital& recital = recitals_.at(ssrc);
  switch (envelope.body_case()) {
    case ipc::Envelope::kSpeechStart: {
      if (recital.turn != 0) return;
      recital.turn = envelope.speech_start().turn();
      auto report = envelope_for(ssrc);
      report.mutable_playout_report()->set_event(ipc::PlayoutReport::kStarted);
      report.mutable_playout_report()->set_turn(recital.turn);
      return doors_.send(report);
    }
    case ipc::Envelope::kSentenceStart: {
      const auto& sentence = envelope.sentence_start();
      if (recital.turn == 0 || sentence.turn() != recital.turn) return;
      recital.sentence = sentence.sentence();
      auto& subtitles = recital.speech.subtitles;
      if (subtitles.size() < kMaxSubtitles)
        subtitles.push_back({recital.speech.duration, json::clean_text(sentence.text(), kMaxShownTextBytes)});
      return report_played(ssrc, recital);
    }
    case ipc::Envelope::kAudioDown: {  // of a newer version: audio_record.h could not read it
      const auto& down = envelope.audio_down();
      return audio({.session = envelope.session(),
                    .turn = down.turn(),
                    .sentence = down.sentence(),
                    .live = down.live(),
                    .opus = as_bytes(down.opus())});
    }
    case ipc::Envelope::kSpeechEnd:
      if (recital.turn == 0 || envelope.speech_end().turn() != recital.turn) return;
      if (recital.frames == 0) return fail(ssrc, {ErrorCode::kUnavailable, "the voice failed"});
      return finish(ssrc, std::move(recital.speech));
    case ipc::Envelope::kSpeechFlush:
    case ipc::Envelope::kSessionEnd:
      return fail(ssrc, {ErrorCode::kUnavailable, "the voice worker ended it"});
    default:  // a face, an alert: there is nobody to see it
      return;
  }
}

void Recitals::spoken(const ipc::Envelope& report) {
  const Ssrc ssrc{report.session()};
  if (!has(ssrc) || report.say_spoken().id() != kSayId) return;
  if (report.say_spoken().outcome() == ipc::SaySpoken::kFailed)
    fail(ssrc, {ErrorCode::kUnavailable, json::clean_text(report.say_spoken().reason(), kMaxShownTextBytes)});
}

void Recitals::tick(SteadyTime now) {
  while (!recitals_.empty()) {
    const auto due =
        std::ranges::find_if(recitals_, [&](const auto& at) { return at.second.deadline <= now; });
    if (due == recitals_.end()) return;
    fail(due->first, {ErrorCode::kTimeout, "the voice worker did not speak it in time"});
  }
}

std::optional<SteadyTime> Recitals::next_deadline() const {
  if (recitals_.empty()) return std::nullopt;
  return std::ranges::min_element(recitals_, {}, [](const auto& at) { return at.second.deadline; })
      ->second.deadline;
}

void Recitals::report_played(Ssrc ssrc, Recital& recital) {
  recital.told_frames = recital.frames;
  auto envelope = envelope_for(ssrc);
  auto& report = *envelope.mutable_playout_report();
  report.set_event(ipc::PlayoutReport::kSentence);
  report.set_turn(recital.turn);
  report.set_sentence(recital.sentence);
  report.set_frames_played(recital.frames);
  doors_.send(envelope);
}

// The worker is told first: `done` may begin another.
void Recitals::finish(Ssrc ssrc, Result<Speech> how) {
  const auto recital = recitals_.extract(ssrc);
  doors_.close(ssrc, how ? "spoken" : how.error().message);
  recital.mapped().done(std::move(how));
}

}  // namespace earshot::gateway
