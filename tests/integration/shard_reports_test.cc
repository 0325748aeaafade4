// What a real shard tells the control plane, and what it is told.
#include "gateway/live/shard/shard_reports.h"

#include <gmock/gmock.h>

#include "tests/integration/gateway_fixture.h"

namespace earshot::gateway {
namespace {

using ipc::Envelope;
using testing::ElementsAre;
using testing::IsEmpty;

class ShardReportsTest : public GatewayTest {
 protected:
  ShardReportsTest() {
    reports_.listen({
        .on_hello =
            [this](const DeviceId&, const DeviceFeatures& features) {
              told_.emplace_back(features.speak_request ? "hello, can be made to speak" : "hello");
            },
        .on_session_opened = [this](const DeviceId&, const SessionId&,
                                    const std::string& worker) { told_.push_back("opened on " + worker); },
        .on_session_closed = [this](const DeviceId&, const SessionId&,
                                    const std::string& reason) { told_.push_back("closed: " + reason); },
        .on_refused = [this](const auth::ClientId&, AdmissionVerdict) { told_.emplace_back("refused"); },
    });
  }
  ~ShardReportsTest() override {
    if (shard_) shard_->stop();
  }
  bool told(std::size_t count) {
    return run_until([&] { return told_.size() >= count; });
  }

  ShardReports reports_{io_.get_executor()};
  std::vector<std::string> told_;
};

TEST_F(ShardReportsTest, EachSessionIsToldOfOpenedAndClosedOnce) {
  start_shard(&reports_);
  fakes::ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 2; }));
  device.say_goodbye();
  ASSERT_TRUE(told(6));
  EXPECT_THAT(told_, ElementsAre("hello", "opened on w1", "hello", "closed: new hello", "opened on w1",
                                 "closed: device goodbye"));
}

TEST_F(ShardReportsTest, ASessionIsListedAndCanBeClosedFromOutside) {
  start_shard(&reports_);
  add_worker("w1").accept_sessions();
  TestDevice& device = talking_device();
  std::optional<std::vector<SessionView>> listed;
  shard_->proxy().request_sessions(io_.get_executor(), [&](auto sessions) { listed = std::move(sessions); });
  ASSERT_TRUE(run_until([&] { return listed.has_value(); }));
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().session.text, device.session_id());
  EXPECT_EQ(listed->front().worker, "w1");

  shard_->proxy().post_close_session(device.client().device, {"another"}, "operator");
  shard_->proxy().post_close_session(device.client().device, {device.session_id()}, "operator");
  ASSERT_TRUE(run_until([&] { return device.count("goodbye") == 1; }));
  EXPECT_TRUE(run_until([&] { return told_.back() == "closed: operator"; }));
}

TEST_F(ShardReportsTest, OnlyAdmittedDevicesAreHeard) {
  config_.admit_unknown = false;
  start_shard(&reports_);
  fakes::ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = add_device();
  device.say_hello();
  ASSERT_TRUE(told(1));
  EXPECT_THAT(told_, ElementsAre("refused"));
  EXPECT_EQ(counter("refused_unknown"), 1U);

  shard_->proxy().post_device_facts(device.client().device,
                                    {.admitted = true, .client_uuid = {}, .agent = "tutor"});
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 1; }));
  EXPECT_EQ(worker.last(Envelope::kSessionOpen)->session_open().agent(), "tutor");

  shard_->proxy().post_device_facts(device.client().device,
                                    {.admitted = false, .client_uuid = {}, .agent = {}});
  ASSERT_TRUE(run_until([&] { return device.count("goodbye") == 1; }));
  EXPECT_TRUE(run_until([&] { return told_.back() == "closed: no longer admitted"; }));
}

TEST_F(ShardReportsTest, WhoIsThrownOutHearsGoodbyeAndWhyBeforeItIsCutOff) {
  start_shard(&reports_);
  add_worker("w1").accept_sessions();
  TestDevice& device = talking_device();
  shard_->proxy().post_device_facts(device.client().device,
                                    {.admitted = false, .client_uuid = {}, .agent = {}});
  shard_->proxy().post_throw_out(device.client(), R"({"type":"alert"})");
  ASSERT_TRUE(run_until([&] { return device.count("kicked") == 1; }));
  EXPECT_THAT(device.order(), ElementsAre("hello", "goodbye", "alert", "kicked"));
}

TEST_F(ShardReportsTest, AForgottenDevicesSessionEndsAlsoWhereStrangersMayTalk) {
  config_.admit_unknown = true;
  start_shard(&reports_);
  add_worker("w1").accept_sessions();
  TestDevice& device = talking_device();
  shard_->proxy().post_device_facts(device.client().device,
                                    {.admitted = true, .client_uuid = {}, .agent = {}});
  shard_->proxy().post_forget_device(device.client().device);
  ASSERT_TRUE(run_until([&] { return device.count("goodbye") == 1; }));
  EXPECT_TRUE(run_until([&] { return told_.back() == "closed: no longer admitted"; }));
}

}  // namespace
}  // namespace earshot::gateway
