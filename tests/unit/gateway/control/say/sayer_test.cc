#include "gateway/control/say/sayer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/json.h"
#include "gateway/control/say/version_floor.h"
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
    sayer.say(kDevice, text, [this](Result<commands::Said> said) {
      answers.push_back(said ? said->how : "error: " + said.error().message);
      reasons.push_back(said ? said->why : "");
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
  bool address_known = true;
  bool connected = true;
  bool takes_requests = false;
  std::vector<std::string> spoken;  // ids given to the shard
  std::vector<std::string> pushed;
  std::vector<std::string> closed;
  std::vector<std::string> answers;
  std::vector<std::string> reasons;
  std::string notify_from;
  std::vector<std::pair<std::string, std::function<void(Result<Speech>)>>> recitals;
  Sayer sayer{
      io.get_executor(),
      directory,
      clock,
      {.speak =
           [this](const DeviceId&, std::string id, std::string, std::function<void(SayVerdict)> done) {
             const SayVerdict verdict = !in_session     ? SayVerdict::kNoSession
                                        : address_known ? SayVerdict::kTaken
                                                        : SayVerdict::kNotYet;
             if (verdict == SayVerdict::kTaken) spoken.push_back(id);
             asio::post(io, [done, verdict] { done(verdict); });
           },
       .push =
           [this](const std::string& client, const std::string& json) {
             EXPECT_EQ(client, kClient);
             if (connected) pushed.push_back(json);
             return connected;
           },
       .close_session = [this](const DeviceId&, const SessionId& session) { closed.push_back(session.text); },
       .takes_speak_request = [this](const DeviceEntry&) { return takes_requests; },
       .takes_notify =
           [this](const DeviceEntry& device) {
             const auto floor = VersionFloor::parse(notify_from);
             return floor && floor->reached(device.record.firmware);
           },
       .recite =
           [this](const DeviceEntry&, std::string text, std::function<void(Result<Speech>)> done) {
             recitals.emplace_back(std::move(text), std::move(done));
           },
       .base_url = "http://gateway:8003"}};

  // A worker has made the speech.
  void recited(std::size_t which) {
    Speech speech{
        .packets = {}, .sample_rate_hz = 24000, .duration = 2s, .subtitles = {{0ms, "Dinner is ready."}}};
    for (int i = 0; i < 34; ++i) speech.packets += std::string("\0\4", 2) + "\x58\1\2\3";
    recitals.at(which).second(std::move(speech));
    run();
  }
  std::optional<NoticeStore::Found> fetch() const {
    const auto message = json::parse_object(pushed.back(), 16 * 1024).value();
    const std::string url(json::find_string(message, "audio_url").value_or(""));
    const std::string base = "http://gateway:8003/xiaozhi/speech/";
    EXPECT_THAT(url, testing::StartsWith(base));
    const auto slash = url.find('/', base.size());
    return sayer.notices().find(url.substr(base.size(), slash - base.size()), url.substr(slash + 1),
                                clock.now());
  }
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

TEST_F(SayerTest, WaitsForADeviceWhoseConversationHasJustBegun) {
  in_session = true;
  address_known = false;
  say("Dinner is ready.");
  pass(Sayer::kTick);
  EXPECT_THAT(answers, IsEmpty()) << "its microphone warms up";
  address_known = true;
  pass(Sayer::kTick);
  ASSERT_THAT(spoken, SizeIs(1));
  ended(0, SayNews::Outcome::kHeard);
  EXPECT_THAT(answers, ElementsAre("speech"));
}

TEST_F(SayerTest, SaysWhyWhenAConversationStaysWithoutSound) {
  in_session = true;
  address_known = false;
  say("Dinner is ready.");
  for (int i = 0; i < 13; ++i) pass(Sayer::kTick);
  EXPECT_THAT(answers, ElementsAre("alert"));
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("has sent no sound yet")));
}

TEST_F(SayerTest, AnAlertToAFirmwareThatCannotSpeakSaysSo) {
  say("Dinner is ready.");
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("cannot be made to speak while idle")));
}

