#include "gateway/live/session/session_table.h"

#include <set>

#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

DeviceId device(std::uint8_t last) {
  return DeviceId::parse("aa:bb:cc:dd:ee:" + to_hex(std::array{last})).value();
}

ParsedControl control(const std::string& json) {
  auto parsed = parse_control_message(json);
  EXPECT_EQ(parsed.verdict, ControlVerdict::kGood) << json;
  return parsed;
}

class SessionTableTest : public ::testing::Test {
 protected:
  SteadyTime now_{1h};
  Session* open(const DeviceId& device) {
    SessionIdentity identity = table_.identify(device, {"en"});
    auto leg = std::make_unique<MqttUdpLeg>(port_, counters_, scratch_, announcement_, identity, "GID",
                                            AudioKey::random(), DeviceHello{}, 60ms, now_);
    return table_.open(std::move(identity), {}, std::move(leg), now_);
  }

  RecordingPort port_;
  SessionCounters counters_;
  SessionConfig config_{.max_sessions = 50};
  UdpAnnouncement announcement_{.server = "192.0.2.1", .port = 8884};
  SessionMemory memory_;
  PacketScratch scratch_;
  SessionTable table_{counters_, config_, memory_};
};

TEST_F(SessionTableTest, FindsASessionByEachOfItsNames) {
  Session* session = open(device(1));
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(table_.find(session->ssrc()), session);
  EXPECT_EQ(table_.find(device(1)), session);
  EXPECT_EQ(table_.find(device(2)), nullptr);
  table_.erase(session->ssrc());
  EXPECT_EQ(table_.find(device(1)), nullptr);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTableTest, GivesEachSessionFreshNames) {
  std::set<std::uint32_t> ssrcs;
  std::set<std::string> ids;
  for (std::uint8_t i = 1; i <= 50; ++i) {
    Session* session = open(device(i));
    ssrcs.insert(number(session->ssrc()));
    ids.insert(session->id().text);
  }
  EXPECT_EQ(ssrcs.size(), 50U);
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_FALSE(ssrcs.contains(0));
}

TEST_F(SessionTableTest, ANewHelloReplacesTheSessionWithoutGoodbye) {
  Session* before = open(device(1));
  before->opened(WorkerLeg(port_), now_);
  const SessionId old_id = before->id();
  const Ssrc old_ssrc = before->ssrc();
  port_.clear();

  Session* after = open(device(1));

  EXPECT_EQ(table_.find(old_ssrc), nullptr);
  EXPECT_EQ(table_.find(device(1)), after);
  EXPECT_NE(after->id(), old_id);
  EXPECT_THAT(port_.both, IsEmpty()) << "the device knows";
  EXPECT_EQ(counters_.value(SessionEvent::kReplaced), 1U);
}

TEST_F(SessionTableTest, RefusesWhenFullButStillReplaces) {
  for (std::uint8_t i = 1; i <= 50; ++i) open(device(i));
  EXPECT_EQ(open(device(51)), nullptr);
  EXPECT_NE(open(device(50)), nullptr);
  EXPECT_EQ(counters_.value(SessionEvent::kTableFull), 1U);
}

TEST_F(SessionTableTest, RoutesTheMessagesOfADevice) {
  Session* session = open(device(1));
  const std::string id = session->id().text;
  const auto with = [](const std::string& session_id, const std::string& rest) {
    return control(R"({"session_id":")" + session_id + R"(",)" + rest + "}");
  };
  const std::string listen = R"("type":"listen","state":"start","mode":"auto")";
  const std::string goodbye = R"("type":"goodbye")";
  const std::string hello =
      R"("type":"hello","version":3,"transport":"udp","audio_params":{"sample_rate":16000,"frame_duration":60})";

  EXPECT_EQ(route_control(with(id, hello), session), ControlRoute::kNewSession);
  EXPECT_EQ(route_control(with(id, listen), session), ControlRoute::kToSession);
  EXPECT_EQ(route_control(with("", listen), session), ControlRoute::kToSession);
  EXPECT_EQ(route_control(with("0ld", listen), session), ControlRoute::kToSession) << "an id of its own";
  EXPECT_EQ(route_control(with(id, goodbye), session), ControlRoute::kToSession);
  EXPECT_EQ(route_control(with("0ld", goodbye), session), ControlRoute::kIgnore);
  EXPECT_EQ(route_control(with("", goodbye), session), ControlRoute::kIgnore);

  // With the id of our request, which the device keeps for it; without a session it means nothing.
  const std::string ready = R"("type":"speak_ready","state":"ready")";
  EXPECT_EQ(route_control(with("7e9", ready), session), ControlRoute::kToSession);
  EXPECT_EQ(route_control(with("7e9", ready), nullptr), ControlRoute::kGoodbyeUnknown);

  EXPECT_EQ(route_control(with("", hello), nullptr), ControlRoute::kNewSession);
  EXPECT_EQ(route_control(with(id, listen), nullptr), ControlRoute::kGoodbyeUnknown);
  EXPECT_EQ(route_control(with("", listen), nullptr), ControlRoute::kIgnore);
  EXPECT_EQ(route_control(with(id, goodbye), nullptr), ControlRoute::kIgnore);

  session->close("over", now_);
  EXPECT_EQ(route_control(with(id, listen), session), ControlRoute::kGoodbyeUnknown);
}

}  // namespace
}  // namespace earshot::gateway
