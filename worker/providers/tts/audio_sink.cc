#include "worker/providers/tts/audio_sink.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "worker/providers/tts/speech_errors.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxErrorTextBytes = 4096;
constexpr std::size_t kMp3HeaderBytes = 4;
constexpr int kMinRateHz = 8000;
constexpr int kMaxRateHz = 48000;

// ISO 11172-3 2.4.2.3 and 13818-3: length of the Layer III frame behind a header; 0 when it is none.
std::size_t mp3_frame_bytes(ByteView header) {
  static constexpr std::array<int, 16> kKbitsMpeg1{0,   32,  40,  48,  56,  64,  80,  96,
                                                   112, 128, 160, 192, 224, 256, 320, 0};
  static constexpr std::array<int, 16> kKbitsMpeg2{0,  8,  16, 24,  32,  40,  48,  56,
                                                   64, 80, 96, 112, 128, 144, 160, 0};
  static constexpr std::array<int, 4> kRatesHz{44100, 48000, 32000, 0};
  if (header.size() < kMp3HeaderBytes || header[0] != 0xFF || (header[1] & 0xE0) != 0xE0) return 0;
  const int version = (header[1] >> 3) & 3;  // 0: MPEG 2.5, 1: reserved, 2: MPEG 2, 3: MPEG 1
  const int layer = (header[1] >> 1) & 3;    // 1: Layer III
  const int rate_hz = kRatesHz[(header[2] >> 2) & 3] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  const int kbits = (version == 3 ? kKbitsMpeg1 : kKbitsMpeg2)[header[2] >> 4];
  if (version == 1 || layer != 1 || rate_hz == 0 || kbits == 0) return 0;
  const int padding = (header[2] >> 1) & 1;
  return static_cast<std::size_t>((version == 3 ? 144 : 72) * kbits * 1000 / rate_hz + padding);
}

// Quiet PCM begins with bytes like FF FF or FF FB, too: only a second header where the first says counts.
AudioForm sniff_mp3_frames(ByteView front, bool complete) {
  if (front.size() < kMp3HeaderBytes) return complete ? AudioForm::kPcm : AudioForm::kUndecided;
  const std::size_t frame_bytes = mp3_frame_bytes(front);
  if (frame_bytes == 0) return AudioForm::kPcm;
  if (front.size() < frame_bytes + kMp3HeaderBytes) return complete ? AudioForm::kPcm : AudioForm::kUndecided;
  return mp3_frame_bytes(front.subspan(frame_bytes)) > 0 ? AudioForm::kMp3 : AudioForm::kPcm;
}

// A JSON object begins with '{' and, white space aside, a quote; samples rarely do.
AudioForm sniff_json(std::string_view text, bool complete) {
  const auto next = text.find_first_not_of(" \t\r\n", 1);
  if (next == std::string_view::npos)
    return complete || text.size() > kMaxErrorTextBytes ? AudioForm::kPcm : AudioForm::kUndecided;
  return text[next] == '"' || text[next] == '}' ? AudioForm::kText : AudioForm::kPcm;
}

// kUndecided while `text` may still become `word`.
std::optional<AudioForm> sniff_word(std::string_view text, std::string_view word, AudioForm form,
                                    bool complete) {
  const std::string_view front = text.substr(0, word.size());
  if (front == word) return form;
  if (!complete && word.starts_with(front)) return AudioForm::kUndecided;
  return std::nullopt;
}

}  // namespace

AudioForm sniff_audio(ByteView front, bool expects_mp3, bool complete) {
  const AudioForm otherwise = expects_mp3 ? AudioForm::kMp3 : AudioForm::kPcm;
  if (front.empty()) return complete ? otherwise : AudioForm::kUndecided;
  const std::string_view text = as_text(front);
  const std::array<std::pair<std::string_view, AudioForm>, 6> words{{{"RIFF", AudioForm::kWav},
                                                                     {"ID3", AudioForm::kMp3},
                                                                     {"OggS", AudioForm::kOgg},
                                                                     {"<!", AudioForm::kText},
                                                                     {"<h", AudioForm::kText},
                                                                     {"<?", AudioForm::kText}}};
  bool waiting = false;
  for (const auto& [word, form] : words) {
    const auto found = sniff_word(text, word, form, complete);
    if (found == AudioForm::kUndecided) waiting = true;
    if (found && found != AudioForm::kUndecided) return *found;
  }
  if (waiting) return AudioForm::kUndecided;
  if (text[0] == '{') {
    const AudioForm found = sniff_json(text, complete);
    return found == AudioForm::kPcm ? otherwise : found;
  }
  if (front[0] == 0xFF && !expects_mp3) return sniff_mp3_frames(front, complete);
  return otherwise;
}

