// The device's microphone: frames of 60 ms, or of 20 (firmware.h), in real time, encoded as the firmware does (device-protocol 7.1).
// Runs on: the io_context's thread.
// Borrows: the agenda.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "bench/simulator/agenda.h"
#include "bench/simulator/microphone_tape.h"
#include "common/audio/opus_encoder.h"
#include "common/audio/pcm.h"

namespace earshot::simulator {

class Microphone {
 public:
  struct Handlers {
    std::function<void(Bytes opus)> frame;
    std::function<void()> speech_ended;
  };

  static Result<std::unique_ptr<Microphone>> create(Agenda& agenda, MicrophoneTape tape,
                                                    Milliseconds frame_time, Handlers handlers);

  void on();
  void off();  // what the user still had to say is lost
  void say(const Pcm& speech) { tape_.say(speech.samples); }
  // The last two seconds before now, ending with the wake word, each frame encoded by an encoder of its own.
  std::vector<Bytes> wake_word_burst(const Pcm& word);

  const Pcm& recorded() const { return recorded_; }  // all that was sent

 private:
  Microphone(Agenda& agenda, MicrophoneTape tape, OpusEncoder encoder, OpusEncoder burst_encoder,
             Milliseconds frame_time, Handlers handlers);
  void schedule(SteadyTime due);
  void record();
  Bytes encode(OpusEncoder& encoder, const std::vector<std::int16_t>& samples);

  Agenda& agenda_;
  MicrophoneTape tape_;
  OpusEncoder encoder_;
  OpusEncoder burst_encoder_;
  Milliseconds frame_time_;
  std::size_t frame_samples_;
  Handlers handlers_;
  Pcm recorded_{.samples = {}, .sample_rate_hz = MicrophoneTape::kSampleRateHz};
  bool on_ = false;
  std::uint64_t generation_ = 0;  // tasks of an earlier on() are stale
  SteadyTime next_frame_{};
};

}  // namespace earshot::simulator
