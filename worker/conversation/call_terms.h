// What a call asks of its conversation, in our own terms (docs/protocol_ipc.md, "Calls"): the agent's configuration
// as the caller wants it. Pure.
#pragma once

#include "ipc.pb.h"
#include "worker/conversation/conversation.h"

namespace earshot::worker {

// Of texts that a gateway hands over; longer ones are cut.
inline constexpr std::size_t kMaxCallTextBytes = 64 * 1024;
inline constexpr int kMaxCallLines = 2000;

// The agent's own, as far as the caller says nothing. A caller is no device: nothing is said without being asked
// for, tools take as long as the caller needs, and any speech interrupts.
ConversationConfig config_for_call(const ConversationConfig& agent, const ipc::CallTerms& terms);

LlmWish wish_of(const ipc::CallWish& wish);

// What was said, as the dialogue keeps it.
std::vector<DialogueTurn> call_turns(const google::protobuf::RepeatedPtrField<ipc::CallLine>& lines);

}  // namespace earshot::worker
