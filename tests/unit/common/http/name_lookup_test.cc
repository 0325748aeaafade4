#include "common/http/name_lookup.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace earshot::http {
namespace {

// A name server that answers for "dead.*" only when it is told to. Lives as long as a thread asks it.
class NameServer {
 public:
  error_code resolve(const std::string& host, Endpoints& found) {
    std::unique_lock lock(mutex_);
    ++asked_;
    if (host.starts_with("dead")) woken_.wait(lock, [this] { return awake_; });
    if (host == "unknown") return asio::error::host_not_found;
    found.emplace_back(asio::ip::make_address("192.0.2.1"), 80);
    return {};
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    woken_.notify_all();
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
  int asked_ = 0;
};

class NameLookupTest : public testing::Test {
 protected:
  NameLookupTest() {
    lookup().set_resolve([server = server_](const std::string& host, const std::string&, Endpoints& found) {
      return server->resolve(host, found);
    });
  }
  ~NameLookupTest() override { server_->wake(); }

  NameLookup& lookup() { return asio::use_service<NameLookup>(*io_); }
  NameLookup::Ticket find(const std::string& host) {
    return lookup().find(host, "80", io_->get_executor(),
                         [this, host](const error_code& failure, const Endpoints& endpoints) {
                           failures_[host] = failure;
                           endpoints_[host] = endpoints;
                           ++answers_;
                         });
  }
  bool await(int answers) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (answers_ < answers && io_->run_one_until(deadline) != 0) {
    }
    return answers_ == answers;
  }

  std::shared_ptr<NameServer> server_ = std::make_shared<NameServer>();
  std::optional<asio::io_context> io_{std::in_place, 1};
  std::map<std::string, error_code> failures_;
  std::map<std::string, Endpoints> endpoints_;
  int answers_ = 0;
};

TEST_F(NameLookupTest, ADeadNameHoldsNoOtherUp) {
  find("dead.test");
  find("alive.test");
  find("unknown");
  ASSERT_TRUE(await(2));
  EXPECT_FALSE(failures_.at("alive.test"));
  ASSERT_EQ(endpoints_.at("alive.test").size(), 1u);
  EXPECT_EQ(failures_.at("unknown"), asio::error::host_not_found);
  EXPECT_FALSE(failures_.contains("dead.test"));
}

TEST_F(NameLookupTest, TheSameNameIsLookedUpOnceForAllWhoWait) {
  for (int i = 0; i < 10; ++i) find("dead.test");
  server_->wake();
  ASSERT_TRUE(await(10));
  EXPECT_EQ(server_->asked(), 1);
  EXPECT_EQ(endpoints_.at("dead.test").size(), 1u);
}

TEST_F(NameLookupTest, ACancelledLookUpEndsAtOnce) {
  const auto ticket = find("dead.test");
  lookup().cancel(ticket);
  ASSERT_TRUE(await(1));
  EXPECT_EQ(failures_.at("dead.test"), asio::error::operation_aborted);
  lookup().cancel(ticket);
}

TEST_F(NameLookupTest, NumericAddressesNeedNoNameServer) {
  find("127.0.0.1");
  find("::1");
  ASSERT_TRUE(await(2));
  EXPECT_EQ(endpoints_.at("::1").front(), asio::ip::tcp::endpoint(asio::ip::make_address("::1"), 80));
  EXPECT_EQ(server_->asked(), 0);
}

TEST_F(NameLookupTest, RefusesMoreNamesThanItMayHaveThreads) {
  for (std::size_t i = 0; i < NameLookup::kMaxNames; ++i) find("dead" + std::to_string(i));
  find("one.more");
  ASSERT_TRUE(await(1));
  EXPECT_EQ(failures_.at("one.more"), asio::error::no_buffer_space);
}

TEST_F(NameLookupTest, TheEndOfTheIoContextWaitsForNoName) {
  const auto held = std::make_shared<int>(1);
  lookup().find("dead.test", "80", io_->get_executor(), [held](const error_code&, const Endpoints&) {});
  io_.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(NameLookup, AsksTheSystem) {
  asio::io_context io(1);
  std::optional<Endpoints> found;
  asio::use_service<NameLookup>(io).find("localhost", "8080", io.get_executor(),
                                         [&](const error_code& failure, const Endpoints& endpoints) {
                                           found = failure ? Endpoints() : endpoints;
                                         });
  io.run();  // goes on as long as somebody waits
  ASSERT_TRUE(found);
  ASSERT_FALSE(found->empty());
  EXPECT_TRUE(found->front().address().is_loopback());
  EXPECT_EQ(found->front().port(), 8080);
}

}  // namespace
}  // namespace earshot::http
