#include "tests/simulation/worker.h"

#include <algorithm>
#include <utility>

namespace earshot::simulation {

namespace {

constexpr Milliseconds kTick{50};  // of the link

Bytes record_of(ipc::Envelope envelope, std::uint32_t session) {
  envelope.set_session(session);
  Bytes record(envelope.ByteSizeLong());
  envelope.SerializeToArray(record.data(), static_cast<int>(record.size()));
  return record;
}

}  // namespace

Worker::Worker(Timeline& timeline, Chance& chance, const ServiceFaults& faults, Handlers handlers)
    : timeline_(timeline),
      handlers_(std::move(handlers)),
      asr_(timeline, chance, faults),
      brain_(timeline, chance, faults, handlers_.asked),
      tts_(timeline, chance, faults) {
  tick();
}

void Worker::envelope(const ipc::Envelope& envelope) {
  if (dead_) return;
  if (envelope.has_session_open()) return open(envelope.session(), envelope.session_open());
  const auto found = conversations_.find(envelope.session());
  if (found == conversations_.end()) return;
  if (!envelope.has_session_close()) return found->second->on_envelope(envelope);
  found->second->close(envelope.session_close().moved());
  conversations_.erase(found);
}

void Worker::die() {
  dead_ = true;
  for (auto& [session, conversation] : conversations_) conversation->close(true);
  conversations_.clear();
}

void Worker::leave() {
  for (auto& [session, conversation] : conversations_) conversation->leave();
}

void Worker::open(std::uint32_t session, const ipc::SessionOpen& open) {
  const auto send = [this, session](ipc::Envelope envelope) {
    if (!dead_) handlers_.send(record_of(std::move(envelope), session));
  };
  auto conversation = worker::Conversation::create_from_request(
      config_,
      {.vad = vad_,
       .asr = asr_,
       .brain = brain_,
       .tts = tts_,
       .tools = tools_,
       .clock = timeline_,
       .counters = counters_,
       .executor = timeline_.io().get_executor(),
       .make_strand = [this] { return Executor(asio::make_strand(timeline_.io())); },
       .on_turn_ended = handlers_.turn_ended},
      open, {.send = send, .send_audio = send});
  ipc::Envelope answer;
  if (!conversation) {
    answer.mutable_session_refused()->set_reason(conversation.error().message);
    return send(answer);
  }
  answer.mutable_session_opened();
  send(answer);
  all_.push_back(*conversation);
  conversations_.emplace(session, *conversation);
  (*conversation)->start();
}

void Worker::tick() {
  if (dead_) return;
  for (auto& [session, conversation] : conversations_) conversation->tick();
  timeline_.after(kTick, [this] { tick(); });
}

std::size_t Worker::leaked() const {
  const auto alive = std::ranges::count_if(all_, [](const auto& one) { return !one.expired(); });
  return static_cast<std::size_t>(alive) - conversations_.size();
}

}  // namespace earshot::simulation
