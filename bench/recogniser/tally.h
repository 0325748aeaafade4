// What a recogniser made of many spoken sentences: how often it was right, and by how much. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"
#include "worker/providers/llm/intent_matcher.h"
#include "worker/stages/asr.h"

namespace earshot::bench {

enum class Verdict {
  kRight,         // word for word
  kReworded,      // other words, the same command
  kRefused,       // not understood: the user says it again
  kOtherCommand,  // something is done that nobody asked for
};

Verdict judge(std::string_view spoken, const worker::Transcript& heard, const worker::IntentMatcher& matcher);

struct Hearing {
  std::string sentence;
  std::string voice;
  std::string room;
  Verdict verdict = Verdict::kRight;
  double margin = 0;  // of the confidence above what is refused; below it: negative
};

struct Count {
  std::size_t right = 0;
  std::size_t reworded = 0;
  std::size_t refused = 0;
  std::size_t other_command = 0;
  double least_margin = 0;  // of those that were right; 0 for none

  std::size_t all() const { return right + reworded + refused + other_command; }
  double right_percent() const;
  bool sure() const { return right == all() && right > 0; }
};

class Tally {
 public:
  void add(Hearing hearing) { hearings_.push_back(std::move(hearing)); }

  // Of those with this sentence, voice and room; an empty name stands for all.
  Count count(std::string_view sentence, std::string_view voice, std::string_view room) const;
  // In the order in which they first came.
  std::vector<std::string> sentences() const { return names(&Hearing::sentence); }
  std::vector<std::string> voices() const { return names(&Hearing::voice); }
  std::vector<std::string> rooms() const { return names(&Hearing::room); }

 private:
  std::vector<std::string> names(std::string Hearing::*which) const;

  std::vector<Hearing> hearings_;
};

// A line a room, a voice and a sentence. Behind each sentence, for each voice in `room`: the least margin
// where the sentence was always right, else how often it was right.
std::string to_text(const Tally& tally, std::string_view room);
json::object to_json(const Tally& tally);

}  // namespace earshot::bench
