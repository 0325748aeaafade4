#include "gateway/say/sayer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const DeviceId kDevice = *DeviceId::parse("11:22:33:44:55:66");
const std::string kClient = "GID_test@@@11_22_33_44_55_66@@@u";

class SayerTest : public testing::Test {
 protected:
  SayerTest() {
    store::Device device;
    device.id = kDevice;
    device.firmware = "2.5.1";
    directory.put(device);
    directory.set_online(*auth::parse_client_id(kClient), true);
    run();
  }
  ~SayerTest() override {
    sayer.stop();
    run();
  }

  void say(const std::string& text) {
    sayer.say(kDevice, text, [this](Result<std::string> how) {
      answers.push_back(how ? *how : "error: " + how.error().message);
    });
    run();
  }
  void run() {
    io.restart();
    io.poll();
  }
  void ended(std::size_t which, SayNews::Outcome outcome) {
    SayNews news;
    news.id = spoken.at(which);
    news.outcome = outcome;
    sayer.ended(news);
    run();
  }
  void pass(Milliseconds time) {
    clock.advance(time);
    sayer.tick();
    run();
  }

  asio::io_context io;
  fakes::ManualClock clock;
  fakes::InlineStore store;
  EventHub hub{clock};
  DeviceDirectory directory{io.get_executor(), store, hub, clock};
  bool in_session = false;
  bool connected = true;
  bool takes_requests = false;
  std::vector<std::string> spoken;  // ids given to the shard
  std::vector<std::string> pushed;
  std::vector<std::string> closed;
  std::vector<std::string> answers;
  Sayer sayer{
      io.get_executor(),
      directory,
      clock,
      {.speak =
           [this](const DeviceId&, std::string id, std::string, std::function<void(bool)> done) {
             if (in_session) spoken.push_back(id);
             asio::post(io, [done, said = in_session] { done(said); });
           },
       .push =
           [this](const std::string& client, const std::string& json) {
             EXPECT_EQ(client, kClient);
             if (connected) pushed.push_back(json);
             return connected;
           },
       .close_session = [this](const DeviceId&, const SessionId& session) { closed.push_back(session.text); },
       .takes_speak_request = [this](const DeviceEntry&) { return takes_requests; }}};
};

TEST_F(SayerTest, SpeaksInTheSessionAndAnswersWhenItWasHeard) {
  in_session = true;
  say("Dinner is ready.");
  ASSERT_THAT(spoken, SizeIs(1));
  EXPECT_THAT(answers, IsEmpty());
  ended(0, SayNews::Outcome::kHeard);
  EXPECT_THAT(answers, ElementsAre("speech"));
  EXPECT_THAT(pushed, IsEmpty());
}

TEST_F(SayerTest, CountsWhatTheUserCutShortAsSaid) {
  in_session = true;
  say("Dinner is ready.");
  ended(0, SayNews::Outcome::kPartly);
  EXPECT_THAT(answers, ElementsAre("speech"));
}

TEST_F(SayerTest, ShowsWhatCouldNotBeHeard) {
  in_session = true;
  say("Dinner is ready.");
  ended(0, SayNews::Outcome::kFailed);
  EXPECT_THAT(answers, ElementsAre("alert"));
  EXPECT_THAT(pushed, ElementsAre(HasSubstr("Dinner is ready.")));
}

TEST_F(SayerTest, ShowsAnAlertToAnIdleDeviceThatKnowsNoSpeakRequest) {
  say("Dinner is ready.");
  EXPECT_THAT(answers, ElementsAre("alert"));
  ASSERT_THAT(pushed, SizeIs(1));
  EXPECT_THAT(pushed[0], HasSubstr(R"("type":"alert")"));
  EXPECT_THAT(pushed[0], HasSubstr("Dinner is ready."));
}

