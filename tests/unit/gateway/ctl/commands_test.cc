// Whole commands against a scripted gateway that plays docs/api.md.
#include "gateway/ctl/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/sha256.h"
#include "gateway/ctl/api.h"
#include "gateway/ctl/command_line.h"
#include "gateway/ctl/failure.h"
#include "tests/fakes/fake_http_server.h"

namespace earshot::ctl {
namespace {

using fakes::FakeAnswer;
using fakes::FakeRequest;
using testing::HasSubstr;

constexpr const char* kKitchen =
    R"({"id":"aa:bb:cc:00:00:01","name":"kitchen","online":true,"state":"bound","board":"bread","tags":["food"]})";
constexpr const char* kHall =
    R"({"id":"aa:bb:cc:00:00:02","name":"hall","online":false,"state":"bound","last_seen":0})";

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    answer("GET", "/api/v1/devices",
           R"({"items":[)" + std::string(kKitchen) + "," + kHall + R"(],"next":"","total":2,"online":1})");
    answer(
        "GET", "/api/v1/devices/aa%3Abb%3Acc%3A00%3A00%3A01/tools",
        R"({"tools":[{"name":"self.set_volume","description":"Sets it","input_schema":{"type":"object","properties":{"volume":{"type":"integer","minimum":0,"maximum":100}}},"user_only":false}],"at":1})");
  }

  void answer(const std::string& method, const std::string& path, const std::string& body, int status = 200) {
    server_.on(method, path, [body, status](const FakeRequest&, FakeAnswer& reply) {
      reply.head(status, "application/json");
      reply.send(body);
    });
  }

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), {"earshotctl", "--url", server_.url(), "--token", "ear_test"});
    std::vector<const char*> argv;
    for (const auto& word : words) argv.push_back(word.c_str());
    const auto parsed = parse_command_line(commands_, static_cast<int>(argv.size()), argv.data());
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const auto& chosen = std::get<Chosen>(parsed);
    testing::internal::CaptureStdout();
    int code = 0;
    error_.clear();
    try {
      const Terminal terminal(chosen.arguments.has("--json"), true);
      Api api({.url = server_.url(), .token = Secret("ear_test")}, terminal);
      Context context{.api = api, .terminal = terminal, .now_ms = 1'790'000'000'000, .utc_offset_s = 0};
      chosen.command->run(context, chosen.arguments);
    } catch (const Failure& failure) {
      code = static_cast<int>(failure.code());
      error_ = failure.what();
    }
    output_ = testing::internal::GetCapturedStdout();
    return code;
  }

  // The last request to that path.
  FakeRequest last(const std::string& path) const {
    FakeRequest found;
    for (const auto& request : server_.requests()) {
      if (request.path == path) found = request;
    }
    return found;
  }

  fakes::FakeHttpServer server_;
  std::vector<Command> commands_ = all_commands();
  std::string output_;
  std::string error_;
};

TEST_F(CommandsTest, DevicesAreATableForPeopleAndTheItemsForPrograms) {
  ASSERT_EQ(run({"devices", "--online", "--tag", "food", "kit"}), 0);
  EXPECT_EQ(output_,
            "NAME     ID                 SEEN    STATE  BOARD  TAGS\n"
            "kitchen  aa:bb:cc:00:00:01  online  bound  bread  food\n"
            "hall     aa:bb:cc:00:00:02  never   bound\n");
  EXPECT_EQ(last("/api/v1/devices").query, "q=kit&tag=food&online=true&limit=200");
  EXPECT_EQ(last("/api/v1/devices").headers.at("authorization"), "Bearer ear_test");
  ASSERT_EQ(run({"devices", "--json"}), 0);
  const auto items = json::parse_value(output_, 4096);
  ASSERT_TRUE(items.ok());
  EXPECT_EQ(items->as_array().size(), 2u);
}

