#include "gateway/control/workers/join_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/tls/join_token.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class JoinDeskTest : public testing::Test {
 protected:
  JoinDeskTest() {
    clock_.set_wall(std::chrono::system_clock::time_point(1'900'000'000s));
    EXPECT_TRUE(pki_.init({"gw.example", "192.0.2.1"}, clock_.wall(), false).ok());
  }
  ~JoinDeskTest() override { std::filesystem::remove_all(folder_); }

  static tls::JoinToken token_of(const JoinDesk::Offer& offer) {
    return tls::parse_join_line(offer.line.reveal())->token;
  }
  ipc::JoinAnswer ask(const tls::JoinToken& token, const std::string& name) {
    ipc::JoinRequest request;
    request.set_token_id(token.id);
    request.set_token_secret(std::string(token.secret.reveal()));
    request.set_worker(name);
    request.set_request(tls::make_request(name)->request);
    ipc::JoinAnswer answer;
    EXPECT_TRUE(answer.ParseFromString(desk_.answer(request.SerializeAsString(), "192.0.2.9")));
    return answer;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("desk_" + std::to_string(::getpid()));
  fakes::ManualClock clock_;
  tls::PkiFolder pki_{folder_};
  JoinDesk desk_{clock_, tls::PkiFolder(folder_), 9443};
};

TEST_F(JoinDeskTest, ATokenLeadsToThisGatewayAndGivesACertificate) {
  const auto offer = desk_.offer({}).value();
  const auto address = tls::parse_join_line(offer.line.reveal()).value();
  EXPECT_EQ(address.host, "gw.example");
  EXPECT_EQ(address.port, 9443);
  EXPECT_EQ(address.token.authority, pki_.authority_facts()->fingerprint);
  const auto answer = ask(address.token, "w1");
  EXPECT_EQ(answer.refused(), "");
  EXPECT_EQ(answer.worker(), "w1");
  EXPECT_EQ(tls::facts_of(answer.certificate())->name, "w1");
  EXPECT_EQ(tls::facts_of(answer.authority())->fingerprint, address.token.authority);
}

TEST_F(JoinDeskTest, ATokenIsGoodOnce) {
  const auto token = token_of(desk_.offer({}).value());
  ask(token, "w1");
  EXPECT_THAT(ask(token, "w2").refused(), HasSubstr("was used already; ask for a new one"));
}

TEST_F(JoinDeskTest, ATokenExpiresByTheGatewaysClockAlone) {
  const auto token = token_of(desk_.offer({.valid = 15min}).value());
  clock_.advance(15min);
  EXPECT_THAT(ask(token, "w1").refused(),
              HasSubstr("has expired, by the gateway's clock; ask for a new one"));
}

TEST_F(JoinDeskTest, AWrongSecretIsNotToldFromAnUnknownTokenAndUsesNothingUp) {
  auto token = token_of(desk_.offer({}).value());
  auto wrong = token;
  wrong.secret = Secret("ffffffffffffffff");
  const auto refused = ask(wrong, "w1").refused();
  wrong.id = "12345678";
  EXPECT_EQ(ask(wrong, "w1").refused(), refused);
  EXPECT_EQ(ask(token, "w1").refused(), "");
}

TEST_F(JoinDeskTest, ANameThatIsTakenIsRefusedAndTheTokenStaysGood) {
  ask(token_of(desk_.offer({}).value()), "w1");
  const auto token = token_of(desk_.offer({}).value());
  EXPECT_THAT(ask(token, "w1").refused(), HasSubstr("--id OTHER-NAME"));
  EXPECT_THAT(ask(token, "../../etc").refused(), HasSubstr("a worker's name must be"));
  EXPECT_EQ(ask(token, "w2").refused(), "");
}

TEST_F(JoinDeskTest, ATokenForANameReplacesWhoHadIt) {
  const auto first = ask(token_of(desk_.offer({.name = "w1"}).value()), "whatever");
  EXPECT_EQ(first.worker(), "w1");
  const auto second = ask(token_of(desk_.offer({.name = "w1"}).value()), "whatever");
  EXPECT_EQ(second.refused(), "");
  EXPECT_TRUE(pki_.revoked()->contains(tls::facts_of(first.certificate())->serial));
  EXPECT_FALSE(pki_.revoked()->contains(tls::facts_of(second.certificate())->serial));
}

TEST_F(JoinDeskTest, AHostThatTheCertificateDoesNotBearIsRefused) {
  EXPECT_THAT(desk_.offer({.host = "other.example"}).error().message, HasSubstr("--renew --host"));
  EXPECT_TRUE(desk_.offer({.host = "192.0.2.1"}).ok());
}

TEST_F(JoinDeskTest, TokensAreBounded) {
  for (std::size_t i = 0; i < JoinDesk::kMaxTokens; ++i) ASSERT_TRUE(desk_.offer({}).ok());
  EXPECT_EQ(desk_.offer({}).error().code, ErrorCode::kUnavailable);
  clock_.advance(16min);
  EXPECT_TRUE(desk_.offer({}).ok());
}

TEST_F(JoinDeskTest, WhatIsNoRequestIsRefused) {
  ipc::JoinAnswer answer;
  ASSERT_TRUE(answer.ParseFromString(desk_.answer("\xff\xff\xff", "192.0.2.9")));
  EXPECT_THAT(answer.refused(), HasSubstr("same version"));
}

}  // namespace
}  // namespace earshot::gateway
