// Timers and reminders set by a user's words: they ring on the device, whatever became of the conversation and of the
// gateway meanwhile. Real programs and the embedded brain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/audio/wav.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kTimedMac = "02:00:00:00:10:01";

class TimersTest : public testing::Test {
 protected:
  static std::vector<std::string> device(std::vector<std::string> more) {
    more.insert(more.begin(), {"--mac", kTimedMac});
    return more;
  }
  static SimResult leave(SimRun& run) {
    run.process().signal(SIGTERM);
    return run.finish(std::chrono::seconds(30));
  }
  static std::string alerts(const SimResult& result) {
    return json::serialize(result.summary.at("alerts").as_array());
  }
  // Moves what is set, or was missed, ten minutes into the past.
  // REQUIRES: the gateway is stopped.
  bool age_reminders() const {
    const std::string script =
        "import json,sqlite3,sys\n"
        "db=sqlite3.connect(sys.argv[1])\n"
        "rows=db.execute('SELECT device, text FROM notebooks').fetchall()\n"
        "for device,text in rows:\n"
        "  book=json.loads(text)\n"
        "  for one in book['reminders']+book['missed']: one['due']-=600000\n"
        "  db.execute('UPDATE notebooks SET text=? WHERE device=?',(json.dumps(book),device))\n"
        "db.commit()\n"
        "sys.exit(0 if len(rows)==1 else 1)\n";
    return std::system(("python3 -c \"" + script + "\" " + system_.data() + "/data/earshot.db").c_str()) == 0;
  }

  System system_{{.workers = 1}};
};

TEST_F(TimersTest, ATimerRingsOnAnIdleDevice) {
  SimRun run(system_, device({"--text", "set a timer for twenty seconds", "--stay", "120"}));
  EXPECT_TRUE(run.wait_for_event("Your 20 second timer is done.")) << system_.log();
  const SimResult result = leave(run);
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.replies(), ElementsAre("Okay, 20 seconds from now."));
  EXPECT_THAT(alerts(result), HasSubstr("Your 20 second timer is done."));
  EXPECT_EQ(system_.counter("reminder_told"), 1U);
}

TEST_F(TimersTest, ATimerIsSpokenInTheConversationThatGoesOn) {
  // Somebody who is quiet for half a minute; the clicks at the ends keep the simulator from cutting it away.
  const std::string quiet = scratch_folder() + "/quiet.wav";
  Pcm clip{.samples = std::vector<std::int16_t>(30 * 16000), .sample_rate_hz = 16000};
  clip.samples.front() = clip.samples.back() = 1000;
  ASSERT_TRUE(write_wav_file(quiet, clip).ok());
  SimRun run(system_, device({"--text", "set a timer for six seconds", "--wav", quiet}));
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.replies(), ElementsAre("Okay, 6 seconds from now.", "Your 6 second timer is done."));
  EXPECT_EQ(alerts(result), "[]");
}

TEST_F(TimersTest, WhatCameDueWhileTheGatewayWasDownIsToldInTheNextConversationAndSaysSo) {
  const SimResult set = talk(system_, device({"--text", "remind me in five minutes to feed the cat"}));
  EXPECT_EQ(set.exit_code, 0) << set.told;
  ASSERT_THAT(set.replies(), ElementsAre("Okay, I will remind you in 5 minutes: feed the cat."));
  system_.stop();
  ASSERT_TRUE(age_reminders());
  system_.start();
  SimRun run(system_, device({"--text", "what time is it", "--stay", "120"}));
  EXPECT_TRUE(run.wait_for_event("feed the cat")) << system_.log();
  const SimResult result = leave(run);
  EXPECT_THAT(result.told, HasSubstr("A reminder from "));

  const SimResult again = talk(system_, device({"--text", "what are my reminders"}));
  EXPECT_THAT(again.replies(), ElementsAre("There are no reminders.")) << "it is told once";
}

TEST_F(TimersTest, ATimerOutlivesARestartOfTheGateway) {
  talk(system_, device({"--text", "set a timer for ten minutes"}));
  system_.stop();
  system_.start();
  EXPECT_THAT(talk(system_, device({"--text", "which timers are set"})).replies(),
              ElementsAre(HasSubstr("The timer for 10 minutes has ")));
}

TEST_F(TimersTest, ATimerWithoutATimeIsAskedForAndTheAnswerSetsIt) {
  const SimResult result = talk(system_, device({"--text", "set a timer", "--text", "which timers are set",
                                                 "--text", "set a timer", "--text", "ten minutes"}));
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.replies(), ElementsAre("For how long?", "No timer is set.", "For how long?",
                                            "Okay, 10 minutes from now."));
}

TEST_F(TimersTest, CancellingTheTimerTakesNoAlarmAndNoReminder) {
  const SimResult result =
      talk(system_, device({"--text", "set a timer for ten minutes", "--text", "wake me at seven", "--text",
                            "remind me in half an hour to feed the cat", "--text", "cancel the timer",
                            "--text", "what are my reminders"}));
  EXPECT_EQ(result.exit_code, 0) << result.told;
  ASSERT_EQ(result.replies().size(), 5U) << result.told;
  EXPECT_EQ(result.replies()[3], "Okay, cancelled: 10 minutes.");
  EXPECT_THAT(result.replies()[4], HasSubstr("larm at 7 o'clock"));
  EXPECT_THAT(result.replies()[4], HasSubstr("eed the cat"));
}

}  // namespace
}  // namespace earshot::e2e
