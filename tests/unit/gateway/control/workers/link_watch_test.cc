#include "gateway/control/workers/link_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using testing::SizeIs;
using namespace std::chrono_literals;

class LinkWatchTest : public testing::Test {
 protected:
  LinkWatchTest() {
    clock_.set_wall(std::chrono::system_clock::time_point(1'900'000'000s));
    EXPECT_TRUE(pki_.init({"gw.example"}, clock_.wall(), false).ok());
    watch_ = LinkWatch::create(io_.get_executor(), clock_, pki_,
                               [this](const LinkKeysPtr& keys) { told_.push_back(keys); });
    watch_->start();
  }
  ~LinkWatchTest() override {
    watch_->stop();
    std::filesystem::remove_all(folder_);
  }

  asio::io_context io_{1};
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("watch_" + std::to_string(::getpid()));
  fakes::ManualClock clock_;
  tls::PkiFolder pki_{folder_};
  std::vector<LinkKeysPtr> told_;
  std::shared_ptr<LinkWatch> watch_;
};

TEST_F(LinkWatchTest, ARevocationIsHandedOnOnce) {
  const auto made = pki_.make_worker("w1", clock_.wall(), false).value();
  ASSERT_TRUE(pki_.revoke("w1").ok());
  watch_->look();
  watch_->look();
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_TRUE(told_[1]->revoked.contains(tls::facts_of(made.own.certificate)->serial));
}

TEST_F(LinkWatchTest, ItTellsWhoseCertificatesAreTaken) {
  EXPECT_EQ(told_[0]->authority, pki_.authority_facts()->fingerprint);
  ASSERT_TRUE(pki_.renew_gateway({}, clock_.wall()).ok());
  watch_->look();
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_EQ(told_[1]->authority, told_[0]->authority);
  ASSERT_TRUE(pki_.init({"gw.example"}, clock_.wall(), true).ok());
  watch_->look();
  ASSERT_THAT(told_, SizeIs(3));
  EXPECT_EQ(told_[2]->authority, pki_.authority_facts()->fingerprint);
  EXPECT_NE(told_[2]->authority, told_[0]->authority);
}

}  // namespace
}  // namespace earshot::gateway
