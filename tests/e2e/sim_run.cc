#include "tests/e2e/sim_run.h"

#include <algorithm>
#include <sstream>
#include <thread>

namespace earshot::e2e {

namespace {

std::vector<std::string> strings(const json::object& from, std::string_view key) {
  std::vector<std::string> all;
  if (const json::array* array = json::find_array(from, key)) {
    for (const auto& item : *array) {
      if (item.is_string()) all.emplace_back(item.get_string());
    }
  }
  return all;
}

std::int64_t rounded(const json::object& from, std::string_view key) {
  const json::value* found = from.if_contains(key);
  if (found == nullptr || !found->is_number()) return -1;
  return static_cast<std::int64_t>(found->to_number<double>());
}

std::int64_t state_of(const json::object& summary, std::string_view part, std::string_view key) {
  const json::object* state = json::find_object(summary, "state");
  const json::object* found = state == nullptr ? nullptr : json::find_object(*state, part);
  return found == nullptr ? -1 : rounded(*found, key);
}

}  // namespace

std::vector<std::string> SimResult::transcripts() const {
  return strings(summary, "transcripts");
}

std::vector<std::string> SimResult::replies() const {
  return strings(summary, "replies");
}

std::vector<std::string> SimResult::violations() const {
  return strings(summary, "violations");
}

std::vector<std::string> SimResult::tool_calls() const {
  std::vector<std::string> all;
  if (const json::array* array = json::find_array(summary, "tool_calls")) {
    for (const auto& item : *array) {
      if (!item.is_object()) continue;
      const json::object& call = item.get_object();
      std::string text(json::find_string(call, "name").value_or("?"));
      if (const json::object* arguments = json::find_object(call, "arguments"))
        text += json::serialize(*arguments);
      all.push_back(std::move(text));
    }
  }
  return all;
}

std::int64_t SimResult::number(const std::string& key) const {
  return rounded(summary, key);
}

std::int64_t SimResult::link(const std::string& key) const {
  const auto* counts = json::find_object(summary, "link");
  return counts == nullptr ? -1 : rounded(*counts, key);
}

std::int64_t SimResult::volume() const {
  return state_of(summary, "audio_speaker", "volume");
}

std::int64_t SimResult::brightness() const {
  return state_of(summary, "screen", "brightness");
}

SimRun::SimRun(const System& system, const std::vector<std::string>& arguments)
    : folder_(scratch_folder()), wav_(folder_ + "/reply.wav") {
  std::vector<std::string> command{
      binary("earshot-sim"),    "talk", "--ota", system.ota_url(), "--out", wav_, "--json",
      folder_ + "/events.jsonl"};
  // Noise, faults and identity are the same in each run of a test, and no two devices of it are the same.
  static int runs = 0;
  ++runs;
  if (std::ranges::find(arguments, "--seed") == arguments.end()) {
    command.emplace_back("--seed");
    command.push_back(std::to_string(runs));
  }
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<ChildProcess>(command, folder_ + "/sim.out", folder_ + "/sim.err");
}

bool SimRun::wait_for_event(const std::string& text, std::chrono::seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (read_file(folder_ + "/events.jsonl").find(text) == std::string::npos) {
    if (!process_->running() || std::chrono::steady_clock::now() > deadline) return false;
    // Polls another process: there is no event to wait for.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

SimResult SimRun::finish(std::chrono::seconds timeout) {
  SimResult result;
  const auto code = process_->wait(timeout);
  result.exit_code = code.value_or(-1);
  const std::string events = read_file(folder_ + "/events.jsonl");
  result.told =
      process_->output() + process_->errors() + (code ? "" : "(still running at the deadline)\n") + events;
  std::istringstream lines(events);
  for (std::string line; std::getline(lines, line);) {
    auto parsed = json::parse_object(line, 1 << 20);
    if (!parsed.ok()) continue;
    if (const json::object* summary = json::find_object(*parsed, "summary")) {
      result.summary = *summary;
    } else {
      result.events.push_back(std::move(parsed).value());
    }
  }
  return result;
}

}  // namespace earshot::e2e