TEST_F(CommandsTest, AllPagesAreRead) {
  server_.on("GET", "/api/v1/devices", [](const FakeRequest& request, FakeAnswer& reply) {
    reply.head(200, "application/json");
    const bool second = request.query.find("cursor=x") != std::string::npos;
    reply.send(R"({"items":[)" + std::string(second ? kHall : kKitchen) + R"(],"next":")" +
               (second ? "" : "x") + "\"}");
  });
  ASSERT_EQ(run({"devices"}), 0);
  EXPECT_THAT(output_, HasSubstr("kitchen"));
  EXPECT_THAT(output_, HasSubstr("hall"));
}

TEST_F(CommandsTest, CallTypesItsArgumentsByTheToolsSchema) {
  answer(
      "POST", "/api/v1/commands",
      R"({"items":[{"id":"c1","device":"aa:bb:cc:00:00:01","kind":"tool","state":"answered","result":{"text":"true"}}]})");
  ASSERT_EQ(run({"call", "kitchen", "self.set_volume", "volume=40", "--timeout", "3s", "--id", "key"}), 0)
      << error_;
  EXPECT_EQ(output_, "true\n");
  const auto sent = json::parse_object(last("/api/v1/commands").body, 4096);
  ASSERT_TRUE(sent.ok());
  EXPECT_EQ(sent->at("arguments"), json::value({{"volume", 40}}));
  EXPECT_EQ(sent->at("device"), "aa:bb:cc:00:00:01");
  EXPECT_EQ(sent->at("timeout_ms"), 3000);
  EXPECT_EQ(sent->at("id"), "key");
  EXPECT_EQ(run({"call", "kitchen", "self.set_volume", "volume=400"}), static_cast<int>(Exit::kUsage));
  EXPECT_THAT(error_, HasSubstr("0 to 100"));
}

TEST_F(CommandsTest, WhatIsNotGivenIsLeftToTheApiWhichKnowsEachKind) {
  answer(
      "POST", "/api/v1/commands",
      R"({"items":[{"id":"c1","device":"aa:bb:cc:00:00:01","kind":"reboot","state":"answered","result":{}}]})");
  ASSERT_EQ(run({"reboot", "kitchen"}), 0) << error_;
  auto sent = json::parse_object(last("/api/v1/commands").body, 4096);
  EXPECT_FALSE(sent->contains("timeout_ms"));
  EXPECT_FALSE(sent->contains("ttl_ms"));
  EXPECT_FALSE(sent->contains("system"));
  ASSERT_EQ(run({"reboot", "kitchen", "--system", "--ttl", "5s"}), 0) << error_;
  sent = json::parse_object(last("/api/v1/commands").body, 4096);
  EXPECT_EQ(sent->at("ttl_ms"), 5000);
  EXPECT_EQ(sent->at("system"), true);
}

TEST_F(CommandsTest, CallToATagLeavesTheDeviceOut) {
  answer(
      "POST", "/api/v1/commands",
      R"({"items":[{"id":"c1","device":"aa:bb:cc:00:00:01","state":"answered","result":{"text":"true"}},)"
      R"({"id":"c2","device":"aa:bb:cc:00:00:02","state":"expired","error":{"code":"offline","message":"offline"}}]})");
  EXPECT_EQ(run({"call", "--tag", "food", "self.set_volume", "volume=40"}), static_cast<int>(Exit::kFailed));
  const auto sent = json::parse_object(last("/api/v1/commands").body, 4096);
  EXPECT_EQ(sent->at("tag"), "food");
  EXPECT_EQ(sent->at("tool"), "self.set_volume");
  EXPECT_EQ(sent->at("arguments"), json::value({{"volume", 40}}));
  EXPECT_THAT(output_, HasSubstr("hall     expired"));
}

TEST_F(CommandsTest, ItWaitsForTheResultUnlessToldNotTo) {
  answer("POST", "/api/v1/commands",
         R"({"items":[{"id":"c1","device":"aa:bb:cc:00:00:02","state":"queued"}]})", 202);
  answer(
      "GET", "/api/v1/commands/c1",
      R"({"id":"c1","device":"aa:bb:cc:00:00:02","kind":"reboot","state":"answered","result":{"how":"reconnect"}})");
  ASSERT_EQ(run({"reboot", "hall"}), 0) << error_;
  EXPECT_EQ(output_, "rebooted (it came back)\n");
  ASSERT_EQ(run({"reboot", "hall", "--no-wait"}), 0);
  EXPECT_EQ(output_, "c1 queued\n");
  EXPECT_EQ(last("/api/v1/commands").query, "");
}

