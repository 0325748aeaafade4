// The firmware's conversation state machine (device-protocol 0, 3.3, 6.3, 6.4, 7.3): which moves are legal,
// and what the device sends and does at each. Pure: events in, actions out, in order.
// Runs on: any one thread at a time.
//
//   Idle -> Connecting -> Listening <-> Speaking, any -> Idle; Idle -> Speaking is legal, Idle -> Notifying -> Idle;
//   Connecting -> Speaking only after a speak request (78/xiaozhi-esp32, pull request 1939).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/clock.h"

namespace earshot::simulator {

enum class State { kIdle, kConnecting, kListening, kSpeaking, kNotifying };
enum class Mode { kAuto, kManual, kRealtime };

std::string_view name(State state);
std::string_view name(Mode mode);

enum class Action {
  kSendHello,     // and wait for the server's, main loop blocked, 10 s at most
  kSendWakeWord,  // burst of the last 2 s, then listen detect
  kSendListenStart,
  kSendListenStop,
  kSendAbort,
  kSendAbortWakeWord,  // with reason wake_word_detected
  kSendGoodbye,
  kSendNatPacket,   // an empty one, so that the NAT lets the server's in
  kSendSpeakReady,  // and wait for tts start
  kCloseUdp,
  kMicrophoneOn,
  kMicrophoneOff,
  kFlushPlayback,
  kClearSendQueue,
  kShowAlert,
};
using Actions = std::vector<Action>;

class DeviceState {
 public:
  explicit DeviceState(Mode mode) : mode_(mode) {}

  // The user. A wake word or press that means nothing in the present state does nothing.
  Actions press_button(SteadyTime now);  // start, interrupt or end a talk
  Actions press_talk(SteadyTime now);    // push-to-talk key, manual mode
  Actions release_talk();
  Actions hear_wake_word(SteadyTime now);
  Actions shut_down();  // reboot, upgrade, network loss: the one way to goodbye from Idle

  // The network, as the main loop handles it.
  Actions server_hello(SteadyTime now);
  Actions hello_failed();                   // 10 s are over, or the hello could not be sent
  Actions publish_failed();                 // alert, Idle, channel counts as closed
  Actions speak_requested(SteadyTime now);  // only in Idle
  Actions notified();                       // only in Idle
  Actions notice_over();
  Actions tts_start();
  Actions tts_stop();
  Actions server_goodbye();                          // with the right session_id
  void heard(SteadyTime now) { last_heard_ = now; }  // inbound JSON or valid audio

  // The playback queue is empty. To be told whenever wants_drained() and it is.
  Actions playback_drained();
  bool wants_drained() const { return state_ == State::kListening && awaiting_drain_; }

  State state() const { return state_; }
  Mode mode() const { return mode_; }
  // 120 s without anything from the server close it, but only when somebody asks.
  bool channel_open(SteadyTime now) const;
  bool has_channel() const { return channel_; }
  std::uint32_t refused_moves() const { return refused_moves_; }

 private:
  bool move_to(State next);
  void open_or_listen(SteadyTime now, Actions& actions);
  void enter_listening(Actions& actions);
  void enter_idle(Actions& actions);
  void start_listening(Actions& actions);

  Mode mode_;
  State state_ = State::kIdle;
  bool channel_ = false;
  bool microphone_ = false;
  bool awaiting_drain_ = false;   // auto mode: listen start follows when the queue has played out
  bool speak_requested_ = false;  // the channel is being opened for the server's speech
  bool wake_word_ = false;        // its audio goes up as soon as the channel is open
  SteadyTime last_heard_{};
  std::uint32_t refused_moves_ = 0;
};

}  // namespace earshot::simulator
