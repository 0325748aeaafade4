#include "gateway/store/store_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::store {
namespace {

TEST(StoreUrlTest, TakesWhatLibpqTakes) {
  for (const char* url :
       {"postgresql://db", "postgres://ear@db:5432/earshot", "postgresql:///earshot?host=/run/postgresql",
        "postgresql://ear@one:1,two:2/earshot?sslmode=verify-full"}) {
    EXPECT_TRUE(check_store_url(url)) << url;
  }
}

TEST(StoreUrlTest, RefusesAPasswordWhereverItStands) {
  for (const char* url :
       {"postgresql://ear:pw@db/earshot", "postgresql://ear:@db", "postgresql://db/e?password=pw",
        "postgresql://db/e?sslmode=require&password=pw", "postgresql://db/e?p%61ssword=pw"}) {
    const Status refused = check_store_url(url);
    ASSERT_FALSE(refused) << url;
    EXPECT_THAT(refused.error().message, testing::HasSubstr("store.password_file"));
    EXPECT_THAT(refused.error().message, testing::Not(testing::HasSubstr("pw"))) << "it is a secret";
  }
}

TEST(StoreUrlTest, RefusesWhatIsNone) {
  for (const std::string& url :
       {std::string(), std::string("mysql://db"), std::string("db"), std::string("postgresql://a b"),
        std::string("postgresql://a\nb"), "postgresql://" + std::string(2000, 'a')}) {
    EXPECT_FALSE(check_store_url(url)) << url.substr(0, 40);
  }
}

TEST(StoreUrlTest, AGatewaysNameIsShortAndPlain) {
  EXPECT_TRUE(is_gateway_name("gw-1.example_x"));
  EXPECT_TRUE(is_gateway_name(default_gateway_name()));
  for (const std::string& name :
       {std::string(), std::string("A"), std::string("a b"), std::string(33, 'a')}) {
    EXPECT_FALSE(is_gateway_name(name)) << name;
  }
}

}  // namespace
}  // namespace earshot::store
