#include "gateway/control/commands/command_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "gateway/control/commands/command_json.h"
#include "tests/fakes/device_tools.h"
#include "tests/fakes/inline_store.h"

namespace earshot::commands {
namespace {

using namespace std::chrono_literals;
using store::CommandState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

auth::ClientId client(int number) {
  const std::string mac = "02_00_00_00_00_0" + std::to_string(number);
  return *auth::parse_client_id("GID_test@@@" + mac + "@@@36c98363-3656-43cb-a00f-8bced2391a90");
}

class CommandServiceTest : public ::testing::Test {
 protected:
  CommandServiceTest() {
    for (int i = 1; i <= 3; ++i) {
      store::Device device;
      device.id = client(i).device;
      device.owner = i == 3 ? "bob" : "ann";
      device.tags = {"lobby"};
      devices_.put(device);
    }
    restart({});
  }
  void restart(std::vector<store::Command> unfinished) {
    service_ = std::make_unique<CommandService>(
        io_.get_executor(), store_, devices_, hub_, clock_,
        CommandService::Ports{
            .order =
                [this](const DeviceId&, const gateway::DeviceOrder& order,
                       const std::function<void(gateway::OrderOutcome)>& done) {
                  if (mute_ && std::holds_alternative<gateway::ListTools>(order)) return;
                  asio::post(io_, [done, outcome = obey(order)] { done(outcome); });
                },
            .image_url = [](const DeviceId&, const std::string& image) -> Result<std::string> {
              if (image != "1234") return Error{ErrorCode::kNotFound, "no such image"};
              return std::string("http://here/1234");
            }});
    service_->on_receipt([this](const store::Command& command) {
      receipts_.push_back(command.id + " " + std::string(name_of(command.state)));
      const auto kept = store_.now().commands().find(command.by, command.id);
      EXPECT_TRUE(kept && kept->state == command.state) << "told before it was kept";
    });
    service_->start(std::move(unfinished));
    run();
  }
  gateway::OrderOutcome obey(const gateway::DeviceOrder& order) {
    for (const auto& command : store_.now().commands().unfinished()) {
      if (command.state == CommandState::kSent) sent_while_.push_back(command.id);
    }
    const auto* message = std::get_if<gateway::SendMessage>(&order);
    sent_.push_back(message == nullptr ? "no message" : message->json);
    if (message != nullptr) return gateway::OrderOutcome(kDone);
    return gateway::OrderOutcome(fakes::tools_of(R"({"tools":[{"name":"a","inputSchema":{}}]})"));
  }
  void run() {
    io_.restart();
    io_.poll();
  }
  void online(int number) {
    devices_.set_online(client(number), true);
    service_->presence(client(number).device, true);
    run();
  }
  std::vector<Given> give(const std::string& json,
                          const Actor& actor = {.by = "user:ann", .user_tools = true}) {
    std::vector<Given> told;
    bool done = false;
    service_->give(*parse_command_request(json, std::nullopt), actor, [&](std::vector<Given> all) {
      told = std::move(all);
      done = true;
    });
    run();
    EXPECT_TRUE(done);
    return told;
  }
  static std::string alert(const std::string& id, const std::string& text = "m", int device = 1) {
    return R"({"device":"02:00:00:00:00:0)" + std::to_string(device) + R"(","kind":"alert","id":")" + id +
           R"(","message":")" + text + R"("})";
  }

  asio::io_context io_{1};
  SystemClock clock_;  // the timer is real; nothing here waits for it
  fakes::InlineStore store_;
  gateway::EventHub hub_{clock_};
  gateway::DeviceDirectory devices_{io_.get_executor(), store_, hub_, clock_};
  bool mute_ = false;  // the device does not tell its tools
  std::vector<std::string> sent_;
  std::vector<std::string> sent_while_;  // ids that were `sent` on disk when a message left
  std::vector<std::string> receipts_;
  std::unique_ptr<CommandService> service_;
};

TEST_F(CommandServiceTest, ACommandIsOnDiskAsSentBeforeItsMessageLeaves) {
  online(1);
  const auto given = give(alert("c1"));
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0].refused, "");
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_THAT(sent_while_, ElementsAre("c1"));
  EXPECT_THAT(receipts_, ElementsAre("c1 queued", "c1 sent", "c1 answered"));
}

