// What the sessions of one shard share, so that a silent session costs little and a frame no allocation: the
// message that is filled anew each time (one session works at a time), and the pool that queued speech lies in. The pool keeps what
// it has once taken, for the next turns.
//
// Runs on: the shard's thread.
#pragma once

#include <memory_resource>

#include "gateway/live/session/continuity_budget.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct SessionMemory {
  ContinuityBudget continuity;
  ipc::Envelope audio_up;  // reused: a new one costs two allocations a frame
  std::pmr::unsynchronized_pool_resource speech{
      std::pmr::pool_options{.max_blocks_per_chunk = 64, .largest_required_pool_block = 2048}};
};

}  // namespace earshot::gateway
