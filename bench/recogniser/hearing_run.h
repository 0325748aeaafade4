// The worker's own recogniser with its own grammar, and synthetic speakers before it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/recogniser/tally.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::bench {

struct NamedRoom {
  std::string name;
  std::vector<fakes::Room> variants;  // the same room, heard at other offsets to the packets
};

struct HearingPlan {
  std::vector<std::string> sentences;
  std::vector<fakes::Speaker> speakers;
  std::vector<NamedRoom> rooms;
  int decoders = 1;  // utterances decoded at once

  std::size_t utterances() const;
};

// Runs on: the calling thread, with threads of its own that decode. `progress` is called with the utterances
// heard so far. Throws std::runtime_error when the model is not there.
Tally run_hearing(const HearingPlan& plan, const std::function<void(std::size_t)>& progress);

}  // namespace earshot::bench
