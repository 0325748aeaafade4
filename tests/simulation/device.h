// A device in simulated time: the firmware's state machine, its microphone and its loudspeaker, and what the server
// may not do to it. What it plays is told by its tone, so that a world knows what its user really heard.
//
// Runs on: the timeline.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "bench/simulator/device_state.h"
#include "bench/simulator/device_tools.h"
#include "bench/simulator/mcp_device.h"
#include "bench/simulator/playback_queue.h"
#include "bench/simulator/protocol_rules.h"
#include "bench/simulator/udp_receiver.h"
#include "bench/simulator/udp_rules.h"
#include "common/audio/opus_decoder.h"
#include "tests/simulation/timeline.h"

namespace earshot::simulation {

class Device {
 public:
  struct Handlers {
    std::function<void(std::string)> send_control;
    std::function<void(Bytes)> send_datagram;
    std::function<void()> listening;                   // its microphone is on
    std::function<void(int tone)> asked;               // the last of an utterance has left
    std::function<void(int tone)> played;              // a frame of it sounds now
    std::function<void(const std::string&)> sentence;  // shown
    std::function<void(const std::string& tool, int volume)> called;
    std::function<void(const std::string& what)> broken;  // a rule, by the server
  };
  Device(Timeline& timeline, simulator::Mode mode, Milliseconds tool_delay, Handlers handlers);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // The wire, in the order of sending: what left the server, before the network delays or loses it; and what the
  // server has of us.
  bool control_left(const std::string& text);  // RETURNS: false: no message
  void datagram_left(ByteView datagram);
  void control_got_there(const std::string& text);
  // The network's end here.
  void control_arrives(const std::string& text);
  void datagram_arrives(ByteView datagram);

  // The user. Speech is heard while the microphone is on, and lost when it goes off.
  void press_button();
  void press_talk();
  void release_talk();
  void say(int tone, Milliseconds length, Milliseconds pause_within);
  void hang_up();
  void lose_power();  // without a word; it may be started again
  void tick();

  simulator::State state() const { return state_.state(); }
  bool has_channel() const { return state_.has_channel(); }
  bool has_power() const { return receiver_.has_value() || awaits_hello_; }
  bool microphone_on() const { return microphone_on_; }
  std::uint64_t copies() const { return rules_ ? rules_->copies() : 0; }

 private:
  struct SpokenFrame {
    int tone = 0;  // 0: a pause
    int index = 0;
    bool last = false;
  };
  template <class Event>
  void step(Event event);
  void execute(simulator::Action action);
  void handle(const json::object& message);
  void handle_hello(const json::object& message);
  void handle_tts(const json::object& message);
  void handle_mcp(const json::object& message);
  void send(const std::string& type_and_rest);
  void send_audio(ByteView opus);
  void record(std::uint64_t generation);
  void play_due();
  void check_drained();
  void report(const simulator::Violations& broken);

  Timeline& timeline_;
  Milliseconds tool_delay_;
  Handlers handlers_;
  simulator::DeviceState state_;
  simulator::ProtocolRules protocol_;
  simulator::DeviceStatus status_;
  simulator::McpDevice mcp_;
  std::optional<simulator::UdpReceiver> receiver_;  // of the last hello; so are the next three
  std::optional<simulator::UdpRules> rules_;
  std::optional<simulator::AesCtr> cipher_;
  simulator::ServerHello hello_;
  OpusDecoder decoder_;
  simulator::PlaybackQueue queue_;
  bool play_armed_ = false;
  std::uint32_t sequence_ = 0;
  bool awaits_hello_ = false;
  std::uint64_t hellos_ = 0;
  bool microphone_on_ = false;
  std::uint64_t recording_ = 0;  // generation: tasks of an earlier one are stale
  std::deque<SpokenFrame> speech_;
};

}  // namespace earshot::simulation
