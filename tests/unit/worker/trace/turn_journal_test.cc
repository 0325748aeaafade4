#include "worker/trace/turn_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/conversation/downlink_messages.h"
#include "worker/trace/turn_report.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

class Journal : public testing::Test {
 protected:
  void begin(std::uint32_t turn, TurnSource source = TurnSource::kSpeech) {
    journal.begin(TurnId{turn}, source, "words", {});
    journal.leaves(downlink::speech_start(TurnId{turn}));
  }
  void end(std::uint32_t turn, TurnEnd how) {
    TurnTrace trace("s", turn, TurnSource::kSpeech);
    trace.end = how;
    journal.ended(trace, now);
  }
  void report(ipc::PlayoutReport::Event event, std::uint32_t turn, std::uint32_t sentence,
              std::uint32_t frames = 0) {
    ipc::PlayoutReport playout;
    playout.set_event(event);
    playout.set_turn(turn);
    playout.set_sentence(sentence);
    playout.set_frames_played(frames);
    journal.playout(playout);
  }

  SteadyTime now{1h};
  std::vector<TurnRecord> records;
  TurnJournal journal{{.audio = true}, [this](TurnRecord record) { records.push_back(std::move(record)); }};
};

TEST_F(Journal, JoinsTheSentencesOfScriptsWithoutBlanks) {
  begin(1);
  journal.leaves(downlink::sentence_start(TurnId{1}, 1, "你好。"));
  journal.leaves(downlink::sentence_start(TurnId{1}, 2, "再见。"));
  report(ipc::PlayoutReport::kFinished, 1, 2);
  end(1, TurnEnd::kAnswered);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].reply_text, "你好。再见。");
  EXPECT_TRUE(records[0].heard_whole);
}

TEST_F(Journal, WaitsForTheFlushOfATurnThatWasCutButNotForEver) {
  begin(1);
  end(1, TurnEnd::kBargedIn);
  EXPECT_THAT(records, IsEmpty());
  journal.tick(now + TurnJournal::kPatience - 1ms);
  EXPECT_THAT(records, IsEmpty());
  journal.tick(now + TurnJournal::kPatience);
  EXPECT_THAT(records, SizeIs(1));
  report(ipc::PlayoutReport::kFlushed, 1, 1);
  EXPECT_THAT(records, SizeIs(1)) << "given twice";
}

TEST_F(Journal, BoundsTheAudioOfBothSides) {
  const Bytes packet(400, 1);
  for (int i = 0; i < 2000; ++i) journal.audio_up(packet);
  begin(1);
  for (int i = 0; i < 2000; ++i) journal.leaves(downlink::audio(TurnId{1}, 1, packet));
  report(ipc::PlayoutReport::kFinished, 1, 1, 5000);
  end(1, TurnEnd::kAnswered);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_LE(records[0].user_audio.size() * packet.size(), TurnJournal::kMaxAudioBytes);
  EXPECT_LE(records[0].reply_audio.size() * packet.size(), TurnJournal::kMaxAudioBytes);
  const ipc::TurnReport sent = turn_report(records[0], {.session = "s", .agent = "a", .text = true});
  EXPECT_LT(sent.ByteSizeLong(), 256U * 1024);
}

TEST_F(Journal, KeepsAtMostThirtySeconds) {
  const Bytes packet(10, 1);
  for (int i = 0; i < 2000; ++i) journal.audio_up(packet);
  begin(1);
  end(1, TurnEnd::kClosed);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].user_audio.size(), 500U);  // of 60 ms
}

TEST_F(Journal, GivesTheUsersAudioToSpokenTurnsOnly) {
  journal.audio_up(Bytes(10, 1));
  begin(1, TurnSource::kServer);
  end(1, TurnEnd::kClosed);
  begin(2, TurnSource::kSpeech);
  end(2, TurnEnd::kClosed);
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(records[0].user_audio, IsEmpty());
  EXPECT_THAT(records[1].user_audio, IsEmpty()) << "of another turn";
}

TEST_F(Journal, CutsLongTextsForTheLink) {
  begin(1);
  for (std::uint32_t i = 1; i <= 100; ++i)
    journal.leaves(downlink::sentence_start(TurnId{1}, i, std::string(400, 'x') + "."));
  report(ipc::PlayoutReport::kFinished, 1, 100);
  end(1, TurnEnd::kAnswered);
  ASSERT_THAT(records, SizeIs(1));
  const ipc::TurnReport sent = turn_report(records[0], {.session = "s", .agent = "a", .text = true});
  EXPECT_LE(sent.reply_text().size(), TurnJournal::kMaxTextBytes);
}

TEST_F(Journal, ForgetsTheOldestOfTooManyTurns) {
  for (std::uint32_t turn = 1; turn <= 10; ++turn) begin(turn);
  journal.close();
  EXPECT_THAT(records, IsEmpty());
  end(10, TurnEnd::kClosed);
  EXPECT_THAT(records, SizeIs(1));
}

}  // namespace
}  // namespace earshot::worker
