#include "common/tls/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::tls {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

const WallTime kNow = WallTime(1'900'000'000s);
const Validity kYear{.from = kNow - 24h, .until = kNow + 24h * 365};

CertificateWish worker(const std::string& name) {
  return {.kind = CertificateWish::Kind::kWorker, .name = name, .validity = kYear};
}

TEST(CertificatesTest, TellWhatTheyWereMadeFor) {
  const auto authority = make_authority("ours", kYear).value();
  const auto made = issue(authority, {.kind = CertificateWish::Kind::kGateway,
                                      .name = "gw",
                                      .hosts = {"gw.example", "192.0.2.1", "2001:db8::1"},
                                      .validity = kYear})
                        .value();
  const auto facts = facts_of(made.certificate).value();
  EXPECT_EQ(facts.name, "gw");
  EXPECT_THAT(facts.hosts, ElementsAre("gw.example", "192.0.2.1", "2001:db8::1"));
  EXPECT_EQ(facts.until, kYear.until);
  EXPECT_EQ(facts.serial.size(), 32U);
  EXPECT_EQ(facts.fingerprint.size(), 64U);
}

TEST(CertificatesTest, AreSignedForTheKeyOfTheRequestUnderTheNameThatWasDecided) {
  const auto authority = make_authority("ours", kYear).value();
  const auto request = make_request("wishes-to-be-admin").value();
  const auto signed_one = sign_request(authority, request.request, worker("w1"));
  ASSERT_TRUE(signed_one.ok()) << signed_one.error().message;
  EXPECT_EQ(facts_of(*signed_one)->name, "w1");
}

TEST(CertificatesTest, AreNotMadeForARequestThatWasTamperedWith) {
  const auto authority = make_authority("ours", kYear).value();
  std::string request = make_request("w1")->request;
  const std::size_t middle = request.size() / 2;
  request[middle] = request[middle] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(sign_request(authority, request, worker("w1")).ok());
  EXPECT_FALSE(sign_request(authority, "", worker("w1")).ok());
  EXPECT_FALSE(sign_request(authority, std::string(100'000, 'A'), worker("w1")).ok());
}

TEST(CertificatesTest, NeedTheKeyOfTheAuthority) {
  const auto authority = make_authority("ours", kYear).value();
  const auto other = make_authority("theirs", kYear).value();
  EXPECT_FALSE(issue({.certificate = authority.certificate, .key = other.key}, worker("w1")).ok());
}

TEST(CertificatesTest, WhatIsNoneIsRefused) {
  EXPECT_THAT(facts_of("no certificate").error().message, HasSubstr("it is no certificate"));
}

}  // namespace
}  // namespace earshot::tls
