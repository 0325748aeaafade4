// What earshot-bench-speech found, and how it is shown: tables in Markdown. Pure.
#pragma once

#include <string>
#include <vector>

#include "bench/speech/false_triggers.h"
#include "bench/speech/word_errors.h"
#include "common/json/json.h"

namespace earshot::bench {

// What was made of one set of utterances: who spoke, through what.
struct SetResult {
  std::string set;      // "people", "free", "commands", "noise"
  std::string voice;    // "" for people
  std::string channel;  // as name(Channel)
  WordErrors errors;
  int done = 0;      // commands that were understood as what they are, however worded
  int wrong = 0;     // utterances that were understood as a command which they are not
  int invented = 0;  // noises in which words were found that a conversation would answer
};

struct RecogniserResult {
  std::string name;
  std::vector<SetResult> sets;
  double seconds = 0;      // of speech read
  double cpu_seconds = 0;  // for it
  double rss_mb = 0;       // more than before it was loaded, behind all of it

  double real_time_factor() const { return seconds > 0 ? cpu_seconds / seconds : 0; }
};

struct DetectorResult {
  std::string name;
  std::string sound;
  Triggers triggers;
};

json::object to_json(const RecogniserResult& result);
RecogniserResult recogniser_result(const json::object& written);  // REQUIRES: of to_json()

std::string recogniser_tables(const std::vector<RecogniserResult>& results);
std::string detector_table(const std::vector<DetectorResult>& results);

}  // namespace earshot::bench
