// The checkpoint of a conversation, as whoever kept it gives it back. What is read is written again, and read.
#include <cstddef>
#include <cstdint>

#include "common/base/check.h"
#include "worker/conversation/conversation_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot::worker;
  const auto state = read_checkpoint({data, size});
  if (!state) return 0;
  const std::string written = write_checkpoint(*state);
  EARSHOT_CHECK(written.size() <= kMaxCheckpointBytes, "a checkpoint is bounded");
  const auto again = read_checkpoint(earshot::as_bytes(written));
  EARSHOT_CHECK(again.ok(), "what is written can be read");
  EARSHOT_CHECK(write_checkpoint(*again) == written, "nothing is lost on the way");
  return 0;
}