TEST_F(CommandsTest, ExitCodesTellWhatWentWrong) {
  answer("POST", "/api/v1/commands",
         R"({"items":[{"id":"c","state":"failed","error":{"code":"device_error","message":"too loud"}}]})");
  EXPECT_EQ(run({"say", "kitchen", "dinner", "is", "ready"}), static_cast<int>(Exit::kRefused));
  EXPECT_THAT(error_, HasSubstr("too loud"));
  EXPECT_EQ(json::parse_object(last("/api/v1/commands").body, 4096)->at("text"), "dinner is ready");
  EXPECT_EQ(run({"show", "garage"}), static_cast<int>(Exit::kNotFound));
  EXPECT_EQ(run({"show", "aa:bb"}), static_cast<int>(Exit::kUsage));
  EXPECT_THAT(error_, HasSubstr("aa:bb:cc:00:00:02  hall"));
  for (const auto& [status, exit] : std::vector<std::pair<int, Exit>>{{400, Exit::kUsage},
                                                                      {401, Exit::kUnauthorised},
                                                                      {403, Exit::kUnauthorised},
                                                                      {404, Exit::kNotFound},
                                                                      {409, Exit::kFailed},
                                                                      {429, Exit::kFailed},
                                                                      {503, Exit::kUnreachable}}) {
    answer("GET", "/api/v1/system", R"({"error":{"code":"x","message":"because"}})", status);
    EXPECT_EQ(run({"system"}), static_cast<int>(exit)) << status;
    EXPECT_THAT(error_, HasSubstr("because"));
  }
}

TEST_F(CommandsTest, AToolThatIsForTheUserOnlyIsTheDevicesNoAndNotOurRights) {
  answer("POST", "/api/v1/commands", R"({"error":{"code":"user_tool","message":"for the user only"}})", 403);
  EXPECT_EQ(run({"reboot", "kitchen"}), static_cast<int>(Exit::kRefused));
}

TEST_F(CommandsTest, ADeviceThatNeverToldItsToolsIsAskedAndWithoutThemTheArgumentsGoAsTheyAre) {
  const std::string tools = "/api/v1/devices/aa%3Abb%3Acc%3A00%3A00%3A01/tools";
  server_.on("GET", tools, [](const FakeRequest& request, FakeAnswer& reply) {
    const bool asked = request.query == "refresh=1";
    reply.head(asked ? 200 : 404, "application/json");
    reply.send(
        asked ? R"({"tools":[{"name":"self.say","input_schema":{"properties":{"text":{"type":"string"}}}}]})"
              : R"({"error":{"code":"not_found","message":"never told"}})");
  });
  answer("POST", "/api/v1/commands", R"({"items":[{"id":"c","state":"answered","result":{"text":"ok"}}]})");
  ASSERT_EQ(run({"call", "kitchen", "self.say", "text=5"}), 0) << error_;
  EXPECT_THAT(last("/api/v1/commands").body, HasSubstr(R"({"text":"5"})"));
  answer("GET", tools, R"({"error":{"code":"conflict","message":"offline"}})", 409);
  ASSERT_EQ(run({"call", "kitchen", "self.say", "text=5"}), 0) << error_;
  EXPECT_THAT(last("/api/v1/commands").body, HasSubstr(R"({"text":5})"));
}

TEST_F(CommandsTest, ATokenIsAloneOnStdout) {
  answer("POST", "/api/v1/tokens", R"({"id":"t1","token":"ear_t1_secret"})", 201);
  ASSERT_EQ(run({"tokens", "create", "ci", "--scopes", "devices:read,commands", "--expires", "90d"}), 0);
  EXPECT_EQ(output_, "ear_t1_secret\n");
  EXPECT_EQ(last("/api/v1/tokens").body,
            R"({"label":"ci","scopes":["devices:read","commands"],"expires_in_ms":7776000000})");
}

