#include "gateway/control/memory/memory_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/forgetful_store.h"
#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MemoryKeeperTest : public testing::Test {
 protected:
  struct Told {
    DeviceId device;
    std::string session;
    ipc::MemoryDown down;
  };

  void give(const ipc::MemoryUp& up, const std::string& session = "s1") {
    ipc::MemoryUp sent = up;
    if (sent.agent().empty()) sent.set_agent("house");
    keeper.wanted(device, SessionId{session}, sent);
    run();
  }
  void run() {
    io.restart();
    io.poll();
  }
  void open(const std::string& session = "s1") {
    ipc::MemoryUp up;
    up.mutable_open();
    give(up, session);
  }
  void said(std::int64_t at, const std::string& words, const std::string& reply = "ok") {
    ipc::MemoryUp up;
    up.mutable_turn()->set_at_ms(at);
    up.mutable_turn()->set_words(words);
    up.mutable_turn()->set_reply(reply);
    give(up);
  }
  std::vector<std::string> asked(const std::string& words, std::int64_t from = 0, std::int64_t until = 0) {
    ipc::MemoryUp up;
    up.mutable_ask()->set_id(7);
    up.mutable_ask()->set_words(words);
    if (until > 0) {
      up.mutable_ask()->add_ranges()->set_from_ms(from);
      up.mutable_ask()->mutable_ranges(0)->set_until_ms(until);
    }
    give(up);
    std::vector<std::string> found;
    for (const auto& record : told.back().down.found().records()) found.push_back(record.words());
    return found;
  }
  void learn(const std::string& text) {
    ipc::MemoryUp up;
    up.mutable_change()->add_learnt(text);
    give(up);
  }
  std::vector<std::string> known() {
    std::vector<std::string> facts;
    for (const auto& fact : told.back().down.known().facts()) facts.push_back(fact.text());
    return facts;
  }

  asio::io_context io;
  fakes::ManualClock clock;
  fakes::InlineStore store;
  std::vector<Told> told;
  MemoryKeeper keeper{io.get_executor(), store, clock, 3,
                      [this](const DeviceId& to, const SessionId& session, ipc::MemoryDown down) {
                        told.push_back({to, session.text, std::move(down)});
                      }};
  DeviceId device = *DeviceId::parse("02:00:00:00:00:01");
};

TEST_F(MemoryKeeperTest, AQuestionIsAnsweredToItsSession) {
  said(1000, "my cat is called Miso");
  EXPECT_THAT(asked("how is the cat"), ElementsAre("my cat is called Miso"));
  EXPECT_EQ(told.back().session, "s1");
  EXPECT_EQ(told.back().down.found().id(), 7U);
  EXPECT_EQ(told.back().down.found().records(0).at_ms(), 1000);
}

TEST_F(MemoryKeeperTest, AQuestionNamesTimes) {
  said(1000, "one");
  said(2000, "two");
  EXPECT_THAT(asked("", 2000, 3000), ElementsAre("two"));
}

TEST_F(MemoryKeeperTest, AQuestionLooksIntoTheAgentsDocuments) {
  for (const char* agent : {"house", "bear"}) {
    const auto id =
        store.now().lore()->begin({.agent = agent, .title = "guide.txt", .size_bytes = 1, .added = {}});
    store.now().lore()->add(
        id, {{.text = "The museum opens at nine."}, {.text = "A museum of bread, far away."}});
    store.now().lore()->finish(id);
  }
  said(1000, "we went to the museum");
  ipc::MemoryUp up;
  up.mutable_ask()->set_id(9);
  up.mutable_ask()->set_words("museum");
  up.mutable_ask()->set_only_passages(true);
  auto& passages = *up.mutable_ask()->mutable_passages();
  passages.set_words("when does the museum open");
  passages.set_threshold_permille(600);
  passages.set_most(4);
  give(up);
  const auto& found = told.back().down.found();
  EXPECT_THAT(found.records(), IsEmpty());
  ASSERT_THAT(found.passages(), SizeIs(1)) << "the other one shares too little";
  EXPECT_EQ(found.passages(0).title(), "guide.txt");
  EXPECT_EQ(found.passages(0).text(), "The museum opens at nine.");
  passages.set_threshold_permille(0);
  passages.set_most(1);
  up.mutable_ask()->set_only_passages(false);
  give(up);
  EXPECT_THAT(told.back().down.found().records(), SizeIs(1));
  EXPECT_THAT(told.back().down.found().passages(), SizeIs(1));
}

TEST_F(MemoryKeeperTest, AFailedStoreStillAnswers) {
  said(1000, "my cat");
  store.fail_with(Error{ErrorCode::kUnavailable, "gone"});
  EXPECT_THAT(asked("cat"), IsEmpty());
  EXPECT_EQ(told.back().down.found().id(), 7U);
}

TEST_F(MemoryKeeperTest, NoMoreTurnsAreKeptThanItMay) {
  for (int i = 1; i <= 5; ++i) said(i * 1000, "turn " + std::to_string(i));
  EXPECT_THAT(asked("turn"), ElementsAre("turn 3", "turn 4", "turn 5"));
}

TEST_F(MemoryKeeperTest, WhatWasLearntIsToldToTheNextSession) {
  learn("likes tea");
  open("s2");
  EXPECT_EQ(told.back().session, "s2");
  EXPECT_THAT(known(), ElementsAre("likes tea"));
}

