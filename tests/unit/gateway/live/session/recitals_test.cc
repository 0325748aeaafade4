#include "gateway/live/session/recitals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/base/bytes.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kPacket60[] = {11 << 3, 1, 2, 3};  // TOC: one frame of 60 ms, mono

class RecitalsTest : public testing::Test {
 protected:
  Ssrc begin(const std::string& text = "Dinner is ready.") {
    recitals.begin(
        {.device = *DeviceId::parse("11:22:33:44:55:66"), .text = text, .language = "en", .agent = "cook"},
        now, [this](Result<Speech> speech) { results.push_back(std::move(speech)); });
    return opened.empty() ? Ssrc{} : Ssrc{opened.back().first};
  }
  void worker_says(Ssrc ssrc, ipc::Envelope envelope) {
    envelope.set_session(number(ssrc));
    recitals.envelope(envelope);
  }
  void start(Ssrc ssrc, std::uint32_t turn = 1) {
    ipc::Envelope envelope;
    envelope.mutable_speech_start()->set_turn(turn);
    worker_says(ssrc, envelope);
  }
  void sentence(Ssrc ssrc, std::uint32_t index, const std::string& text) {
    ipc::Envelope envelope;
    envelope.mutable_sentence_start()->set_turn(1);
    envelope.mutable_sentence_start()->set_sentence(index);
    envelope.mutable_sentence_start()->set_text(text);
    worker_says(ssrc, envelope);
  }
  void frames(Ssrc ssrc, int count, std::uint32_t turn = 1) {
    for (int i = 0; i < count; ++i) {
      recitals.audio({.session = number(ssrc),
                      .turn = turn,
                      .sentence = 1,
                      .live = false,
                      .opus = as_bytes(std::string_view(kPacket60, sizeof kPacket60))});
    }
  }
  void end(Ssrc ssrc) {
    ipc::Envelope envelope;
    envelope.mutable_speech_end()->set_turn(1);
    worker_says(ssrc, envelope);
  }

  SteadyTime now{1h};
  std::vector<std::pair<std::uint32_t, ipc::SessionOpen>> opened;
  std::vector<ipc::Envelope> sent;
  std::vector<std::uint32_t> closed;
  std::vector<Result<Speech>> results;
  Recitals recitals{{.open = [this](Ssrc ssrc, const ipc::SessionOpen& open,
                                    SteadyTime) { opened.emplace_back(number(ssrc), open); },
                     .send = [this](const ipc::Envelope& envelope) { sent.push_back(envelope); },
                     .close = [this](Ssrc ssrc, std::string_view) { closed.push_back(number(ssrc)); }}};
};

TEST_F(RecitalsTest, MakesTheSpeechOfATextAsAWhole) {
  const Ssrc ssrc = begin();
  ASSERT_THAT(opened, SizeIs(1));
  EXPECT_LE(opened[0].first, kLastRecitalSsrc);
  EXPECT_EQ(opened[0].second.device_id(), "11:22:33:44:55:66");
  EXPECT_EQ(opened[0].second.agent(), "cook");
  EXPECT_FALSE(opened[0].second.device_mcp());
  EXPECT_FALSE(opened[0].second.report_text());
  recitals.placed(ssrc);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].say().text(), "Dinner is ready.");
  start(ssrc);
  sentence(ssrc, 1, "Dinner is ready.");
  frames(ssrc, 10);
  sentence(ssrc, 2, "Come down.");
  frames(ssrc, 5);
  EXPECT_THAT(results, IsEmpty());
  end(ssrc);
  ASSERT_THAT(results, SizeIs(1));
  ASSERT_TRUE(results[0].ok());
  EXPECT_EQ(results[0]->duration, 900ms);
  EXPECT_EQ(results[0]->packets.size(), 15U * 6U);
  ASSERT_THAT(results[0]->subtitles, SizeIs(2));
  EXPECT_EQ(results[0]->subtitles[1].start, 600ms);
  EXPECT_EQ(results[0]->subtitles[1].text, "Come down.");
  EXPECT_THAT(closed, ElementsAre(number(ssrc)));
  EXPECT_FALSE(recitals.has(ssrc));
}

// The worker makes some ten seconds ahead of what has been heard.
TEST_F(RecitalsTest, TellsTheWorkerThatAllHasBeenHeard) {
  const Ssrc ssrc = begin();
  recitals.placed(ssrc);
  start(ssrc);
  sentence(ssrc, 1, "A long one.");
  sent.clear();
  frames(ssrc, 200);
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.back().playout_report().frames_played(), 200U);
  EXPECT_EQ(sent.back().playout_report().event(), ipc::PlayoutReport::kSentence);
}

TEST_F(RecitalsTest, FailsWithTheVoice) {
  const Ssrc ssrc = begin();
  recitals.placed(ssrc);
  start(ssrc);
  end(ssrc);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].error().message, "the voice failed");

  const Ssrc other = begin();
  recitals.placed(other);
  ipc::Envelope report;
  report.set_session(number(other));
  report.mutable_say_spoken()->set_id("recital");
  report.mutable_say_spoken()->set_outcome(ipc::SaySpoken::kFailed);
  report.mutable_say_spoken()->set_reason("no such voice");
  recitals.spoken(report);
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[1].error().message, "no such voice");
  recitals.spoken(report);
  EXPECT_THAT(results, SizeIs(2)) << "its session is over";
}

TEST_F(RecitalsTest, FailsWithoutAWorker) {
  recitals.given_up(begin());
  recitals.lost(begin());
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(closed, SizeIs(2));
}

TEST_F(RecitalsTest, FailsAtItsDeadline) {
  begin();
  now += 10s;
  const Ssrc second = begin();
  EXPECT_EQ(recitals.next_deadline(), now - 10s + Recitals::kPatience);
  recitals.tick(now + Recitals::kPatience - 10s);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].error().code, ErrorCode::kTimeout);
  EXPECT_TRUE(recitals.has(second));
}

TEST_F(RecitalsTest, TakesNoMoreThanItsBounds) {
  const Ssrc ssrc = begin();
  recitals.placed(ssrc);
  start(ssrc);
  frames(ssrc, static_cast<int>(Recitals::kMaxBytes / 6));
  EXPECT_THAT(results, IsEmpty());
  frames(ssrc, 1);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].error().code, ErrorCode::kTooLarge);
  for (std::size_t i = 0; i < Recitals::kMaxRecitals; ++i) begin();
  EXPECT_EQ(recitals.size(), Recitals::kMaxRecitals);
  begin();
  EXPECT_THAT(results, SizeIs(2));
}

TEST_F(RecitalsTest, RefusesSoundThatNoDevicePlays) {
  const Ssrc ssrc = begin();
  recitals.placed(ssrc);
  start(ssrc);
  recitals.audio({.session = number(ssrc), .turn = 1, .sentence = 1, .live = false, .opus = {}});
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_FALSE(results[0].ok());
}

TEST_F(RecitalsTest, IgnoresOtherTurnsAndWhatComesBeforeTheFirst) {
  const Ssrc ssrc = begin();
  recitals.placed(ssrc);
  frames(ssrc, 3);
  end(ssrc);
  start(ssrc);
  frames(ssrc, 3, 2);
  frames(ssrc, 1);
  end(ssrc);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0]->duration, 60ms);
}

TEST_F(RecitalsTest, EndsAllWhenTheGatewayStops) {
  begin();
  begin();
  recitals.stop();
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace earshot::gateway
