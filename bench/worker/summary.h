// What a run of the bench found, for people and as JSON. Pure.
#pragma once

#include <string>

#include "bench/worker/opus_floor.h"
#include "bench/worker/process_usage.h"
#include "bench/worker/talker.h"

namespace earshot::bench {

struct Measured {
  int conversations = 0;
  double seconds = 0;
  ProcessUsage idle;   // of the worker before the first conversation
  ProcessUsage start;  // at the start of the measured time
  ProcessUsage end;
  TalkerStats talk;
  double own_delay_ms = 0;
  OpusFloor opus;  // of the same frames, in the same run
};

struct Summary {
  double core_share = 0;  // of one core, that one conversation uses
  double conversations_per_core = 0;
  double busy = 0;                     // of one core, all of them
  double rss_kb_per_conversation = 0;  // peak of the whole run over idle
  double over_opus = 0;                // the worker's CPU over that of the bare codec work
  double over_opus_before = 0;         // ... over what that was with complexity 5 and all of the band
  double answer_p50_ms = 0;
  double answer_p99_ms = 0;
};

Summary summarise(const Measured& measured);
std::string as_text(const Measured& measured, const Summary& summary);
std::string as_json(const Measured& measured, const Summary& summary);

}  // namespace earshot::bench
