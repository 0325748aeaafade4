// Looks whether an Ollama with a model runs on this machine, so that the embedded brain can offer it by name.
// Nothing is sent but GET /api/tags, to the address of the configuration.
//
// Runs on: the I/O thread of the HTTP client, callbacks too.
// Owns: the call under way, and what was found, for kFresh.
// Borrows: client and clock.
// Lifecycle: destroyed, it answers nobody any more.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {

// "Ollama (qwen3:8b)": the first model of an answer to /api/tags that talks. Empty: there is none, or `body` is no
// such answer.
std::string found_model(std::string_view body);

class ModelSearch {
 public:
  static constexpr Milliseconds kFresh{60'000};
  // Nobody waits longer for an honest answer.
  static constexpr Milliseconds kPatience{800};

  // `base_url`: http://127.0.0.1:11434
  ModelSearch(std::string base_url, HttpClient& http, const Clock& clock);
  ~ModelSearch();
  ModelSearch(const ModelSearch&) = delete;
  ModelSearch& operator=(const ModelSearch&) = delete;

  using Found = std::function<void(const std::string& model)>;
  // `found` once: at once with what is known and fresh, else when the answer is there; empty: nothing.
  void find(Found found);

 private:
  struct Asked;
  std::string url_;
  HttpClient& http_;
  const Clock& clock_;
  std::shared_ptr<Asked> asked_;
};

}  // namespace earshot::worker
