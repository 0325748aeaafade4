#include "worker/providers/net/ndjson_reader.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

struct Lines {
  std::string seen;
  std::uint32_t skipped = 0;
};

Lines read_lines(std::string_view body, std::size_t piece) {
  NdjsonReader reader(1000);
  Lines lines;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    const Status status = reader.feed(body.substr(at, piece), [&](std::string_view one) {
      lines.seen += "[" + std::string(one) + "]";
      return true;
    });
    EXPECT_TRUE(status.ok()) << body;
  }
  lines.skipped = reader.skipped();
  return lines;
}

TEST(NdjsonReader, ABadLineLosesNoOther) {
  const std::tuple<std::string, std::string, std::uint32_t> kBodies[] = {
      {"{\"a\":1}\n{\"a\":2}\n", "[{\"a\":1}][{\"a\":2}]", 0},
      {"{\"a\":1}{\"a\":\"}\"}", "[{\"a\":1}][{\"a\":\"}\"}]", 0},
      {"\xEF\xBB\xBF{\"a\":1}\r\n", "[{\"a\":1}]", 0},
      {"data: {\"a\":1}\n\ndata:{\"a\":2}\n\n", "[{\"a\":1}][{\"a\":2}]", 0},
      {"{\"a\":1}\nnot {json\n{\"a\":2}\n", "[{\"a\":1}][{\"a\":2}]", 1},
      {"{\"a\":\"cut\n{\"a\":2}\n", "[{\"a\":2}]", 1},
      {"{\"a\":{\"b\":\n{\"a\":2}\n", "[{\"a\":2}]", 1},
      {"{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "[{  \"a\": {    \"b\": 1  }}]", 0},
  };
  for (const auto& [body, seen, skipped] : kBodies) {
    for (const std::size_t piece : {1U, 2U, 5U, 1000U}) {
      const Lines lines = read_lines(body, piece);
      EXPECT_EQ(lines.seen, seen) << body << piece;
      EXPECT_EQ(lines.skipped, skipped) << body << piece;
    }
  }
}

TEST(NdjsonReader, AnObjectWithoutEndIsRefusedBeforeItFillsMemory) {
  NdjsonReader reader(100);
  const Status status =
      reader.feed("{\"a\":\"" + std::string(200, 'x'), [](std::string_view) { return true; });
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::worker
