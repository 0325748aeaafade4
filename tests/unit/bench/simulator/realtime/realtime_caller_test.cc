#include "bench/simulator/realtime/realtime_caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/bytes.h"

namespace earshot::simulator {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RealtimeCallerTest : public testing::Test {
 protected:
  void begin(std::vector<CallerTurn> turns, CallerManners manners = {}) {
    caller.emplace(std::move(turns), std::move(manners),
                   [this](std::string_view heading, const std::string&) { story.emplace_back(heading); });
    hear(R"({"type":"session.created"})");
    hear(R"({"type":"session.updated"})");
  }
  void hear(const std::string& event) {
    for (std::string& one : caller->hear(*json::parse_object(event, 1 << 20), now)) keep(one);
  }
  void wait(Milliseconds time) {
    for (Milliseconds at{0}; at < time; at += 20ms) {
      now += 20ms;
      for (std::string& one : caller->tick(now)) keep(one);
    }
  }
  void keep(const std::string& event) {
    if (event.find("buffer.append") != std::string::npos) {
      ++frames;
      return;
    }
    sent.push_back(event);
  }
  // So many milliseconds of an answer's sound.
  void sound(const std::string& item, int ms) {
    const Bytes pcm(static_cast<std::size_t>(ms) * 48, 1);
    hear(R"({"type":"response.output_audio.delta","item_id":")" + item + R"(","delta":")" + to_base64(pcm) +
         R"("})");
  }
  void done(const std::string& status = "completed") {
    hear(R"({"type":"response.done","response":{"status":")" + status + R"("}})");
  }

  SteadyTime now{1h};
  std::optional<RealtimeCaller> caller;
  std::vector<std::string> sent;
  std::vector<std::string> story;
  int frames = 0;
};

CallerTurn spoken(int ms) {
  return {.typed = {},
          .speech = {.samples = std::vector<std::int16_t>(static_cast<std::size_t>(ms) * 16, 9),
                     .sample_rate_hz = 16'000}};
}

TEST_F(RealtimeCallerTest, TypesAndListensToTheEnd) {
  begin({{.typed = "what time is it"}});
  EXPECT_THAT(sent, ElementsAre(HasSubstr("session.update"), HasSubstr("what time is it"),
                                HasSubstr("response.create")));
  now += 300ms;
  sound("a", 1000);
  done();
  wait(800ms);
  EXPECT_FALSE(caller->over()) << "it plays still";
  wait(800ms);
  EXPECT_TRUE(caller->over());
  EXPECT_EQ(caller->failure(), std::nullopt);
  EXPECT_EQ(caller->played().samples.size(), 24'000U);
  EXPECT_EQ(caller->summary().at("first_sound_ms"), json::value(json::array{300}));
}

TEST_F(RealtimeCallerTest, SpeaksInRealTimeAndKeepsTheMicrophoneOpen) {
  begin({spoken(400), {.typed = "thanks"}});
  wait(2000ms);
  EXPECT_NEAR(frames, 50, 1);
  sound("a", 100);
  done();
  wait(1000ms);
  EXPECT_THAT(sent.back(), HasSubstr("response.create"));
  EXPECT_NEAR(frames, 75, 1);
}

TEST_F(RealtimeCallerTest, WhoInterruptsTellsWhatWasHeard) {
  begin({{.typed = "tell me a story"}, {.typed = "stop"}}, {.barge_in_after = 500ms});
  sound("a", 5000);
  wait(480ms);
  EXPECT_EQ(sent.size(), 3U);
  wait(40ms);
  EXPECT_THAT(sent.at(3), HasSubstr(R"("audio_end_ms":500)"));
  EXPECT_THAT(sent.at(4), HasSubstr("stop"));
  sound("a", 1000);  // on its way meanwhile
  EXPECT_NEAR(static_cast<double>(caller->played().samples.size()), 12'000, 500);
  done("cancelled");
  wait(1000ms);
  EXPECT_FALSE(caller->over()) << "its words are to be answered";
  sound("b", 200);
  done();
  wait(1000ms);
  EXPECT_TRUE(caller->over());
  EXPECT_EQ(caller->summary().at("interruptions"), json::value(1));
}

TEST_F(RealtimeCallerTest, AnErrorEndsIt) {
  begin({{.typed = "hello"}});
  hear(R"({"type":"error","error":{"code":"no_worker","message":"No worker is free."}})");
  EXPECT_EQ(caller->failure(), "No worker is free.");
}

}  // namespace
}  // namespace earshot::simulator
