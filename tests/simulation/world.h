// One device, its user, a gateway and a worker for a whole conversation, in simulated time: the seed decides what the
// user does, how bad the network is and which services fail. What must always hold is judged as it happens and at
// the end:
//  - every turn ends: no session, conversation or half-spoken answer is left when the user has gone;
//  - nothing stale is heard: once an answer to a newer question sounds, no older one does, and none after it was
//    interrupted;
//  - every question that was asked is answered, and once, unless the world let a service fail or the user cut in;
//  - what the model is told of its own answers is what was shown and heard;
//  - a tool is called once for each call, also when a worker dies or leaves and another goes on;
//  - the wire keeps the device's rules: order of messages, pacing, no counter block twice (protocol_rules.h, udp_rules.h).
//
// Runs on: its own timeline. A failure is told with its event log; the same seed repeats it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bench/simulator/link_faults.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/device.h"
#include "tests/simulation/gateway.h"
#include "tests/simulation/worker.h"

namespace earshot::simulation {

struct WorldPlan {
  std::uint64_t seed = 1;
  simulator::Mode mode = simulator::Mode::kAuto;
  int questions = 3;
  bool interrupts = false;     // sometimes
  bool loses_power = false;    // once, and begins anew
  bool goes_offline = false;   // the broker loses it, now and then, for some seconds
  bool worker_dies = false;    // once; another takes over
  bool worker_leaves = false;  // once: it hands its session over
  simulator::FaultRates network;
  Milliseconds control_delay{20};
  ServiceFaults services;
};
// What a seed stands for.
WorldPlan plan_of(std::uint64_t seed);

class World {
 public:
  explicit World(const WorldPlan& plan);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // RETURNS: what did not hold; empty: all is well.
  std::vector<std::string> run();
  const std::vector<std::string>& log() const { return log_; }
  int answered() const { return static_cast<int>(parts_shown_.size()); }

 private:
  struct Question {
    bool asked = false;    // its last sound left the device
    bool cut_off = false;  // the user interrupted its answer, or went before it
    int answers = 0;       // that were shown to begin
    std::optional<SteadyTime> stale_from;
  };

  // The user.
  void on_listening();
  void ask_next();
  void on_asked(int tone);
  void on_played(int tone);
  void interrupt(int tone);
  void leave();
  void lose_power();
  void go_offline();
  void begin();
  void start_worker();
  void kill_worker();
  void look_around();  // each second

  // The wires.
  void send_up(std::string text);
  void send_down(std::string text);
  void datagram_up(Bytes datagram);
  void datagram_down(Bytes datagram);

  void on_brain_asked(const worker::LlmRequest& request);
  void on_shown(const std::string& text);
  void judge_end();
  void broken(const std::string& what);
  void note(const std::string& what);

  WorldPlan plan_;
  Timeline timeline_;
  Chance user_;
  Chance network_;
  Chance services_;
  simulator::LinkFaults up_faults_;
  simulator::LinkFaults down_faults_;
  SteadyTime last_up_{};
  SteadyTime last_down_{};
  SteadyTime last_to_worker_{};
  SteadyTime last_to_gateway_{};
  std::unique_ptr<Worker> worker_;
  std::vector<std::unique_ptr<Worker>> dead_workers_;  // what they had put down still looks at them
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Device> device_;

  std::map<int, Question> questions_;
  std::map<int, std::set<int>> parts_shown_;  // of each answer
  std::set<int> joined_;                      // asked together with a later one
  std::map<int, int> calls_;                  // of the tool, by volume
  int next_question_ = 1;
  int newest_heard_ = 0;
  bool speaking_up_ = false;  // the user has something to say, or says it
  bool service_failed_ = false;
  bool left_ = false;
  bool offline_ = false;
  bool was_offline_ = false;
  bool moved_ = false;
  SteadyTime last_sound_{};
  std::optional<SteadyTime> speaks_since_;
  std::vector<std::string> broken_;
  std::vector<std::string> log_;
};

}  // namespace earshot::simulation
