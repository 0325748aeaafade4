// A device in realtime mode whose loudspeaker leaks into its microphone, and a user who may speak over it.
// Virtual time: what the worker computes costs none. Both ways go through real Opus, in packets of 60 ms.
//
// Runs on: one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "common/audio/opus_encoder.h"
#include "common/audio/pcm.h"
#include "tests/fakes/scripted_stages.h"
#include "worker/hearing/speech_capture.h"
#include "worker/speaking/downlink_encoder.h"

namespace earshot::fakes {

struct LeakyRoom {
  double leak_db = -20;     // of the reply's level at the microphone
  double noise_rms = 5;     // in sample units: 5 is -76 dBFS, 100 is -50 dBFS
  Milliseconds delay{300};  // from the worker's sending to the loudspeaker
  unsigned seed = 1;
  // A board that leaves its echo to the server: it tells which frame it has played (device-protocol 9).
  bool leaves_echo = false;
  bool tells_timestamps = true;
  Milliseconds board_buffer{60};  // from handing a frame to the loudspeaker to its sound
  Milliseconds reverberation{0};  // until the room's echo has fallen by 60 dB
};

// Loud as if the frames in which somebody speaks had this level on average. 16 kHz.
Pcm at_level(Pcm speech, double dbfs);
// Where the first frame with a pitch begins, the least that is a vowel or a voiced consonant: periodic, and
// not more than 20 dB below the loudest.
Milliseconds first_voiced_frame(const Pcm& speech);

// One of the ways from the loudspeaker to the microphone.
struct Reflection {
  std::size_t delay = 0;  // samples
  double gain = 0;
};

class LeakyDevice {
 public:
  LeakyDevice(const LeakyRoom& room, worker::VadProvider& vad);

  void play(const Pcm& reply);  // all of it is sent at once, as a worker does
  void speak(const Pcm& speech, Milliseconds in);
  void run(Milliseconds time);  // whole packets
  bool playing() const { return playing_; }

  int barge_ins() const { return barge_ins_; }
  // From the start of the last speak()'s sound until its packet interrupted the device.
  std::optional<Milliseconds> reaction() const { return reaction_; }
  std::size_t recognised_samples() const { return asr_.samples(); }  // of the utterance, so far
  double learnt_loss_db() const { return capture_.estimate().echo_loss_db; }
  bool echo_removed() const { return capture_.echo_removed(); }

 private:
  void packet();
  double echo_of(std::int16_t played);
  std::uint32_t take_timestamp();
  worker::SpeechCaptureHandlers handlers();

  LeakyRoom room_;
  std::vector<Reflection> room_response_;
  std::mt19937 random_;
  std::normal_distribution<double> noise_;
  asio::io_context io_;
  ManualClock clock_;
  ScriptedAsr asr_;
  worker::DownlinkEncoder downlink_;
  OpusEncoder uplink_;
  worker::SpeechCapture capture_;
  std::deque<std::int16_t> loudspeaker_;  // from now on
  std::deque<std::int16_t> voice_;
  std::vector<std::int16_t> played_;  // the latest, a ring as long as the latest reflection
  std::size_t played_at_ = 0;
  TurnId turn_{};
  std::int64_t next_frame_ = 0;       // samples until the board hands the next frame over
  std::uint32_t next_timestamp_ = 0;  // of that frame
  int frames_left_ = 0;
  std::deque<std::uint32_t> told_;  // handed over, and not told yet
  std::optional<SteadyTime> speaks_since_;
  std::optional<Milliseconds> reaction_;
  bool playing_ = false;
  int barge_ins_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace earshot::fakes
