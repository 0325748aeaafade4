#include "gateway/control/say/reminders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

NotebookNews::Reminder reminder(std::uint64_t id, Milliseconds due_in) {
  return {.id = id, .due_in = due_in, .what = "w" + std::to_string(id), .say = "say " + std::to_string(id)};
}

class ScriptedSayer final : public commands::SayPort {
 public:
  void say(const DeviceId&, std::string text, Done done) override {
    said.push_back(std::move(text));
    pending.push_back(std::move(done));
  }
  void finish(Result<commands::Said> how) {
    auto done = std::move(pending.front());
    pending.erase(pending.begin());
    done(std::move(how));
  }
  std::vector<std::string> said;
  std::vector<Done> pending;
};

class RemindersTest : public testing::Test {
 protected:
  void pass(Milliseconds time) {
    clock.advance(time);
    reminders.tick();
  }
  asio::io_context io;
  fakes::ManualClock clock;
  ScriptedSayer sayer;
  std::vector<NotebookNews> told;
  Reminders reminders{io.get_executor(), sayer, clock, [this](const DeviceId&, NotebookNews notebook) {
                        told.push_back(std::move(notebook));
                      }};
  DeviceId device = *DeviceId::parse("02:00:00:00:00:01");
};

TEST_F(RemindersTest, WhatIsDueIsSaidOnce) {
  reminders.changed(device, {.reminders = {reminder(1, 10s), reminder(2, 5s)}, .lists = {}});
  pass(4999ms);
  EXPECT_THAT(sayer.said, IsEmpty());
  pass(1ms);
  EXPECT_THAT(sayer.said, ElementsAre("say 2"));
  // The conversation's worker does not know yet that it has rung.
  reminders.changed(device, {.reminders = {reminder(2, 1ms), reminder(1, 5s)}, .lists = {}});
  pass(5s);
  EXPECT_THAT(sayer.said, ElementsAre("say 2", "say 1"));
  pass(1h);
  EXPECT_EQ(sayer.said.size(), 2U);
}

TEST_F(RemindersTest, WhatWasCancelledIsNotSaid) {
  reminders.changed(device, {.reminders = {reminder(1, 10s)}, .lists = {}});
  reminders.changed(device, {});
  pass(1h);
  EXPECT_THAT(sayer.said, IsEmpty());
}

TEST_F(RemindersTest, TheNextConversationIsToldTheNotebook) {
  reminders.session_opened(device);
  EXPECT_THAT(told, IsEmpty());
  reminders.changed(device,
                    {.reminders = {reminder(1, 10s), reminder(2, 60s)}, .lists = {{"shopping", {"milk"}}}});
  pass(20s);
  reminders.session_opened(device);
  ASSERT_EQ(told.size(), 1U);
  ASSERT_EQ(told[0].reminders.size(), 1U);
  EXPECT_EQ(told[0].reminders[0].due_in, 40s);
  EXPECT_THAT(told[0].lists[0].items, ElementsAre("milk"));
  reminders.forget(device);
  told.clear();
  reminders.session_opened(device);
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(RemindersTest, AnOpenConversationIsToldThatItsNotebookIsForgotten) {
  reminders.changed(device, {.reminders = {reminder(1, 10s)}, .lists = {{"shopping", {"milk"}}}});
  reminders.forget(device);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0].reminders, IsEmpty());
  EXPECT_THAT(told[0].lists, IsEmpty());
}

TEST_F(RemindersTest, WhatCouldNotBeSaidIsSaidInTheNextConversation) {
  clock.set_wall(std::chrono::system_clock::time_point(8h - 10s));
  reminders.changed(device, {.reminders = {reminder(1, 10s)}, .lists = {}});
  pass(10s);
  sayer.finish(Error{ErrorCode::kUnavailable, "offline"});
  pass(1h);
  EXPECT_EQ(sayer.said.size(), 1U);
  reminders.session_opened(device);
  EXPECT_THAT(sayer.said, ElementsAre("say 1", "A reminder from 8:00: say 1"));
  sayer.finish(commands::Said{.how = "speech"});
  reminders.session_opened(device);
  EXPECT_EQ(sayer.said.size(), 2U);
  // After a day nobody wants to hear of it, however often it was tried.
  reminders.changed(device, {.reminders = {reminder(3, 1s)}, .lists = {}});
  pass(1s);
  sayer.finish(Error{ErrorCode::kUnavailable, "offline"});
  clock.advance(NotebookShelf::kOverdue / 2);
  reminders.session_opened(device);
  EXPECT_EQ(sayer.said.size(), 4U);
  sayer.finish(Error{ErrorCode::kUnavailable, "offline"});
  clock.advance(NotebookShelf::kOverdue / 2);
  reminders.session_opened(device);
  EXPECT_EQ(sayer.said.size(), 4U);
}

