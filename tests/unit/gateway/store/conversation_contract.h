// What every Store must do with conversations. Included beside store_contract.h, instantiated with it.
#pragma once

#include "tests/unit/gateway/store/store_contract.h"

namespace earshot::store {

class ConversationContract : public StoreContract {
 protected:
  ConversationRepository& conversations() { return store_->conversations(); }
  // Answered after `first_audio` ms, begun at `started` ms.
  void add_turn(int device, std::int64_t started, std::int64_t first_audio) {
    ++turns_;
    auto turn = sample_turn("s" + std::to_string(device), device, turns_);
    turn.started = at_ms(started);
    turn.first_audio = Milliseconds(first_audio);
    conversations().add(turn);
  }
  std::uint32_t turns_ = 0;
};

TEST_P(ConversationContract, CountsItsTurnsWhoeverCountsMore) {
  conversations().put(sample_conversation("s", 1));
  conversations().add(sample_turn("s", 1, 1));
  conversations().add(sample_turn("s", 1, 2));
  EXPECT_EQ(conversations().find("s")->turns, 2U);
  auto ended = sample_conversation("s", 1);
  ended.turns = 1;
  conversations().put(ended);
  EXPECT_EQ(conversations().find("s")->turns, 2U);
  ended.turns = 5;
  conversations().put(ended);
  EXPECT_EQ(conversations().find("s")->turns, 5U);
}

TEST_P(ConversationContract, ATurnBeforeItsConversationMakesIt) {
  conversations().add(sample_turn("s", 3, 1));
  ASSERT_TRUE(conversations().find("s"));
  EXPECT_EQ(conversations().find("s")->device, device_id(3));
  conversations().put(sample_conversation("s", 3, "later"));
  EXPECT_EQ(conversations().find("s")->agent, "later1");
  EXPECT_EQ(conversations().find("s")->turns, 1U);
}

// Another gateway knows neither when it began nor, before its first turn, who answers.
TEST_P(ConversationContract, WhoGoesOnWithItKeepsItsBeginAndItsAgent) {
  const auto begun = sample_conversation("s", 1, "first");
  conversations().put(begun);
  auto taken_up = begun;
  taken_up.started = begun.started + Milliseconds(60'000);
  taken_up.agent.clear();
  conversations().put(taken_up);
  EXPECT_EQ(conversations().find("s")->started, begun.started);
  EXPECT_EQ(conversations().find("s")->agent, begun.agent);
}

TEST_P(ConversationContract, TheSameTurnAgainChangesNothing) {
  conversations().add(sample_turn("s", 1, 1, "first"));
  conversations().add(sample_turn("s", 1, 1, "again"));
  EXPECT_EQ(conversations().find("s")->turns, 1U);
  EXPECT_EQ(conversations().turns("s")[0].user_text, "first3");
  EXPECT_EQ(conversations().latency({}, at_ms(0), at_ms(2'000'000'000'000), 1)[0].turns, 1U);
}

TEST_P(ConversationContract, TurnsComeInOrderWithoutAudioAndTellWhetherThereIsSome) {
  auto spoken = sample_turn("s", 1, 2);
  spoken.user_audio = std::string("\0\3abc", 5);
  spoken.reply_audio = "reply";
  conversations().add(spoken);
  conversations().add(sample_turn("s", 1, 1));
  const auto turns = conversations().turns("s");
  ASSERT_EQ(turns.size(), 2U);
  EXPECT_EQ(turns[0].number, 1U);
  EXPECT_FALSE(turns[0].has_audio);
  EXPECT_TRUE(turns[1].has_audio);
  EXPECT_TRUE(turns[1].user_audio.empty());
  EXPECT_FALSE(conversations().audio("s", 1));
  const auto audio = conversations().audio("s", 2);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->user_audio, spoken.user_audio);
  EXPECT_EQ(audio->reply_audio, "reply");
  EXPECT_EQ(audio->device, device_id(1));
}

TEST_P(ConversationContract, PagesHoldEachOnceNewestFirst) {
  for (int i = 0; i < 11; ++i) conversations().put(sample_conversation(std::to_string(i), i % 2));
  for (const std::size_t limit : {1U, 3U, 11U}) {
    for (const std::optional<DeviceId>& device : {std::optional<DeviceId>(), std::optional(device_id(1))}) {
      const auto sessions = all_pages(
          [&](const PageRequest& request, std::vector<std::string>& keys) {
            const auto page = conversations().list(device, request);
            for (const Conversation& c : page.items) keys.push_back(c.session);
            return page.next;
          },
          limit);
      EXPECT_EQ(sessions.size(), device ? 5U : 11U);
      EXPECT_EQ(sessions.front(), device ? "9" : "10");
    }
  }
}

TEST_P(ConversationContract, LatencyHasThePercentilesOfEachBucket) {
  constexpr std::int64_t kHour = 3'600'000;
  constexpr std::int64_t kStart = 480'000 * kHour;
  for (int i = 1; i <= 100; ++i) add_turn(1, kStart + i * 1000, i * 10);
  for (int i = 1; i <= 10; ++i) add_turn(1, kStart + kHour + i, 5000);
  add_turn(2, kStart + 1, 100'000);
  auto silent = sample_turn("silent", 1, 1);
  silent.started = at_ms(kStart + 1);
  silent.first_audio.reset();
  conversations().add(silent);

  const auto buckets = conversations().latency(device_id(1), at_ms(kStart), at_ms(kStart + 2 * kHour), 2);
  ASSERT_EQ(buckets.size(), 2U);
  EXPECT_EQ(buckets[0].from, at_ms(kStart));
  EXPECT_EQ(buckets[0].turns, 100U);
  EXPECT_NEAR(static_cast<double>(buckets[0].p50.count()), 500, 15);
  EXPECT_NEAR(static_cast<double>(buckets[0].p90.count()), 900, 27);
  EXPECT_NEAR(static_cast<double>(buckets[0].p99.count()), 990, 30);
  EXPECT_EQ(buckets[1].from, at_ms(kStart + kHour));
  EXPECT_EQ(buckets[1].turns, 10U);
  const auto of_all = conversations().latency({}, at_ms(kStart), at_ms(kStart + 2 * kHour), 2);
  ASSERT_EQ(of_all.size(), 2U);
  EXPECT_EQ(of_all[0].turns, 101U);
  EXPECT_NEAR(static_cast<double>(of_all[0].p50.count()), 510, 15);
}

TEST_P(ConversationContract, LatencyGivesNoMoreBucketsThanAskedForAndNoneOutside) {
  constexpr std::int64_t kMinute = 60'000;
  for (int i = 0; i < 300; ++i) add_turn(1, i * kMinute, 500);
  for (const std::optional<DeviceId>& device : {std::optional<DeviceId>(), std::optional(device_id(1))}) {
    for (const std::size_t buckets : {1U, 2U, 7U, 59U}) {
      for (const std::int64_t since : {std::int64_t{0}, 3 * kMinute, 5 * kMinute}) {
        const auto found =
            conversations().latency(device, at_ms(since), at_ms(since + 100 * kMinute), buckets);
        ASSERT_FALSE(found.empty());
        EXPECT_LE(found.size(), buckets);
        EXPECT_LE(found.front().from, at_ms(since));
        for (const auto& bucket : found) {
          EXPECT_EQ(bucket.from.time_since_epoch() % kLatencySlot, Milliseconds(0));
          EXPECT_LT(bucket.from, at_ms(since + 100 * kMinute));
        }
      }
    }
    EXPECT_TRUE(conversations().latency(device, at_ms(5), at_ms(5), 10).empty());
    EXPECT_TRUE(conversations().latency(device, at_ms(9), at_ms(5), 10).empty());
    EXPECT_EQ(conversations().latency(device, at_ms(-5), at_ms(1000 * kMinute), 0).size(), 1U);
    EXPECT_TRUE(conversations().latency(device, at_ms(400 * kMinute), at_ms(500 * kMinute), 9).empty());
  }
}

TEST_P(ConversationContract, LatestTurnsAreThoseWithAnAnswerNewestFirst) {
  for (int i = 1; i <= 5; ++i) add_turn(i % 2, i * 1000, 100 + i);
  auto silent = sample_turn("silent", 1, 1);
  silent.started = at_ms(9000);
  silent.first_audio.reset();
  conversations().add(silent);
  const auto turns = conversations().latest_turns({}, 3);
  ASSERT_EQ(turns.size(), 3U);
  EXPECT_EQ(turns[0].first_audio, Milliseconds(105));
  EXPECT_EQ(turns[2].first_audio, Milliseconds(103));
  EXPECT_EQ(conversations().latest_turns(device_id(0), 10).size(), 2U);
}

TEST_P(ConversationContract, OldConversationsGoWithTurnsAudioAndCharts) {
  for (int i = 0; i < 5; ++i) {
    auto conversation = sample_conversation(std::to_string(i), 1);
    conversation.started = at_ms(i * 3'600'000);
    conversations().put(conversation);
    auto turn = sample_turn(conversation.session, 1, 1);
    turn.started = conversation.started;
    turn.user_audio = "sound";
    conversations().add(turn);
  }
  EXPECT_EQ(conversations().remove_before(at_ms(3 * 3'600'000), 2), 2U);
  EXPECT_EQ(conversations().remove_before(at_ms(3 * 3'600'000), 2), 1U);
  EXPECT_EQ(conversations().remove_before(at_ms(3 * 3'600'000), 2), 0U);
  EXPECT_FALSE(conversations().find("2"));
  EXPECT_TRUE(conversations().turns("2").empty());
  EXPECT_FALSE(conversations().audio("2", 1));
  EXPECT_TRUE(conversations().find("3"));
  EXPECT_EQ(conversations().turns("3").size(), 1U);
  std::uint32_t charted = 0;
  for (const auto& bucket : conversations().latency({}, at_ms(0), at_ms(100 * 3'600'000), 100)) {
    charted += bucket.turns;
  }
  EXPECT_EQ(charted, 2U);
}

TEST_P(ConversationContract, ADevicesConversationsGoWithTheirTurnsAndAudioAndNoOthers) {
  for (const int device : {1, 2}) {
    for (const char* part : {"a", "b", "c"}) {
      auto turn = sample_turn(part + std::to_string(device), device, 1);
      turn.user_audio = "sound";
      conversations().add(turn);
    }
  }
  EXPECT_EQ(conversations().remove_of(device_id(1), 2), 2U);
  EXPECT_EQ(conversations().remove_of(device_id(1), 2), 1U);
  EXPECT_EQ(conversations().remove_of(device_id(1), 2), 0U);
  for (const char* gone : {"a1", "b1", "c1"}) {
    EXPECT_FALSE(conversations().find(gone));
    EXPECT_TRUE(conversations().turns(gone).empty());
    EXPECT_FALSE(conversations().audio(gone, 1));
  }
  EXPECT_EQ(conversations().list({}, {}).items.size(), 3U);
  EXPECT_TRUE(conversations().audio("b2", 1));
}

TEST_P(ConversationContract, OldAudioGoesAndTheTextStays) {
  for (std::uint32_t i = 1; i <= 3; ++i) {
    auto turn = sample_turn("s", 1, i);
    turn.started = at_ms(i);
    turn.reply_audio = "sound";
    conversations().add(turn);
  }
  EXPECT_EQ(conversations().remove_audio_before(at_ms(3), 1), 1U);
  EXPECT_EQ(conversations().remove_audio_before(at_ms(3), 10), 1U);
  EXPECT_EQ(conversations().remove_audio_before(at_ms(3), 10), 0U);
  EXPECT_FALSE(conversations().audio("s", 2));
  EXPECT_TRUE(conversations().audio("s", 3));
  EXPECT_EQ(conversations().turns("s").size(), 3U);
}

}  // namespace earshot::store
