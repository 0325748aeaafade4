// What one agent knows of a device's users: facts, each with the day it was learnt. The gateway keeps them; a change
// here is told to it, and comes back as a whole. Pure.
//
// Runs on: the conversation's executor.
// Bounded: kMaxFacts of kMaxFactBytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

struct KnownFact {
  std::uint64_t id = 0;  // 0: the gateway has not given it one yet
  std::int64_t at_ms = 0;
  std::string text{};
};

struct FactChange {
  std::vector<std::string> learnt{};
  std::vector<std::uint64_t> forgotten{};
  std::string summary{};    // of the session so far; empty: as it was
  bool everything = false;  // the diary too
};

class FactBook {
 public:
  static constexpr std::size_t kMaxFacts = 64;
  static constexpr std::size_t kMaxFactBytes = 300;

  // `keep` takes every change that is made here.
  explicit FactBook(std::function<void(FactChange)> keep) : keep_(std::move(keep)) {}

  void restore(std::vector<KnownFact> facts);  // as the gateway has them; is no change
  const std::vector<KnownFact>& facts() const { return facts_; }

  // RETURNS: false: there was nothing new in it.
  bool learn(std::string_view text, std::int64_t at_ms);
  void apply(FactChange change, std::int64_t at_ms);
  // Facts that `what` speaks of: they hold it, or most of its words.
  // RETURNS: what went.
  std::vector<std::string> forget(std::string_view what);
  void forget_everything();
  // RETURNS: whether everything was to be forgotten since it was last asked.
  bool take_forgotten();

 private:
  std::function<void(FactChange)> keep_;
  std::vector<KnownFact> facts_;
  bool forgotten_ = false;
};

// Words in small letters, and pairs of Han characters: what two texts can have in common.
std::vector<std::string> compared_words(std::string_view text);

}  // namespace earshot::worker
