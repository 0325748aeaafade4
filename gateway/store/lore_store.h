// Documents that agents know: what their owners have uploaded, cut into passages, found by the words of a question.
// docs/lore.md tells what it is for.
//
// A part of Store (store.h), with its rules of threads and errors. A store that does not have it gives nullptr.
// tests/unit/gateway/store/lore_contract.h is the suite that each must pass.
// A document is written in steps and found only when it is finished; what was removed goes in steps, too: neither holds
// up other jobs. Texts are UTF-8, cut to their limits before they come here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/records.h"

namespace earshot::store {

enum class LoreState {
  kBegun,  // not found yet
  kReady,
  kGone,  // sweep() has not come to it yet
};

struct LoreDocument {
  std::uint64_t id = 0;  // given by the store; never given twice
  std::string agent{};
  std::string title{};
  std::uint64_t size_bytes = 0;  // of the file
  std::uint64_t passages = 0;    // told by the store
  WallTime added{};
  bool operator==(const LoreDocument&) const = default;
};

struct LorePassage {
  std::vector<std::string> keys{};  // it is found by one of them alone; empty: by all its words
  std::string text{};
  bool operator==(const LorePassage&) const = default;
};

struct FoundPassage {
  std::string title{};  // of its document
  LorePassage passage{};
  bool operator==(const FoundPassage&) const = default;
};

struct LoreUse {
  std::uint64_t documents = 0;  // of the agent
  std::uint64_t bytes = 0;      // of these
  std::uint64_t all_bytes = 0;  // of all agents
};

class LoreRepository {
 public:
  virtual ~LoreRepository() = default;

  // Begun and ready ones.
  virtual LoreUse use(std::string_view agent) = 0;
  // RETURNS: the id for add() and finish().
  virtual std::uint64_t begin(const LoreDocument& document) = 0;
  virtual void add(std::uint64_t document, const std::vector<LorePassage>& passages) = 0;
  // It is found from now on, in place of another one of its agent and title.
  // RETURNS: false: it is not there any more.
  virtual bool finish(std::uint64_t document) = 0;
  virtual void give_up(std::uint64_t document) = 0;  // of one that was begun

  // Ready ones, by agent and title; of all agents where `agent` is empty.
  virtual std::vector<LoreDocument> list(std::string_view agent) = 0;
  // RETURNS: false: the agent has no such document.
  virtual bool remove(std::string_view agent, std::string_view title) = 0;
  // Of what was removed, and of what was begun before `time` and never finished, at most `limit` passages.
  // RETURNS: whether there may be more.
  virtual bool sweep(WallTime time, std::size_t limit) = 0;

  // Passages that share words with the question: `limit` at most of those with keys, then as many of the others, each
  // the best first. Keys may be in it in part only: lore_choice.h looks closer.
  virtual std::vector<FoundPassage> find(std::string_view agent, std::string_view question,
                                         std::size_t limit) = 0;
};

}  // namespace earshot::store
