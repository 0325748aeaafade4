#include "common/http/request_target.h"

#include <gtest/gtest.h>

namespace earshot::http {
namespace {

struct TargetCase {
  const char* target;
  const char* path;
  const char* query;
  const char* authority;
};

TEST(RequestTargetTest, IsSplitInBothForms) {
  const TargetCase cases[] = {
      {"/a/b", "/a/b", "", ""},
      {"/a?b=c?d", "/a", "b=c?d", ""},
      {"/", "/", "", ""},
      {"http://box.lan:8003/xiaozhi/ota/", "/xiaozhi/ota/", "", "box.lan:8003"},
      {"HTTPS://Box.lan/a?b", "/a", "b", "Box.lan"},
      {"http://[::1]:80/a", "/a", "", "[::1]:80"},
      {"http://box.lan", "/", "", "box.lan"},
      {"http://box.lan?q=1", "/", "q=1", "box.lan"},
      {"http://box.lan//a", "//a", "", "box.lan"},
      {"/http://box.lan/a", "/http://box.lan/a", "", ""},
  };
  for (const auto& c : cases) {
    const RequestTarget split = split_target(c.target);
    EXPECT_EQ(split.path, c.path) << c.target;
    EXPECT_EQ(split.query, c.query) << c.target;
    EXPECT_EQ(split.authority, c.authority) << c.target;
  }
}

TEST(RequestTargetTest, WhatIsNeitherFormStaysAPathThatNoRouteHas) {
  for (const char* target : {"http://", "http:///a", "ftp://host/a", "http:/a", "*", "box.lan:80", ""}) {
    const RequestTarget split = split_target(target);
    EXPECT_EQ(split.path, target);
    EXPECT_EQ(split.authority, "") << target;
    EXPECT_FALSE(split.path.starts_with('/')) << target;
  }
}

}  // namespace
}  // namespace earshot::http
