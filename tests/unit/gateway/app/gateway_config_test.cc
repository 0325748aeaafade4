// gateway/app: config and command_line; gateway/process: key_file and instance_lock: what main() needs
// before the app.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/base/startup_error.h"
#include "common/config/config_reader.h"
#include "gateway/app/command_line.h"
#include "gateway/app/config.h"
#include "gateway/process/instance_lock.h"
#include "gateway/process/key_file.h"
#include "tests/fakes/test_certificate.h"

namespace earshot::gateway {
namespace {

using testing::HasSubstr;

class GatewayFilesTest : public testing::Test {
 protected:
  GatewayFilesTest() {
    std::string name = (std::filesystem::temp_directory_path() / "earshot-gateway-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~GatewayFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  std::string problems_of(const std::string& yaml) const {
    try {
      load_config(write("g.yaml", yaml), {});
    } catch (const ConfigError& problems) {
      return problems.what();
    }
    return "";
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat found {};
    EXPECT_EQ(stat(path.c_str(), &found), 0);
    return found.st_mode & 07777U;
  }

  std::filesystem::path folder_;
};

TEST_F(GatewayFilesTest, WorkersAreANumberOrAutoWithItsBounds) {
  const auto spawn = [this](const std::string& keys) {
    return load_config(write("g.yaml", "workers: {" + keys + "}"), {}).workers.spawn;
  };
  EXPECT_EQ(spawn("spawn: 3").least, 3U);
  EXPECT_EQ(spawn("spawn: 3").most, 3U);
  EXPECT_EQ(spawn("spawn: auto").least, 1U);
  EXPECT_GE(spawn("spawn: auto").most, 2U);
  EXPECT_EQ(spawn("spawn: auto, spawn_least: 2, spawn_most: 5").least, 2U);
  EXPECT_EQ(spawn("spawn: auto, spawn_least: 2, spawn_most: 5").most, 5U);
  EXPECT_THAT(problems_of("workers: {spawn: many}"), HasSubstr("from 0 to 64, or auto"));
  EXPECT_THAT(problems_of("workers: {spawn: 65}"), HasSubstr("from 0 to 64, or auto"));
  EXPECT_THAT(problems_of("workers: {spawn: auto, spawn_least: 6, spawn_most: 5}"),
              HasSubstr("must not be above spawn_most"));
}

TEST_F(GatewayFilesTest, TheDefaultsAreACompleteConfiguration) {
  const GatewayConfig config = load_config(std::nullopt, {});
  EXPECT_TRUE(config.mqtt.supervised);
  EXPECT_TRUE(config.data_dir.is_absolute());
  ASSERT_EQ(config.workers.listen.size(), 1U);
  EXPECT_EQ(config.workers.listen[0].path, (config.data_dir / "run" / "workers.sock").string());
}

TEST_F(GatewayFilesTest, OverridesWinOverTheFile) {
  const auto file = write("g.yaml", "udp:\n  port: 9000\n  shards: 3\n");
  const GatewayConfig config = load_config(file, {{"udp.port", "9100"}, {"data_dir", folder_.string()}});
  EXPECT_EQ(config.udp.port, 9100);
  ASSERT_EQ(config.workers.listen.size(), 3U);
  EXPECT_EQ(config.workers.listen[2].path, (folder_ / "run" / "workers.sock.2").string());
}

TEST_F(GatewayFilesTest, ShowsWhatIsInForce) {
  const GatewayConfig config =
      load_config(write("g.yaml", "data_dir: here/../there\nhttp:\n  public_url: https://x.example/ear/\n"),
                  {{"udp.port", "9100"}});
  const std::string folder = (std::filesystem::current_path() / "there").string();
  EXPECT_THAT(config.effective, HasSubstr("data_dir: \"" + folder + "\"\n"));
  EXPECT_THAT(config.effective, HasSubstr("http.public_url: \"https://x.example/ear\"\n"));
  EXPECT_THAT(config.effective, HasSubstr("udp.port: 9100\n"));
}

TEST_F(GatewayFilesTest, ACertificateMakesTheHttpPortSecureUnlessItHasAPortOfItsOwn) {
  const auto made = fakes::make_certificate("earshot");
  const ConfigOverrides files{{"announce_address", "voice.example"},
                              {"http.tls.certificate", write("cert.pem", made.certificate)},
                              {"http.tls.key", write("key.pem", made.key)}};
  const GatewayConfig shared = load_config(std::nullopt, files);
  EXPECT_TRUE(shared.http.is_secure_port());
  EXPECT_EQ(shared.console_url(), "https://voice.example:8003");
  ConfigOverrides apart = files;
  apart.emplace_back("http.tls.port", "8443");
  EXPECT_FALSE(load_config(std::nullopt, apart).http.is_secure_port());
  EXPECT_EQ(load_config(std::nullopt, apart).console_url(), "http://voice.example:8003");
  EXPECT_FALSE(load_config(std::nullopt, {}).http.is_secure_port());
}

TEST_F(GatewayFilesTest, ACertificateIsReadWhenTheConfigurationIs) {
  const auto made = fakes::make_certificate("earshot");
  const std::string cert = write("cert.pem", made.certificate);
  const std::string key = write("key.pem", fakes::make_certificate("other").key);
  const auto with = [this](const std::string& lines) { return problems_of("http:\n  tls:\n" + lines); };
  EXPECT_THAT(with("    certificate: " + cert + "\n"), HasSubstr("a certificate for one"));
  EXPECT_THAT(with("    key: " + key + "\n"), HasSubstr("a key for one"));
  EXPECT_THAT(with("    port: 8443\n"), HasSubstr("needs http.tls.certificate"));
  EXPECT_THAT(with("    port: 8003\n"), HasSubstr("is http.port"));
  EXPECT_THAT(with("    certificate: " + cert + "\n    key: " + key + "\n"), HasSubstr("no key for " + cert));
  EXPECT_THAT(with("    certificate: " + key + "\n    key: " + key + "\n"),
              HasSubstr("no certificate in " + key));
}

TEST_F(GatewayFilesTest, TcpWorkersGetOnePortAShard) {
  const GatewayConfig config =
      load_config(std::nullopt, {{"workers.listen", "tcp:127.0.0.1:7000"}, {"udp.shards", "2"}});
  EXPECT_EQ(config.workers.listen[1].text(), "tcp:127.0.0.1:7001");
}

TEST_F(GatewayFilesTest, TheUuidIsPinnedUnlessNobodyElseCanAskAndAllMayComeIn) {
  EXPECT_FALSE(load_config(std::nullopt, {}).pin_uuid);
  EXPECT_TRUE(load_config(std::nullopt, {{"admission.mode", "bind"}}).pin_uuid);
  EXPECT_TRUE(load_config(std::nullopt, {{"admission.mode", "open"}, {"http.listen", "0.0.0.0"}}).pin_uuid);
  EXPECT_TRUE(load_config(std::nullopt, {{"admission.pin_uuid", "true"}}).pin_uuid);
  EXPECT_FALSE(
      load_config(std::nullopt, {{"admission.mode", "bind"}, {"admission.pin_uuid", "false"}}).pin_uuid);
}

TEST_F(GatewayFilesTest, TellsAllProblemsWithTheirLines) {
  const std::string problems = problems_of(
      "udp:\n  prot: 1\n  port: 65535\n  shards: 3\nannounce_address: \"mqtt://x\"\n"
      "workers:\n  listen: tcp:192.0.2.1:33\nmqtt:\n  mode: both\n");
  EXPECT_THAT(problems, HasSubstr("g.yaml:2: unknown key 'udp.prot'"));
  EXPECT_THAT(problems, HasSubstr("g.yaml:3: 'udp.port'"));
  EXPECT_THAT(problems, HasSubstr("g.yaml:5: 'announce_address'"));
  EXPECT_THAT(problems, HasSubstr("g.yaml:7: 'workers.listen'"));
  EXPECT_THAT(problems, HasSubstr("g.yaml:9: 'mqtt.mode'"));
}

TEST_F(GatewayFilesTest, NeverShowsASecret) {
  const auto key = write("key", "c2VjcmV0LWtleQ==\n");
  const auto file = write("g.yaml", "device_key_file: " + key + "\n");
  const GatewayConfig config = load_config(file, {});
  EXPECT_EQ(config.device_key.reveal(), "c2VjcmV0LWtleQ==");
  EXPECT_THAT(config.effective, HasSubstr("device_key: ***"));
  EXPECT_THAT(config.effective, Not(HasSubstr("c2VjcmV0")));
  EXPECT_THAT(problems_of("device_key: c2VjcmV0\n"), HasSubstr("is a secret"));
}

TEST_F(GatewayFilesTest, ReadsTheCommandLine) {
  const std::array good{"earshot-gateway", "--config", "f.yaml",  "--set",
                        "udp.port=1",      "--set",    "a.b=c=d", "--check-config"};
  const auto parsed = parse_command_line(good.size(), good.data());
  const auto* line = std::get_if<CommandLine>(&parsed);
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->config_file, "f.yaml");
  EXPECT_TRUE(line->check_config);
  EXPECT_EQ(line->overrides, (ConfigOverrides{{"udp.port", "1"}, {"a.b", "c=d"}}));

