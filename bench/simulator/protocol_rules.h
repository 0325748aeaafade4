// What the server may not do with control messages and the order of a turn (device-protocol 3, 6, 7.3),
// checked on the wire: at the time a message or datagram arrives, before any simulated delay. Sees both
// directions. Pure.
// Runs on: any one thread at a time. Findings are appended to the Violations given.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bench/simulator/device_state.h"
#include "bench/simulator/rule.h"
#include "bench/simulator/server_hello.h"
#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::simulator {

class ProtocolRules {
 public:
  explicit ProtocolRules(Mode mode, TransportKind kind = TransportKind::kMqttUdp)
      : mode_(mode), kind_(kind) {}

  // Up, as published.
  void sent(const json::object& message, SteadyTime now);
  void user_spoke() { user_spoke_ = true; }  // the last sample of an utterance has left

  // Down.
  // RETURNS: the message when it is one the device can read at all.
  std::optional<json::object> received(std::string_view text, SteadyTime now, Violations& broken);
  void audio_received(SteadyTime now, Violations& broken);
  // Nobody knows what was lost with the connection for control: what the device is in may be told once more.
  void control_came_back() { may_be_told_again_ = true; }
  void closed(SteadyTime now);                    // by either side: the session is over (WebSocket)
  void tick(SteadyTime now, Violations& broken);  // what should have come by now; call a few times a second

 private:
  void check_message(const json::object& message, std::string_view type, SteadyTime now, Violations& broken);
  void check_hello(const json::object& message, Violations& broken);
  void check_goodbye(const json::object& message, Violations& broken);
  void check_stt(const json::object& message, Violations& broken);
  void check_llm(const json::object& message, Violations& broken);
  void check_tts(const json::object& message, SteadyTime now, Violations& broken);
  void check_tts_start(SteadyTime now, Violations& broken);
  void check_tts_stop(SteadyTime now, Violations& broken);
  void check_alert(const json::object& message, Violations& broken);
  static void check_notify(const json::object& message, Violations& broken);
  void begin_turn();

  Mode mode_;
  TransportKind kind_;
  // Sessions.
  ServerHello hello_;  // the last good one
  bool channel_ = false;
  std::optional<SteadyTime> hello_sent_;
  std::set<std::string> named_sessions_;  // every id that we have put into a message
  std::vector<Block> keys_;
  // The turn.
  bool key_held_ = false;  // manual mode: listen start without stop
  bool user_spoke_ = false;
  bool stt_seen_ = false;
  bool llm_seen_ = false;
  bool speaking_ = false;  // between tts start and tts stop
  bool may_be_told_again_ = false;
  bool aborted_ = false;  // by the device, during this speech
  bool sentence_seen_ = false;
  int frames_without_sentence_ = 0;
  SteadyTime sound_until_{};           // when all audio of this speech can have been played
  std::optional<SteadyTime> stopped_;  // last tts stop
  std::optional<SteadyTime> abort_sent_;
};

}  // namespace earshot::simulator