TEST_F(SayerTest, NotifiesAnIdleDeviceThatIsNewEnough) {
  notify_from = "2.5.0";
  say("Dinner is ready.");
  ASSERT_THAT(recitals, SizeIs(1));
  EXPECT_EQ(recitals[0].first, "Dinner is ready.");
  recited(0);
  ASSERT_THAT(pushed, SizeIs(1));
  EXPECT_THAT(pushed[0], HasSubstr(R"("type":"notify")"));
  EXPECT_THAT(pushed[0], HasSubstr(R"("subtitles":[{"start_ms":0,"text":"Dinner is ready."}])"));
  const auto found = fetch();
  ASSERT_TRUE(found);
  EXPECT_THAT(std::string(found->file), testing::StartsWith("OggS"));
  EXPECT_THAT(answers, IsEmpty()) << "nobody has fetched it";
  sayer.fetch_begins(found->number);
  sayer.fetched(found->number, true);
  run();
  EXPECT_THAT(answers, ElementsAre("notify"));
  EXPECT_FALSE(fetch()) << "nobody fetches it twice";
}

TEST_F(SayerTest, AnOlderFirmwareIsNotNotified) {
  notify_from = "2.5.2";  // the device runs 2.5.1
  say("Dinner is ready.");
  EXPECT_THAT(recitals, IsEmpty());
  EXPECT_THAT(answers, ElementsAre("alert"));
}

TEST_F(SayerTest, ADeviceThatFetchesAsSlowlyAsItPlaysHasTheTimeForIt) {
  notify_from = "2.5.0";
  say("Dinner is ready.");
  recited(0);
  const auto found = fetch();
  pass(Sayer::kFetchPatience - 1ms);
  EXPECT_EQ(sayer.fetch_begins(found->number), 2s);
  pass(2s + Sayer::kFetchPatience - 1ms);
  EXPECT_THAT(answers, IsEmpty());
  sayer.fetched(found->number, true);
  run();
  EXPECT_THAT(answers, ElementsAre("notify"));
}

TEST_F(SayerTest, ANoticeThatNobodyFetchesIsShown) {
  notify_from = "2.5.0";
  say("Dinner is ready.");
  recited(0);
  const auto found = fetch();
  sayer.fetched(found->number, false);
  pass(Sayer::kFetchPatience);
  EXPECT_THAT(answers, ElementsAre("alert"));
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("did not fetch")));
  EXPECT_THAT(recitals, SizeIs(1)) << "not asked twice";
  EXPECT_EQ(sayer.notices().bytes(), 0U);
}

TEST_F(SayerTest, ANoticeThatADeviceIgnoresInItsConversationIsSpokenThere) {
  notify_from = "2.5.0";
  say("Dinner is ready.");
  recited(0);
  in_session = true;
  pass(Sayer::kFetchPatience);
  ASSERT_THAT(spoken, SizeIs(1));
  ended(0, SayNews::Outcome::kHeard);
  EXPECT_THAT(answers, ElementsAre("speech"));
}

TEST_F(SayerTest, AVoiceThatFailsLeavesTheAlert) {
  notify_from = "2.5.0";
  say("Dinner is ready.");
  recitals.at(0).second(Error{ErrorCode::kUnavailable, "no voice worker is free"});
  run();
  EXPECT_THAT(answers, ElementsAre("alert"));
  EXPECT_THAT(reasons, ElementsAre("no voice worker is free"));
}

TEST_F(SayerTest, SpeechThatComesWhenNobodyWaitsForItIsThrownAway) {
  notify_from = "2.5.0";
  say("Dinner is ready.");
  pass(Sayer::kSpeechPatience);
  EXPECT_THAT(answers, ElementsAre("error: it was not spoken in time"));
  recited(0);
  EXPECT_THAT(pushed, IsEmpty());
  EXPECT_EQ(sayer.notices().bytes(), 0U);
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
    sayer.say(kDevice, "x", [this](const Result<commands::Said>& how) {
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
