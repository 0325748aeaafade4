#include "common/auth/credential_generation.h"

#include <gtest/gtest.h>

#include "common/auth/device_language.h"

namespace earshot::auth {
namespace {

ClientId client(const std::string& group) {
  return *parse_client_id(group + "@@@02_00_00_00_00_01@@@36c98363-3656-43cb-a00f-8bced2391a90");
}

TEST(CredentialGeneration, IsZeroUnlessTheGroupNamesOne) {
  EXPECT_EQ(generation_of(client("GID_board")), 0U);
  EXPECT_EQ(generation_of(client("GID_board.zh-CN")), 0U);
  EXPECT_EQ(generation_of(client("GID_board.rx")), 0U);
  EXPECT_EQ(generation_of(client("GID_board.r")), 0U);
  EXPECT_EQ(generation_of(client("GID_board.r99999999999")), 0U);
  EXPECT_EQ(generation_of(client("GID_board.zh-CN.r7")), 7U);
  EXPECT_EQ(generation_of(client("GID_board.r12")), 12U);
}

TEST(CredentialGeneration, LeavesTheLanguageReadable) {
  EXPECT_EQ(language_of(client("GID_board.zh-CN.r7")), "zh-CN");
  EXPECT_EQ(language_of(client("GID_board.r7")), "");
  EXPECT_EQ(group_without_generation("GID_board.zh-CN.r7"), "GID_board.zh-CN");
  EXPECT_EQ(group_without_generation("GID_board.ro"), "GID_board.ro");
}

}  // namespace
}  // namespace earshot::auth
