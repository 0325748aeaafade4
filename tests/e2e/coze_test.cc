// Clients of the Coze chat against whole systems (docs/protocol_coze.md): real gateway, worker, engines and voice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/coze_client.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

class CozeClientTest : public testing::Test {
 protected:
  std::string token() const {
    std::string key;
    std::ifstream file(system.data() + "/data/secrets/admin.token");
    std::getline(file, key);
    return key;
  }

  System system{{.workers = 1}};
};

TEST_F(CozeClientTest, ABoardAsksAloudAndIsAnsweredAloud) {
  const std::string wav = spoken_question(scratch_folder(), "what can you do");
  const ClientRun run = run_esp_coze_client(scratch_folder(), system.http_port(), token(), "vad", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_GT(run.told.at("packets").as_int64(), 10) << run.output;
  EXPECT_THAT(system.log(), Not(HasSubstr(token())));
}

TEST_F(CozeClientTest, AWrongKeyInTheAddressIsRefusedAndNotLogged) {
  if (node_with_coze().empty()) GTEST_SKIP() << "npm is out of reach: " << kCozeJsPackages;
  const std::string key = "ear_nobody_0123456789abcdef";
  const ClientRun run = run_coze_js_client(scratch_folder(), system.http_port(), key, "text");
  EXPECT_FALSE(run.ended_well);
  EXPECT_EQ(system.counter("coze_refused_key"), 1U);
  EXPECT_THAT(system.log(), Not(HasSubstr(key)));
}

}  // namespace
}  // namespace earshot::e2e
