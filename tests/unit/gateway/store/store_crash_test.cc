// The store's promise kept by a process that dies: what was told as written is there, and nothing by halves.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "gateway/store/sqlite/sqlite_store.h"
#include "tests/e2e/child_process.h"

namespace earshot::store {
namespace {

using namespace std::chrono_literals;

class StoreCrashTest : public testing::Test {
 protected:
  StoreCrashTest() { std::filesystem::create_directories(folder_); }
  ~StoreCrashTest() override { std::filesystem::remove_all(folder_); }

  std::string file() const { return folder_ / "earshot.db"; }
  e2e::ChildProcess writer(int jobs, std::int64_t max_file_bytes) const {
    return {{EARSHOT_STORE_WRITER, file(), std::to_string(jobs), std::to_string(max_file_bytes)},
            folder_ / "out",
            folder_ / "err"};
  }
  // The jobs that the store told of as done ('+') or as failed ('-').
  static std::set<int> told(const e2e::ChildProcess& child, char sign) {
    std::set<int> jobs;
    std::string output = child.output();
    output.resize(output.rfind('\n') + 1);  // the last line may be half
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
      if (line[0] == sign) jobs.insert(std::stoi(line.substr(1)));
    }
    return jobs;
  }
  // RETURNS: the jobs that are in the file; fails when one is there by halves.
  std::set<int> kept(int jobs) const {
    const auto store = sqlite::SqliteStore::open(file());
    std::set<int> found;
    for (int job = 0; job < jobs; ++job) {
      const bool first = store->settings().get("a" + std::to_string(job)).has_value();
      const bool second = store->settings().get("b" + std::to_string(job)).has_value();
      EXPECT_EQ(first, second) << "job " << job << " is there by halves";
      if (first) found.insert(job);
    }
    return found;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("earshot_crash_" + std::to_string(::getpid()));
};

TEST_F(StoreCrashTest, WhatWasToldAsWrittenSurvivesAKillAndNothingIsThereByHalves) {
  constexpr int kJobs = 1'000'000;
  auto child = writer(kJobs, 4'000'000'000);
  for (int i = 0; i < 2000 && told(child, '+').size() < 3000 && child.running(); ++i) child.wait(10ms);
  ASSERT_TRUE(child.running()) << child.errors();
  child.signal(SIGKILL);
  ASSERT_EQ(child.wait(10s), 128 + SIGKILL);
  const std::set<int> written = told(child, '+');
  ASSERT_GE(written.size(), 3000U);
  const std::set<int> found = kept(*written.rbegin() + 1000);
  for (const int job : written) EXPECT_TRUE(found.contains(job)) << job;
}

TEST_F(StoreCrashTest, AFullDiskIsToldAndWhatWasWrittenBeforeStays) {
  constexpr int kJobs = 20'000;
  auto child = writer(kJobs, 2'000'000);
  ASSERT_EQ(child.wait(60s), 0) << child.errors();
  const std::set<int> written = told(child, '+');
  const std::set<int> failed = told(child, '-');
  EXPECT_EQ(written.size() + failed.size(), static_cast<std::size_t>(kJobs)) << "each is told of once";
  EXPECT_FALSE(written.empty());
  EXPECT_FALSE(failed.empty());
  EXPECT_EQ(kept(kJobs), written);
}

}  // namespace
}  // namespace earshot::store
