#include "bench/simulator/device_state.h"

#include <chrono>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr auto kChannelTimeout = std::chrono::seconds(120);  // protocol.cc:IsTimeout

bool legal(State from, State to) {
  switch (from) {
    case State::kIdle:
      return to == State::kConnecting || to == State::kListening || to == State::kSpeaking ||
             to == State::kNotifying;
    case State::kConnecting:
      return to == State::kIdle || to == State::kListening;
    case State::kListening:
      return to == State::kSpeaking || to == State::kIdle;
    case State::kSpeaking:
      return to == State::kListening || to == State::kIdle;
    case State::kNotifying:
      return to == State::kIdle;
  }
  return false;
}

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::kIdle:
      return "idle";
    case State::kConnecting:
      return "connecting";
    case State::kListening:
      return "listening";
    case State::kSpeaking:
      return "speaking";
    case State::kNotifying:
      return "notifying";
  }
  return "";
}

std::string_view name(Mode mode) {
  switch (mode) {
    case Mode::kAuto:
      return "auto";
    case Mode::kManual:
      return "manual";
    case Mode::kRealtime:
      return "realtime";
  }
  return "";
}

Actions DeviceState::press_button(SteadyTime now) {
  Actions actions;
  switch (state_) {
    case State::kIdle:
      open_or_listen(now, actions);
      break;
    case State::kConnecting:
    case State::kNotifying:
      break;
    case State::kSpeaking:
      actions.push_back(Action::kSendAbort);  // stays Speaking until tts stop (trap 18)
      break;
    case State::kListening:
      return shut_down();
  }
  return actions;
}

Actions DeviceState::press_talk(SteadyTime now) {
  Actions actions;
  if (state_ == State::kIdle) {
    open_or_listen(now, actions);
  } else if (state_ == State::kSpeaking) {
    actions = {Action::kSendAbort, Action::kFlushPlayback};
    enter_listening(actions);
  }
  return actions;
}

Actions DeviceState::release_talk() {
  Actions actions;
  if (state_ != State::kListening) return actions;  // released during Speaking: nothing is sent
  actions.push_back(Action::kSendListenStop);
  enter_idle(actions);
  return actions;
}

Actions DeviceState::hear_wake_word(SteadyTime now) {
  Actions actions;
  switch (state_) {
    case State::kIdle:
      wake_word_ = true;
      open_or_listen(now, actions);
      break;
    case State::kConnecting:
    case State::kNotifying:
      break;
    case State::kSpeaking:
      actions = {Action::kSendAbortWakeWord, Action::kClearSendQueue};
      if (mode_ == Mode::kAuto) {
        enter_listening(actions);
      } else {
        actions.push_back(Action::kFlushPlayback);
        move_to(State::kListening);
        start_listening(actions);
      }
      break;
    case State::kListening:
      actions = {Action::kSendAbortWakeWord, Action::kFlushPlayback};
      start_listening(actions);
      break;
  }
  return actions;
}

Actions DeviceState::shut_down() {
  Actions actions;
  if (channel_) actions = {Action::kCloseUdp, Action::kSendGoodbye};
  channel_ = false;
  enter_idle(actions);
  return actions;
}

Actions DeviceState::server_hello(SteadyTime now) {
  Actions actions;
  channel_ = true;
  last_heard_ = now;
  if (state_ != State::kConnecting) return actions;  // only keys and counters change
  if (std::exchange(speak_requested_, false)) {
    state_ = State::kSpeaking;
    return {Action::kSendNatPacket, Action::kFlushPlayback, Action::kSendSpeakReady};
  }
  enter_listening(actions);
  return actions;
}

Actions DeviceState::hello_failed() {
  Actions actions{Action::kShowAlert};
  channel_ = false;
  enter_idle(actions);
  return actions;
}

Actions DeviceState::publish_failed() {
  Actions actions{Action::kShowAlert, Action::kCloseUdp};
  channel_ = false;
  enter_idle(actions);
  return actions;
}

Actions DeviceState::speak_requested(SteadyTime now) {
  Actions actions;
  if (state_ != State::kIdle) return actions;
  if (channel_open(now)) {
    state_ = State::kSpeaking;
    return {Action::kSendNatPacket, Action::kFlushPlayback, Action::kSendSpeakReady};
  }
  speak_requested_ = true;
  open_or_listen(now, actions);
  return actions;
}

Actions DeviceState::notified() {
  if (state_ == State::kIdle) move_to(State::kNotifying);
  return {};
}

Actions DeviceState::notice_over() {
  if (state_ == State::kNotifying) move_to(State::kIdle);
  return {};
}

Actions DeviceState::tts_start() {
  Actions actions;
  if (state_ == State::kSpeaking || !move_to(State::kSpeaking)) return actions;
  awaiting_drain_ = false;
  if (mode_ != Mode::kRealtime && microphone_) {
    microphone_ = false;
    actions.push_back(Action::kMicrophoneOff);
  }
  actions.push_back(Action::kFlushPlayback);
  return actions;
}

Actions DeviceState::tts_stop() {
  Actions actions;
  if (state_ != State::kSpeaking) return actions;
  if (mode_ == Mode::kManual) {
    enter_idle(actions);
  } else {
    enter_listening(actions);
  }
  return actions;
}

Actions DeviceState::server_goodbye() {
  Actions actions{Action::kCloseUdp};
  channel_ = false;
  enter_idle(actions);
  return actions;
}

Actions DeviceState::playback_drained() {
  Actions actions;
  if (wants_drained()) start_listening(actions);
  return actions;
}

bool DeviceState::channel_open(SteadyTime now) const {
  return channel_ && now - last_heard_ <= kChannelTimeout;
}

bool DeviceState::move_to(State next) {
  if (!legal(state_, next)) {
    ++refused_moves_;
    return false;
  }
  state_ = next;
  return true;
}

void DeviceState::open_or_listen(SteadyTime now, Actions& actions) {
  if (channel_open(now)) return enter_listening(actions);
  // A channel that timed out gets no goodbye (3.3): the hello ends it.
  if (channel_) actions.push_back(Action::kCloseUdp);
  channel_ = false;
  move_to(State::kConnecting);
  actions.push_back(Action::kSendHello);
}

void DeviceState::enter_listening(Actions& actions) {
  if (!move_to(State::kListening)) return;
  if (wake_word_) actions.push_back(Action::kSendWakeWord);
  wake_word_ = false;
  if (microphone_) return;  // realtime: the microphone never stopped, so no listen start
  if (mode_ == Mode::kAuto) {
    awaiting_drain_ = true;
  } else {
    start_listening(actions);
  }
}

void DeviceState::enter_idle(Actions& actions) {
  if (state_ != State::kIdle) move_to(State::kIdle);
  awaiting_drain_ = false;
  wake_word_ = false;
  speak_requested_ = false;
  if (!microphone_) return;
  microphone_ = false;
  actions.push_back(Action::kMicrophoneOff);
}

void DeviceState::start_listening(Actions& actions) {
  awaiting_drain_ = false;
  actions.push_back(Action::kSendListenStart);
  if (microphone_) return;
  microphone_ = true;
  actions.push_back(Action::kMicrophoneOn);
}

}  // namespace earshot::simulator