TEST_F(CommandServiceTest, TheSameKeyLeadsToTheSameReceiptAndIsNeverSentTwice) {
  online(1);
  give(alert("c1"));
  const auto again = give(alert("c1"));
  EXPECT_TRUE(again[0].repeated);
  EXPECT_EQ(again[0].command.state, CommandState::kAnswered);
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_EQ(give(alert("c1", "another text"))[0].refused, "conflict");
  EXPECT_EQ(give(alert("c1", "m", 2))[0].refused, "conflict");
  EXPECT_EQ(give(alert("c1"), {.by = "user:bob"})[0].refused, "") << "keys are each giver's own";
  EXPECT_EQ(sent_.size(), 2U);
}

TEST_F(CommandServiceTest, TheSameKeyTwiceAtOnceIsOneCommand) {
  online(1);
  std::vector<bool> repeated;
  for (int i = 0; i < 2; ++i) {
    service_->give(*parse_command_request(alert("c1"), std::nullopt), {.by = "user:ann"},
                   [&](const std::vector<Given>& all) { repeated.push_back(all[0].repeated); });
  }
  run();
  EXPECT_THAT(repeated, ElementsAre(false, true));
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(CommandServiceTest, WhatCannotBeWrittenDownIsNotSent) {
  online(1);
  store_.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_EQ(give(alert("c1"))[0].refused, "internal");
  EXPECT_THAT(sent_, IsEmpty());
  store_.fail_with(std::nullopt);
  EXPECT_EQ(give(alert("c1"))[0].refused, "");
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(CommandServiceTest, OthersDevicesDoNotExist) {
  const Actor ann{.by = "user:ann", .user_tools = false, .owner = "ann"};
  EXPECT_EQ(give(alert("c1", "m", 3), ann)[0].refused, "not_found");
  EXPECT_EQ(give(alert("c2", "m", 9), ann)[0].refused, "not_found");
  EXPECT_EQ(give(R"({"tag":"lobby","kind":"tools"})", ann).size(), 2U);
  EXPECT_EQ(give(R"({"tag":"lobby","kind":"tools"})").size(), 3U);
  EXPECT_EQ(give(R"({"tag":"nowhere","kind":"tools"})").size(), 0U);
}

TEST_F(CommandServiceTest, UserOnlyToolsNeedTheRightToThem) {
  const Actor plain{.by = "token:1"};
  EXPECT_EQ(give(R"({"device":"02:00:00:00:00:01","kind":"reboot"})", plain)[0].refused, "user_tool");
  EXPECT_EQ(give(R"({"device":"02:00:00:00:00:01","tool":"a","allow_user_tools":true})", plain)[0].refused,
            "user_tool");
  EXPECT_EQ(give(R"({"device":"02:00:00:00:00:01","kind":"reboot"})")[0].refused, "");
}

TEST_F(CommandServiceTest, SeveralDevicesHaveAKeyEach) {
  const auto given = give(
      R"({"devices":["02:00:00:00:00:01","02:00:00:00:00:02","02:00:00:00:00:07"],"id":"k","kind":"tools"})");
  ASSERT_EQ(given.size(), 3U);
  EXPECT_EQ(given[0].command.id, "k-020000000001");
  EXPECT_EQ(given[1].command.id, "k-020000000002");
  EXPECT_EQ(given[2].refused, "not_found");
}

TEST_F(CommandServiceTest, AnImageIsFoundByItsId) {
  EXPECT_EQ(give(R"({"device":"02:00:00:00:00:01","kind":"upgrade","image":"99"})")[0].refused,
            "bad_arguments");
  const auto given = give(R"({"device":"02:00:00:00:00:01","kind":"upgrade","image":"1234"})");
  EXPECT_EQ(given[0].command.arguments, R"({"image":"1234","url":"http://here/1234"})");
}

TEST_F(CommandServiceTest, TheAuditLogTellsWhoAndWhat) {
  give(R"({"device":"02:00:00:00:00:01","id":"c1","tool":"self.x","arguments":{"pin":"1234"}})",
       {.by = "operator:ann", .peer = "192.0.2.1"});
  give(alert("c2"), {.by = "user:ann", .audited = true});
  const auto page = store_.now().audit().list({});
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].who, "operator:ann");
  EXPECT_EQ(page.items[0].action, "command.tool");
  EXPECT_EQ(page.items[0].target, "02:00:00:00:00:01");
  EXPECT_EQ(page.items[0].detail, R"({"id":"c1","tool":"self.x"})") << "no arguments: they may be private";
}

TEST_F(CommandServiceTest, ARestartGoesOnWithWhatWaited) {
  give(alert("c1"));
  give(R"({"device":"02:00:00:00:00:02","id":"c2","kind":"tools"})");
  mute_ = true;
  online(2);
  receipts_.clear();
  sent_.clear();
  restart(store_.now().commands().unfinished());
  EXPECT_THAT(receipts_, ElementsAre("c2 failed"));
  EXPECT_EQ(store_.now().commands().find("c2")->error_code, "restarted");
  online(1);
  EXPECT_THAT(receipts_, ElementsAre("c2 failed", "c1 sent", "c1 answered"));
}

TEST_F(CommandServiceTest, WithoutAVoiceWhatIsSaidIsShown) {
  online(1);
  give(R"({"device":"02:00:00:00:00:01","id":"c1","kind":"say","text":"dinner"})");
  EXPECT_THAT(sent_,
              ElementsAre(R"({"type":"alert","status":"Message","message":"dinner","emotion":"neutral"})"));
  EXPECT_EQ(store_.now().commands().find("c1")->result, R"({"how":"alert"})");
}

TEST_F(CommandServiceTest, AWatcherHearsOfItsCommandUntilTheEnd) {
  give(alert("c1"));
  std::vector<CommandState> states;
  service_->watch("user:ann", "c1", [&](const store::Command& command) { states.push_back(command.state); });
  online(1);
  EXPECT_THAT(states, ElementsAre(CommandState::kSent, CommandState::kAnswered));
}

TEST_F(CommandServiceTest, OnlyWhatTheDeviceHasNotGotIsCancelled) {
  give(alert("c1"));
  EXPECT_TRUE(service_->cancel(*store_.now().commands().find("c1")).ok());
  run();
  EXPECT_THAT(receipts_, ElementsAre("c1 queued", "c1 cancelled"));
  EXPECT_EQ(service_->cancel(*store_.now().commands().find("c1")).error().code, ErrorCode::kNotFound);
}

TEST_F(CommandServiceTest, TheToolsOfADeviceAreKept) {
  online(1);
  give(R"({"device":"02:00:00:00:00:01","id":"c1","kind":"tools"})");
  EXPECT_TRUE(
      store_.now()
          .devices()
          .tools(client(1).device)
          .value_or("")
          .starts_with(
              R"({"tools":[{"name":"a","description":"","input_schema":{},"user_only":false}],"at":)"));
  EXPECT_EQ(receipts_.back(), "c1 answered");
}

TEST_F(CommandServiceTest, HowACommandEndedIsToldWhenItIsKept) {
  give(alert("c1", "m", 2));
  const auto command = *store_.now().commands().find("user:ann", "c1");
  store_.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  receipts_.clear();
  EXPECT_TRUE(service_->cancel(command).ok());
  run();
  EXPECT_THAT(receipts_, IsEmpty());
  store_.fail_with(std::nullopt);
  online(1);
  give(alert("c2"));  // the store writes again
  EXPECT_THAT(receipts_, testing::Contains("c1 cancelled"));
  EXPECT_EQ(store_.now().commands().find("user:ann", "c1")->state, CommandState::kCancelled);
}

TEST_F(CommandServiceTest, WatchesOfOneCommandAreBounded) {
  give(alert("c1", "m", 2));
  std::set<int> told;
  for (int i = 0; i < 100; ++i) {
    service_->watch("user:ann", "c1", [&told, i](const store::Command&) { told.insert(i); });
  }
  EXPECT_EQ(service_->watches(), CommandService::kMaxWatches);
  online(2);
  EXPECT_EQ(told.size(), CommandService::kMaxWatches);
  EXPECT_TRUE(told.contains(99)) << "the latest";
}

TEST_F(CommandServiceTest, AWatchIsTakenBack) {
  give(alert("c1", "m", 2));
  int told = 0;
  const auto kept = service_->watch("user:ann", "c1", [&](const store::Command&) { ++told; });
  const auto taken_back = service_->watch("user:ann", "c1", [&](const store::Command&) { told += 100; });
  service_->unwatch(taken_back);
  service_->unwatch(taken_back);
  EXPECT_EQ(service_->watches(), 1U);
  online(2);
  EXPECT_EQ(told, 2) << "sent, answered";
  EXPECT_EQ(service_->watches(), 0U);
  service_->unwatch(kept);
}

}  // namespace
}  // namespace earshot::commands
