#include "common/config/config_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace earshot {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Sample {
  std::string name = "box";
  std::uint16_t port = 8884;
  bool on = true;
  Milliseconds idle{60000};
  double gain = 1.5;
  std::vector<std::string> peers;
  std::string level = "info";
  Secret key;
};

Sample read(ConfigReader& reader) {
  Sample sample;
  auto root = reader.root();
  root.read("name", sample.name);
  auto udp = root.section("udp");
  udp.read("port", sample.port, {1, 65535});
  udp.read("on", sample.on);
  udp.read("idle_ms", sample.idle);
  root.read("gain", sample.gain, 0.0, 10.0);
  root.read("peers", sample.peers);
  root.read_choice("level", sample.level, {"info", "warn"});
  root.read_secret("key", sample.key);
  reader.finish();
  return sample;
}

std::string refusal(std::string_view yaml) {
  auto reader = ConfigReader::parse(yaml, "t.yaml");
  try {
    read(reader);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(ConfigReaderTest, DefaultsStayWhenNothingIsGiven) {
  auto reader = ConfigReader::empty();
  const Sample sample = read(reader);
  EXPECT_EQ(sample.port, 8884);
  EXPECT_EQ(sample.idle, Milliseconds(60000));
}

TEST(ConfigReaderTest, GivenValuesReplaceDefaults) {
  auto reader = ConfigReader::parse("udp:\n  port: 9000\n  on: false\npeers: [a, b]\ngain: 2\n", "t.yaml");
  const Sample sample = read(reader);
  EXPECT_EQ(sample.port, 9000);
  EXPECT_FALSE(sample.on);
  EXPECT_EQ(sample.peers, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(sample.gain, 2.0);
}

TEST(ConfigReaderTest, EachFaultIsNamedWithFileAndLine) {
  EXPECT_THAT(refusal("nmae: x\n"), HasSubstr("t.yaml:1: unknown key 'nmae'"));
  EXPECT_THAT(refusal("udp:\n  prot: 1\n"), HasSubstr("t.yaml:2: unknown key 'udp.prot'"));
  EXPECT_THAT(refusal("udp:\n  port: high\n"),
              HasSubstr("t.yaml:2: 'udp.port' must be a whole number, not 'high'"));
  EXPECT_THAT(refusal("udp:\n  port: 0\n"), HasSubstr("must be between 1 and 65535"));
  EXPECT_THAT(refusal("udp:\n  on: yes\n"), HasSubstr("must be true or false"));
  EXPECT_THAT(refusal("udp: 5\n"), HasSubstr("must be a section"));
  EXPECT_THAT(refusal("name: [a]\n"), HasSubstr("must be a text"));
  EXPECT_THAT(refusal("peers: a\n"), HasSubstr("must be a list"));
  EXPECT_THAT(refusal("level: loud\n"), HasSubstr("must be one of: info, warn"));
  EXPECT_THAT(refusal("gain: 11\n"), HasSubstr("between 0 and 10"));
  EXPECT_THAT(refusal("name: a\nname: b\n"), HasSubstr("t.yaml:2"));
}

TEST(ConfigReaderTest, AllProblemsAreToldAtOnce) {
  const std::string told = refusal("nmae: x\nudp:\n  port: high\n");
  EXPECT_THAT(told, HasSubstr("nmae"));
  EXPECT_THAT(told, HasSubstr("udp.port"));
}

TEST(ConfigReaderTest, TextThatIsNotYamlIsRefusedWithItsPlace) {
  EXPECT_THROW(ConfigReader::parse("a: [1\nb: 2", "t.yaml"), ConfigError);
  EXPECT_THROW(ConfigReader::parse("- 1\n- 2\n", "t.yaml"), ConfigError);
  EXPECT_THROW(ConfigReader::load("/nonexistent.yaml"), ConfigError);
}

TEST(ConfigReaderTest, ASecretComesFromTheEnvironmentAndIsMasked) {
  ::setenv("EARSHOT_TEST_KEY", "hunter2", 1);
  auto reader = ConfigReader::parse("key_env: EARSHOT_TEST_KEY\n", "t.yaml");
  EXPECT_EQ(read(reader).key.reveal(), "hunter2");
  EXPECT_THAT(reader.effective(), HasSubstr("key: ***"));
  EXPECT_THAT(reader.effective(), Not(HasSubstr("hunter2")));
}

TEST(ConfigReaderTest, ASecretWrittenInlineIsRefusedWithoutRepeatingIt) {
  const std::string told = refusal("key: hunter2\n");
  EXPECT_THAT(told, HasSubstr("key_env"));
  EXPECT_THAT(told, Not(HasSubstr("hunter2")));
}

TEST(ConfigReaderTest, ASectionListsTheNamesThatTheUserChose) {
  auto reader = ConfigReader::parse("llm:\n  b: {type: x}\n  a: {type: y}\nllmx: 1\n", "t.yaml");
  EXPECT_EQ(reader.root().section("llm").children(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(reader.root().section("absent").children().empty());
}

TEST(ConfigReaderTest, ANameMayHoldDots) {
  const auto children = [](const char* yaml) {
    return ConfigReader::parse(yaml, "t.yaml").root().section("t").children();
  };
  EXPECT_EQ(children("t: { self.a: 1, self.b.c: 2, d: { e: 3, f.g: 4 } }"),
            (std::vector<std::string>{"d", "self.a", "self.b.c"}));
}

TEST(ConfigReaderTest, TheCommandLineOverridesTheFile) {
  auto reader = ConfigReader::parse("udp:\n  port: 9000\n", "t.yaml");
  reader.override_value("udp.port", "9001");
  EXPECT_EQ(read(reader).port, 9001);
}

TEST(ConfigReaderTest, TheCommandLineMayOverrideAList) {
  auto reader = ConfigReader::parse("peers: [a]\n", "t.yaml");
  reader.override_list("peers", {"b", "c"});
  EXPECT_EQ(read(reader).peers, (std::vector<std::string>{"b", "c"}));
  EXPECT_THAT(reader.effective(), HasSubstr("peers: [b, c]\n"));
}

TEST(ConfigReaderTest, TheEffectiveConfigurationShowsWhatIsInForceInstead) {
  auto reader = ConfigReader::parse("name: a\n", "t.yaml");
  read(reader);
  reader.root().in_force("name", "b");
  reader.root().in_force("peers", std::vector<std::string>{"c"});
  EXPECT_THAT(reader.effective(), testing::StartsWith("name: \"b\"\nudp.port: 8884\n"));
  EXPECT_THAT(reader.effective(), HasSubstr("peers: [c]\n"));
  EXPECT_THAT(reader.effective(), Not(HasSubstr("\"a\"")));
}

TEST(ConfigReaderTest, TheEffectiveConfigurationListsDefaultsToo) {
  auto reader = ConfigReader::empty();
  read(reader);
  EXPECT_THAT(reader.effective(), HasSubstr("udp.port: 8884\n"));
}

}  // namespace
}  // namespace earshot
