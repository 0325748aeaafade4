#include "tests/e2e/ctl_run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace earshot::e2e {

namespace {

constexpr std::chrono::seconds kCtlPatience{60};

}  // namespace

std::vector<std::string> ctl_command(const System& system, std::vector<std::string> words) {
  words.insert(words.begin(), {binary("earshotctl"), "--data", system.data() + "/data"});
  return words;
}

CtlResult ctl(const System& system, std::vector<std::string> words) {
  const std::string folder = scratch_folder();
  ChildProcess process(ctl_command(system, std::move(words)), folder + "/out", folder + "/err",
                       {{"EARSHOT_TOKEN", ""}, {"EARSHOT_URL", ""}});
  const auto code = process.wait(kCtlPatience);
  return {code.value_or(-1), process.output(), process.errors()};
}

json::value ctl_json(const System& system, std::vector<std::string> words) {
  words.push_back("--json");
  const CtlResult result = ctl(system, std::move(words));
  const auto parsed = json::parse_value(result.output, 1 << 20);
  EXPECT_TRUE(parsed.ok()) << result.output << result.errors;
  return parsed.ok() ? *parsed : json::value();
}

}  // namespace earshot::e2e
