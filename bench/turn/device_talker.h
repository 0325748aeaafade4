// One simulated device with its user: opens a session, says a sentence when told to, hears
// the answer, waits for the next. What it measures is seen at its UDP socket.
//
// Runs on: the io_context given, all methods.
// Owns: the device, with its broker connection.
// Borrows: what the handlers refer to, and each sentence until its turn is over.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/boot.h"
#include "bench/simulator/device.h"
#include "bench/turn/spoken_script.h"

namespace earshot::bench {

// How one turn went.
struct DeviceTurn {
  std::optional<double>
      first_audio_ms;   // packet with the last voiced frame sent -> first audio of the answer
  bool cut = false;     // the server took the turn while the user still had words
  bool failed = false;  // no answer in time, or the device found a fault
  int gaps = 0;         // of the sound, as played
};

// What came of a sound over an answer.
struct Interruption {
  // First packet with the sound sent -> last audio before a silence of kSilent; not set: there was none.
  std::optional<double> silent_ms;
  bool goes_on = false;  // there is audio at the end
};

class DeviceTalker final : public simulator::DeviceObserver {
 public:
  static constexpr Milliseconds kPatience{20'000};
  static constexpr Milliseconds kSilent{250};

  struct Handlers {
    std::function<void()> ready;             // the device listens for the first time
    std::function<void(DeviceTurn)> turn;    // one for each talk()
    std::function<void()> answer_sounds;     // optional: its first audio is there
    std::function<void(std::string)> fault;  // for the report; the turn fails too
  };

  // Throws StartupError. Blocks for the device's boot.
  DeviceTalker(asio::io_context& io, const std::string& ota_url, std::uint64_t seed, simulator::Mode mode,
               Handlers handlers);

  void connect();
  // REQUIRES: ready, and no turn that goes on.
  void talk(const SpokenScript& script, Milliseconds in);
  // REQUIRES: realtime mode, an answer that sounds. Makes a sound over it.
  void talk_over(const Pcm& sound, Milliseconds in);
  Interruption judge() const;  // of it, so far
  void hang_up();

 private:
  void on_connected() override;
  void on_connection_failed(const std::string& why) override { report(why); }
  void on_control(simulator::Direction, const json::object&) override {}
  void on_violation(const simulator::Violation& violation) override;
  void on_audio(SteadyTime arrival) override;
  void on_state(simulator::State, simulator::State) override {}
  void on_session(const simulator::ServerHello&) override {}
  void on_listening() override;
  void on_speech_ended() override;
  void on_heard(const std::string&) override;
  void on_emotion(const std::string&) override {}
  void on_answer_began() override;
  void on_sentence(const std::string&) override {}
  void on_played(const Pcm&, SteadyTime, bool gap) override;
  void on_answer_ended() override {}
  void on_answer_over() override;
  void on_tool(const simulator::RunReport::ToolCall&) override {}
  void on_alert(const std::string& text) override { report(text); }
  void on_frames_cut(std::uint64_t) override {}
  void on_frames_discarded(std::uint64_t) override {}
  void on_session_ended() override { report("the server ended the session"); }
  void on_rebooted() override { report("the server made the device reboot"); }

  void report(const std::string& fault);
  void end_turn();

  simulator::OtaAnswer::Mqtt mqtt_;
  Handlers handlers_;
  std::unique_ptr<simulator::Device> device_;
  bool ready_ = false;
  bool leaving_ = false;
  std::uint64_t turns_ = 0;
  std::optional<DeviceTurn> turn_;  // that goes on
  bool answered_ = false;           // and its answer has been heard
  std::optional<SteadyTime> last_voiced_;
  std::size_t over_samples_ = 0;          // of talk_over(); 0: nothing is
  std::optional<SteadyTime> over_since_;  // its first packet was sent
  std::vector<SteadyTime> arrivals_;      // of audio, since talk_over()
};

}  // namespace earshot::bench