TEST_F(SayerTest, WakesAnIdleDeviceThatAnnouncedIt) {
  directory.set_speak_request(kDevice, true);
  say("Dinner is ready.");
  ASSERT_THAT(pushed, SizeIs(1));
  EXPECT_THAT(pushed[0], HasSubstr(R"("type":"speak_request")"));
  EXPECT_THAT(pushed[0], HasSubstr(R"("text":"Dinner is ready.")"));
  EXPECT_THAT(answers, IsEmpty());
  in_session = true;
  sayer.speak_ready(kDevice, SessionId{"s"});
  run();
  ASSERT_THAT(spoken, SizeIs(1));
  ended(0, SayNews::Outcome::kHeard);
  EXPECT_THAT(answers, ElementsAre("speak_request"));
  EXPECT_THAT(closed, IsEmpty());
}

TEST_F(SayerTest, WakesADeviceThatIsNewEnoughByTheOperatorsWord) {
  takes_requests = true;
  say("Dinner is ready.");
  EXPECT_THAT(pushed, ElementsAre(HasSubstr("speak_request")));
}

TEST_F(SayerTest, AsksOnceForAllThatWait) {
  directory.set_speak_request(kDevice, true);
  say("One.");
  say("Two.");
  EXPECT_THAT(pushed, SizeIs(1));
  in_session = true;
  sayer.speak_ready(kDevice, SessionId{"s"});
  run();
  EXPECT_THAT(spoken, SizeIs(2));
}

TEST_F(SayerTest, FallsBackToAnAlertWhenTheDeviceDoesNotWake) {
  directory.set_speak_request(kDevice, true);
  say("Dinner is ready.");
  pass(Sayer::kWakePatience - 1ms);
  EXPECT_THAT(answers, IsEmpty());
  pass(1ms);
  EXPECT_THAT(answers, ElementsAre("alert"));
  EXPECT_EQ(sayer.counters().value(SayEvent::kWakeTimeout), 1U);
}

TEST_F(SayerTest, SpeaksInASessionThatBeganWhileItWaited) {
  directory.set_speak_request(kDevice, true);
  say("Dinner is ready.");
  in_session = true;  // the user said the wake word
  pass(Sayer::kWakePatience);
  EXPECT_THAT(spoken, SizeIs(1));
}

TEST_F(SayerTest, LetsADeviceThatWokeTooLateGoAgain) {
  directory.set_speak_request(kDevice, true);
  say("Dinner is ready.");
  pass(Sayer::kWakePatience);
  sayer.speak_ready(kDevice, SessionId{"late"});
  EXPECT_THAT(closed, ElementsAre("late"));
}

TEST_F(SayerTest, TellsWhenTheDeviceIsOffline) {
  directory.set_online(*auth::parse_client_id(kClient), false);
  say("Dinner is ready.");
  EXPECT_THAT(answers, ElementsAre("error: the device is offline"));
  EXPECT_THAT(pushed, IsEmpty());
}

TEST_F(SayerTest, TellsWhenTheBrokerIsAway) {
  connected = false;
  say("Dinner is ready.");
  EXPECT_THAT(answers, ElementsAre("error: the device is offline"));
}

TEST_F(SayerTest, GivesUpOnAWorkerThatNeverAnswers) {
  in_session = true;
  say("Dinner is ready.");
  pass(Sayer::kSpeechPatience);
  EXPECT_THAT(answers, ElementsAre("error: it was not spoken in time"));
  EXPECT_EQ(sayer.pending(), 0U);
  ended(0, SayNews::Outcome::kHeard);
  EXPECT_THAT(answers, SizeIs(1)) << "answered twice";
}

TEST_F(SayerTest, BoundsWhatWaits) {
  in_session = true;
  for (std::size_t i = 0; i < Sayer::kMaxPending + 1; ++i) {
    sayer.say(kDevice, "x", [this](const Result<std::string>& how) {
      if (!how) answers.push_back(how.error().message);
    });
  }
  run();
  EXPECT_EQ(sayer.pending(), Sayer::kMaxPending);
  EXPECT_THAT(answers, SizeIs(1));
}

TEST_F(SayerTest, TellsWhoeverWaitsThatTheGatewayStops) {
  in_session = true;
  say("Dinner is ready.");
  sayer.stop();
  run();
  EXPECT_THAT(answers, ElementsAre("error: the gateway stops"));
}

}  // namespace
}  // namespace earshot::gateway