TEST_F(CommandsTest, AnUploadGoesOnWhereTheGatewayIs) {
  const std::string image(300'000, 'f');
  const auto file = std::filesystem::temp_directory_path() / ("image." + std::to_string(::getpid()) + ".bin");
  std::ofstream(file) << image;
  answer("POST", "/api/v1/firmware/uploads", R"({"upload":"u1","offset":1000})", 201);
  server_.on("PUT", "/api/v1/firmware/uploads/u1", [&](const FakeRequest& request, FakeAnswer& reply) {
    reply.head(200, "application/json");
    if (request.query == "offset=1000") return reply.send(R"({"offset":263144})");
    reply.send(R"({"offset":300000,"image":{"id":"i1","board":"bread"}})");
  });
  ASSERT_EQ(run({"firmware", "upload", file.string(), "--board", "bread", "--version", "2.4.2"}), 0)
      << error_;
  std::filesystem::remove(file);
  EXPECT_THAT(output_, HasSubstr("uploaded i1"));
  EXPECT_THAT(last("/api/v1/firmware/uploads").body, HasSubstr(to_hex(sha256(as_bytes(image)))));
  EXPECT_EQ(last("/api/v1/firmware/uploads/u1").query, "offset=263144");
  EXPECT_EQ(last("/api/v1/firmware/uploads/u1").body.size(), 300'000u - 263'144u);
}

TEST_F(CommandsTest, TailPrintsEventsAndGoesOnBehindTheLastOneAfterABreak) {
  server_.on("GET", "/api/v1/events", [](const FakeRequest& request, FakeAnswer& reply) {
    reply.head(200, "text/event-stream");
    const bool again = request.headers.contains("last-event-id");
    reply.send(
        again ? "id: 8\nevent: offline\ndata: {\"at\":1790000001000,\"device\":\"aa:bb:cc:00:00:01\"}\n\n"
              : "id: 7\nevent: online\ndata: "
                "{\"at\":1790000000000,\"device\":\"aa:bb:cc:00:00:01\",\"worker\":null}\n\n");
  });
  ASSERT_EQ(run({"tail", "--device", "kitchen", "--kinds", "online,offline", "--count", "2"}), 0) << error_;
  EXPECT_EQ(output_,
            "14:13:20  kitchen            online\n"
            "14:13:21  kitchen            offline\n");
  EXPECT_EQ(last("/api/v1/events").headers.at("last-event-id"), "7");
  EXPECT_EQ(last("/api/v1/events").query, "device=aa%3Abb%3Acc%3A00%3A00%3A01&kinds=online%2Coffline");
  ASSERT_EQ(run({"tail", "--json", "--count", "1"}), 0);
  EXPECT_THAT(output_, HasSubstr(R"({"id":"7","event":"online","data":{"at":1790000000000)"));
}

TEST_F(CommandsTest, TailBearsEventsThatAreNotAsTheyShouldBe) {
  server_.on("GET", "/api/v1/events", [](const FakeRequest&, FakeAnswer& reply) {
    reply.head(200, "text/event-stream");
    reply.send("event: odd\ndata: no json\n\n");
  });
  ASSERT_EQ(run({"tail", "--count", "1"}), 0) << error_;
  EXPECT_THAT(output_, HasSubstr("data=no json"));
}

TEST_F(CommandsTest, DoctorFailsWhenACheckFails) {
  answer("GET", "/api/v1/doctor",
         R"({"checks":[{"name":"store","ok":true,"level":"ok","message":"writable","advice":""},)"
         R"({"name":"disk","ok":false,"level":"fail","message":"full","advice":"data_dir"}],"now":1})");
  EXPECT_EQ(run({"doctor"}), static_cast<int>(Exit::kFailed));
  EXPECT_THAT(output_, HasSubstr("✓ store"));
  EXPECT_THAT(output_, HasSubstr("✗ disk"));
  EXPECT_THAT(output_, HasSubstr("! clock")) << "the gateway is decades behind";
  EXPECT_EQ(run({"doctor", "--json"}), static_cast<int>(Exit::kFailed));
  EXPECT_EQ(json::parse_object(output_, 8192)->at("ok"), false);
}

}  // namespace
}  // namespace earshot::ctl
