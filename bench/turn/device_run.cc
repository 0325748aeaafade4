#include "bench/turn/device_run.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "bench/turn/whole_system.h"
#include "common/asio/asio.h"
#include "common/base/startup_error.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kConnectWithin{30'000};
constexpr Milliseconds kBetweenRounds{700};  // dropped guesses have ended by then
constexpr std::size_t kFaultsKept = 5;

// Runs on: the io_context's thread.
class DeviceRun {
 public:
  DeviceRun(const DevicePlan& plan, Services& services) : plan_(plan), services_(services), pause_(io_) {}

  DeviceResult run() {
    services_.set_plan(plan_.services);
    WholeSystem system(plan_.bin, plan_.folder,
                       "capacity: " + std::to_string(plan_.devices + 1) + "\ndrain_ms: 0\n" +
                           plan_.worker_yaml +
                           (plan_.local ? services_.model_yaml() : services_.worker_yaml()),
                       plan_.one_core);
    for (int i = 0; i < plan_.devices; ++i) {
      talkers_.push_back(std::make_unique<DeviceTalker>(
          io_, system.ota_url(), static_cast<std::uint64_t>(i) + 1, simulator::Mode::kAuto,
          DeviceTalker::Handlers{.ready = [this] { on_ready(); },
                                 .turn = [this](const DeviceTurn& turn) { on_turn(turn); },
                                 .answer_sounds = nullptr,
                                 .fault = [this](const std::string& what) { on_fault(what); }}));
    }
    for (const auto& talker : talkers_) talker->connect();
    const Milliseconds a_round = DeviceTalker::kPatience + plan_.spread + kBetweenRounds;
    io_.run_for(kConnectWithin + a_round * static_cast<int>(plan_.rounds.size()));
    for (const auto& talker : talkers_) talker->hang_up();
    system.stop();
    const std::string log = system.log();
    if (round_ < plan_.rounds.size()) {
      throw StartupError(
          ExitCode::kBug,
          "the devices did not hold all their turns: " + (result_.faults.empty() ? "" : result_.faults[0]) +
              "\nthe end of the log:\n" + log.substr(log.size() - std::min<std::size_t>(log.size(), 2000)));
    }
    result_.traces = read_trace_lines(log);
    result_.guesses_used = result_.traces.speculations_used;
    for (const double count : result_.traces.numbers["speculations_discarded"])
      result_.guesses_discarded += static_cast<std::size_t>(count);
    return std::move(result_);
  }

 private:
  void on_ready() {
    if (++ready_ == talkers_.size()) begin_round();
  }

  void begin_round() {
    const SpokenScript& script = plan_.rounds[round_];
    services_.hear(script);
    result_.rounds.push_back({.pause = script.pause});
    requests_before_ = services_.model_requests();
    voices_before_ = services_.voice_requests();
    over_ = 0;
    std::uniform_int_distribution<std::int64_t> spread(300, 300 + plan_.spread.count());
    for (const auto& talker : talkers_) talker->talk(script, Milliseconds(spread(random_)));
  }

  void on_turn(const DeviceTurn& turn) {
    ++result_.turns;
    ++result_.rounds.back().turns;
    if (turn.failed) ++result_.failed;
    if (turn.gaps > 0) ++result_.with_gaps;
    if (turn.cut) {
      ++result_.cut;
      ++result_.rounds.back().cut;
    } else if (turn.first_audio_ms) {
      result_.first_audio_ms.push_back(*turn.first_audio_ms);
      result_.rounds.back().first_audio_ms.push_back(*turn.first_audio_ms);
    }
    if (++over_ < talkers_.size()) return;
    pause_.expires_after(kBetweenRounds);
    pause_.async_wait([this](error_code stopped) {
      if (!stopped) end_round();
    });
  }

  void end_round() {
    RoundResult& round = result_.rounds.back();
    round.requests = services_.model_requests() - requests_before_;
    round.voice_requests = services_.voice_requests() - voices_before_;
    result_.requests += round.requests;
    if (++round_ == plan_.rounds.size()) return io_.stop();
    begin_round();
  }

  void on_fault(const std::string& what) {
    if (result_.faults.size() < kFaultsKept) result_.faults.push_back(what);
  }

