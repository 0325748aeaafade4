// Asks machines whether they serve language models. Driver.
//
// Runs on: the caller's thread, which waits; the questions on at most kAtOnce threads of its own.
// Polite: one GET for each host and port, no second try.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "gateway/ctl/model_server.h"

namespace earshot::ctl {

struct ModelSearchPlan {
  static constexpr std::size_t kAtOnce = 32;
  std::vector<std::string> hosts;
  std::vector<ModelPort> ports;
  Milliseconds timeout{700};  // of one question: a machine on the same network answers in a tenth of it
  // How many questions of all are answered; called on the waiting thread.
  std::function<void(std::size_t done, std::size_t all)> on_progress = {};
};

// In the order of the hosts and ports.
std::vector<ModelServer> find_model_servers(const ModelSearchPlan& plan);

// This machine's address on its network, as others see it; empty: it has none. Nothing is sent.
std::string own_address();

}  // namespace earshot::ctl
