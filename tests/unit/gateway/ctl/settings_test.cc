#include "gateway/ctl/settings.h"

#include <gtest/gtest.h>

#include <map>

#include "gateway/ctl/failure.h"

namespace earshot::ctl {
namespace {

class SettingsTest : public testing::Test {
 protected:
  Settings find(const std::vector<std::pair<std::string, std::string>>& given = {}) {
    Arguments arguments;
    for (const auto& [name, value] : given) arguments.add(name, value);
    return find_settings(arguments,
                         {.environment =
                              [this](const std::string& name) {
                                return environment_.contains(name) ? std::optional(environment_[name])
                                                                   : std::nullopt;
                              },
                          .read_file =
                              [this](const std::filesystem::path& path) {
                                const auto name = path.string();
                                return files_.contains(name) ? std::optional(files_[name]) : std::nullopt;
                              },
                          .data_folders = {"data", "/project/data"}});
  }
  std::map<std::string, std::string> environment_;
  std::map<std::string, std::string> files_{{"/project/data/secrets/admin.token", "ear_local_x\n"},
                                            {"/project/data/run/url", "http://192.0.2.1:8003\n"}};
};

TEST_F(SettingsTest, AGatewayOnThisMachineIsFoundByItself) {
  const Settings found = find();
  EXPECT_EQ(found.url, "http://192.0.2.1:8003");
  EXPECT_EQ(found.token.reveal(), "ear_local_x");
}

TEST_F(SettingsTest, TheCommandLineWinsOverTheEnvironmentAndBothOverFiles) {
  environment_ = {{"EARSHOT_URL", "http://127.0.0.1:1/"}, {"EARSHOT_TOKEN", "from environment"}};
  EXPECT_EQ(find().url, "http://127.0.0.1:1");
  EXPECT_EQ(find().token.reveal(), "from environment");
  const Settings named = find({{"--url", "http://x:2"}, {"--token", "t"}});
  EXPECT_EQ(named.url, "http://x:2");
  EXPECT_EQ(named.token.reveal(), "t");
}

TEST_F(SettingsTest, TheLocalTokenIsNotSentToAnotherMachine) {
  EXPECT_TRUE(find({{"--url", "https://elsewhere.example"}}).token.empty());
  environment_ = {{"EARSHOT_URL", "http://localhost.example:80"}};
  EXPECT_TRUE(find().token.empty()) << "not loopback, however it begins";
  environment_ = {{"EARSHOT_URL", "http://127.0.0.1.example:80"}};
  EXPECT_TRUE(find().token.empty()) << "not loopback, however it begins";
  environment_ = {};
  EXPECT_FALSE(find({{"--url", "http://127.0.0.1:9"}}).token.empty());
  EXPECT_FALSE(find({{"--url", "http://localhost:9"}}).token.empty());
  EXPECT_FALSE(find({{"--url", "https://elsewhere.example"}, {"--data", "/project/data"}}).token.empty());
}

TEST_F(SettingsTest, WithoutAnythingItIsTheUsualPortWithoutAToken) {
  files_.clear();
  EXPECT_EQ(find().url, "http://127.0.0.1:8003");
  EXPECT_TRUE(find().token.empty());
}

TEST_F(SettingsTest, ADataFolderWithoutATokenIsAMistake) {
  EXPECT_THROW(find({{"--data", "/nowhere"}}), Failure);
  EXPECT_EQ(find({{"--data", "/nowhere"}, {"--token", "t"}}).token.reveal(), "t");
}

}  // namespace
}  // namespace earshot::ctl
