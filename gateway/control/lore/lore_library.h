// The documents that agents know: takes files in, cuts them into passages, lists and removes them.
// docs/lore.md tells what of them reaches a model.
//
// Runs on: the gateway's main executor. A text is cut, and written, 200 passages at a time; it is checked, and a lore book
// read, in one go.
// Borrows: the store and the clock. `pdf` reads a PDF's text; it calls back once, on the executor.
// Bounded: kMaxFileBytes, kMaxDocuments and kMaxAgentBytes of an agent, kMaxAllBytes of all, kMaxAtWork files at once.
// Nothing of a document is logged.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct LoreFile {
  std::string agent;
  std::string title;  // as its owner calls it; its ending says what it is
  std::string bytes;
};

class LoreLibrary {
 public:
  static constexpr std::size_t kMaxFileBytes = 10 << 20;
  static constexpr std::size_t kMaxTitleBytes = 100;
  static constexpr std::size_t kMaxDocuments = 100;
  static constexpr std::uint64_t kMaxAgentBytes = 50ULL << 20;
  static constexpr std::uint64_t kMaxAllBytes = 500ULL << 20;
  static constexpr std::size_t kMaxAtWork = 2;  // each holds its file in memory

  using ReadPdf = std::function<void(std::string pdf, std::function<void(Result<std::string>)> done)>;

  LoreLibrary(Executor executor, store::StoreProxy& store, const Clock& clock, ReadPdf pdf);
  void stop() { *alive_ = false; }

  // In place of one of the same agent and title. `done` once.
  // Errors: kInvalid (no text, Markdown, PDF or lore book), kTooLarge (one of the bounds), kUnavailable (too many at
  // once, no pdftotext, or the store).
  void add(LoreFile file, std::function<void(Result<store::LoreDocument>)> done);
  void list(std::string agent, std::function<void(Result<std::vector<store::LoreDocument>>)> done);
  // Errors: kNotFound.
  void remove(std::string agent, std::string title, std::function<void(Status)> done);
  // Goes on removing what is to go, and what a gateway has begun an hour ago and not finished: at the start, and after each
  // add() and remove().
  void sweep();

 private:
  struct Work;
  using WorkPtr = std::shared_ptr<Work>;
  void take_text(const WorkPtr& work, std::string text);
  void begin(const WorkPtr& work);
  void step(const WorkPtr& work);
  void finish(const WorkPtr& work);
  void give_up(const WorkPtr& work, const Error& error);

  Executor executor_;
  store::StoreProxy& store_;
  const Clock& clock_;
  ReadPdf pdf_;
  std::size_t at_work_ = 0;
  bool sweeping_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the store still has of us
};

}  // namespace earshot::gateway