// The gateway ends and begins again: `saved` is what its store holds.
class RemindersAfterRestart : public RemindersTest {
 protected:
  Reminders begin() {
    return Reminders(
        io.get_executor(), sayer, clock,
        [this](const DeviceId&, NotebookNews notebook) { told.push_back(notebook); },
        [this](const DeviceId& of, std::string text) {
          std::erase_if(saved, [&](const auto& one) { return one.first == of; });
          if (!text.empty()) saved.emplace_back(of, std::move(text));
        },
        60);
  }
  std::vector<std::pair<DeviceId, std::string>> saved;
};

TEST_F(RemindersAfterRestart, RemindersAndListsAreThereAgain) {
  begin().changed(device, {.reminders = {reminder(1, 30s)}, .lists = {{"shopping", {"milk"}}}});
  clock.advance(10s);
  Reminders again = begin();
  again.restore(saved);
  again.session_opened(device);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].reminders[0].due_in, 20s);
  EXPECT_THAT(told[0].lists[0].items, ElementsAre("milk"));
  clock.advance(20s);
  again.tick();
  EXPECT_THAT(sayer.said, ElementsAre("say 1"));
  Reminders third = begin();
  third.restore(saved);
  third.tick();
  third.session_opened(device);
  EXPECT_EQ(sayer.said.size(), 1U);
  again.stop();
  third.stop();
}

TEST_F(RemindersAfterRestart, WhatCameDueMeanwhileIsSaidLateAndSaysSo) {
  clock.set_wall(std::chrono::system_clock::time_point(6h + 59min));
  begin().changed(device, {.reminders = {reminder(1, 60s)}, .lists = {}});
  clock.advance(2h);
  Reminders again = begin();
  again.restore(saved);
  again.session_opened(device);
  EXPECT_THAT(sayer.said, ElementsAre("A reminder from 8:00: say 1"));
  // The conversation's worker does not know yet that it has rung.
  again.changed(device, {.reminders = {reminder(1, 1s)}, .lists = {}});
  clock.advance(2s);
  again.tick();
  EXPECT_EQ(sayer.said.size(), 1U);
  again.stop();
}

TEST_F(RemindersAfterRestart, AForgottenDeviceIsForgottenForGood) {
  Reminders first = begin();
  first.changed(device, {.reminders = {}, .lists = {{"shopping", {"milk"}}}});
  EXPECT_EQ(saved.size(), 1U);
  first.forget(device);
  EXPECT_THAT(saved, IsEmpty());
}

// The database is shared: `answer` gives what another gateway has saved.
class RemindersWhereGatewaysShare : public RemindersTest {
 protected:
  void answer(const Result<std::string>& text) {
    ASSERT_TRUE(asked);
    std::exchange(asked, nullptr)(text);
  }
  std::string text_of(const NotebookNews& notebook) {
    std::string text;
    Reminders other(
        io.get_executor(), sayer, clock, [](const DeviceId&, NotebookNews) {},
        [&text](const DeviceId&, std::string kept) { text = std::move(kept); });
    other.changed(device, notebook);
    other.stop();
    return text;
  }
  Reminders::Taken asked;
  Reminders here{io.get_executor(),
                 sayer,
                 clock,
                 [this](const DeviceId&, NotebookNews notebook) { told.push_back(std::move(notebook)); },
                 nullptr,
                 0,
                 [this](const DeviceId&, Reminders::Taken taken) { asked = std::move(taken); }};
};

TEST_F(RemindersWhereGatewaysShare, ADeviceThatComesOverBringsItsNotebook) {
  here.changed(device, {.reminders = {reminder(7, 10s)}, .lists = {{"stale", {}}}});
  here.session_opened(device);
  EXPECT_THAT(told, IsEmpty());
  answer(text_of({.reminders = {reminder(1, 30s)}, .lists = {{"shopping", {"milk"}}}}));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].lists[0].name, "shopping");
  clock.advance(30s);
  here.tick();
  EXPECT_THAT(sayer.said, ElementsAre("say 1"));
  here.stop();
}

TEST_F(RemindersWhereGatewaysShare, WhatTheOtherCouldNotSayIsSaid) {
  const std::string text = text_of({.reminders = {reminder(1, 10s)}, .lists = {}});
  clock.advance(20s);
  here.session_opened(device);
  answer(text);
  EXPECT_THAT(sayer.said, ElementsAre("say 1"));
  here.stop();
}

