// A worker's core without its sockets: the conversations of one link.
//
// Runs on: the timeline.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/scripted_stages.h"
#include "tests/simulation/stages.h"
#include "worker/conversation/conversation.h"
#include "worker/tools/builtin_tools.h"

namespace earshot::simulation {

class Worker {
 public:
  struct Handlers {
    std::function<void(Bytes record)> send;  // to the gateway, in order
    SimulatedBrain::Asked asked;
    std::function<void(const worker::TurnTrace&)> turn_ended;
  };
  Worker(Timeline& timeline, Chance& chance, const ServiceFaults& faults, Handlers handlers);

  // Without a word: what it had is gone.
  void die();
  // Its sessions go to another worker (the same one here) as soon as that cuts nothing.
  void leave();
  // From the gateway.
  void envelope(const ipc::Envelope& envelope);

  std::size_t conversations() const { return conversations_.size(); }
  // That were closed and live on: something holds them.
  std::size_t leaked() const;
  std::uint64_t counted(worker::ConversationEvent event) const { return counters_.value(event); }

 private:
  void open(std::uint32_t session, const ipc::SessionOpen& open);
  void tick();

  Timeline& timeline_;
  Handlers handlers_;
  fakes::LoudnessVadProvider vad_;
  SimulatedAsr asr_;
  SimulatedBrain brain_;
  SimulatedTts tts_;
  worker::BuiltinTools tools_;
  worker::ConversationCounters counters_;
  worker::ConversationConfig config_;
  std::map<std::uint32_t, std::shared_ptr<worker::Conversation>> conversations_;
  std::vector<std::weak_ptr<worker::Conversation>> all_;
  bool dead_ = false;
};

}  // namespace earshot::simulation
