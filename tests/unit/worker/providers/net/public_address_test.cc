#include "worker/providers/net/public_address.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(PublicAddress, ThisMachineAndPrivateNetworksAreNotPublicInAnySpelling) {
  for (const char* address : {"0.0.0.0",
                              "10.1.2.3",
                              "100.64.0.1",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "198.18.0.1",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fd12::1",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "64:ff9b::7f00:1",
                              "64:ff9b::a9fe:a9fe",
                              "2002:7f00:1::",
                              "2002:c0a8:101::1",
                              "2001::1",
                              "2001:db8::1",
                              "::127.0.0.1",
                              "",
                              "example.com"})
    EXPECT_FALSE(is_public_address(address)) << address;
}

TEST(PublicAddress, TheInternetIsPublic) {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111",
        "2a01:4f8::1", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"})
    EXPECT_TRUE(is_public_address(address)) << address;
}

}  // namespace
}  // namespace earshot::worker
