#include "worker/providers/sherpa/tokens_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace earshot::worker::sherpa {
namespace {

Status check_tokens(const std::string& text) {
  const std::string path = testing::TempDir() + "tokens_" + std::to_string(::getpid());
  std::ofstream(path, std::ios::binary) << text;
  auto status = check_tokens_file(path);
  std::filesystem::remove(path);
  return status;
}

TEST(TokensFile, IsSymbolsWithNumbers) {
  for (const char* good :
       {"a 0\n", "a 0\r\nb 1\r\n", "PHVuaz4= 0\n4pmq 1", "你 1\n 2\n", "   3\na 4\n\n", "1 1\n"}) {
    EXPECT_TRUE(check_tokens(good).ok()) << good;
  }
}

TEST(TokensFile, NamesTheFirstLineOfAnotherForm) {
  const std::string endless(100'000, 'a');
  for (const std::string& bad :
       {std::string("a 0\nb c d\n"), std::string("a 0\nb\n"), std::string("a 0\nb c\n"),
        std::string("a 0\nb 1 2\n"), std::string("a 0\nb -1\n"), "a 0\n" + endless,
        "a 0\n" + endless + " 1\n", std::string("a 0\nb 99999999999\n")}) {
    const auto status = check_tokens(bad);
    ASSERT_FALSE(status.ok()) << bad.substr(0, 40);
    EXPECT_NE(status.error().message.find("line 2 "), std::string::npos) << status.error().message;
  }
}

TEST(TokensFile, HoldsAToken) {
  for (const char* empty : {"", "\n", " \r\n\n"}) EXPECT_FALSE(check_tokens(empty).ok()) << empty;
}

}  // namespace
}  // namespace earshot::worker::sherpa
