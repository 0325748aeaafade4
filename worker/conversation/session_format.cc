#include "worker/conversation/session_format.h"

namespace earshot::worker {

namespace {

bool is_opus_rate(std::uint32_t hz) {
  return hz == 8000 || hz == 12000 || hz == 16000 || hz == 24000 || hz == 48000;
}

bool is_frame_duration(std::uint32_t ms) {
  return ms == 5 || ms == 10 || ms == 20 || ms == 40 || ms == 60 || ms == 80 || ms == 100 || ms == 120;
}

}  // namespace

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
  return is_opus_rate(open.downlink().sample_rate_hz()) &&
         is_frame_duration(open.downlink().frame_duration_ms()) &&
         is_frame_duration(open.uplink().frame_duration_ms());
}

}  // namespace earshot::worker
