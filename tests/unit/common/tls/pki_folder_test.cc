#include "common/tls/pki_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "common/tls/link_folder.h"

namespace earshot::tls {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

const WallTime kToday = WallTime(1'900'000'000s);

class PkiFolderTest : public testing::Test {
 protected:
  ~PkiFolderTest() override { std::filesystem::remove_all(folder_); }
  static mode_t mode_of(const std::filesystem::path& file) {
    struct stat found {};
    EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
    return found.st_mode & 0777;
  }
  void init() { ASSERT_TRUE(pki_.init({"gw.example", "127.0.0.1"}, kToday, false).ok()); }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("pki_" + std::to_string(::getpid()));
  PkiFolder pki_{folder_ / "pki"};
};

TEST_F(PkiFolderTest, AllOfItIsForItsOwnerAlone) {
  init();
  ASSERT_TRUE(pki_.make_worker("w1", kToday, false).ok());
  for (const char* file : {"ca.pem", "ca.key", "gateway.pem", "gateway.key", "workers/w1.pem"})
    EXPECT_EQ(mode_of(folder_ / "pki" / file), 0600U) << file;
  EXPECT_EQ(mode_of(folder_ / "pki"), 0700U);
}

TEST_F(PkiFolderTest, AnAuthorityIsNotReplacedUnasked) {
  init();
  const auto before = pki_.authority_facts()->fingerprint;
  EXPECT_THAT(pki_.init({"gw.example"}, kToday, false).error().message, HasSubstr("--force"));
  EXPECT_EQ(pki_.authority_facts()->fingerprint, before);
  ASSERT_TRUE(pki_.init({"gw.example"}, kToday, true).ok());
  EXPECT_NE(pki_.authority_facts()->fingerprint, before);
}

TEST_F(PkiFolderTest, RenewingTheGatewayKeepsItsNamesAndTheAuthority) {
  init();
  const auto authority = pki_.authority_facts()->fingerprint;
  const auto serial = pki_.gateway_facts()->serial;
  ASSERT_TRUE(pki_.renew_gateway({}, kToday).ok());
  EXPECT_NE(pki_.gateway_facts()->serial, serial);
  EXPECT_THAT(pki_.gateway_facts()->hosts, ElementsAre("gw.example", "127.0.0.1"));
  EXPECT_EQ(pki_.authority_facts()->fingerprint, authority);
}

TEST_F(PkiFolderTest, ANameThatIsTakenIsReplacedOnlyWhenAskedAndTheOldOneIsRevoked) {
  init();
  ASSERT_TRUE(pki_.make_worker("w1", kToday, false).ok());
  const auto first = pki_.workers().front().facts.serial;
  EXPECT_THAT(pki_.make_worker("w1", kToday, false).error().message, HasSubstr("already"));
  EXPECT_THAT(*pki_.revoked(), IsEmpty());
  ASSERT_TRUE(pki_.make_worker("w1", kToday, true).ok());
  EXPECT_THAT(*pki_.revoked(), ElementsAre(first));
}

// Whoever has a token of that name could take the worker out with rubbish.
TEST_F(PkiFolderTest, ARequestThatIsRefusedLeavesTheOldCertificateGood) {
  init();
  ASSERT_TRUE(pki_.make_worker("w1", kToday, false).ok());
  EXPECT_FALSE(pki_.sign_worker("w1", "rubbish", kToday, true).ok());
  EXPECT_THAT(*pki_.revoked(), IsEmpty());
  EXPECT_TRUE(pki_.sign_worker("w1", make_request("w1")->request, kToday, true).ok());
  EXPECT_EQ(pki_.revoked()->size(), 1U);
}

// earshotctl and the gateway: each reads the list, adds a line and writes it whole.
TEST_F(PkiFolderTest, RevocationsOfSeveralWritersAreAllKept) {
  init();
  constexpr int kWorkers = 8;
  const auto name = [](int i) { return "w" + std::to_string(i); };
  for (int i = 0; i < kWorkers; ++i) ASSERT_TRUE(pki_.make_worker(name(i), kToday, false).ok());
  std::vector<std::thread> writers;
  std::atomic<int> done = 0;
  for (int i = 0; i < kWorkers; ++i)
    writers.emplace_back([this, &done, worker = name(i)] { done += pki_.revoke(worker).ok() ? 1 : 0; });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(done, kWorkers);
  EXPECT_EQ(pki_.revoked()->size(), static_cast<std::size_t>(kWorkers));
}

TEST_F(PkiFolderTest, WhileAnotherProgramWritesNothingIsWritten) {
  init();
  ASSERT_TRUE(pki_.make_worker("w1", kToday, false).ok());
  {
    const auto other = FolderLock::take(folder_ / "pki" / "lock");
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(pki_.revoke("w1").error().code, ErrorCode::kUnavailable);
  }
  EXPECT_TRUE(pki_.revoke("w1").ok());
}

TEST_F(PkiFolderTest, ARevokedNameIsFreeAgain) {
  init();
  ASSERT_TRUE(pki_.make_worker("w1", kToday, false).ok());
  ASSERT_TRUE(pki_.revoke("w1").ok());
  ASSERT_TRUE(pki_.revoke("w1").ok());
  EXPECT_TRUE(pki_.workers().front().revoked);
  EXPECT_EQ(pki_.revoked()->size(), 1U);
  EXPECT_TRUE(pki_.make_worker("w1", kToday, false).ok());
  EXPECT_FALSE(pki_.workers().front().revoked);
  EXPECT_EQ(pki_.revoke("nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(PkiFolderTest, ANameThatLeadsOutOfTheFolderIsNone) {
  init();
  for (const char* name : {"", "..", "../ca", "a/b", ".hidden", "a b", "a\n"}) {
    EXPECT_FALSE(pki_.make_worker(name, kToday, true).ok()) << name;
    EXPECT_FALSE(pki_.revoke(name).ok()) << name;
  }
}

TEST_F(PkiFolderTest, AKeyThatOthersMayReadIsNotUsed) {
  init();
  std::filesystem::permissions(folder_ / "pki" / "ca.key", std::filesystem::perms(0644));
  EXPECT_THAT(pki_.make_worker("w1", kToday, false).error().message, HasSubstr("chmod 600"));
}

TEST_F(PkiFolderTest, WithoutAnAuthorityItSaysHowToMakeOne) {
  EXPECT_THAT(pki_.make_worker("w1", kToday, false).error().message, HasSubstr("earshotctl pki init"));
}

TEST_F(PkiFolderTest, AWorkersFolderIsReadAsItWasWritten) {
  init();
  const auto made = pki_.make_worker("w1", kToday, false).value();
  ASSERT_TRUE(write_link_folder(folder_ / "w1", made, {"tls:gw.example:9443"}).ok());
  const auto read = read_link_folder(folder_ / "w1");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->name, "w1");
  EXPECT_THAT(read->gateways, ElementsAre("tls:gw.example:9443"));
  EXPECT_EQ(mode_of(folder_ / "w1" / "worker.key"), 0600U);
  std::filesystem::remove(folder_ / "w1" / "gateways");
  EXPECT_THAT(read_link_folder(folder_ / "w1")->gateways, IsEmpty());
  std::filesystem::create_directory(folder_ / "w1" / "gateways");
  EXPECT_FALSE(read_link_folder(folder_ / "w1").ok()) << "it is there and cannot be read";
  EXPECT_EQ(read_link_folder(folder_ / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earshot::tls
