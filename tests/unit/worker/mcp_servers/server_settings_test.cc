#include "worker/mcp_servers/server_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::vector<McpServerSettings> read(const std::string& yaml) {
  ConfigReader reader = ConfigReader::parse(yaml, "w.yaml");
  auto servers = read_mcp_servers(reader.root().section("mcp_servers"));
  reader.finish();
  return servers;
}

std::string problem_of(const std::string& yaml) {
  try {
    (void)read(yaml);
  } catch (const ConfigError& failure) {
    return failure.what();
  }
  return "none";
}

std::vector<McpServerSettings> read_file(const std::string& text) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("mcp_settings_" + std::to_string(::getpid()) + ".json"))
          .string();
  std::ofstream(path) << text;
  ConfigReader reader = ConfigReader::parse("mcp_settings_file: " + path, "w.yaml");
  std::vector<McpServerSettings> servers;
  ConfigSection root = reader.root();
  read_mcp_settings_file(root, "mcp_settings_file", servers);
  reader.finish();
  std::filesystem::remove(path);
  return servers;
}

TEST(ServerSettings, ReadsProgramsAndTheirVariables) {
  ::setenv("TEST_FILES_KEY", "hidden", 1);
  const auto servers = read(
      "mcp_servers:\n  files:\n    command: npx\n    args: [-y, x]\n    env: {LOG: warn}\n"
      "    secrets: {API_KEY_env: TEST_FILES_KEY}\n    tools: [\"read_*\"]\n    timeout_ms: 5000\n");
  ASSERT_THAT(servers, SizeIs(1));
  const auto& program = std::get<ProgramTerms>(servers[0].terms);
  EXPECT_EQ(program.command, "npx");
  EXPECT_THAT(program.arguments, ElementsAre("-y", "x"));
  EXPECT_EQ(program.secrets.at(0).first, "API_KEY");
  EXPECT_EQ(program.secrets.at(0).second.reveal(), "hidden");
  EXPECT_EQ(servers[0].timeout, Milliseconds(5000));
}

TEST(ServerSettings, NamesWhatIsWrong) {
  EXPECT_THAT(problem_of("mcp_servers: {a: {}}"), HasSubstr("or `url`, and not both"));
  EXPECT_THAT(problem_of("mcp_servers: {a: {command: x, url: \"http://y\"}}"), HasSubstr("not both"));
  EXPECT_THAT(problem_of("mcp_servers: {a: {url: \"file:///etc/passwd\"}}"), HasSubstr("must be http://"));
  EXPECT_THAT(problem_of("mcp_servers: {\"a b\": {command: x}}"), HasSubstr("1 to 32"));
  EXPECT_THAT(problem_of("mcp_servers: {a: {url: \"http://y\", headers: {Authorization: z}}}"),
              HasSubstr("is a secret"));
  EXPECT_THAT(problem_of("mcp_servers: {a: {command: x, transport: sse}}"), HasSubstr("transport"));
  EXPECT_THAT(problem_of("mcp_servers: {a: {command: x, secrets: {KEY: y}}}"), HasSubstr("_env or _file"));
  EXPECT_THAT(problem_of("mcp_servers: {a: {command: x, secrets: {KEY: y}}}"), Not(HasSubstr(": y")));
}

TEST(ServerSettings, ReadsTheFileOfTheEstablishedServerAsItIs) {
  const auto servers = read_file(R"({"des": "a remark", "mcpServers": {
    "Home Assistant": {"command": "mcp-proxy", "args": ["http://h/mcp_server/sse"], "env": {"API_ACCESS_TOKEN": "t"}},
    "playwright": {"command": "npx", "args": ["-y", "@executeautomation/playwright-mcp-server"],
                   "des": "run 'npx playwright install' first"},
    "older": {"url": "http://127.0.0.1:8000/sse", "API_ACCESS_TOKEN": "word"},
    "newer": {"url": "http://127.0.0.1:8000/mcp", "transport": "streamable-http", "timeout": 7,
              "headers": {"X-Key": "k"}}}})");
  ASSERT_THAT(servers, SizeIs(4));
  const auto named = [&](const std::string& name) {
    return *std::ranges::find(servers, name, &McpServerSettings::name);
  };
  EXPECT_EQ(std::get<ProgramTerms>(named("Home_Assistant").terms).secrets.at(0).second.reveal(), "t");
  EXPECT_EQ(std::get<SseTerms>(named("older").terms).token.reveal(), "word");
  EXPECT_EQ(std::get<StreamableTerms>(named("newer").terms).secret_headers.at(0).first, "X-Key");
  EXPECT_EQ(named("newer").timeout, Milliseconds(7000));
  EXPECT_THROW(read_file(R"({"mcpServers": {"a": {"args": []}}})"), ConfigError);
  EXPECT_THROW(read_file("{"), ConfigError);
}

}  // namespace
}  // namespace earshot::worker
