// What a device plays, by the timestamps that its downlink packets carry. Pure.
//
// Runs on: its owner's thread.
// Owns: the packets sent and not yet played, kMaxPackets at most (what comes then is not known later), and the
// latest kDecoded of them decoded.
//
// The gateway numbers frames by time as they leave: one frame duration more with each frame of the session
// (gateway/session/audio_path), so a turn's frames are known by the timestamp of its first one, which it
// reports when the turn begins to play. Packets are decoded when they are played, as the device does: so this is
// what the loudspeaker gets, the codec's faults among it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "common/audio/opus_decoder.h"
#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/result.h"

namespace earshot::worker {

class EchoReference {
 public:
  static constexpr std::size_t kMaxPackets = 1200;  // the gateway holds 1,000, and the device some
  static constexpr std::size_t kDecoded = 6;

  // kInvalid: no Opus frame duration of whole 10 ms.
  static Result<EchoReference> create(int frame_ms);

  void add(TurnId turn, Bytes opus);  // in order; a packet is one frame
  void started(TurnId turn, std::uint32_t timestamp);

  // Whether the frame with this timestamp can be read, or could not long ago.
  bool knows(std::uint32_t timestamp) const;
  // Samples of 16 kHz, at a place counted from timestamp 0; silence where nothing is known. Places should grow:
  // what is kDecoded behind is forgotten. The timestamps are the device's word: a far one costs no more.
  void read(std::int64_t place, std::span<std::int16_t> out);

  int frame_ms() const { return frame_ms_; }
  std::size_t waiting() const { return packets_.size(); }

 private:
  struct Packet {
    TurnId turn;
    Bytes opus;
  };
  struct Decoded {
    std::int64_t place = 0;
    std::vector<std::int16_t> samples;
  };

  EchoReference(OpusDecoder decoder, int frame_ms) : decoder_(std::move(decoder)), frame_ms_(frame_ms) {}
  std::int64_t frame_samples() const;
  void decode_until(std::int64_t place);

  OpusDecoder decoder_;
  int frame_ms_;
  std::deque<Packet> packets_;
  std::optional<TurnId> playing_;
  std::int64_t next_place_ = 0;  // of the first packet, if it is of the turn that plays
  std::deque<Decoded> decoded_;
};

}  // namespace earshot::worker
