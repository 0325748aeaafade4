#include "worker/conversation/session_format.h"

namespace earshot::worker {

namespace {

bool is_opus_rate(std::uint32_t hz) {
  return hz == 8000 || hz == 12000 || hz == 16000 || hz == 24000 || hz == 48000;
}

bool is_frame_duration(std::uint32_t ms) {
  return ms == 5 || ms == 10 || ms == 20 || ms == 40 || ms == 60 || ms == 80 || ms == 100 || ms == 120;
}

bool is_known(const ipc::AudioFormat& format) {
  return ipc::AudioFormat::Codec_IsValid(format.codec()) && is_frame_duration(format.frame_duration_ms());
}

// An Opus decoder has the rate that it wants; all else has the one that is named.
bool has_rate(const ipc::AudioFormat& format) {
  const std::uint32_t hz = format.sample_rate_hz();
  switch (format.codec()) {
    case ipc::AudioFormat::kOpus:
      return is_opus_rate(hz);
    case ipc::AudioFormat::kPcm16:
      return hz >= 8000 && hz <= 48000;
    default:
      return hz == 8000;
  }
}

}  // namespace

SoundCodec sound_codec(ipc::AudioFormat::Codec codec) {
  switch (codec) {
    case ipc::AudioFormat::kPcm16:
      return SoundCodec::kPcm16;
    case ipc::AudioFormat::kUlaw:
      return SoundCodec::kUlaw;
    case ipc::AudioFormat::kAlaw:
      return SoundCodec::kAlaw;
    default:
      return SoundCodec::kOpus;  // has_usable_formats() has refused what is none of them
  }
}

ListenMode listen_mode(ipc::Listen::Mode mode) {
  switch (mode) {
    case ipc::Listen::kManual:
      return ListenMode::kManual;
    case ipc::Listen::kRealtime:
      return ListenMode::kRealtime;
    default:
      return ListenMode::kAuto;  // protobuf enums are open: a mode of the future listens as most devices do
  }
}

bool has_usable_formats(const ipc::SessionOpen& open) {
  return is_known(open.uplink()) && is_known(open.downlink()) && has_rate(open.downlink()) &&
         (open.uplink().codec() == ipc::AudioFormat::kOpus || has_rate(open.uplink()));
}

}  // namespace earshot::worker
