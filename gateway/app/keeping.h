// What outlives this gateway of its devices' conversations: brings it from the gateway before to the shards, and from them
// to the files (docs/decisions/0020).
//
// Runs on: the thread that starts and stops the shards.
// Owns: the writer.
// Lifecycle: made -> recorder() for each shard -> start(), before they start -> stop(), when they have stopped.
#pragma once

#include <csignal>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/app/config.h"
#include "gateway/live/shard/shard.h"
#include "gateway/process/kept_writer.h"

namespace earshot::gateway {

// `systemctl restart` sends it (RestartKillSignal): another gateway follows, and goes on.
inline constexpr int kRestartSignal = SIGUSR1;

class Keeping {
 public:
  // REQUIRES: the shard stops before stop().
  KeepRecords recorder();
  // Throws StartupError (kConfig) when the folder or the key cannot be used.
  void start(const GatewayConfig& config, const std::vector<std::unique_ptr<Shard>>& shards);
  // Another gateway follows: what goes on now goes on there.
  static void leave_sessions(const std::vector<std::unique_ptr<Shard>>& shards);
  void stop();

 private:
  std::optional<KeptWriter> writer_;
};

}  // namespace earshot::gateway
