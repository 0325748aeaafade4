// The way from a conversation's strand to a recogniser that lives on the I/O thread.
#pragma once

#include <memory>

#include "common/asio/asio.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

// A recogniser behind HTTP or a WebSocket touches sockets, timers and connections that all conversations
// share: it is used on `io` only.
// Runs on: open() from any thread, streams and callbacks on the executor given to open(), whatever it is.
// Owns: `remote`, which dies when its last utterance has been opened.
// Bounded: by what one utterance writes.
std::unique_ptr<AsrProvider> make_asr_proxy(std::unique_ptr<AsrProvider> remote, asio::io_context& io);

}  // namespace earshot::worker
