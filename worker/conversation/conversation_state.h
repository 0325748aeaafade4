// All that a conversation knows, as one value, and its form as a checkpoint: another worker that is given it goes
// on as this one would. Pure.
//
// Not in it: sound that is on its way, an utterance that goes on, calls that the device has not answered. A reply
// that is not at its end stands beside the dialogue: whoever goes on decides whether it is spoken to its end
// (reply_under_way.h).
//
// proto/checkpoint.proto is the form; docs/protocol_ipc.md, "Checkpoints", tells the limits. Whoever kept the
// bytes is not trusted: what no worker writes is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "worker/conversation/floor.h"
#include "worker/conversation/pending_says.h"
#include "worker/conversation/reply_under_way.h"
#include "worker/dialogue/dialogue_history.h"
#include "worker/dialogue/tool_box.h"
#include "worker/hearing/hearing_estimate.h"

namespace earshot::worker {

struct ConversationState {
  std::string language;
  TurnId last_turn{};
  FloorMemory floor;
  HearingEstimate hearing;
  std::vector<DialogueTurn> dialogue;  // oldest first
  std::optional<KnownTools> tools;     // nullopt: the device is asked again
  std::vector<LateResult> late_results;
  std::vector<PendingSay> says;
  std::optional<ReplyUnderWay> reply = std::nullopt;
};

inline constexpr std::uint32_t kCheckpointVersion = 1;
// A dialogue has some 12 kB (3,000 tokens), 8 late results 64 kB, 8 says 32 kB, a reply at most 64 kB and its
// sentences as much again, a device's tools 10 kB. With what stands around it, it fits a record of the link (256 KiB).
inline constexpr std::size_t kMaxCheckpointBytes = 192 * 1024;

// RETURNS: at most kMaxCheckpointBytes. What does not fit is left out: first the tools, which the device can be
// asked for again, then the oldest turns, then the oldest late results, then the reply.
std::string write_checkpoint(const ConversationState& state);

// kTooLarge, kInvalid: another version, or nothing that write_checkpoint() makes.
Result<ConversationState> read_checkpoint(ByteView bytes);

// What is left of it in another session of the device, which has ended this one: the dialogue, the reply as far as it
// was heard, the language and the ear's estimates. Nobody listens, nothing waits to be said, turns are counted anew.
ConversationState as_history(ConversationState ended);

}  // namespace earshot::worker
