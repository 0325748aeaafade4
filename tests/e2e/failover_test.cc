// Workers die, freeze and are stopped in the middle of conversations, and the conversations go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kFailoverQuestion = "what can you do";  // its answer takes some eight seconds

// The process of the worker that took the latest session, by the gateway's log.
pid_t worker_of_latest_session(const System& system) {
  const std::string log = system.log();
  const auto word_behind = [&](std::size_t from, const std::string& key) {
    const std::size_t begin = log.find(key, from) + key.size();
    return log.substr(begin, log.find_first_of(" \n", begin) - begin);
  };
  const std::size_t session = std::max(log.rfind("session opened") + 1, log.rfind("session moved") + 1);
  if (session == 0) return 0;
  const std::string worker = word_behind(session, " worker=");
  const std::size_t up = log.rfind("worker up worker=" + worker + " ");
  return up == std::string::npos ? 0 : std::stoi(word_behind(up, " pid="));
}

struct Door {
  const char* name;
  std::vector<std::string> arguments;
};
const std::vector<Door> kDoors{{"mqtt", {}}, {"websocket", {"--transport", "websocket"}}};

System::Options two_workers(const ScriptedHearing& hearing) {
  return {.workers = 2, .gateway_settings = {"ota.offer=both"}, .worker_config = hearing.worker_config()};
}

std::vector<std::string> saying(const Door& door, const std::string& what = kFailoverQuestion) {
  std::vector<std::string> arguments = door.arguments;
  arguments.insert(arguments.end(), {"--say", what});
  return arguments;
}

std::string whole_reply(const SimResult& result) {
  std::string all;
  for (const std::string& one : result.replies()) all += one + " ";
  return all;
}

std::int64_t of_first_answer(const SimResult& result, const std::string& key) {
  const json::array* answers = json::find_array(result.summary, "replies_audio");
  if (answers == nullptr || answers->empty()) return -1;
  return json::find_int(answers->at(0).get_object(), key).value_or(-1);
}

// What happens to the worker in the middle of the first sentence.
void disturb_while_speaking(int signal, const char* what) {
  const ScriptedHearing hearing({kFailoverQuestion});
  System system(two_workers(hearing));
  const SimResult calm = talk(system, saying(kDoors[0]));
  ASSERT_EQ(calm.exit_code, 0) << calm.told;
  for (const Door& door : kDoors) {
    SCOPED_TRACE(door.name);
    SimRun run(system, saying(door));
    ASSERT_TRUE(run.wait_for_event("sentence_start"));
    const pid_t worker = worker_of_latest_session(system);
    ASSERT_GT(worker, 0) << system.log();
    ::kill(worker, signal);
    const SimResult result = run.finish();
    ::kill(worker, SIGCONT);
    EXPECT_EQ(result.exit_code, 0) << result.told << system.log();
    EXPECT_THAT(result.violations(), IsEmpty());
    // The worker goes with the first packets of its sentence, which is said anew.
    EXPECT_THAT(whole_reply(result), testing::EndsWith(whole_reply(calm))) << system.log();
    EXPECT_THAT(result.told, Not(HasSubstr("session_ended")));
    EXPECT_LE(of_first_answer(result, "gaps"), 1) << "where the sentence is said anew";
    std::printf("%s while speaking, %s: sound %lld ms, undisturbed %lld ms, gaps %lld\n", what, door.name,
                static_cast<long long>(of_first_answer(result, "sound_ms")),
                static_cast<long long>(of_first_answer(calm, "sound_ms")),
                static_cast<long long>(of_first_answer(result, "gaps")));
  }
}

TEST(FailoverTest, AWorkerIsKilledWhileItSpeaks) {
  disturb_while_speaking(SIGKILL, "killed");
}

TEST(FailoverTest, AWorkerIsFrozenWhileItSpeaks) {
  disturb_while_speaking(SIGSTOP, "frozen");
}

TEST(FailoverTest, AWorkerIsStoppedWhileItSpeaks) {
  disturb_while_speaking(SIGTERM, "stopped");
}

TEST(FailoverTest, AWorkerIsKilledWhileTheUserSpeaks) {
  const ScriptedHearing hearing({kFailoverQuestion});
  System system(two_workers(hearing));
  for (const Door& door : kDoors) {
    SCOPED_TRACE(door.name);
    SimRun run(system, saying(door));
    ASSERT_TRUE(run.wait_for_event(R"("state":"start")"));  // it listens
    ::kill(worker_of_latest_session(system), SIGKILL);
    const SimResult result = run.finish();
    EXPECT_EQ(result.exit_code, 0) << result.told << system.log();
    EXPECT_THAT(result.violations(), IsEmpty());
    EXPECT_THAT(result.transcripts(), testing::Contains(kFailoverQuestion));
    EXPECT_THAT(whole_reply(result), Not(IsEmpty()));
  }
}

TEST(FailoverTest, AWorkerIsKilledWhileItsToolRunsAndTheToolRunsOnce) {
  constexpr const char* kOrder = "set the volume to fifty percent";
  const ScriptedHearing hearing({kOrder});
  System system(two_workers(hearing));
  SimRun run(system, saying(kDoors[0], kOrder));
  ASSERT_TRUE(run.wait_for_event("tools/call"));
  ::kill(worker_of_latest_session(system), SIGKILL);
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told << system.log();
  EXPECT_EQ(result.tool_calls().size(), 1U) << result.told;
  EXPECT_EQ(result.volume(), 50);
  EXPECT_THAT(whole_reply(result), Not(IsEmpty()));
}

TEST(FailoverTest, ADrainedWorkerGivesItsSessionAwayAndIsReported) {
  const ScriptedHearing hearing({kFailoverQuestion});
  System system(two_workers(hearing));
  SimRun run(system, saying(kDoors[0]));
  ASSERT_TRUE(run.wait_for_event("sentence_start"));
  const std::string log = system.log();
  const std::size_t at = log.rfind("session opened");
  const std::size_t begin = log.find(" worker=", at) + 8;
  const std::string worker = log.substr(begin, log.find_first_of(" \n", begin) - begin);
  const auto drained = ctl(system, {"drain", worker, "--wait"});
  EXPECT_EQ(drained.exit_code, 0) << drained.errors;
  EXPECT_THAT(drained.output, HasSubstr("has no conversation"));
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told << system.log();
  EXPECT_THAT(system.log(), HasSubstr("its worker leaves"));
}

TEST(FailoverTest, TheOnlyWorkerIsKilledAndTheSessionWaitsForTheNext) {
  const ScriptedHearing hearing({kFailoverQuestion});
  System::Options options = two_workers(hearing);
  options.workers = 1;
  System system(options);
  const SimResult calm = talk(system, saying(kDoors[0]));
  SimRun run(system, saying(kDoors[0]));
  ASSERT_TRUE(run.wait_for_event("sentence_start"));
  ::kill(worker_of_latest_session(system), SIGKILL);
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told << system.log();
  EXPECT_THAT(whole_reply(result), testing::EndsWith(whole_reply(calm)));
}

}  // namespace
}  // namespace earshot::e2e
