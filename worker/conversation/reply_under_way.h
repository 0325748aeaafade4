// A reply that has not come to its end: it is thought out, spoken, or played by the device. Pure value.
//
// What was said and heard of it is in the record. Another worker speaks what is missing: of a reply whose brain
// is through the sentences behind those that were sent; else the brain is asked again (docs/decisions/0013).
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "worker/dialogue/reply_record.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

struct ReplyUnderWay {
  TurnId turn{};
  TurnSource source = TurnSource::kSpeech;
  bool remembered = false;  // it comes among the turns of the dialogue; an apology does not
  bool understood = true;   // what the user said
  std::string words;        // of the user; empty: we spoke first, or nothing was understood
  ReplyRecord record;
  bool complete = false;  // the brain is through: the record has all sentences
  bool all_sent = false;  // SpeechEnd has left
  bool end_session = false;
  std::uint32_t heard = 0;  // the last sentence that has begun to play
  std::string say_id;       // of what the gateway wanted said; empty: it is none
  bool tells_late = false;  // the first of the late results is what it tells
};

}  // namespace earshot::worker
