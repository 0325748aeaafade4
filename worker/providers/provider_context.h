// What every provider is built from. Borrowed: all of it outlives the providers.
#pragma once

#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {

struct ProviderContext {
  asio::io_context& io;     // the worker's one I/O thread: sockets, timers, callbacks of streams
  asio::thread_pool& pool;  // for local engines, decoding, anything that takes longer than a moment
  HttpClient& http;         // pooled connections, shared by all providers
  const Clock& clock;
  std::string models_dir = {};  // of local neural engines; empty: there are none
};

}  // namespace earshot::worker