TEST_F(MemoryKeeperTest, ASummaryIsForTheSessionsBehind) {
  ipc::MemoryUp up;
  up.mutable_change()->set_summary("They spoke of tea.");
  give(up, "s1");
  EXPECT_THAT(told.back().down.known().summaries(), IsEmpty());
  open("s2");
  ASSERT_THAT(told.back().down.known().summaries(), SizeIs(1));
  EXPECT_EQ(told.back().down.known().summaries(0).text(), "They spoke of tea.");
}

TEST_F(MemoryKeeperTest, TextsAreCutWhoeverSentThem) {
  learn(std::string(5000, 'x') + "\x01");
  EXPECT_LE(known().front().size(), MemoryKeeper::kMaxFactBytes + 4);
  said(1, std::string(9000, 'y'), std::string(9000, 'z'));
  EXPECT_LE(store.now().memory()->all(device, 1, std::nullopt).turns[0].words.size(),
            MemoryKeeper::kMaxWordsBytes + 4);
}

TEST_F(MemoryKeeperTest, AConversationHearsOfWhatWasForgottenElsewhere) {
  open();
  learn("likes tea");
  Status status = Error{ErrorCode::kInternal, "not called"};
  said(1, "tea");
  keeper.forget(device, [&](const Status& done) { status = done; });
  run();
  EXPECT_TRUE(status.ok());
  EXPECT_THAT(known(), IsEmpty());
  EXPECT_THAT(asked("tea"), IsEmpty());
}

TEST_F(MemoryKeeperTest, ADevicesConversationsAreForgottenToo) {
  store.now().conversations().add(store::sample_turn("mine", 1, 1));
  store.now().conversations().add(store::sample_turn("foreign", 2, 1));
  keeper.forget(device, [](const Status&) {});
  run();
  EXPECT_FALSE(store.now().conversations().find("mine"));
  EXPECT_TRUE(store.now().conversations().find("foreign"));
}

TEST_F(MemoryKeeperTest, ConversationsAreForgottenInAStoreThatRemembersNothing) {
  fakes::ForgetfulStore forgetful;
  MemoryKeeper other(io.get_executor(), forgetful, clock, 3,
                     [](const DeviceId&, const SessionId&, const ipc::MemoryDown&) {});
  forgetful.now().conversations().add(store::sample_turn("mine", 1, 1));
  Status status = Error{ErrorCode::kInternal, "not called"};
  other.forget(device, [&](const Status& done) { status = done; });
  run();
  EXPECT_TRUE(status.ok());
  EXPECT_FALSE(forgetful.now().conversations().find("mine"));
}

// In slices, while a question waits for none of them.
TEST_F(MemoryKeeperTest, ALongDiaryIsForgottenWhole) {
  for (int at = 1; at <= 450; ++at) {
    store.now().memory()->add({device, "house"},
                              {.at = store::WallTime(Milliseconds(at)), .words = "tea", .reply = "ok"}, 1000);
  }
  const auto writes = store.stats().writes;
  ipc::MemoryUp up;
  up.mutable_change()->set_everything(true);
  give(up);
  EXPECT_THAT(asked("tea"), IsEmpty());
  EXPECT_EQ(store.stats().writes - writes, 5U) << "the facts, 200 turns, 200, 50 and none";
}

// Nobody can ask for it again.
TEST_F(MemoryKeeperTest, ARemovedDeviceIsForgottenThoughTheStoreRefusesAtFirst) {
  said(1, "tea");
  store.fail_with(Error{ErrorCode::kUnavailable, "gone"});
  keeper.forget_removed(device);
  run();
  keeper.retry();
  run();
  store.fail_with(std::nullopt);
  EXPECT_THAT(asked("tea"), SizeIs(1));
  keeper.retry();
  run();
  EXPECT_THAT(asked("tea"), IsEmpty());
  const auto writes = store.stats().writes;
  keeper.retry();
  run();
  EXPECT_EQ(store.stats().writes, writes);
}

TEST_F(MemoryKeeperTest, ASessionThatIsOverHearsNoMore) {
  open();
  keeper.session_closed(device, SessionId{"s1"});
  const std::size_t before = told.size();
  keeper.changed(device);
  run();
  EXPECT_EQ(told.size(), before);
}

// A worker that asks without end must not fill the store's queue.
TEST_F(MemoryKeeperTest, ADeviceMayHaveSoManyJobsWaiting) {
  ipc::MemoryUp up;
  up.set_agent("house");
  up.mutable_ask()->set_words("x");
  for (int i = 0; i < 100; ++i) keeper.wanted(device, SessionId{"s1"}, up);
  run();
  EXPECT_THAT(told, SizeIs(MemoryKeeper::kMaxWaitingOfDevice));
  asked("x");
  EXPECT_THAT(told, SizeIs(MemoryKeeper::kMaxWaitingOfDevice + 1));
}

// Who wants to be forgotten is, however much his device has asked.
TEST_F(MemoryKeeperTest, AWishToBeForgottenIsNotDroppedForItsDevicesQuestions) {
  learn("likes tea");
  said(1, "tea");
  ipc::MemoryUp up;
  up.set_agent("house");
  up.mutable_ask()->set_words("x");
  for (int i = 0; i < 100; ++i) keeper.wanted(device, SessionId{"s1"}, up);
  up.mutable_change()->set_everything(true);
  keeper.wanted(device, SessionId{"s1"}, up);
  run();
  EXPECT_THAT(known(), IsEmpty());
  EXPECT_THAT(asked("tea"), IsEmpty());
}

}  // namespace
}  // namespace earshot::gateway
