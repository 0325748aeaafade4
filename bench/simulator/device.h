// One simulated device on the network: conducts state machine, transport, microphone, player and
// tools as the firmware does, and checks the server while it does.
// Runs on: the io_context's thread.
// Owns: all its parts.
// Borrows: the observer, for its life.
// Lifecycle: create, connect, any number of talks, disconnect.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/agenda.h"
#include "bench/simulator/device_state.h"
#include "bench/simulator/device_tools.h"
#include "bench/simulator/firmware.h"
#include "bench/simulator/iot_device.h"
#include "bench/simulator/link_faults.h"
#include "bench/simulator/main_loop.h"
#include "bench/simulator/mcp_device.h"
#include "bench/simulator/microphone.h"
#include "bench/simulator/notice_player.h"
#include "bench/simulator/player.h"
#include "bench/simulator/protocol_rules.h"
#include "bench/simulator/run_report.h"
#include "bench/simulator/send_queue.h"
#include "bench/simulator/transport.h"
#include "bench/simulator/websocket_transport.h"

namespace earshot::simulator {

struct DeviceSettings {
  Mode mode = Mode::kAuto;
  std::vector<std::string> tools;  // words of make_tools()
  Milliseconds tool_delay{10};     // how long a tool keeps the main loop
  Milliseconds control_delay{0};   // of MQTT, each way
  FaultRates faults;               // of UDP, both ways
  Firmware firmware = *firmware_of(kUsualFirmware);
  std::optional<double> noise_snr_db;
  std::uint64_t seed = 1;
};

enum class Direction { kUp, kDown };

// Called from within the device: note what happened, act later (Agenda).
class DeviceObserver {
 public:
  virtual ~DeviceObserver() = default;
  // The network, as it happens on the wire.
  virtual void on_connected() = 0;
  virtual void on_connection_failed(const std::string& why) = 0;
  virtual void on_control(Direction direction, const json::object& message) = 0;
  virtual void on_violation(const Violation& violation) = 0;
  virtual void on_audio(SteadyTime) {}  // a datagram; when the kernel had it
  // The device, as it handles things.
  virtual void on_state(State from, State to) = 0;
  virtual void on_session(const ServerHello& hello) = 0;
  virtual void on_listening() = 0;  // listen start was sent
  virtual void on_speech_ended() = 0;
  virtual void on_heard(const std::string& transcript) = 0;
  virtual void on_emotion(const std::string& emotion) = 0;
  virtual void on_answer_began() = 0;
  virtual void on_sentence(const std::string& text) = 0;
  virtual void on_played(const Pcm& pcm, SteadyTime at, bool gap) = 0;
  virtual void on_answer_ended() = 0;  // tts stop
  virtual void on_answer_over() = 0;   // and all has been played
  virtual void on_tool(const RunReport::ToolCall& call) = 0;
  virtual void on_alert(const std::string& text) = 0;
  virtual void on_frames_cut(std::uint64_t count) = 0;
  virtual void on_frames_discarded(std::uint64_t count) = 0;
  virtual void on_session_ended() = 0;  // goodbye of the server, or its close
  virtual void on_rebooted() = 0;
};

class Device {
 public:
  static Result<std::unique_ptr<Device>> create(asio::io_context& io, const DeviceSettings& settings,
                                                DeviceObserver& observer);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  Status connect(const OtaAnswer::Mqtt& mqtt);
  Status connect(const WebSocketLogin& websocket);
  void disconnect();

  // The user.
  void press_button();
  void press_talk();
  void release_talk();
  void say_wake_word(const std::string& text, const Pcm& speech);
  void say(const Pcm& speech);         // heard while the microphone is on
  void type(const std::string& text);  // as py-xiaozhi: listen detect with any text
  void hang_up();

  Agenda& agenda() { return agenda_; }
  State state() const { return state_.state(); }
  bool playing() const;
  const DeviceStatus& status() const { return status_; }
  const Pcm& recorded() const { return microphone_->recorded(); }
  LinkCounts link_counts() const;

 private:
  Device(asio::io_context& io, const DeviceSettings& settings, DeviceObserver& observer);

  Status connect(std::unique_ptr<Transport> transport);
  Transport::Handlers transport_handlers();

  // Control, on the wire and after the delay.
  void control_arrived(const std::string& text, SteadyTime arrival);
  void handle_control(const json::object& message);
  void handle_hello(const json::object& message);
  void handle_goodbye(const json::object& message);
  void handle_mcp(const json::object& message);
  void handle_iot(const json::object& message);
  void handle_notify(const json::object& message);
  void handle_tts(const json::object& message);
  void channel_ended();
  void run_tool(const McpDevice::ToolRun& run);
  void publish(std::string text);
  void publish_now(const std::string& text);
  void publish_mcp(const std::string& payload);
  void publish_named(json::object message);  // with the session's id
  void report(const Violations& broken);
  void tick();

  // The state machine.
  template <class Event>  // Event: () -> Actions
  void step(Event event);
  void execute(Action action);
  void send_hello();
  void await_speech();  // after speak_ready
  void check_drained();
  void reboot();

  // Audio.
  Status open_audio(const ServerHello& hello);
  void packet_arrived(PlaybackQueue::Frame packet);
  void drain_send_queue();
  void flush_playback();

  asio::io_context& io_;
  DeviceSettings settings_;
  DeviceObserver& observer_;
  Agenda agenda_;
  DeviceStatus status_;
  DeviceState state_;
  std::optional<ProtocolRules> rules_;  // since connect()
  MainLoop main_loop_;
  std::optional<McpDevice> mcp_;
  std::unique_ptr<Microphone> microphone_;
  std::optional<IotDevice> iot_;
  std::unique_ptr<Transport> transport_;  // since connect()
  SendQueue send_queue_;
  ServerHello hello_;
  std::string session_id_;
  std::string speak_request_id_;
  std::string wake_word_;
  bool speech_due_ = false;  // speak_ready was sent, tts start has not come
  Pcm wake_word_speech_;
  std::shared_ptr<Player> player_;
  std::shared_ptr<NoticePlayer> notice_;
  bool awaiting_hello_ = false;
  std::uint64_t hello_number_ = 0;
  bool answer_unfinished_ = false;  // what was said is still being played
  bool interrupted_ = false;        // by the user: what still comes is thrown away on purpose
};

}  // namespace earshot::simulator
