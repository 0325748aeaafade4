#include "tests/simulation/world.h"

#include <algorithm>
#include <cstdio>

#include "tests/simulation/tones.h"

namespace earshot::simulation {

using simulator::Mode;
using simulator::State;
using namespace std::chrono_literals;

namespace {

constexpr Microseconds kLinkLeast{50};
constexpr Microseconds kLinkMost{3000};
constexpr auto kTurnPatience = 45s;  // a device that speaks so long without a sound hangs
constexpr auto kLeaves = 120s;       // of the longest conversation
constexpr auto kEnd = 200s;          // idle end of the gateway and all patience of the worker are over

// "Answer 3 has a part 1. Answer 3 has a part 2." -> {3, 1}, {3, 2}
std::vector<std::pair<int, int>> parts_in(const std::string& text) {
  std::vector<std::pair<int, int>> parts;
  for (auto at = text.find("Answer "); at != std::string::npos; at = text.find("Answer ", at + 1)) {
    int answer = 0;
    int part = 0;
    if (std::sscanf(text.c_str() + at, "Answer %d has a part %d", &answer, &part) == 2)
      parts.emplace_back(answer, part);
  }
  return parts;
}

// Ordered, whatever the delay of each.
SteadyTime in_order(SteadyTime due, SteadyTime& last) {
  last = std::max(due, last + Microseconds(1));
  return last;
}

}  // namespace

WorldPlan plan_of(std::uint64_t seed) {
  Chance chance(seed * 2654435761U + 1);
  WorldPlan plan;
  plan.seed = seed;
  plan.mode = chance.hits(60) ? Mode::kAuto : chance.hits(50) ? Mode::kRealtime : Mode::kManual;
  plan.questions = chance.between(2, 5);
  plan.interrupts = chance.hits(50);
  plan.loses_power = chance.hits(10);
  plan.goes_offline = chance.hits(20);
  plan.worker_dies = chance.hits(25);
  plan.worker_leaves = !plan.worker_dies && chance.hits(20);
  plan.control_delay = chance.wait(2, 150);
  if (chance.hits(50)) {
    plan.network = {.loss_percent = static_cast<double>(chance.between(0, 6)),
                    .duplicate_percent = static_cast<double>(chance.between(0, 3)),
                    .reorder_percent = static_cast<double>(chance.between(0, 3)),
                    .jitter = chance.wait(0, 60)};
  }
  plan.services.llm_calls_tool = 25;
  plan.services.slow = chance.hits(30) ? 15 : 0;
  if (chance.hits(40)) {
    plan.services.asr_fails = 5;
    plan.services.asr_rejects = 5;
    plan.services.asr_is_late = 3;
    plan.services.llm_fails = 5;
    plan.services.llm_breaks_off = 10;
    plan.services.llm_hangs = 4;
    plan.services.tts_fails = 5;
    plan.services.tts_hangs = 3;
  }
  return plan;
}

World::World(const WorldPlan& plan)
    : plan_(plan),
      user_(plan.seed + 1),
      network_(plan.seed + 2),
      services_(plan.seed + 3),
      up_faults_(plan.network, plan.seed + 4),
      down_faults_(plan.network, plan.seed + 5) {
  const ServiceFaults& faults = plan_.services;
  service_failed_ = faults.asr_fails + faults.llm_fails + faults.tts_fails > 0;
  start_worker();
  gateway_ = std::make_unique<Gateway>(
      timeline_,
      Gateway::Handlers{.send_control = [this](std::string text) { send_down(std::move(text)); },
                        .send_datagram = [this](Bytes datagram) { datagram_down(std::move(datagram)); },
                        .send_worker =
                            [this](ipc::Envelope envelope) {
                              const auto due = timeline_.now() + Microseconds(network_.between(50, 3000));
                              timeline_.at(
                                  in_order(due, last_to_worker_),
                                  [this, envelope = std::move(envelope)] { worker_->envelope(envelope); });
                            }});
  device_ = std::make_unique<Device>(
      timeline_, plan_.mode, user_.wait(5, 400),
      Device::Handlers{.send_control = [this](std::string text) { send_up(std::move(text)); },
                       .send_datagram = [this](Bytes datagram) { datagram_up(std::move(datagram)); },
                       .listening = [this] { on_listening(); },
                       .asked = [this](int tone) { on_asked(tone); },
                       .played = [this](int tone) { on_played(tone); },
                       .sentence = [](const std::string&) {},
                       .called =
                           [this](const std::string& tool, int volume) {
                             note("tool " + tool + " " + std::to_string(volume));
                             if (tool == "self.audio_speaker.set_volume" && ++calls_[volume] > 1)
                               broken("a tool was called twice for one call: " + std::to_string(volume));
                           },
                       .broken =
                           [this](const std::string& what) {
                             // Of what was lost with the connection the rules know nothing.
                             if (!was_offline_) broken("rule " + what);
                           }});
}

std::vector<std::string> World::run() {
  const SteadyTime begin = timeline_.now();
  timeline_.after(10ms, [this] { this->begin(); });
  if (plan_.loses_power) timeline_.after(user_.wait(500, 30'000), [this] { lose_power(); });
  if (plan_.worker_dies) timeline_.after(user_.wait(500, 20'000), [this] { kill_worker(); });
  if (plan_.worker_leaves) {
    timeline_.after(user_.wait(500, 20'000), [this] {
      note("the worker leaves");
      moved_ = true;
      worker_->leave();
    });
  }
  if (plan_.goes_offline) timeline_.after(user_.wait(500, 15'000), [this] { go_offline(); });
  look_around();
  timeline_.at(begin + kLeaves, [this] { leave(); });
  timeline_.run_until(begin + kEnd);
  judge_end();
  return broken_;
}

void World::begin() {
  note("the user begins");
  if (plan_.mode == Mode::kManual) {
    device_->press_talk();
  } else {
    device_->press_button();
  }
}

void World::start_worker() {
  worker_ = std::make_unique<Worker>(
      timeline_, services_, plan_.services,
      Worker::Handlers{.send =
                           [this](Bytes record) {
                             const auto due = timeline_.now() + Microseconds(network_.between(50, 3000));
                             timeline_.at(in_order(due, last_to_gateway_),
                                          [this, record = std::move(record)] { gateway_->envelope(record); });
                           },
                       .asked = [this](const worker::LlmRequest& request) { on_brain_asked(request); },
                       .turn_ended = [](const worker::TurnTrace&) {}});
}

// Killed, or frozen, which is found out later.
void World::kill_worker() {
  if (left_) return;
  note("the worker dies");
  moved_ = true;
  worker_->die();
  dead_workers_.push_back(std::move(worker_));
  start_worker();
  timeline_.after(user_.hits(60) ? 1ms : 900ms, [this] { gateway_->worker_lost(); });
  timeline_.after(user_.wait(901, 3000), [this] { gateway_->worker_there(); });
}

void World::lose_power() {
  if (left_) return;
  note("the device loses its power");
  for (auto& [tone, question] : questions_) question.cut_off = true;
  speaking_up_ = false;
  device_->lose_power();
  offline_ = was_offline_ = true;
  // The broker finds out when it connects again.
  timeline_.after(user_.wait(800, 6000), [this] {
    offline_ = false;
    gateway_->presence(false);
    gateway_->presence(true);
    if (!left_) begin();
  });
}

void World::go_offline() {
  if (left_) return;
  note("offline");
  offline_ = was_offline_ = true;
  timeline_.after(user_.wait(5, 300), [this] { gateway_->presence(false); });
  timeline_.after(user_.wait(400, 8000), [this] {
    note("online again");
    offline_ = false;
    gateway_->presence(true);
    timeline_.after(user_.wait(8000, 25'000), [this] { go_offline(); });
  });
}

void World::on_listening() {
  note("listening");
  if (left_ || speaking_up_) return;
  if (next_question_ > plan_.questions) {
    // All is said. Some hang up, some just go away.
    if (user_.hits(60)) timeline_.after(user_.wait(500, 3000), [this] { leave(); });
    return;
  }
  speaking_up_ = true;
  timeline_.after(user_.wait(200, 1500), [this] { ask_next(); });
}

void World::ask_next() {
  if (left_) return;
  if (!device_->microphone_on()) {
    speaking_up_ = false;
    return;
  }
  const int tone = next_question_++;
  const Milliseconds pause = user_.hits(30) ? user_.wait(120, 350) : 0ms;
  note("the user asks " + std::to_string(tone) + (pause > 0ms ? ", with a pause" : ""));
  questions_[tone];
  device_->say(tone, user_.wait(700, 1600), pause);
}

void World::on_asked(int tone) {
  note("asked " + std::to_string(tone));
  questions_[tone].asked = true;
  speaking_up_ = false;
  if (plan_.mode == Mode::kManual) {
    timeline_.after(user_.wait(60, 400), [this] { device_->release_talk(); });
  }
}

void World::on_played(int tone) {
  last_sound_ = timeline_.now();
  if (tone == 0) return;
  const Question& question = questions_[tone];
  if (tone >= next_question_) broken("an answer sounds to what was not asked: " + std::to_string(tone));
  if (tone < newest_heard_) broken("an older answer sounds behind a newer one: " + std::to_string(tone));
  if (question.stale_from && timeline_.now() > *question.stale_from)
    broken("an answer sounds that was interrupted: " + std::to_string(tone));
  if (tone > newest_heard_) {
    newest_heard_ = tone;
    note("answer " + std::to_string(tone) + " sounds");
    if (plan_.interrupts && user_.hits(40))
      timeline_.after(user_.wait(50, 1500), [this, tone] { interrupt(tone); });
  }
}

void World::interrupt(int tone) {
  if (left_ || device_->state() != State::kSpeaking || newest_heard_ != tone) return;
  Question& question = questions_[tone];
  question.cut_off = true;
  if (plan_.mode == Mode::kRealtime && next_question_ <= plan_.questions) {
    note("the user speaks over it");
    speaking_up_ = true;
    ask_next();
    return;
  }
  note("the user interrupts");
  // There and back, and what the device holds plays out (30 frames at most were sent ahead).
  question.stale_from = timeline_.now() + 4 * plan_.control_delay + 2000ms;
  if (plan_.mode == Mode::kManual) {
    speaking_up_ = true;
    device_->press_talk();
    timeline_.after(user_.wait(100, 600), [this] {
      if (next_question_ <= plan_.questions) return ask_next();
      speaking_up_ = false;
      device_->release_talk();
    });
  } else {
    device_->press_button();
  }
}

void World::leave() {
  if (std::exchange(left_, true)) return;
  note("the user goes");
  for (auto& [tone, question] : questions_) {
    if (!parts_shown_.contains(tone)) question.cut_off = true;
  }
  if (device_->has_channel()) device_->hang_up();
}

// In manual mode nobody tells the user to go on; and whoever gets no answer asks the next.
void World::look_around() {
  device_->tick();
  const SteadyTime now = timeline_.now();
  if (device_->state() != State::kSpeaking) {
    speaks_since_.reset();
  } else if (!speaks_since_) {
    speaks_since_ = now;
  }
  if (speaks_since_ && now - std::max(*speaks_since_, last_sound_) > kTurnPatience) {
    broken("the device hangs in Speaking");
    left_ = true;
    return;
  }
  if (!left_ && !speaking_up_ && next_question_ <= plan_.questions) {
    if (plan_.mode == Mode::kManual && device_->state() == State::kIdle && now - last_sound_ > 3s &&
        user_.hits(30)) {
      speaking_up_ = true;
      device_->press_talk();
      timeline_.after(user_.wait(200, 800), [this] { ask_next(); });
    } else if (device_->microphone_on() && plan_.mode != Mode::kManual && now - last_sound_ > 12s &&
               user_.hits(30)) {
      speaking_up_ = true;
      ask_next();
    }
  }
  timeline_.after(1s, [this] { look_around(); });
}

void World::send_up(std::string text) {
  if (offline_) return note("lost up " + text.substr(0, 160));
  const auto due = timeline_.now() + plan_.control_delay;
  timeline_.at(in_order(due, last_up_), [this, text = std::move(text)] {
    note("up " + text.substr(0, 160));
    device_->control_got_there(text);
    gateway_->control(text);
  });
}

void World::send_down(std::string text) {
  note((offline_ ? "lost down " : "down ") + text.substr(0, 160));
  if (const auto message = json::parse_object(text, 1024 * 1024)) {
    if (const auto sentence = json::find_string(*message, "text");
        sentence && json::find_string(*message, "type") == "tts")
      on_shown(std::string(*sentence));
  }
  if (offline_ || !device_->control_left(text)) return;
  const auto due = timeline_.now() + plan_.control_delay;
  timeline_.at(in_order(due, last_down_), [this, text = std::move(text)] { device_->control_arrives(text); });
}

void World::datagram_up(Bytes datagram) {
  for (const SteadyTime due : up_faults_.plan(timeline_.now()))
    timeline_.at(due, [this, datagram] { gateway_->datagram(datagram); });
}

void World::datagram_down(Bytes datagram) {
  if (!device_->has_power()) return;
  device_->datagram_left(datagram);
  for (const SteadyTime due : down_faults_.plan(timeline_.now()))
    timeline_.at(due, [this, datagram] { device_->datagram_arrives(datagram); });
}

void World::on_brain_asked(const worker::LlmRequest& request) {
  const worker::Message* user = nullptr;
  for (const worker::Message& message : request.dialogue) {
    if (message.role == worker::Message::Role::kUser) user = &message;
    if (message.role != worker::Message::Role::kAssistant) continue;
    for (const auto& [answer, part] : parts_in(message.text)) {
      if (!parts_shown_[answer].contains(part))
        broken("the model is told of what nobody heard: " + std::to_string(answer) + "." +
               std::to_string(part));
    }
  }
  if (user == nullptr) return;
  note("the model is asked: " + user->text);
  const auto last = number_in(user->text);
  for (const auto& [tone, question] : questions_) {
    if (last && tone != *last && user->text.find("uestion " + std::to_string(tone)) != std::string::npos)
      joined_.insert(tone);
  }
}

void World::on_shown(const std::string& text) {
  for (const auto& [answer, part] : parts_in(text)) {
    if (!parts_shown_[answer].insert(part).second && !moved_) broken("the same is said twice: " + text);
    if (part == 1) ++questions_[answer].answers;
  }
}

void World::judge_end() {
  if (gateway_->sessions() > 0) broken("a session is left at the gateway");
  if (worker_->conversations() > 0) broken("a conversation is left at the worker");
  if (worker_->leaked() > 0) broken("a conversation was closed and is still held");
  if (device_->state() != State::kIdle) broken("the device is not idle");
  if (gateway_->counted(gateway::SessionEvent::kSpeechOutOfOrder) > 0) broken("speech was out of order");
  if (gateway_->counted(gateway::SessionEvent::kWorkerUnexpectedBody) > 0)
    broken("the worker sent what it may not");
  if (worker_->counted(worker::ConversationEvent::kUnexpected) > 0)
    broken("the gateway sent what it may not");
  for (const auto& [tone, question] : questions_) {
    if (question.answers > 1 && !moved_) broken("answered twice: " + std::to_string(tone));
    const bool excused =
        !question.asked || question.cut_off || joined_.contains(tone) || service_failed_ || was_offline_;
    if (question.answers == 0 && !excused) broken("never answered: " + std::to_string(tone));
  }
}

void World::broken(const std::string& what) {
  if (broken_.size() < 20) broken_.push_back(what);
  note("BROKEN: " + what);
}

void World::note(const std::string& what) {
  log_.push_back(std::to_string(timeline_.since_begin().count()) + " " + what);
}

}  // namespace earshot::simulation
