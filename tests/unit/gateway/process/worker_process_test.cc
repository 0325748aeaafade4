#include "gateway/process/worker_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "gateway/process/restart_backoff.h"

namespace earshot::gateway {
namespace {

TEST(RestartBackoff, DoublesAndForgetsAfterAHealthyRun) {
  RestartBackoff backoff;
  SteadyTime now{};
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    backoff.started(now);
    now += Milliseconds(10);
    waits.push_back(backoff.ended(now).count());
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{200, 400, 800, 1600, 3200, 6400, 10'000, 10'000}));
  backoff.started(now);
  EXPECT_EQ(backoff.ended(now + RestartBackoff::kHealthyAfter), RestartBackoff::kFirst);
}

class WorkerProcessTest : public testing::Test {
 protected:
  std::shared_ptr<WorkerProcess> make(const std::string& script) {
    return WorkerProcess::create(io_.get_executor(),
                                 {.name = "w", .binary = "/bin/sh", .arguments = {"-c", script}});
  }
  template <class Condition>
  bool run_until(Condition&& done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < limit) io_.run_one_for(Milliseconds(100));
    return done();
  }
  static bool is_running(pid_t pid) { return kill(pid, 0) == 0; }

  asio::io_context io_{1};
};

TEST_F(WorkerProcessTest, StopsWithSigterm) {
  const auto process = make("exec sleep 60");
  process->start();
  const pid_t pid = process->pid();
  ASSERT_GT(pid, 0);
  bool stopped = false;
  process->stop(Milliseconds(5000), [&] { stopped = true; });
  ASSERT_TRUE(run_until([&] { return stopped; }));
  EXPECT_FALSE(is_running(pid));
  EXPECT_EQ(process->pid(), 0);
}

TEST_F(WorkerProcessTest, KillsOneThatDoesNotListen) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  // The pipe is closed in the child, so readiness shows in a file descriptor that it inherits: stdout.
  const int saved = dup(STDOUT_FILENO);
  dup2(ready[1], STDOUT_FILENO);
  const auto process = make("trap '' TERM; echo ready; while :; do sleep 1; done");
  process->start();
  dup2(saved, STDOUT_FILENO);
  close(saved);
  close(ready[1]);
  char first = 0;
  ASSERT_EQ(read(ready[0], &first, 1), 1);
  const pid_t pid = process->pid();
  bool stopped = false;
  process->stop(Milliseconds(50), [&] { stopped = true; });
  ASSERT_TRUE(run_until([&] { return stopped; }));
  EXPECT_FALSE(is_running(pid));
  close(ready[0]);
}

TEST_F(WorkerProcessTest, StartsAgainAfterADeath) {
  const auto process = make("exec sleep 60");
  process->start();
  const pid_t first = process->pid();
  kill(first, SIGKILL);
  ASSERT_TRUE(run_until([&] { return process->pid() != first && process->pid() != 0; }));
  EXPECT_EQ(process->restarts(), 1U);
  bool stopped = false;
  process->stop(Milliseconds(5000), [&] { stopped = true; });
  ASSERT_TRUE(run_until([&] { return stopped; }));
}

TEST_F(WorkerProcessTest, StopsDuringTheBackOff) {
  const auto process = make("exit 3");
  process->start();
  ASSERT_TRUE(run_until([&] { return process->pid() == 0; }));
  bool stopped = false;
  process->stop(Milliseconds(5000), [&] { stopped = true; });
  ASSERT_TRUE(run_until([&] { return stopped; }));
}

}  // namespace
}  // namespace earshot::gateway
