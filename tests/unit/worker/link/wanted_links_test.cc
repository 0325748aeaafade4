#include "worker/link/wanted_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const std::string kGateway = "tls:10.0.0.1:9443";

GatewayTarget target(const std::string& address) {
  return {.endpoint = ipc::parse_endpoint(address).value(), .name = "gw.example"};
}

// Its link may have been ending when the gateway came back and named it.
TEST(WantedLinks, AShardIsWantedForAsLongAsItsGateway) {
  WantedLinks wanted;
  wanted.add_gateway(target(kGateway));
  wanted.add_shard(target(kGateway), kGateway);
  wanted.add_shard(target("tls:10.0.0.1:9444"), kGateway);
  ASSERT_THAT(wanted.all(), SizeIs(2));
  EXPECT_EQ(wanted.all().at("tls:10.0.0.1:9444").gateway, kGateway);
  EXPECT_EQ(wanted.all().at("tls:10.0.0.1:9444").target.name, "gw.example");
  wanted.remove_gateway(kGateway);
  EXPECT_THAT(wanted.all(), IsEmpty());
}

TEST(WantedLinks, AnotherGatewayKeepsItsShards) {
  WantedLinks wanted;
  wanted.add_gateway(target(kGateway));
  wanted.add_gateway(target("tls:10.0.0.2:9443"));
  wanted.add_shard(target("tls:10.0.0.2:9444"), "tls:10.0.0.2:9443");
  wanted.remove_gateway(kGateway);
  EXPECT_THAT(wanted.all(), SizeIs(2));
}

TEST(WantedLinks, ShardsOfAGatewayThatNoNameLeadsToAreNotKept) {
  WantedLinks wanted;
  wanted.add_shard(target("tls:10.0.0.1:9444"), kGateway);
  EXPECT_THAT(wanted.all(), IsEmpty());
}

TEST(WantedLinks, AGatewayThatNamesShardsWithoutEndIsBounded) {
  WantedLinks wanted;
  wanted.add_gateway(target(kGateway));
  for (std::size_t i = 0; i < WantedLinks::kMost + 10; ++i)
    wanted.add_shard(target("tls:10.0.0.1:" + std::to_string(10'000 + i)), kGateway);
  EXPECT_THAT(wanted.all(), SizeIs(WantedLinks::kMost));
}

}  // namespace
}  // namespace earshot::worker