  const DevicePlan& plan_;
  Services& services_;
  asio::io_context io_{1};
  asio::steady_timer pause_;
  std::vector<std::unique_ptr<DeviceTalker>> talkers_;
  std::minstd_rand random_{1};
  DeviceResult result_;
  std::size_t ready_ = 0;
  std::size_t round_ = 0;
  std::size_t over_ = 0;  // in this round
  std::size_t requests_before_ = 0;
  std::size_t voices_before_ = 0;
};

// One question, a long answer, and a sound over it.
//
// Runs on: the io_context's thread.
class OverRun {
 public:
  OverRun(const OverPlan& plan, Services& services) : plan_(plan), services_(services), pause_(io_) {}

  OverResult run() {
    ServicePlan service_plan;
    service_plan.reply_sentences = kLongReply;
    services_.set_plan(service_plan);
    services_.hear(plan_.question);
    WholeSystem system(
        plan_.bin, plan_.folder,
        "capacity: " + std::to_string(plan_.sounds.size() + 1) + "\ndrain_ms: 0\n" + services_.worker_yaml());
    for (std::size_t i = 0; i < plan_.sounds.size(); ++i) {
      talkers_.push_back(std::make_unique<DeviceTalker>(
          io_, system.ota_url(), i + 1, simulator::Mode::kRealtime,
          DeviceTalker::Handlers{
              .ready = [this, i] { talkers_[i]->talk(plan_.question, Milliseconds(300)); },
              .turn = [](const DeviceTurn&) {},
              .answer_sounds = [this] { on_answer_sounds(); },
              .fault = [this](const std::string& what) { result_.faults.push_back(what); }}));
    }
    for (const auto& talker : talkers_) talker->connect();
    io_.run_for(kConnectWithin + DeviceTalker::kPatience);
    for (const auto& talker : talkers_) talker->hang_up();
    system.stop();
    if (!judged_) throw StartupError(ExitCode::kBug, "not every device got its answer:\n" + system.log());
    return std::move(result_);
  }

 private:
  void on_answer_sounds() {
    if (++sounding_ < talkers_.size()) return;
    after(kBeforeTalkingOver, [this] {
      services_.hear(plan_.heard);
      requests_before_ = services_.model_requests();
      Milliseconds longest{0};
      for (std::size_t i = 0; i < talkers_.size(); ++i) {
        const Milliseconds in(i * 37);  // at different places of their packets
        talkers_[i]->talk_over(plan_.sounds[i], in);
        longest = std::max(longest, in + Milliseconds(plan_.sounds[i].samples.size() / 16));
      }
      after(longest + kUntilJudged, [this] { judge(); });
    });
  }
  void judge() {
    for (const auto& talker : talkers_) {
      const Interruption found = talker->judge();
      ++result_.sounds;
      if (!found.goes_on) ++result_.ended;
      if (found.silent_ms) result_.silent_ms.push_back(*found.silent_ms);
    }
    result_.answered = services_.model_requests() - requests_before_;
    judged_ = true;
    io_.stop();
  }
  template <class Step>
  void after(Milliseconds wait, Step step) {
    pause_.expires_after(wait);
    pause_.async_wait([step](error_code stopped) {
      if (!stopped) step();
    });
  }

  static constexpr std::size_t kLongReply = 40;  // of 900 ms each
  static constexpr Milliseconds kBeforeTalkingOver{1000};
  static constexpr Milliseconds kUntilJudged{3000};

  const OverPlan& plan_;
  Services& services_;
  asio::io_context io_{1};
  asio::steady_timer pause_;
  std::vector<std::unique_ptr<DeviceTalker>> talkers_;
  OverResult result_;
  std::size_t sounding_ = 0;
  std::size_t requests_before_ = 0;
  bool judged_ = false;
};

}  // namespace

double DeviceResult::wasted_a_turn() const {
  const std::size_t answered = turns - std::min(turns, failed);
  if (answered == 0) return 0;
  return static_cast<double>(requests - std::min(requests, answered)) / static_cast<double>(answered);
}

OverResult run_talking_over(const OverPlan& plan, Services& services) {
  return OverRun(plan, services).run();
}

DeviceResult run_devices(const DevicePlan& plan, Services& services) {
  return DeviceRun(plan, services).run();
}

}  // namespace earshot::bench