TEST_F(RemindersWhereGatewaysShare, WhereTheDatabaseIsAwayWhatIsKnownHereCounts) {
  here.changed(device, {.reminders = {reminder(7, 10s)}, .lists = {}});
  here.session_opened(device);
  answer(Error{ErrorCode::kUnavailable, "away"});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].reminders[0].id, 7U);
  here.stop();
}

TEST_F(RemindersWhereGatewaysShare, WhatIsChangedMeanwhileIsNewer) {
  const std::string text = text_of({.reminders = {reminder(1, 10s)}, .lists = {}});
  here.session_opened(device);
  here.changed(device, {.reminders = {reminder(2, 10s)}, .lists = {}});
  answer(text);
  clock.advance(10s);
  here.tick();
  EXPECT_THAT(sayer.said, ElementsAre("say 2"));
  here.stop();
}

TEST_F(RemindersWhereGatewaysShare, AnAnswerAfterTheEndIsLeftAlone) {
  here.session_opened(device);
  here.stop();
  answer(std::string());
  EXPECT_THAT(told, IsEmpty());
}

TEST(NotebookText, WhatIsNoneOfOursIsNoHarm) {
  for (const char* text :
       {"", "x", "[]", "{\"reminders\":5}", "{\"reminders\":[5,{}],\"lists\":[{\"items\":[1]}]}"}) {
    const auto notebook = read_notebook_text(text);
    if (!notebook) continue;
    EXPECT_LE(notebook->reminders.size(), 16U);
  }
  EXPECT_FALSE(read_notebook_text("x"));
}

TEST(NotebookText, ALateReminderIsInItsLanguage) {
  EXPECT_EQ(late_words("喝茶。", 8 * 3600 * 1000, 30), "8:30 的提醒：喝茶。");
  EXPECT_EQ(late_words("Tea.", -60'000, 0), "A reminder from 23:59: Tea.");
}

TEST_F(RemindersTest, AnAnswerAfterTheEndHarmsNobody) {
  reminders.changed(device, {.reminders = {reminder(1, 1s)}, .lists = {}});
  pass(1s);
  reminders.stop();
  sayer.finish(Error{ErrorCode::kCancelled, "the gateway stops"});
}

TEST(NotebookShelf, HasRoomForSoManyDevicesAndGivesUpOldListsFirst) {
  NotebookShelf shelf;
  const SteadyTime now = SteadyTime{} + 1h;
  const auto id = [](std::size_t n) {
    char text[48];
    std::snprintf(text, sizeof text, "02:00:00:00:%02zx:%02zx", n / 256, n % 256);
    return *DeviceId::parse(text);
  };
  const NotebookNews list{.reminders = {}, .lists = {{"shopping", {"milk"}}}};
  const NotebookNews timer{.reminders = {reminder(1, 10s)}, .lists = {}};
  ASSERT_TRUE(shelf.put(id(0), list, now));
  for (std::size_t n = 1; n < NotebookShelf::kMaxDevices; ++n) ASSERT_TRUE(shelf.put(id(n), timer, now));
  EXPECT_TRUE(shelf.put(id(20'000), timer, now));
  EXPECT_FALSE(shelf.read(id(0), now));
  EXPECT_FALSE(shelf.put(id(20'001), timer, now));
  EXPECT_EQ(shelf.devices(), NotebookShelf::kMaxDevices);
}

TEST(NotebookNews, IsCutToItsBoundsAndComesThroughTheWire) {
  ipc::Notebook wire;
  for (int i = 0; i < 40; ++i) {
    auto& one = *wire.add_reminders();
    one.set_id(static_cast<std::uint64_t>(i));
    one.set_due_in_ms(~0ULL);
    one.set_say(std::string(5000, 's'));
    auto& list = *wire.add_lists();
    for (int item = 0; item < 90; ++item) list.add_items("x");
  }
  const NotebookNews news = notebook_news(wire);
  EXPECT_EQ(news.reminders.size(), 16U);
  EXPECT_GT(news.reminders[0].due_in.count(), 0);
  EXPECT_EQ(news.reminders[0].say.size(), NotebookNews::kMaxTextBytes);
  EXPECT_EQ(news.lists.size(), 8U);
  EXPECT_EQ(news.lists[0].items.size(), 50U);
  ipc::Notebook back;
  write_notebook(news, back);
  EXPECT_EQ(notebook_news(back).reminders[3].id, 3U);
}

}  // namespace
}  // namespace earshot::gateway