  for (const char* bad : {"udp.port", "=1"}) {
    const std::array arguments{"earshot-gateway", "--set", bad};
    const auto refused = parse_command_line(arguments.size(), arguments.data());
    EXPECT_EQ(std::get<int>(refused), 2) << bad;
  }
}

TEST_F(GatewayFilesTest, TheStoreKeyComesFromAFileAndMustBeLong) {
  const auto key = write("store.key", std::string(32, 'k') + "\n");
  const auto config =
      load_config(write("g.yaml", "store:\n  key_file: " + key + "\n  keep_audio_days: 0\n"), {});
  EXPECT_EQ(config.store.key.reveal(), std::string(32, 'k'));
  EXPECT_EQ(config.store.keep_audio_days, 0);
  EXPECT_EQ(config.store.keep_conversations_days, 90);
  EXPECT_THAT(config.effective, HasSubstr("store.key: ***"));
  const auto short_key = write("short.key", "0123456789");
  EXPECT_THAT(problems_of("store:\n  key_file: " + short_key + "\n"), HasSubstr("32 characters"));
  EXPECT_THAT(problems_of("store:\n  keep_audio_days: -1\n"), HasSubstr("keep_audio_days"));
}

TEST_F(GatewayFilesTest, MakesADeviceKeyOnceAndKeepsIt) {
  const auto file = folder_ / "secrets" / "device.key";
  const Secret made = load_or_make_key(file, kDeviceKey);
  EXPECT_EQ(made.reveal().size(), 44U) << "32 bytes as base64";
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(mode_of(file.parent_path()), 0700U);
  EXPECT_EQ(load_or_make_key(file, kDeviceKey).reveal(), made.reveal());
  EXPECT_NE(load_or_make_key(folder_ / "other" / "device.key", kDeviceKey).reveal(), made.reveal());
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(file.parent_path())) ++files;
  EXPECT_EQ(files, 1U) << "no leftovers";
}

TEST_F(GatewayFilesTest, RefusesADeviceKeyThatOthersMayRead) {
  const auto file = folder_ / "device.key";
  write("device.key", "c2VjcmV0\n");
  for (const auto mode : {0640, 0604, 0620}) {
    ASSERT_EQ(chmod(file.c_str(), static_cast<mode_t>(mode)), 0);
    EXPECT_THROW(load_or_make_key(file, kDeviceKey), StartupError) << std::oct << mode;
  }
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  EXPECT_EQ(load_or_make_key(file, kDeviceKey).reveal(), "c2VjcmV0");
}

TEST_F(GatewayFilesTest, RefusesAnEmptyLinkedOrHugeDeviceKey) {
  const auto file = folder_ / "device.key";
  write("device.key", "\n");
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  EXPECT_THROW(load_or_make_key(file, kDeviceKey), StartupError);
  write("device.key", std::string(5000, 'x'));
  EXPECT_THROW(load_or_make_key(file, kDeviceKey), StartupError);
  std::filesystem::create_symlink(file, folder_ / "link.key");
  EXPECT_THROW(load_or_make_key(folder_ / "link.key", kDeviceKey), StartupError);
}

TEST_F(GatewayFilesTest, LetsOneGatewayUseADataFolder) {
  {
    const InstanceLock first(folder_ / "run");
    try {
      const InstanceLock second(folder_ / "run");
      FAIL() << "two gateways share one folder";
    } catch (const StartupError& refused) {
      EXPECT_EQ(refused.code(), ExitCode::kBind);
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "run")) << "nothing left behind";
  EXPECT_NO_THROW(InstanceLock(folder_ / "run"));
}

}  // namespace
}  // namespace earshot::gateway