Result<Pcm> AudioSink::feed(ByteView bytes) {
  taken_bytes_ += bytes.size();
  if (taken_bytes_ > config_.max_bytes)
    return Error{ErrorCode::kTooLarge,
                 "the speech of one sentence is larger than " + std::to_string(config_.max_bytes) + " bytes"};
  if (!std::holds_alternative<std::monostate>(form_)) return decode(bytes);
  front_.insert(front_.end(), bytes.begin(), bytes.end());
  const Status decided = decide(false);
  if (!decided) return decided.error();
  if (std::holds_alternative<std::monostate>(form_)) return Pcm{};
  const Bytes front = std::exchange(front_, {});
  return decode(front);
}

Result<Pcm> AudioSink::finish() {
  Pcm rest;
  if (std::holds_alternative<std::monostate>(form_)) {
    if (front_.empty()) return rest;
    const Status decided = decide(true);
    if (!decided) return decided.error();
    const Bytes front = std::exchange(front_, {});
    auto decoded = decode(front);
    if (!decoded) return decoded.error();
    rest = std::move(*decoded);
  }
  if (auto* wav = std::get_if<WavStream>(&form_)) {
    auto last = wav->finish();
    if (!last) return last.error();
    rest.samples.insert(rest.samples.end(), last->samples.begin(), last->samples.end());
    rest.sample_rate_hz = last->sample_rate_hz;
  }
  if (std::holds_alternative<Text>(form_)) {
    return text_for_audio("the service", as_text(front_));
  }
  return rest;
}

Status AudioSink::decide(bool complete) {
  switch (sniff_audio(front_, config_.expects_mp3, complete)) {
    case AudioForm::kUndecided:
      break;
    case AudioForm::kPcm:
      form_.emplace<RawPcm>();
      break;
    case AudioForm::kWav:
      form_.emplace<WavStream>();
      break;
    case AudioForm::kMp3: {
      auto decoder = Mp3Decoder::create();
      if (!decoder) return decoder.error();
      form_.emplace<Mp3Decoder>(std::move(decoder).value());
      break;
    }
    case AudioForm::kOgg:
      return Error{ErrorCode::kInvalid,
                   "the service sends Ogg, which is not played: ask it for pcm, wav or mp3"};
    case AudioForm::kText:
      form_.emplace<Text>();
      break;
  }
  return kDone;
}

Result<Pcm> AudioSink::decode(ByteView bytes) {
  Result<Pcm> decoded = Pcm{.samples = {}, .sample_rate_hz = config_.pcm_rate_hz};
  if (auto* raw = std::get_if<RawPcm>(&form_)) decoded = decode_raw(*raw, bytes);
  if (auto* wav = std::get_if<WavStream>(&form_)) decoded = wav->feed(bytes);
  if (auto* mp3 = std::get_if<Mp3Decoder>(&form_)) decoded = mp3->feed(bytes);
  if (std::holds_alternative<Text>(form_)) {
    const std::size_t room = kMaxErrorTextBytes - std::min(front_.size(), kMaxErrorTextBytes);
    const ByteView kept = bytes.first(std::min(bytes.size(), room));
    front_.insert(front_.end(), kept.begin(), kept.end());
  }
  if (decoded && !decoded->samples.empty() &&
      (decoded->sample_rate_hz < kMinRateHz || decoded->sample_rate_hz > kMaxRateHz)) {
    return Error{ErrorCode::kInvalid, "the service sends audio of " +
                                          std::to_string(decoded->sample_rate_hz) +
                                          " Hz; 8000 to 48000 can be played"};
  }
  return decoded;
}

Pcm AudioSink::decode_raw(RawPcm& raw, ByteView bytes) const {
  Pcm made{.samples = {}, .sample_rate_hz = config_.pcm_rate_hz};
  made.samples.reserve((bytes.size() + 1) / 2);
  for (const std::uint8_t byte : bytes) {
    if (!raw.carry) {
      raw.carry = byte;
      continue;
    }
    made.samples.push_back(static_cast<std::int16_t>(*raw.carry | (byte << 8)));
    raw.carry.reset();
  }
  return made;
}

}  // namespace earshot::worker
